import BlockDevices
import Kernel
import Synchronization
import SystemPackage
import Testing

/// By the words of NVM Express' base specification 2.0, for no drive is erased here.
@Suite("NVMe format and sanitize, against a faked controller")
struct NVMeEraseTests {
    /// A controller: OACS, FNA, SANICAP, its namespaces, and how its sanitize goes: the words of the log, one after the other.
    private static func controller(
        oacs: UInt8 = 0, fna: UInt8 = 0, sanicap: UInt8 = 0, namespaces: UInt8 = 1, log: [[UInt8]] = [],
        refuses: UInt8? = nil
    ) -> FakeDevice {
        let log = Mutex(log)
        return FakeDevice(nvme: { command, data throws(OSError) in
            if command.opcode == refuses { throw OSError(operation: "NVMe", errno: .ioError) }
            switch (command.opcode, command.cdw10 & 0xFF) {
            case (0x06, 1): (data[256], data[524], data[328]) = (oacs, fna, sanicap)
            case (0x06, 2): for number in 0..<namespaces { data[Int(number) * 4] = number + 1 }
            // LBA format 2, metadata at the end of the data, protection of type 1 in the first bytes.
            case (0x06, 0): (data[26], data[29]) = (0x12, 0x09)
            case (0x02, 0x81):
                let words = log.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
                data.replaceSubrange(0..<words.count, with: words)
            default: break
            }
        })
    }

    private static func offers(_ device: FakeDevice) throws -> EraseOffers { EraseOffers(of: try .nvme(), device) }

    private static func erase(
        _ device: FakeDevice, _ method: WipeMethod = .secure, _ progress: (EraseProgress) -> Bool = { _ in true }
    ) throws {
        let disk = try Disk.nvme()
        let offers = EraseOffers(of: disk, device)
        let operation = try offers.operation(for: method, of: disk)
        let failures = try Erasure(operation, of: disk, device, offers: offers, pause: .zero).run(progress)
        #expect(failures.isEmpty)
    }

    @Test("a sanitize before a format, a format before an overwrite; a controller without either offers nothing")
    func order() throws {
        let all = try Self.offers(Self.controller(oacs: 2, fna: 4, sanicap: 7)).operations
        #expect(
            all.prefix(5) == [
                .nvmeSanitizeBlock, .nvmeSanitizeCrypto, .nvmeFormatUserData, .nvmeFormatCrypto, .nvmeSanitizeOverwrite,
            ])
        let none = try Self.offers(Self.controller())
        #expect(none.operations == [.zero, .signatures])
        let disk = try Disk.nvme()
        let error = #expect(throws: DiskError.self) { try none.operation(for: .secure, of: disk) }
        #expect("\(try #require(error))".contains("no secure erasure"))
        #expect(try none.operation(for: .auto, of: disk) == .zero)
        #expect(throws: DiskError.self) { try none.operation(for: .discard, of: disk) }
    }

    @Test("what would erase another namespace, too, is not offered, and told")
    func others() throws {
        let offers = try Self.offers(Self.controller(oacs: 2, fna: 2, sanicap: 2, namespaces: 3))
        #expect(offers.operations == [.zero, .signatures])
        #expect(offers.refusals.count == 2 && offers.refusals.allSatisfy { $0.contains("2 other namespaces") })
        // A format of one namespace alone is of this one alone.
        let one = try Self.offers(Self.controller(oacs: 2, fna: 0, namespaces: 3))
        #expect(one.operations.first == .nvmeFormatUserData)
    }

    @Test("a format keeps the format of its blocks: LBAF 2, MSET, PI 1, PIL, and SES 1 or 2")
    func format() throws {
        let device = Self.controller(oacs: 2)
        try Self.erase(device)
        let command = try #require(device.asked.nvme.last)
        #expect(command.opcode == 0x80 && command.namespace == 1)
        // 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9
        #expect(command.cdw10 == 0x332)
    }

    @Test("a sanitize is begun, and followed in its log to the end")
    func sanitize() throws {
        let device = Self.controller(
            sanicap: 2,
            log: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0x40, 2, 0, 2], [0, 0x80, 2, 0, 2], [0xFF, 0xFF, 1, 1]])
        var seen: [UInt64] = []
        try Self.erase(device) { progress in
            seen.append(progress.done)
            #expect(progress.total == 65_536)
            return true
        }
        #expect(seen == [0x4000, 0x8000])
        let begun = device.asked.nvme.filter { $0.opcode == 0x84 }
        #expect(begun.map(\.cdw10) == [2])
        // LID 81h, 128 double words, of all namespaces.
        let asked = device.asked.nvme.filter { $0.opcode == 0x02 }
        #expect(asked.allSatisfy { $0.cdw10 == 0x81 | 127 << 16 && $0.namespace == 0xFFFF_FFFF })
    }

    @Test("one that goes on already, of whoever, is waited for and not begun again; other methods are refused")
    func resumed() throws {
        let device = Self.controller(
            sanicap: 3, log: [[0, 0x10, 2, 0, 4], [0, 0x20, 2, 0, 4], [0xFF, 0xFF, 1, 1, 4]])
        let disk = try Disk.nvme()
        let offers = EraseOffers(of: disk, device)
        #expect(offers.running == .nvmeSanitizeCrypto)
        let error = #expect(throws: DiskError.self) { try offers.operation(for: .zero, of: disk) }
        #expect("\(try #require(error))".contains("in progress"))
        let operation = try offers.operation(for: .auto, of: disk)
        #expect(operation == .nvmeSanitizeCrypto)
        _ = try Erasure(operation, of: disk, device, offers: offers, pause: .zero).run { _ in true }
        #expect(!device.asked.nvme.contains { $0.opcode == 0x84 })
    }

    @Test("the device's own word that it failed is an error, and Ctrl-C ends the wait alone")
    func failure() throws {
        let failing = Self.controller(
            sanicap: 2, log: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 2, 0, 2], [0, 1, 3, 0, 2]])
        let error = #expect(throws: OSError.self) { try Self.erase(failing) }
        #expect(error?.operation.contains("failed") == true)
        let endless = Self.controller(sanicap: 2, log: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 2, 0, 2]])
        let ended = #expect(throws: OSError.self) { try Self.erase(endless) { _ in false } }
        #expect(ended?.errno == .canceled && ended?.operation == "sanitize")
        // The failure mode of an earlier one is left first.
        let again = Self.controller(
            sanicap: 2, log: [[0, 0, 3, 0, 2], [0, 0, 3, 0, 2], [0, 0, 1, 0, 2]])
        try Self.erase(again)
        #expect(again.asked.nvme.filter { $0.opcode == 0x84 }.map(\.cdw10) == [1, 2])
    }

    @Test("a controller that refuses a format says why, and nothing else is tried in its place")
    func refusal() throws {
        let device = Self.controller(oacs: 2, refuses: 0x80)
        #expect(throws: OSError.self) { try Self.erase(device, .auto) }
        #expect(device.asked.ranges.isEmpty)
    }
}
