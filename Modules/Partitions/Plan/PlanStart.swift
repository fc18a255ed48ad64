/// The table that a plan starts from: the one that is there, mended, or a fresh one.
struct PlanStart {
    let table: GPTTable
    let changes: [PlannedChange]
    var remaining: [TableProblem] = []

    init(_ plan: PartitionPlan, _ reading: TableReading, _ disk: PlannedTable.Disk) throws(PartitionError) {
        if let old = reading.table {
            do throws(PartitionError) {
                let repair = try TableRepair(reading)
                table = repair.table
                changes = repair.mended.map { PlannedChange($0) }
                remaining = repair.remaining
            } catch {
                guard plan.replace else { throw error }
                let size = old.partitions.reduce(UInt64(0)) {
                    $0.saturatingPlus($1.entry.sizeInBytes(reading.sectorSize))
                }
                self = try .fresh(plan, reading, replacing: "a GPT that cannot be repaired (\(error))", risk: size)
            }
            return
        }
        if reading.kind == .none, disk.contents == nil {
            self = try .fresh(plan, reading, replacing: nil, risk: 0)
            return
        }
        let there = Self.words(for: reading, disk)
        guard plan.replace else {
            throw .refused("the disk has \(there), and the plan does not say 'replace: true'")
        }
        let partitions = reading.dos?.partitions.filter { !$0.isExtended } ?? []
        let size = partitions.reduce(0) { $0 + $1.sectorCount } * reading.sectorSize
        self = try .fresh(plan, reading, replacing: there, risk: reading.kind == .dos ? size : reading.sizeInBytes)
    }

    private init(table: GPTTable, changes: [PlannedChange]) {
        self.table = table
        self.changes = changes
    }

    private static func words(for reading: TableReading, _ disk: PlannedTable.Disk) -> String {
        switch reading.kind {
        case .none: disk.contents ?? "nothing"
        case .gpt: "a GPT of which no copy is intact"
        case .dos: "an MBR with \(reading.dos?.partitions.count ?? 0) partitions"
        }
    }

    private static func fresh(
        _ plan: PartitionPlan, _ reading: TableReading, replacing old: String?, risk: UInt64
    ) throws(PartitionError) -> PlanStart {
        let slots = max(128, plan.partitions.count, plan.partitions.compactMap(\.number).max() ?? 0)
        let table = try GPTTable.create(
            sectors: reading.sectors, sectorSize: reading.sectorSize,
            diskGUID: plan.diskGUID ?? GUIDMaker(seed: plan.seed).make("disk"), entryCount: slots)
        let words = "a new GPT \(table.diskGUID)" + (old.map { " replaces \($0)" } ?? "")
        return PlanStart(table: table, changes: [.init(.table, words, risk: risk)])
    }
}
