import BlockDevices
import Kernel
import Synchronization
import SystemPackage
import Testing

/// By the words of SBC-4 and SPC-4.
@Suite("SCSI unmap, write same and sanitize, against a faked target")
struct SCSIEraseTests {
    /// A target: pages by their code, commands by operation and action, and what REQUEST SENSE says, one after the other.
    private static func target(
        pages: [UInt8: [UInt8]] = [:], knows: Set<UInt16> = [], sense: [[UInt8]] = [], fails: UInt8? = nil
    ) -> FakeDevice {
        let sense = Mutex(sense)
        return FakeDevice(scsi: { block, data in
            if block[0] == fails {
                return SCSIAnswer(status: 2, sense: SCSISense(key: 3, code: 0x0C, qualifier: 0))
            }
            switch block[0] {
            case 0x12:
                var page = pages[block[2]]
                if block[2] == 0 { page = [0] + pages.keys.sorted() }
                guard let page else { return SCSIAnswer(status: 2, sense: SCSISense(key: 5, code: 0x24, qualifier: 0)) }
                let whole = [0, block[2], UInt8(page.count >> 8), UInt8(page.count & 0xFF)] + page
                data.replaceSubrange(0..<whole.count, with: whole)
                return .good
            case 0xA3:
                let action = block[2] == 2 ? UInt16(block[5]) : 0
                data[1] = knows.contains(UInt16(block[3]) << 8 | action) ? 3 : 1
                return .good
            case 0x03:
                let words = sense.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
                data.replaceSubrange(0..<words.count, with: words)
                return .good
            case 0x42, 0x93, 0x48: return .good
            default: return .unknown
            }
        })
    }

    /// Fixed sense data of a sanitize that is so far.
    private static func running(_ progress: UInt16) -> [UInt8] {
        [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 0x1B, 0, 0x80, UInt8(progress >> 8), UInt8(progress & 0xFF)]
    }

    private static let idle: [UInt8] = [0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    /// Block limits: 2,048 blocks of an UNMAP, 4,096 of a WRITE SAME.
    private static var limits: [UInt8] {
        var page = [UInt8](repeating: 0, count: 60)
        page[18] = 8
        page[38] = 0x10
        return page
    }

    private static func erase(_ device: FakeDevice, _ method: WipeMethod, _ disk: Disk? = nil) throws -> [EraseFailure]
    {
        let disk = try disk ?? Disk.sas()
        let offers = EraseOffers(of: disk, device)
        return try Erasure(offers.operation(for: method, of: disk), of: disk, device, offers: offers, pause: .zero)
            .run { _ in true }
    }

    @Test("UNMAP within the target's limit, over every block once")
    func unmap() throws {
        let device = Self.target(pages: [0xB0: Self.limits, 0xB2: [0, 0x80]])
        #expect(try Self.erase(device, .discard).isEmpty)
        let sent = device.asked.scsi.filter { $0.block[0] == 0x42 }
        #expect(sent.count == 2_097_152 / 2_048)
        let second = try #require(sent.dropFirst().first)
        #expect(second.block == [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0])
        // 22 bytes follow the first length, 16 the second; LBA 2,048, 2,048 blocks.
        #expect(second.data == [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0, 0])
    }

    @Test("WRITE SAME(16) where there is no UNMAP, and for zeros where the kernel has no offload")
    func writeSame() throws {
        let unmapping = Self.target(pages: [0xB0: Self.limits, 0xB2: [0, 0x40]], knows: [0x9300])
        #expect(try Self.erase(unmapping, .discard).isEmpty)
        let sent = unmapping.asked.scsi.filter { $0.block[0] == 0x93 }
        #expect(
            sent.count == 512 && sent.allSatisfy { $0.block[1] == 8 && $0.data == [UInt8](repeating: 0, count: 512) })
        #expect(sent[1].block == [0x93, 8, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 0])
        let place = "pci0000:00/0000:00:05.0/host0/target0:0:0/0:0:0:0/block/sda"
        let zeros = Self.target(pages: [0xB0: Self.limits], knows: [0x9300])
        #expect(try Self.erase(zeros, .zero, .fake(place, ["queue/write_zeroes_max_bytes": "0"])).isEmpty)
        #expect(zeros.asked.scsi.filter { $0.block[0] == 0x93 }.allSatisfy { $0.block[1] == 0 })
        let offloaded = Self.target(pages: [0xB0: Self.limits], knows: [0x9300])
        #expect(try Self.erase(offloaded, .zero, .fake(place, ["queue/write_zeroes_max_bytes": "33553920"])).isEmpty)
        #expect(!offloaded.asked.scsi.contains { $0.block[0] == 0x93 } && !offloaded.asked.ranges.isEmpty)
    }

