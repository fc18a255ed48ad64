import Documents
import Kernel
import Partitions
import SystemPackage
import TestSupport
import Testing

@Suite("Partition plans")
struct PlanTests {
    private static let text = """
        seed: a machine
        partitions:
          - {type: esp, label: EFI, size: 64MiB}
          - {type: linux-generic, label: STATE, min: 10MiB, max: 100MiB, attributes: GUID:59}
          - {type: var, label: DATA, weight: 2000}
          - {type: home, label: HOME}
        """

    private static func plan(_ text: String) throws -> PartitionPlan { try PartitionPlan(text: Array(text.utf8)) }

    /// Carries a plan out on a disk in memory.
    @discardableResult
    private static func apply(_ text: String, to disk: MemoryDevice) throws -> PlannedTable {
        let reading = try TableReading(disk, sectorSize: 512)
        let planned = try PlannedTable(plan(text), over: reading)
        try TableCommit(planned.table, over: reading, on: disk).run(on: disk)
        return planned
    }

    @Test("sizes that no disk has do not fit, however many there are of them", arguments: [.max, 1 << 63] as [UInt64])
    func impossible(_ size: UInt64) throws {
        let reading = try TableReading(MemoryDevice(sizeInBytes: 64 << 20), sectorSize: 512)
        let type = try #require(GUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4"))
        for count in 1...3 {
            var plan = PartitionPlan()
            for _ in 0..<count {
                var partition = PartitionPlan.Partition(type: type)
                partition.min = size
                plan.partitions.append(partition)
            }
            #expect(throws: PartitionError.self) { try PlannedTable(plan, over: reading) }
        }
    }

