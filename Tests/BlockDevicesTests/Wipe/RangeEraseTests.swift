import BlockDevices
import Kernel
import SystemPackage
import Testing

@Suite("Zeros, discard and secure discard, over ranges that fail")
struct RangeEraseTests {
    private static func run(
        _ device: FakeDevice, _ method: WipeMethod, _ attributes: [String: String] = [:],
        _ progress: (EraseProgress) -> Bool = { _ in true }
    ) throws -> [EraseFailure] {
        let disk = try Disk.fake("pci0000:00/0000:00:04.0/virtio1/block/vda", attributes)
        let offers = EraseOffers(of: disk, device)
        return try Erasure(offers.operation(for: method, of: disk), of: disk, device, offers: offers).run(progress)
    }

    @Test("every byte once, in order, with what is done")
    func whole() throws {
        let device = FakeDevice()
        var last: UInt64 = 0
        let failures = try Self.run(device, .zero) { progress in
            #expect(progress.done > last && progress.total == 1 << 30)
            last = progress.done
            return true
        }
        #expect(failures.isEmpty && last == 1 << 30)
        let ranges = device.asked.ranges.map(\.range)
        #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == 1 << 30)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(ranges.count > 1)
    }

    @Test("a bad place is found to the sector, and all else is done", arguments: [512, 4096] as [UInt64])
    func badSectors(_ sector: UInt64) throws {
        let bad = [700 * sector..<701 * sector, 701 * sector..<702 * sector, (1 << 30) - sector..<1 << 30]
        let device = FakeDevice(range: { range throws(OSError) in
            if bad.contains(where: { $0.overlaps(range) }) { throw OSError(operation: "BLKZEROOUT", errno: .ioError) }
        })
        let failures = try Self.run(device, .zero, ["queue/logical_block_size": "\(sector)"])
        #expect(failures.map(\.range) == [700 * sector..<702 * sector, bad[2]])
        #expect(failures.allSatisfy { $0.reason == Errno.ioError.description })
    }

    @Test("a disk that fails everywhere is given up, and said so; one that is gone at once")
    func hopeless() throws {
        let device = FakeDevice(range: { range throws(OSError) in
            // Every second sector, so that no two are one place.
            if (range.upperBound - 1) / 512 % 2 == 1 || range.upperBound - range.lowerBound > 512 {
                throw OSError(operation: "BLKZEROOUT", errno: .ioError)
            }
        })
        let failures = try Self.run(device, .zero)
        #expect(failures.count == 257 && failures.last?.range.upperBound == 1 << 30)
        // All in one place, as many requests as it takes to see that.
        let dead = FakeDevice(range: { _ throws(OSError) in throw OSError(operation: "BLKZEROOUT", errno: .ioError) })
        let all = try Self.run(dead, .zero)
        #expect(all.first?.range.lowerBound == 0 && all.last?.range.upperBound == 1 << 30)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
        #expect(dead.asked.ranges.count < 5000)
        let gone = FakeDevice(range: { _ throws(OSError) in
            throw OSError(operation: "BLKZEROOUT", errno: .noSuchAddressOrDevice)
        })
        let error = #expect(throws: OSError.self) { try Self.run(gone, .zero) }
        #expect(error?.errno == .noSuchAddressOrDevice && gone.asked.ranges.count == 1)
    }

    @Test("Ctrl-C ends it after the request that it is at")
    func cancelled() throws {
        let device = FakeDevice()
        let error = #expect(throws: OSError.self) { try Self.run(device, .zero) { _ in false } }
        #expect(error?.errno == .canceled && device.asked.ranges.count == 1)
    }

    @Test("auto is secure discard where there is one, and never discard")
    func auto() throws {
        let secure = FakeDevice(discardsSecurely: true)
        _ = try Self.run(secure, .auto)
        #expect(secure.asked.ranges.allSatisfy { $0.request == .secureDiscard } && !secure.asked.ranges.isEmpty)
        let plain = FakeDevice()
        _ = try Self.run(plain, .auto, ["queue/discard_max_bytes": "1073741824"])
        #expect(plain.asked.ranges.allSatisfy { $0.request == .zero } && !plain.asked.ranges.isEmpty)
        _ = try Self.run(plain, .discard, ["queue/discard_max_bytes": "1073741824"])
        #expect(plain.asked.ranges.last?.request == .discard)
    }
}
