public import Kernel

/// The writes that bring a disk from what it says to a table, in an order that a power cut cannot harm.
///
/// One copy that is intact is always on the medium, and it is the old table or the new one: the copy that is believed is written last,
/// when the other one is there and flushed. Regions that hold what they should already are not written.
public struct TableCommit: Sendable {
    public enum Step: Hashable, Sendable {
        /// `what` is for people: `backup header`.
        case write(offset: UInt64, bytes: [UInt8], what: String)
        case flush
    }

    public let steps: [Step]

    public var isEmpty: Bool { steps.isEmpty }
    public var writes: Int { steps.count { if case .write = $0 { true } else { false } } }

    /// What it takes to make `table` the one of the disk that `reading` is of.
    /// - Throws: ``PartitionError/refused(_:)`` where the table's own sectors are not on the disk, or belong to a partition.
    public init(
        _ table: GPTTable, over reading: TableReading, on volume: some VolumeSource
    ) throws(PartitionError) {
        try Self.check(table, reading)
        var writer = Writer(volume: volume, sectorSize: table.sectorSize)
        let wasGPT = reading.table != nil
        let isPrimaryBelieved = wasGPT && reading.primary?.isIntact == true
        let isBackupBelieved = wasGPT && !isPrimaryBelieved
        let primary = table.serialized(.primary)
        let backup = table.serialized(.backup)
        do throws(OSError) {
            if isBackupBelieved {
                try writer.put(primary.entries, at: table.primaryEntriesLBA, "primary entries")
                writer.flush()
                try writer.put(primary.header, at: 1, "primary header")
                writer.flush()
            }
            try writer.put(backup.entries, at: table.backupEntriesLBA, "backup entries")
            // A header that points at entries which are not there yet is harmless where it is believed by nobody: with the primary intact.
            if !isPrimaryBelieved { writer.flush() }
            try writer.put(backup.header, at: table.backupLBA, "backup header")
            writer.flush()
            if isPrimaryBelieved { try scrub() }
            if !isBackupBelieved {
                try writer.put(primary.entries, at: table.primaryEntriesLBA, "primary entries")
                writer.flush()
                try writer.put(primary.header, at: 1, "primary header")
                writer.flush()
            }
            if !isPrimaryBelieved { try scrub() }
            try writer.put(Self.mbr(for: table, reading).sector, at: 0, "protective MBR")
            writer.flush()
        } catch {
            throw .system(error)
        }
        steps = writer.steps

        // Backups that the new table does not have: a later reader could take them for the disk's.
        func scrub() throws(OSError) {
            let old = [reading.backup].compactMap { $0 } + reading.strayBackups
            for copy in old
            where copy.lba != table.backupLBA && !table.metadata.contains(where: { $0.contains(copy.lba) }) {
                // Not where a partition of the new table has its contents; there it is no backup but a file's or a guest's bytes.
                if reading.table?.partitions.contains(where: {
                    $0.entry.firstLBA <= copy.lba && copy.lba <= $0.entry.lastLBA
                }) == true {
                    continue
                }
                try writer.put(
                    [UInt8](repeating: 0, count: Int(table.sectorSize)), at: copy.lba, "superseded backup header")
            }
            writer.flush()
        }
    }

    /// Carries it out.
    /// - Throws: the device's error; what was written until then stays, and a reader finds the old table or the new one.
    public func run(on volume: some WritableVolume) throws(OSError) {
        for step in steps {
            switch step {
            case .write(let offset, let bytes, _): try volume.write(bytes, at: offset)
            case .flush: try volume.flush()
            }
        }
    }

    /// The protective MBR: the one that is there where it is right.
    private static func mbr(for table: GPTTable, _ reading: TableReading) -> MBR {
        let old = reading.mbr
        let needsRepair = reading.findings.contains { $0.code == .protectiveMBRInvalid }
        guard old.isProtective else {
            return .protective(of: reading.sectors, sectorSize: Int(table.sectorSize), keepingBootCodeOf: nil)
        }
        // One that ended with the disk before it grew has to end with it now.
        let isShort = old.protective.map { UInt64($0.sectorCount) < min(table.backupLBA, UInt64(UInt32.max)) } ?? true
        let isHybrid = old.entries.contains { $0.isUsed && !$0.isProtective }
        return needsRepair || (isShort && !isHybrid) ? old.repairedProtective(sectors: reading.sectors) : old
    }

    private static func check(_ table: GPTTable, _ reading: TableReading) throws(PartitionError) {
        guard table.sectorSize == reading.sectorSize else {
            throw .refused("the table is of sectors of \(table.sectorSize) bytes, the disk has \(reading.sectorSize)")
        }
        let ranges = table.metadata
        guard let end = ranges.map(\.upperBound).max(), end < reading.sectors else {
            throw .refused("the device ends with sector \(reading.sectors - 1), before the table does")
        }
        for (index, range) in ranges.enumerated() where ranges[..<index].contains(where: { $0.overlaps(range) }) {
            throw .refused("the table's own parts would overlap in sector \(range.lowerBound)")
        }
        for partition in table.partitions where partition.entry.sectorCount != nil {
            let sectors = partition.entry.firstLBA...partition.entry.lastLBA
            if let range = ranges.first(where: { $0.overlaps(sectors) }) {
                throw .refused(
                    "partition \(partition.number) covers sector \(max(range.lowerBound, sectors.lowerBound)), which the table needs for itself"
                )
            }
            if sectors.upperBound >= reading.sectors {
                throw .refused(
                    "partition \(partition.number) ends in sector \(sectors.upperBound), the device with \(reading.sectors - 1)"
                )
            }
        }
    }

    /// Gathers the steps, without those that would change nothing.
    private struct Writer<Volume: VolumeSource> {
        let volume: Volume
        let sectorSize: UInt64
        var steps: [Step] = []
        var isDirty = false

        init(volume: Volume, sectorSize: UInt64) {
            self.volume = volume
            self.sectorSize = sectorSize
        }

        mutating func put(_ bytes: [UInt8], at lba: UInt64, _ what: String) throws(OSError) {
            // A place that cannot be read may still be written: drives give such sectors new ones.
            let old = try? volume.read(at: lba * sectorSize, count: bytes.count)
            guard old != bytes else { return }
            steps.append(.write(offset: lba * sectorSize, bytes: bytes, what: what))
            isDirty = true
        }

        mutating func flush() {
            guard isDirty else { return }
            steps.append(.flush)
            isDirty = false
        }
    }
}
