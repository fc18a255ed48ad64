import BlockDevices
import Kernel
import Synchronization
import SystemPackage
import Testing

/// By the words of ACS-3 and SAT-3.
@Suite("ATA security erase and sanitize, against a faked disk")
struct ATAEraseTests {
    /// A disk: words of IDENTIFY DEVICE, the registers of SANITIZE STATUS, one after the other, and a command that fails.
    private static func disk(_ words: [Int: UInt16], status: [(count: UInt16, lba: UInt8)] = [], fails: UInt8? = nil)
        -> FakeDevice
    {
        let status = Mutex(status)
        return FakeDevice(scsi: { block, data in
            guard block[0] == 0x85 else { return .unknown }
            if block[14] == fails {
                return SCSIAnswer(status: 2, sense: SCSISense(key: 0x0B, code: 0, qualifier: 0))
            }
            switch block[14] {
            case 0xEC:
                data[0] = 0x40
                for (index, word) in words {
                    (data[2 * index], data[2 * index + 1]) = (UInt8(word & 0xFF), UInt8(word >> 8))
                }
                return .good
            case 0xB4 where block[2] & 0x20 != 0:
                let now = status.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? (0, 0) }
                // Recovered error, ATA pass-through information available, with the status return descriptor.
                let sense: [UInt8] = [
                    0x72, 1, 0, 0x1D, 0, 0, 0, 14, 0x09, 12, 0, 0, UInt8(now.count >> 8), UInt8(now.count & 0xFF), 0,
                    now.lba, 0, 0, 0, 0, 0, 0x50,
                ]
                return SCSIAnswer(status: 2, sense: SCSISense(sense))
            default: return .good
            }
        })
    }

    private static func erase(_ device: FakeDevice, _ method: WipeMethod = .secure) throws {
        let disk = try Disk.sata()
        let offers = EraseOffers(of: disk, device)
        let operation = try offers.operation(for: method, of: disk)
        let failures = try Erasure(operation, of: disk, device, offers: offers, pause: .zero).run { _ in true }
        #expect(failures.isEmpty)
    }

    private static func operations(_ device: FakeDevice) -> [UInt8] {
        device.asked.scsi.filter { $0.block[0] == 0x85 }.map { $0.block[14] }
    }

    @Test("a password, prepare, erase unit: the enhanced one where there is one", arguments: [0x01, 0x21] as [UInt16])
    func securityErase(_ security: UInt16) throws {
        let device = Self.disk([128: security, 89: 30, 90: 45])
        try Self.erase(device)
        #expect(Self.operations(device) == [0xEC, 0xF1, 0xF3, 0xF4, 0xEC])
        let sent = device.asked.scsi.filter { $0.block[0] == 0x85 }
        // PIO out of one block; its length is in the sector count.
        #expect(sent[1].block.prefix(3) == [0x85, 0x0A, 0x06] && sent[1].block[6] == 1)
        #expect(sent[1].data.count == 512 && sent[1].data[0] == 0 && sent[1].data[2..<9] == ArraySlice("slipway".utf8))
        // Non-data.
        #expect(sent[2].block.prefix(3) == [0x85, 0x06, 0x00] && sent[2].data.isEmpty)
        #expect(sent[3].data[0] == (security == 0x21 ? 2 : 0) && sent[3].data[2..<34] == sent[1].data[2..<34])
    }

    @Test(
        "frozen, locked, and with a password of somebody's: not offered, with what would help",
        arguments: [(0x09, "frozen"), (0x03, "has a password"), (0x07, "is locked")] as [(UInt16, String)])
    func refused(_ security: UInt16, _ words: String) throws {
        let device = Self.disk([128: security])
        let error = #expect(throws: DiskError.self) { try Self.erase(device) }
        #expect("\(try #require(error))".contains(words))
        #expect(Self.operations(device) == [0xEC])
        try Self.erase(device, .auto)
        #expect(!device.asked.ranges.isEmpty && device.asked.ranges.allSatisfy { $0.request == .zero })
    }

    @Test("an erase that fails leaves no password behind")
    func failure() throws {
        let device = Self.disk([128: 0x01], fails: 0xF4)
        let error = #expect(throws: OSError.self) { try Self.erase(device) }
        #expect(error?.operation.hasPrefix("SECURITY ERASE UNIT") == true)
        #expect(Self.operations(device) == [0xEC, 0xF1, 0xF3, 0xF4, 0xF2, 0xF6])
        // One that cannot set it has none to take away.
        let earlier = Self.disk([128: 0x01], fails: 0xF1)
        #expect(throws: OSError.self) { try Self.erase(earlier) }
        #expect(Self.operations(earlier) == [0xEC, 0xF1])
    }

    @Test(
        "SANITIZE DEVICE with its keys, followed by its status",
        arguments: [
            (0x9000, [0xB4, 0x00, 0x12], [0x72, 0x45, 0x6B, 0x42, 0, 0]),
            (0x3000, [0xB4, 0x00, 0x11], [0x70, 0x79, 0x72, 0x43, 0, 0]),
            (0x5000, [0xB4, 0x00, 0x14], [0, 0, 0, 0, 0x57, 0x4F]),
        ] as [(UInt16, [UInt8], [UInt8])])
    func sanitize(_ word: UInt16, _ command: [UInt8], _ key: [UInt8]) throws {
        let device = Self.disk(
            [59: word], status: [(0, 0), (0x4000, 0x40), (0x4000, 0x80), (0x8000, 0)])
        try Self.erase(device)
        let sent = device.asked.scsi.filter { $0.block[0] == 0x85 && $0.block[14] == 0xB4 }
        #expect(sent.count == 5)
        let begun = try #require(sent.dropFirst().first).block
        // Non-data, of 48 bits; the LBA's bytes in the order of SAT: 31:24, 7:0, 39:32, 15:8, 47:40, 23:16.
        #expect(begun[1] == 0x07 && [begun[14], begun[3], begun[4]] == command)
        #expect([begun[8], begun[10], begun[12], begun[7], begun[9], begun[11]] == key)
        #expect(begun[6] == (word == 0x5000 ? 1 : 0))
    }

    @Test("a sanitize that ends without success is an error; a frozen one is not offered")
    func sanitizeFails() throws {
        let failing = Self.disk([59: 0x9000], status: [(0, 0), (0x4000, 1), (0, 0)])
        let error = #expect(throws: OSError.self) { try Self.erase(failing) }
        #expect(error?.operation.contains("failed") == true)
        let frozen = Self.disk([59: 0x9000], status: [(0x2000, 0)])
        let refused = #expect(throws: DiskError.self) { try Self.erase(frozen) }
        #expect("\(try #require(refused))".contains("frozen until it loses power"))
    }
}
