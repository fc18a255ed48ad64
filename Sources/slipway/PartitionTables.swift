import Documents
import Kernel
import Partitions
import Provisioning
import Recordings
import SystemPackage

/// What the verbs of `partition` do and print.
enum PartitionTables {
    static func planned(
        _ plan: PartitionPlan, _ disk: TableDisk, _ reading: TableReading
    ) throws(PartitionError) -> PlannedTable {
        try PlannedTable(
            plan, over: reading,
            of: .init(optimalTransfer: disk.geometry.optimalTransfer, contents: try disk.contents(reading)))
    }

    /// Plans, and with `--yes` writes: under one lock, so that what was looked at is what is written over.
    static func write(
        _ operation: String, _ disk: PartitionCommand.DiskOptions, _ options: PartitionCommand.WriteOptions,
        _ output: OutputOptions, _ plan: (TableDisk, TableReading) throws(PartitionError) -> PlannedTable
    ) throws {
        guard options.yes else {
            let (opened, reading) = try disk.read(operation, Host.live)
            let planned = try disk.telling(operation) { () throws(PartitionError) in try plan(opened, reading) }
            let rest = planned.isChange ? "\nNothing was written: give --yes to do it." : ""
            try output.answer(
                document(planned, sectorSize: reading.sectorSize, applied: false),
                table: text(planned, reading.sectorSize) + rest)
            return
        }
        let interrupt = Interrupt()
        let (planned, outcome) = try disk.telling(operation) { () throws(PartitionError) in
            let deadline = Deadline(in: .seconds(options.timeout))
            let locked = try LockedTableDisk(
                FilePath(disk.path), sectorSize: disk.sectorSize, in: .live, until: deadline)
            let reading = try locked.disk.read()
            let planned = try plan(locked.disk, reading)
            // Until here nothing was written; from here on it is a matter of milliseconds, and goes through.
            if interrupt.isPending {
                throw .system(OSError(operation: operation, errno: .interrupted, subject: disk.path))
            }
            let outcome = try locked.commit(
                planned.table, over: reading, wipes: planned.wipes, backups: options.backups(of: disk.path),
                until: deadline)
            return (planned, outcome)
        }
        try output.answer(
            document(planned, sectorSize: planned.table.sectorSize, applied: true, outcome),
            table: text(planned, planned.table.sectorSize) + "\n" + text(outcome))
        if let note = outcome.kernelNote, !output.json { Terminal.note("slipway: \(note)") }
    }

    // MARK: Documents

