import Documents
import Driver
import Kernel
import Partitions

/// The first byte chooses the sectors' size and the disk's; the rest are records of a place (in sectors, 4 bytes; from the end where its
/// highest bit is set), a length in sectors (1 byte) and the bytes. The table is read, told, repaired, committed and read again.
@main
enum Tables {
    static func main() {
        fuzz { start, count in
            let disk = TableImage.disk(bytes(start, count))
            for size in [512, 4096] as [UInt64] { Tables.run(disk.device, size, isWhole: size == disk.sectorSize) }
            return 0
        }
    }

    private static let plans = [
        "{unlisted: delete, replace: true, partitions: [{type: esp, size: 1MiB}, {type: home}]}",
        "{partitions: [{type: esp, grow: true, number: 1}, {type: 12345678-9ABC-DEF0-1234-56789ABCDEF0, grow: true, min: 16EiB}]}",
        "{partitions: [{type: esp, grow: true, min: 1GiB}, {type: swap, min: 15EiB}, {type: home, min: 15EiB}]}",
    ].compactMap { try? PartitionPlan(text: Array($0.utf8)) }

    private static func run(_ contents: MemoryPages, _ sectorSize: UInt64, isWhole: Bool) {
        let device = MemoryDevice(contents)
        guard let reading = try? TableReading(device, sectorSize: sectorSize) else { return }
        for document in [reading.document(device: "/dev/x1"), reading.verdict] {
            guard (try? JSONText.encode(document)) != nil else { fatalError("a reading that cannot be told") }
        }
        guard isWhole else { return }
        if let table = reading.table, reading.primary?.isIntact == true, reading.problems.isEmpty {
            // Nothing is wrong with it: there is nothing to write.
            if let commit = try? TableCommit(table, over: reading, on: device), !commit.isEmpty {
                fatalError("an intact table is not written as it is")
            }
        }
        _ = reading.table?.freeRanges
        for plan in plans {
            guard let planned = try? PlannedTable(plan, over: reading) else { continue }
            _ = (planned.bytesAtRisk, try? TableCommit(planned.table, over: reading, on: device))
        }
        guard let repair = try? TableRepair(reading),
            let commit = try? TableCommit(repair.table, over: reading, on: device)
        else { return }
        guard (try? commit.run(on: device)) != nil, let again = try? TableReading(device, sectorSize: sectorSize) else {
            fatalError("a repair that cannot be carried out")
        }
        guard again.table?.partitions == reading.table?.partitions else {
            fatalError("a repair changed the partitions")
        }
        guard again.primary?.isIntact == true, again.backup?.isIntact == true else {
            fatalError("a repair left a damaged copy")
        }
    }
}

enum TableImage {
    /// A small disk in memory.
    static func disk(_ input: [UInt8]) -> (device: MemoryPages, sectorSize: UInt64) {
        let first = input.first ?? 0
        let sectorSize: UInt64 = first & 1 == 0 ? 512 : 4096
        // A disk may end inside a sector.
        let sectors = [34, 68, 2048, 131_072, 1 << 40, 7, 1, 200][Int(first >> 1 & 7)] as UInt64
        var pages = MemoryPages(sizeInBytes: sectors * sectorSize + (first & 0x80 == 0 ? 0 : 100))
        var rest = input.dropFirst()
        while rest.count > 5 {
            let word = rest.prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let length = Int(rest.dropFirst(4).first ?? 0) * 512
            let body = rest.dropFirst(5).prefix(max(length, 1))
            let place = word & 0x7FFF_FFFF
            let lba = word & 0x8000_0000 == 0 ? place : sectors - min(sectors, place)
            _ = pages.write(body, at: lba * sectorSize)
            rest = rest.dropFirst(5 + body.count)
        }
        if first & 0x40 != 0 {
            for lba in [1, sectors - 1] { seal(&pages, lba, sectorSize) }
        }
        return (pages, sectorSize)
    }

    /// Puts the checksums of a header and its entries right, for no mutation finds them.
    private static func seal(_ pages: inout MemoryPages, _ lba: UInt64, _ sectorSize: UInt64) {
        var header = pages.read(at: lba * sectorSize, count: 512)
        guard header.starts(with: Array("EFI PART".utf8)) else { return }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            header[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let (start, overflow) = number(72, 8).multipliedReportingOverflow(by: sectorSize)
        let length = number(80, 4) * number(84, 4)
        let size = Int(number(12, 4))
        guard !overflow, length <= 1 << 16, (92...512).contains(size) else { return }
        put(checksum(pages.read(at: start, count: Int(length))), 88)
        put(0, 16)
        put(checksum(Array(header.prefix(size))), 16)
        _ = pages.write(header, at: lba * sectorSize)

        func put(_ value: UInt32, _ offset: Int) {
            for place in 0..<4 { header[offset + place] = UInt8(truncatingIfNeeded: value >> UInt32(8 * place)) }
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
