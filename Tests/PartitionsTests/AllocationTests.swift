import Kernel
import Partitions
import TestSupport
import Testing

/// Random plans on random tables: what each promises is kept, and a second time there is nothing to do.
struct AllocationTests {
    private static let unit: UInt64 = 1 << 20
    private static let types = ["esp", "linux-generic", "swap", "home", "var"].map { PartitionTypes.type($0)! }

    @Test func randomPlansKeepTheirPromises() throws {
        let rounds = Sweep.isLong ? 200_000 : 10_000
        var outcomes: [String: Int] = [:]
        // One that the long sweep found: a unit that rounding left over, and that a second time somebody took.
        for round in Array(0..<rounds) + (Sweep.isLong ? [] : [13_153]) {
            var generator = SeededGenerator(seed: (Sweep.seed ?? 0) &+ UInt64(round))
            let disk = try Self.disk(&generator)
            let sectorSize: UInt64 = generator.chance(70) ? 512 : 4096
            if generator.chance(80) { try Self.someTable(on: disk, sectorSize, &generator) }
            let plan = Self.plan(&generator)
            let before = try TableReading(disk, sectorSize: sectorSize)
            let planned: PlannedTable
            do throws(PartitionError) { planned = try PlannedTable(plan, over: before) } catch {
                switch error {
                case .noSpace: outcomes["does not fit", default: 0] += 1
                case .tableFull: outcomes["no slot", default: 0] += 1
                default:
                    Issue.record("round \(round): \(error)")
                    return
                }
                continue
            }
            let log = WriteLog(over: disk)
            try TableCommit(planned.table, over: before, on: disk).run(on: log)
            let after = try TableReading(disk, sectorSize: sectorSize)
            let context =
                "round \(round): \(plan) on \(before.table?.partitions.map { "\($0.number) \($0.entry.firstLBA)-\($0.entry.lastLBA)" } ?? [])"
            try #require(after.problems.isEmpty, "\(context): \(after.problems.map(\.message))")
            try Self.check(before, after, plan, planned, context)
            // The same once more.
            let again = try PlannedTable(plan, over: after)
            let rest = try TableCommit(again.table, over: after, on: disk)
            try #require(
                rest.isEmpty && !again.changes.contains(where: \.isChange),
                "again \(again.changes.filter(\.isChange).map(\.summary)) after \(planned.changes.map(\.summary)); \(after.table?.partitions.map { "\($0.number) \($0.entry.label) \($0.entry.firstLBA)-\($0.entry.lastLBA)" } ?? []); \(context)"
            )
            outcomes[planned.changes.contains { $0.action == .drop } ? "something left out" : "whole", default: 0] += 1
        }
        print("plans: \(outcomes)")
        // The generator makes all four.
        #expect(outcomes.count == 4)
    }

    private static func check(
        _ before: TableReading, _ after: TableReading, _ plan: PartitionPlan, _ planned: PlannedTable, _ context: String
    ) throws {
        let old = before.table?.partitions ?? []
        let new = after.table?.partitions ?? []
        let bytes = { (entry: GPTEntry) in (entry.sectorCount ?? 0) * after.sectorSize }
        for partition in new {
            let entry = partition.entry
            if let earlier = old.first(where: { $0.entry.guid == entry.guid }) {
                try #require(
                    earlier.number == partition.number && earlier.entry.firstLBA == entry.firstLBA, "\(context): moved")
                try #require(earlier.entry.lastLBA <= entry.lastLBA, "\(context): shrunk")
                continue
            }
            try #require(entry.firstLBA * after.sectorSize % unit == 0, "\(context): not aligned")
            try #require((entry.lastLBA + 1) * after.sectorSize % unit == 0, "\(context): its end is not aligned")
            // Every one of the tests' plans has labels of its own.
            let wanted = try #require(plan.partitions.first { $0.label == entry.label }, "\(context)")
            try #require(
                bytes(entry) >= wanted.min ?? min(PartitionPlan.defaultMinimum, wanted.max ?? .max),
                "\(context): \(entry.label) below min")
            if let most = wanted.max {
                // A limit that is no multiple of the unit and below one still gives one.
                try #require(
                    bytes(entry) <= max((most + unit - 1) / unit * unit, unit), "\(context): \(entry.label) above max")
            }
        }
        for partition in old where !new.contains(where: { $0.entry.guid == partition.entry.guid }) {
            try #require(plan.unlisted == .delete, "\(context): \(partition.number) is gone")
            try #require(planned.bytesAtRisk >= bytes(partition.entry), "\(context): nobody told")
        }
        // What has no priority is there.
        for wanted in plan.partitions where wanted.priority == 0 {
            try #require(new.contains { $0.entry.label == wanted.label }, "\(context): \(wanted) is missing")
        }
    }

    // MARK: Random things

    private static func disk(_ generator: inout SeededGenerator) throws -> MemoryDevice {
        let sizes: [UInt64] = [64 << 20, 200 << 20, 1 << 30, 8 << 30, 100 << 30, 4 << 40]
        let size = generator.pick(sizes) + UInt64(generator.number(0...5000)) * 4096
        return MemoryDevice(sizeInBytes: size)
    }

    private static func someTable(
        on disk: MemoryDevice, _ sectorSize: UInt64, _ generator: inout SeededGenerator
    ) throws {
        let sectors = disk.sizeInBytes / sectorSize
        var table = try GPTTable.create(
            sectors: sectors, sectorSize: sectorSize, diskGUID: .random(using: &generator),
            entryCount: generator.pick([128, 128, 16, 300]))
        for index in 0..<generator.number(0...8) {
            guard let range = generator.any(table.freeRanges), range.count > 64 else { continue }
            let length = range.upperBound - range.lowerBound
            // Aligned for most.
            let grain = generator.chance(80) ? unit / sectorSize : 1
            let first = (range.lowerBound + UInt64.random(in: 0...length / 2, using: &generator)) / grain * grain
            guard first >= range.lowerBound, first < range.upperBound else { continue }
            let last = UInt64.random(in: first...range.upperBound, using: &generator)
            // Some as the plan names them.
            let label = generator.chance(50) ? "plan \(index)" : "other \(index)"
            try table.add(
                type: generator.pick(types), guid: .random(using: &generator), sectors: first...last, label: label)
        }
        try TableCommit(table, over: try TableReading(disk, sectorSize: sectorSize), on: disk).run(on: disk)
    }

    private static func plan(_ generator: inout SeededGenerator) -> PartitionPlan {
        var plan = PartitionPlan()
        plan.seed = generator.chance(50) ? "seed" : nil
        plan.unlisted = generator.chance(30) ? .delete : .keep
        for index in 0..<generator.number(0...10) {
            var partition = PartitionPlan.Partition(type: generator.pick(types), label: "plan \(index)")
            let size = UInt64(generator.number(0...(1 << generator.number(4...36))))
            if generator.chance(60) { partition.min = size }
            if generator.chance(40) { partition.max = max(1, size * UInt64(generator.number(1...4))) }
            partition.weight = UInt64(generator.number(0...3) * 500)
            partition.grow = generator.pick([nil, nil, true, false])
            partition.priority = generator.pick([0, 0, 1, 2, 5])
            plan.partitions.append(partition)
        }
        return plan
    }
}
