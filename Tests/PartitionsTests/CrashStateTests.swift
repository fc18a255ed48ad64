import Kernel
import Partitions
import TestSupport
import Testing

/// A power cut at any instant of a commit leaves the old table or the new one.
struct CrashStateTests {
    /// What a reader would go by.
    struct Seen: Hashable {
        let kind: TableReading.Kind
        let table: Logical?
        let dos: DOSTable?

        struct Logical: Hashable {
            let diskGUID: GUID
            let usable: ClosedRange<UInt64>
            let entries: [GPTEntry]
        }

        init(_ reading: TableReading) {
            kind = reading.kind
            dos = reading.dos
            table =
                reading.kind != .gpt
                ? nil
                : reading.table.map {
                    Logical(diskGUID: $0.diskGUID, usable: $0.firstUsableLBA...$0.lastUsableLBA, entries: $0.entries)
                }
        }
    }

    /// How a disk is before a change.
    enum Before: String, CaseIterable {
        case blank, intact, primaryHeaderBad, primaryEntriesBad, primaryGone, backupBad, grown, grownPrimaryBad, dos
        case moved
    }

    enum Change: String, CaseIterable {
        case create, add, delete, resize, rename, repair, moreSlots
    }

    /// Which of the two a case has is decided once, in the arguments: creating is for all disks, the rest for those with a table.
    static let cases: [(Before, Change, UInt64)] = Before.allCases.flatMap { before in
        Change.allCases.flatMap { change in [512, 4096].map { (before, change, $0) } }
    }.filter { before, change, _ in
        switch before {
        case .blank, .dos: change == .create
        case .intact, .moved: change != .repair
        default: true
        }
    }

    @Test func everyStateIsTheOldTableOrTheNewOne() throws {
        var total = 0
        var distinct = 0
        for (place, (before, change, sector)) in Self.cases.enumerated() {
            let disk = try Self.disk(before, sectorSize: sector)
            let start = disk.contents
            let old = try TableReading(disk, sectorSize: sector)
            let target = try Self.target(change, old)
            let log = WriteLog(over: disk)
            try TableCommit(target, over: old, on: disk).run(on: log)
            let new = Seen(try TableReading(disk, sectorSize: sector))
            try #require(new.table?.entries == target.entries, "\(before) \(change) \(sector)")
            let oldSeen = Seen(old)
            try #require(change == .repair || oldSeen != new, "\(before) \(change): nothing changed")
            var states = CrashStates { state, name in
                let device = MemoryDevice(state)
                let reading = try TableReading(device, sectorSize: sector)
                let seen = Seen(reading)
                // The kernel's rule too: what it finds with `gpt` on its command line.
                guard seen == oldSeen || seen == new else {
                    Issue.record("\(before) \(change) \(sector), \(name): \(reading.findings.map(\.message))")
                    throw Broken()
                }
                try Self.mendable(reading, device, seen, "\(before) \(change) \(sector), \(name)")
            }
            try states.walk(
                log.calls, from: start, sector: Int(sector), seeded: Sweep.isLong ? 5000 : 1000, seed: UInt64(place))
            total += states.count
            distinct += states.distinct
        }
        print("crash states: \(total) (\(distinct) distinct) of \(Self.cases.count) changes")
        #expect(total > Self.cases.count * 100)
    }

    struct Broken: Error {}

    /// What was found can be repaired, and stays what it is: a table in order, with nothing left to write.
    private static func mendable(
        _ reading: TableReading, _ device: MemoryDevice, _ seen: Seen, _ name: String
    ) throws {
        guard seen.table != nil else { return }
        let repair = try TableRepair(reading)
        try TableCommit(repair.table, over: reading, on: device).run(on: device)
        let mended = try TableReading(device, sectorSize: reading.sectorSize)
        let entries = mended.table?.entries
        guard mended.problems.isEmpty, entries == seen.table?.entries, mended.strayBackups.isEmpty else {
            Issue.record("\(name): after the repair \(mended.problems.map(\.message))")
            throw Broken()
        }
    }

    // MARK: Disks and changes

    private static let sectors: UInt64 = 4096
    private static let type = PartitionTypes.type("linux-generic")!
    private static func guid(_ number: UInt8) -> GUID { GUID(bytes: [UInt8](repeating: number, count: 16))! }

    private static func disk(_ before: Before, sectorSize: UInt64) throws -> MemoryDevice {
        let isGrown = before == .grown || before == .grownPrimaryBad
        let small = MemoryDevice(sizeInBytes: sectors * sectorSize)
        if before == .blank { return small }
        if before == .dos {
            var mbr = [UInt8](repeating: 0, count: Int(sectorSize))
            mbr.replaceSubrange(446..<462, with: [0x80, 0, 0, 0, 0x83, 0, 0, 0, 64, 0, 0, 0, 0, 1, 0, 0])
            mbr.replaceSubrange(510..<512, with: [0x55, 0xAA])
            try small.write(mbr, at: 0)
            return small
        }
        var table = try GPTTable.create(sectors: sectors, sectorSize: sectorSize, diskGUID: guid(1))
        // Room for an array elsewhere.
        if before == .moved {
            try table.resizeArray(to: 512)
            try table.resizeArray(to: 128)
        }
        // Entries in most sectors of the array.
        for number in 0..<60 as Range<UInt64> {
            let first = 256 + number * 32
            try table.add(
                number: 2 * Int(number) + 1, type: type, guid: guid(UInt8(number) + 2), sectors: first...first + 15,
                label: "p\(number)")
        }
        if before == .moved { try table.movePrimaryEntries(to: table.firstUsableLBA - table.arraySectors) }
        let blank = try TableReading(small, sectorSize: sectorSize)
        try TableCommit(table, over: blank, on: small).run(on: small)
        let disk = MemoryDevice(sizeInBytes: isGrown ? sectors * 2 * sectorSize : small.sizeInBytes)
        for offset in stride(from: 0, to: small.sizeInBytes, by: 1 << 16) {
            try disk.write(small.read(at: offset, count: 1 << 16), at: offset)
        }
        let array = table.primaryEntriesLBA * sectorSize
        switch before {
        case .primaryHeaderBad, .grownPrimaryBad: try disk.write([0xFF], at: sectorSize + 60)
        case .primaryEntriesBad: try disk.write([0xFF], at: array + 70)
        case .primaryGone: try disk.write([UInt8](repeating: 0, count: Int(sectorSize)), at: sectorSize)
        case .backupBad: try disk.write([0xFF], at: table.backupLBA * sectorSize + 60)
        default: break
        }
        return disk
    }

    private static func target(_ change: Change, _ reading: TableReading) throws -> GPTTable {
        if change == .create {
            var table = try GPTTable.create(
                sectors: reading.sectors, sectorSize: reading.sectorSize, diskGUID: guid(0xFF))
            for number in 0..<100 as Range<UInt64> {
                let first = 512 + number * 16
                try table.add(
                    type: type, guid: guid(UInt8(number) + 100), sectors: first...first + 15, label: "new \(number)")
            }
            return table
        }
        var table = try TableRepair(reading).table
        switch change {
        case .create, .repair: break
        case .add: try table.add(type: type, guid: guid(0xFE), sectors: 3000...3303, label: "added")
        case .delete: try table.delete(3)
        case .resize: try table.resize(119, lastLBA: 2900)
        case .rename:
            for partition in table.partitions {
                try table.setLabel("renamed \(partition.number)", of: partition.number)
            }
        case .moreSlots: try table.resizeArray(to: 200)
        }
        return table
    }
}