    static func document(
        _ planned: PlannedTable, sectorSize: UInt64, applied: Bool, _ outcome: LockedTableDisk.Outcome? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "applied": .bool(applied), "changed": .bool(planned.isChange),
            "bytes_at_risk": JSONValue(planned.bytesAtRisk), "table_id": .string(planned.table.diskGUID.description),
            "changes": .array(planned.changes.map { $0.document(sectorSize: sectorSize) }),
            "problems_left": .array(planned.remaining.map(\.document)),
        ]
        if let outcome {
            members["saved"] = JSONValue(outcome.backup?.string)
            members["writes"] = JSONValue(outcome.writes)
            members["signatures_wiped"] = JSONValue(outcome.wiped)
            members["kernel_changes"] = JSONValue(outcome.kernelSteps.count)
            members["kernel_note"] = JSONValue(outcome.kernelNote)
        }
        return .object(members)
    }

    // MARK: Text

    static func text(_ reading: TableReading, device: String) -> String {
        var lines: [String] = []
        if reading.kind == .gpt, let table = reading.table {
            lines.append(
                "\(device): gpt \(table.diskGUID), sectors of \(reading.sectorSize), usable \(table.firstUsableLBA) to \(table.lastUsableLBA)"
            )
            var columns = Table("NUMBER", "START", "END", "SIZE", "TYPE", "LABEL", "UUID", "ATTRIBUTES")
            for partition in table.partitions {
                let entry = partition.entry
                columns.add(
                    "\(partition.number)", "\(entry.firstLBA)", "\(entry.lastLBA)",
                    String.size(
                        (entry.sectorCount ?? 0).multipliedReportingOverflow(by: reading.sectorSize).partialValue),
                    PartitionTypes.name(entry.type) ?? entry.type.description, entry.label, entry.guid.description,
                    entry.attributes.words)
            }
            lines.append(columns.text)
        } else if let dos = reading.dos {
            lines.append("\(device): dos, sectors of \(reading.sectorSize)")
            var columns = Table("NUMBER", "START", "END", "SIZE", "TYPE", "BOOT")
            for partition in dos.partitions {
                columns.add(
                    "\(partition.number)", "\(partition.firstLBA)", "\(partition.lastLBA)",
                    String.size(partition.sectorCount.multipliedReportingOverflow(by: reading.sectorSize).partialValue),
                    "0x" + String(partition.type, radix: 16), partition.isBootable ? "*" : nil)
            }
            lines.append(columns.text)
        } else {
            lines.append("\(device): no partition table that can be read")
        }
        lines += findings(reading)
        return lines.joined(separator: "\n")
    }

    static func verdict(_ reading: TableReading) -> String {
        let word = reading.kind == .none ? "no partition table" : reading.kind.rawValue
        let head = reading.problems.isEmpty ? "\(word): in order" : "\(word): \(reading.problems.count) problems"
        return ([head] + findings(reading)).joined(separator: "\n")
    }

    private static func findings(_ reading: TableReading) -> [String] {
        reading.findings.map { finding in
            "\(finding.code.isNote ? "note" : "problem")  \(finding.code.rawValue) (\(finding.place)): \(finding.message)"
        }
    }

    static func text(_ planned: PlannedTable, _ sectorSize: UInt64) -> String {
        var table = Table("CHANGE", "START", "SIZE", "AT RISK")
        for change in planned.changes {
            table.add(
                change.summary, change.entry.map { "\($0.firstLBA)" },
                change.entry?.sectorCount.map { String.size($0 &* sectorSize) },
                change.bytesAtRisk == 0 ? nil : String.size(change.bytesAtRisk))
        }
        var lines = planned.changes.isEmpty ? ["Nothing to do."] : [table.text]
        lines += planned.remaining.map { "left     \($0.code.rawValue) (\($0.place)): \($0.message)" }
        return lines.joined(separator: "\n")
    }

    private static func text(_ outcome: LockedTableDisk.Outcome) -> String {
        guard outcome.writes > 0 || !outcome.kernelSteps.isEmpty else { return "Nothing had to be written." }
        var words = "\(outcome.writes) writes, \(outcome.kernelSteps.count) changes of the kernel's partitions"
        if outcome.wiped > 0 { words += ", \(outcome.wiped) signatures wiped" }
        if let backup = outcome.backup { words += "; the old tables are in \(backup)" }
        return words
    }
}

extension PlannedChange {
    fileprivate func document(sectorSize: UInt64) -> JSONValue {
        var members: [String: JSONValue] = [
            "action": .string(action.rawValue), "summary": .string(summary), "number": JSONValue(number),
            "bytes_at_risk": JSONValue(bytesAtRisk),
        ]
        if let entry {
            members["type"] = .string(entry.type.description)
            members["type_name"] = JSONValue(PartitionTypes.name(entry.type))
            members["label"] = .string(entry.label)
            members["guid"] = .string(entry.guid.description)
            members["start"] = JSONValue(entry.firstLBA)
            members["sectors"] = JSONValue(entry.sectorCount)
            members["size_bytes"] = JSONValue(entry.sectorCount.map { $0 &* sectorSize })
            members["attributes"] = .string(entry.attributes.words)
        }
        if let oldSize { members["old_size_bytes"] = JSONValue(oldSize) }
        return .object(members)
    }
}