    @Test(
        "one that has a little less than its min takes what lies before the next unit, and stays; room elsewhere is the others'"
    )
    func shortOfMin() throws {
        let disk = MemoryDevice(sizeInBytes: 64 << 20)
        let blank = try TableReading(disk, sectorSize: 512)
        var table = try GPTTable.create(sectors: blank.sectors, sectorSize: 512, diskGUID: #require(GUID(Self.guid)))
        // 1,389 sectors, of a unit of 2,048.
        try table.add(
            type: #require(PartitionTypes.type("var")), guid: #require(GUID(Self.guid)), sectors: 2048...3436,
            label: "A")
        try TableCommit(table, over: blank, on: disk).run(on: disk)
        let text = """
            partitions:
              - {type: var, label: A, min: 809240, max: 809240, grow: true}
              - {type: home, label: B}
            """
        try Self.apply(text, to: disk)
        let entries = try #require(try TableReading(disk, sectorSize: 512).table).partitions.map(\.entry)
        #expect(entries.map(\.firstLBA) == [2048, 4096] && entries.first?.lastLBA == 4095)
        #expect(try !Self.apply(text, to: disk).isChange)
    }

    private static let guid = "6F3D1F4E-0D3B-4A7E-9B6E-2F6C2F1C8F11"

    @Test("YAML and JSON say the same")
    func forms() throws {
        let json = """
            {"seed": "a machine", "partitions": [
              {"type": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "label": "EFI", "min": 67108864, "max": "64MiB"},
              {"type": "linux-generic", "label": "STATE", "min": "10M", "max": "100MiB", "attributes": 576460752303423488},
              {"type": "var", "label": "DATA", "weight": 2000}, {"type": "home", "label": "HOME"}]}
            """
        #expect(try Self.plan(Self.text) == Self.plan(json))
    }

    @Test(
        "what cannot be is told with its place",
        arguments: [
            ("[]", "a plan is a mapping"), ("table: dos", "table: 'dos' tables are not written"),
            ("partitions: [{label: x}]", "partitions[0]: it needs a type"),
            ("partitions: [{type: esp}, {type: nonesuch}]", "partitions[1].type: 'nonesuch' is neither"),
            ("partitions: [{type: esp, szie: 1}]", "partitions[0].szie: there is no such key"),
            ("partitions: [{type: esp, min: 2MiB, max: 1MiB}]", "partitions[0].max: 1048576 bytes are less"),
            ("partitions: [{type: esp, min: 5 apples}]", "partitions[0].min: it is a size"),
            ("partitions: [{type: esp, min: -1}]", "partitions[0].min: it is a size"),
            ("partitions: [{type: esp, min: 20000000000GiB}]", "partitions[0].min: it is a size"),
            ("partitions: [{type: esp, guid: x}]", "partitions[0].guid: 'x' is no GUID"),
            ("partitions: [{type: esp, number: 0}]", "partitions[0].number: it is a number from 1"),
            ("partitions: [{type: esp, number: 1}, {type: esp, number: 1}]", "partitions[1].number: partitions[0]"),
            ("partitions: [{type: esp, grow: perhaps}]", "partitions[0].grow: it is true or false"),
            ("partitions: [{type: esp, contents: burn}]", "partitions[0].contents: it is keep or wipe"),
            ("partitions: [{type: esp, attributes: Bootable}]", "partitions[0].attributes: 'Bootable'"),
            ("partitions: [{type: esp, label: 0123456789012345678901234567890123456}]", "partitions[0].label"),
            ("unlisted: burn", "unlisted: it is keep or delete"), ("align: 3MiB", "align: 3145728 is no power of two"),
            ("disk_guid: 00000000-0000-0000-0000-000000000000", "disk_guid:"), ("nonesuch: 1", "nonesuch: there is no"),
        ])
    func bad(_ text: String, _ message: String) throws {
        let error = #expect(throws: PlanDocumentError.self) { try Self.plan(text) }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix(message), "\(error.map { "\($0)" } ?? "")")
    }

    @Test("the same seed gives the same bytes, another one other GUIDs")
    func seed() throws {
        let disks = (0..<3).map { _ in MemoryDevice(sizeInBytes: 1 << 30) }
        try Self.apply(Self.text, to: disks[0])
        try Self.apply(Self.text, to: disks[1])
        try Self.apply("seed: another machine" + Self.text.dropFirst(15), to: disks[2])
        let size = 2 << 20
        let heads = disks.map { $0.read(at: 0, count: size) }
        let tails = disks.map { $0.read(at: (1 << 30) - UInt64(size), count: size) }
        #expect(heads[0] == heads[1] && tails[0] == tails[1])
        let tables = try disks.map { try #require(try TableReading($0, sectorSize: 512).table) }
        #expect(tables[0].diskGUID != tables[2].diskGUID)
        let guids = tables.flatMap { $0.partitions.map(\.entry.guid) }
        // Twice the same four, and four others.
        #expect(Set(guids).count == 8)
        for guid in guids { #expect(guid.bytes[7] >> 4 == 4 && guid.bytes[8] >> 6 == 2) }
    }

    @Test("sizes and shares: what is fixed gets its size, the rest is shared two to one")
    func shares() throws {
        let disk = MemoryDevice(sizeInBytes: 1 << 30)
        let planned = try Self.apply(Self.text, to: disk)
        let sizes = planned.table.partitions.map { ($0.entry.sectorCount ?? 0) / 2048 }
        // 1022 MiB are between the first and the last whole one: 64, 100, and 858 for the two.
        #expect(sizes == [64, 100, 572, 286])
    }

    @Test("what does not fit is left out by its priority, or told by how much")
    func priority() throws {
        let disk = MemoryDevice(sizeInBytes: 100 << 20)
        let two =
            "partitions: [{type: esp, min: 60MiB}, {type: home, min: 60MiB, priority: 3}, {type: var, min: 20MiB, priority: 1}]"
        let planned = try Self.apply(two, to: disk)
        #expect(planned.table.partitions.map { PartitionTypes.name($0.entry.type) } == ["esp", "var"])
        #expect(planned.changes.filter { $0.action == .drop }.count == 1)
        let fixed = "partitions: [{type: esp, min: 60MiB}, {type: home, min: 60MiB}]"
        let error = #expect(throws: PartitionError.self) {
            try Self.apply(fixed, to: MemoryDevice(sizeInBytes: 100 << 20))
        }
        // 98 MiB are whole: 22 are missing.
        #expect("\(error.map { "\($0)" } ?? "")".contains("\(22 << 20) bytes are missing"))
    }

    @Test("what is there stays, unless it is told to go")
    func unlisted() throws {
        let disk = MemoryDevice(sizeInBytes: 1 << 30)
        try Self.apply(
            "partitions: [{type: esp, label: A, size: 64MiB}, {type: home, label: B, size: 64MiB}]", to: disk)
        let kept = try Self.apply("partitions: [{type: home, label: B, size: 64MiB}, {type: var, label: C}]", to: disk)
        #expect(kept.table.partitions.map(\.entry.label) == ["A", "B", "C"])
        #expect(kept.bytesAtRisk == 0)
        let gone = try Self.apply("unlisted: delete\npartitions: [{type: home, label: B, size: 64MiB}]", to: disk)
        #expect(gone.table.partitions.map(\.entry.label) == ["B"])
        #expect(gone.bytesAtRisk == (1 << 30) - (2 << 20) - (64 << 20))
    }

    @Test("a partition grows into the free space behind it where it is told to")
    func grow() throws {
        let disk = MemoryDevice(sizeInBytes: 1 << 30)
        try Self.apply("partitions: [{type: esp, label: A, size: 64MiB}]", to: disk)
        let same = try Self.apply("partitions: [{type: esp, label: A, max: 128MiB}]", to: disk)
        #expect(!same.isChange)
        let small = #expect(throws: PartitionError.self) {
            try Self.apply("partitions: [{type: esp, label: A, min: 100MiB}]", to: disk)
        }
        #expect("\(small.map { "\($0)" } ?? "")".contains("does not say 'grow: true'"))
        let grown = try Self.apply("partitions: [{type: esp, label: A, max: 128MiB, grow: true}]", to: disk)
        #expect(grown.table[1]?.sectorCount == 128 * 2048)
        #expect(grown.changes.contains { $0.action == .grow && $0.oldSize == 64 << 20 })
    }

    @Test("a number, a label or a GUID tells which is meant; another type is not taken over")
    func matching() throws {
        let disk = MemoryDevice(sizeInBytes: 1 << 30)
        try Self.apply("partitions: [{type: esp, label: A, size: 64MiB}, {type: home, size: 64MiB}]", to: disk)
        let named = try Self.apply("partitions: [{type: esp, number: 1, label: new name}]", to: disk)
        #expect(named.table[1]?.label == "new name" && named.table.partitions.count == 2)
        let other = #expect(throws: PartitionError.self) {
            try Self.apply("partitions: [{type: var, number: 1}]", to: disk)
        }
        #expect("\(other.map { "\($0)" } ?? "")".contains("of another type"))
        let guid = try #require(named.table[2]?.guid)
        let turned = try Self.apply("partitions: [{type: var, guid: \(guid), label: turned}]", to: disk)
        #expect(turned.table[2]?.label == "turned" && PartitionTypes.name(turned.table[2]?.type ?? guid) == "var")
    }

    @Test("another kind of table, or a file system, is replaced only where the plan says so")
    func replace() throws {
        let disk = MemoryDevice(sizeInBytes: 64 << 20)
        var mbr = [UInt8](repeating: 0, count: 512)
        mbr.replaceSubrange(446..<462, with: [0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0])
        mbr.replaceSubrange(510..<512, with: [0x55, 0xAA])
        try disk.write(mbr, at: 0)
        let plan = "partitions: [{type: esp}]"
        let refused = #expect(throws: PartitionError.self) { try Self.apply(plan, to: disk) }
        #expect("\(refused.map { "\($0)" } ?? "")".contains("an MBR with 1 partitions"))
        let reading = try TableReading(disk, sectorSize: 512)
        let planned = try PlannedTable(Self.plan("replace: true\n" + plan), over: reading)
        #expect(planned.bytesAtRisk == 1 << 20)
        let blank = try TableReading(MemoryDevice(sizeInBytes: 64 << 20), sectorSize: 512)
        let full = #expect(throws: PartitionError.self) {
            try PlannedTable(Self.plan(plan), over: blank, of: .init(contents: "an ext4 file system"))
        }
        #expect("\(full.map { "\($0)" } ?? "")".contains("an ext4 file system"))
    }
}