    @Test("SANITIZE with IMMED, followed by REQUEST SENSE", arguments: [1, 2, 3] as [UInt8])
    func sanitize(_ action: UInt8) throws {
        let device = Self.target(
            knows: [0x4800 | UInt16(action)], sense: [Self.idle, Self.running(0x1000), Self.running(0x8000), Self.idle])
        #expect(try Self.erase(device, .secure).isEmpty)
        let sent = device.asked.scsi.filter { $0.block[0] == 0x48 }
        #expect(sent.count == 1 && sent[0].block[1] == 0x80 | action)
        // An overwrite has a list: one pass, 512 bytes of zeros.
        #expect(sent[0].data == (action == 1 ? [1, 0, 2, 0] + [UInt8](repeating: 0, count: 512) : []))
        #expect(sent[0].block[7...8] == (action == 1 ? [2, 4] : [0, 0]))
        #expect(device.asked.scsi.filter { $0.block[0] == 0x03 }.count == 4)
    }

    @Test("one that goes on already is waited for, whatever the target lists then; a unit attention is no end of it")
    func resumed() throws {
        var attention = Self.idle
        (attention[2], attention[12]) = (6, 0x29)
        let device = Self.target(
            sense: [attention, Self.running(0x1000), attention, attention, Self.running(0x9000), Self.idle])
        let disk = try Disk.sas()
        let offers = EraseOffers(of: disk, device)
        #expect(offers.running == .scsiSanitizeOverwrite)
        #expect(throws: DiskError.self) { try offers.operation(for: .zero, of: disk) }
        var seen: [UInt64] = []
        let operation = try offers.operation(for: .secure, of: disk)
        _ = try Erasure(operation, of: disk, device, offers: offers, pause: .zero).run { progress in
            seen.append(progress.done)
            return true
        }
        #expect(seen == [0x9000] && !device.asked.scsi.contains { $0.block[0] == 0x48 })
        // One that failed is told, and may be begun anew.
        var fault = Self.idle
        (fault[2], fault[12], fault[13]) = (3, 0x31, 3)
        let failed = EraseOffers(of: disk, Self.target(knows: [0x4802], sense: [fault]))
        #expect(failed.operations.first == .scsiSanitizeBlock && failed.refusals.count == 1)
    }

    @Test("a target without a method refuses it; sense data tell why a command fails")
    func refusals() throws {
        let plain = Self.target()
        let error = #expect(throws: DiskError.self) { try Self.erase(plain, .secure) }
        #expect("\(try #require(error))".contains("no secure erasure"))
        #expect(throws: DiskError.self) { try Self.erase(plain, .discard) }
        let failing = Self.target(knows: [0x4802], sense: [Self.idle], fails: 0x48)
        let failed = #expect(throws: OSError.self) { try Self.erase(failing, .secure) }
        #expect(failed?.operation == "SANITIZE: medium error (0c/00): write error")
        var fault = Self.idle
        (fault[2], fault[12], fault[13]) = (3, 0x31, 3)
        let later = Self.target(knows: [0x4802], sense: [Self.idle, Self.running(1), fault])
        let ended = #expect(throws: OSError.self) { try Self.erase(later, .secure) }
        #expect(ended?.operation.contains("a sanitize failed") == true)
    }

    @Test("sense data of any length are read, or are none")
    func sense() {
        let descriptor: [UInt8] = [
            0x72, 2, 4, 0x1B, 0, 0, 0, 22, 0x02, 6, 0, 0, 0x80, 0x12, 0x34, 0,
            0x09, 12, 0, 4, 0x40, 0x01, 0, 0xAA, 0, 0xBB, 0, 0xCC, 0, 0x50,
        ]
        let whole = SCSISense(descriptor)
        #expect(whole?.key == 2 && whole?.code == 4 && whole?.qualifier == 0x1B && whole?.progress == 0x1234)
        #expect(whole?.ata?.count == 0x4001 && whole?.ata?.lba == 0xCCBBAA && whole?.ata?.status == 0x50)
        #expect(whole?.ata?.error == 4)
        for length in 0..<descriptor.count { _ = SCSISense(Array(descriptor.prefix(length))) }
        for length in 0..<Self.idle.count { _ = SCSISense(Array(Self.running(7).prefix(length))) }
        #expect(SCSISense([]) == nil && SCSISense([0x70]) == nil && SCSISense([0xFF, 1, 2, 3, 4, 5, 6, 7, 8]) == nil)
        for _ in 0..<2000 { _ = SCSISense((0..<Int.random(in: 0..<64)).map { _ in UInt8.random(in: 0...255) }) }
    }
}
