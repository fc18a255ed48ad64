/// What puts a damaged GPT right: the copy that is believed is written over the other one, the backup goes to the end of the disk, and the
/// protective MBR covers it.
///
/// Partitions are never moved, shrunk or dropped: what only a person can decide stays and is told.
public struct TableRepair: Sendable {
    public let table: GPTTable
    /// What it mends.
    public let mended: [TableProblem]
    /// What stays.
    public let remaining: [TableProblem]

    private static let repairable: Set<TableProblem.Code> = [
        .headerCRC, .headerInvalid, .headerMissing, .entriesCRC, .unreadable, .backupDisplaced, .copiesDiffer,
        .protectiveMBRMissing, .protectiveMBRInvalid,
    ]

    /// - Throws: ``PartitionError/noTable(_:)`` where no copy is intact, or the disk has no GPT; ``PartitionError/refused(_:)`` where writing
    ///   could lose something: two backups that contradict each other, a device that ends before its table.
    public init(_ reading: TableReading) throws(PartitionError) {
        guard var table = reading.table else { throw .noTable(Self.reason(reading)) }
        for code in [TableProblem.Code.backupAmbiguous, .beyondEnd] {
            if let problem = reading.problems.first(where: { $0.code == code }) { throw .refused(problem.message) }
        }
        if table.backupLBA != reading.sectors - 1 { try table.relocateBackup(toEndOf: reading.sectors) }
        self.table = table
        mended = reading.problems.filter { Self.repairable.contains($0.code) }
        remaining = reading.problems.filter { !Self.repairable.contains($0.code) }
    }

    private static func reason(_ reading: TableReading) -> String {
        if let problem = reading.findings.first(where: { $0.code == .wrongSectorSize }) { return problem.message }
        switch reading.kind {
        case .gpt: return "neither copy of the GPT is intact"
        case .dos: return "the disk has an MBR, which has no second copy to repair it from"
        case .none: return "the disk has none"
        }
    }
}
