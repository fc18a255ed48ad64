/// A plan that met a disk: the table that comes of it, what changes, and what is at risk. Nothing is written by it.
public struct PlannedTable: Sendable {
    /// What is known of the disk besides its table.
    public struct Disk: Sendable {
        /// BLKIOOPT, in bytes; 0 where the device does not say.
        public var optimalTransfer: UInt64 = 0
        /// What stands on the whole disk in the place of a table: `an ext4 file system`; nil is nothing.
        public var contents: String?

        public init(optimalTransfer: UInt64 = 0, contents: String? = nil) {
            self.optimalTransfer = optimalTransfer
            self.contents = contents
        }
    }

    public let table: GPTTable
    public let changes: [PlannedChange]
    /// Of partitions that go away, in bytes.
    public var bytesAtRisk: UInt64 { changes.reduce(UInt64(0)) { $0.saturatingPlus($1.bytesAtRisk) } }
    /// What is wrong with the disk's table and stays so.
    public let remaining: [TableProblem]
    /// Whether anything is to be written.
    public var isChange: Bool { changes.contains(where: \.isChange) }
    /// Where signatures have to be wiped before the table is written, in sectors.
    public let wipes: [ClosedRange<UInt64>]

    /// - Throws: ``PartitionError``: what does not fit, what would be lost and was not asked for, a table that cannot be read.
    public init(
        _ plan: PartitionPlan, over reading: TableReading, of disk: Disk = Disk()
    ) throws(PartitionError) {
        let start = try PlanStart(plan, reading, disk)
        var planner = Planner(plan, from: start, unit: Self.unit(plan, disk))
        try planner.match()
        try planner.allocate()
        table = planner.table
        changes = planner.changes
        wipes = planner.wipes
        remaining = start.remaining
    }

    /// A repair alone.
    public init(_ repair: TableRepair) {
        table = repair.table
        changes = repair.mended.map { PlannedChange($0) }
        wipes = []
        remaining = repair.remaining
    }

    /// The largest optimal transfer that is believed, in bytes: some USB bridges say 32 MiB less a sector.
    static let largestTransfer: UInt64 = 16 << 20

    /// What everything is aligned to, in bytes: the plan's alignment, 1 MiB at least, and a multiple of the optimal transfer.
    static func unit(_ plan: PartitionPlan, _ disk: Disk) -> UInt64 {
        let base = max(plan.alignment, 1 << 20)
        let optimal = disk.optimalTransfer
        guard optimal > 0, optimal <= largestTransfer, optimal % 512 == 0 else { return base }
        var (one, other) = (base, optimal)
        while other != 0 { (one, other) = (other, one % other) }
        let multiple = base / one * optimal
        return multiple <= 1 << 30 ? multiple : base
    }
}

/// One thing that a plan does, or leaves.
public struct PlannedChange: Hashable, Sendable {
    public enum Action: String, Hashable, Sendable {
        /// A new table; what was there is replaced.
        case table
        /// The damage that a repair mends.
        case mend
        case delete, create, grow, change, keep
        /// Left out, as it does not fit.
        case drop
    }

    public let action: Action
    public let number: Int?
    /// For people: `create 2 (STATE, linux-generic)`.
    public let summary: String
    public let entry: GPTEntry?
    /// Before, of one that grows, in bytes.
    public var oldSize: UInt64?
    public var bytesAtRisk: UInt64 = 0

    /// Whether it writes something.
    public var isChange: Bool { action != .keep && action != .drop }

    init(_ problem: TableProblem) { self.init(.mend, "mend \(problem.code.rawValue): \(problem.message)") }

    init(_ action: Action, _ summary: String, risk: UInt64 = 0) {
        self.action = action
        number = nil
        self.summary = summary
        entry = nil
        bytesAtRisk = risk
    }

    init(_ action: Action, _ number: Int, _ entry: GPTEntry, words: String = "", risk: UInt64 = 0) {
        let type = PartitionTypes.name(entry.type) ?? entry.type.description
        let name = entry.label.isEmpty ? type : "\(entry.label), \(type)"
        self.action = action
        self.number = number
        self.entry = entry
        summary = "\(action.rawValue) \(number) (\(name))\(words)"
        bytesAtRisk = risk
    }
}
