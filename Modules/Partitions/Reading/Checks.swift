/// What can be wrong with a table whose checksums are right.
extension GPTTable {
    func checks() -> [TableProblem] {
        var found = metadataChecks()
        let partitions = partitions
        var guids: [GUID: Int] = [:]
        for partition in partitions {
            let number = partition.number
            let entry = partition.entry
            guard entry.sectorCount != nil else {
                found.append(
                    .init(
                        .entryReversed, .entry(number), lba: entry.firstLBA,
                        "partition \(number) ends (\(entry.lastLBA)) before it begins (\(entry.firstLBA))"))
                continue
            }
            if entry.firstLBA < firstUsableLBA || entry.lastLBA > lastUsableLBA {
                found.append(
                    .init(
                        .entryOutOfRange, .entry(number), lba: entry.firstLBA,
                        "partition \(number) (\(entry.firstLBA) to \(entry.lastLBA)) is not within the usable sectors \(firstUsableLBA) to \(lastUsableLBA)"
                    ))
            }
            if !entry.guid.isZero, let twin = guids.updateValue(number, forKey: entry.guid) {
                found.append(
                    .init(
                        .duplicateGUID, .entry(number), lba: entry.firstLBA,
                        "partitions \(twin) and \(number) have the same GUID \(entry.guid)"))
            }
            if entry.firstLBA % (4096 / sectorSize) != 0 {
                found.append(
                    .init(
                        .misaligned, .entry(number), lba: entry.firstLBA,
                        "partition \(number) does not begin on a multiple of 4096 bytes"))
            }
        }
        found += overlaps(partitions)
        if entrySize != GPTEntry.leastSize {
            found.append(
                .init(
                    .kernelUnreadable, .primary, lba: 1,
                    "the entries have \(entrySize) bytes: Linux reads only tables of \(GPTEntry.leastSize)"))
        }
        return found
    }

    private func overlaps(_ partitions: [Partition]) -> [TableProblem] {
        let ordered = partitions.filter { $0.entry.sectorCount != nil }.sorted { $0.entry.firstLBA < $1.entry.firstLBA }
        var found: [TableProblem] = []
        // The one that reaches furthest so far.
        var reach: Partition?
        for partition in ordered {
            if let reach, reach.entry.lastLBA >= partition.entry.firstLBA {
                found.append(
                    .init(
                        .entriesOverlap, .entry(partition.number), lba: partition.entry.firstLBA,
                        "partitions \(reach.number) and \(partition.number) overlap from sector \(partition.entry.firstLBA) on"
                    ))
            }
            if partition.entry.lastLBA >= reach?.entry.lastLBA ?? 0 { reach = partition }
        }
        return found
    }

    private func metadataChecks() -> [TableProblem] {
        var found: [TableProblem] = []
        let primaryEnd = primaryEntriesLBA &+ arraySectors
        if primaryEntriesLBA <= lastUsableLBA, primaryEnd > firstUsableLBA {
            found.append(
                .init(
                    .usableOverlapsMetadata, .primary, lba: firstUsableLBA,
                    "the usable sectors begin with \(firstUsableLBA), within the entries (\(primaryEntriesLBA) to \(primaryEnd &- 1))"
                ))
        }
        if backupEntriesLBA <= lastUsableLBA, backupEntriesLBA &+ arraySectors > firstUsableLBA {
            found.append(
                .init(
                    .usableOverlapsMetadata, .backup, lba: lastUsableLBA,
                    "the usable sectors end with \(lastUsableLBA), and the backup's entries begin with \(backupEntriesLBA)"
                ))
        }
        return found
    }
}

extension MBR {
    /// What is wrong with a protective one, or worth knowing.
    func findings(for copies: GPTCopies, sectors: UInt64) -> [TableProblem] {
        guard let entry = protective else { return [] }
        var found: [TableProblem] = []
        let others = entries.filter { $0.isUsed && !$0.isProtective }
        // A device may be shorter than a sector.
        let last = sectors - min(sectors, 1)
        if entry.firstLBA != 1 {
            found.append(
                .init(
                    .protectiveMBRInvalid, .mbr, lba: 0,
                    "the protective entry begins in sector \(entry.firstLBA): Linux takes it for one only in sector 1"))
        } else if others.isEmpty, let table = copies.table, entry.sectorCount != .max {
            let end = UInt64(entry.sectorCount)
            if end < min(table.backupLBA, UInt64(UInt32.max)) {
                found.append(
                    .init(
                        .protectiveMBRInvalid, .mbr, lba: 0,
                        "the protective entry ends in sector \(end) and does not cover the table, which ends in \(table.backupLBA)"
                    ))
            } else if end > max(last, table.backupLBA) {
                found.append(
                    .init(
                        .protectiveMBRInvalid, .mbr, lba: 0,
                        "the protective entry ends in sector \(end), the disk with \(last)"))
            }
        }
        guard !others.isEmpty else { return found }
        found.append(
            .init(
                .hybridMBR, .mbr, lba: 0,
                "a hybrid MBR: partitions \(others.map { String($0.number) }.joined(separator: ", ")) are in it beside the protective one"
            ))
        for other in others {
            let isSame = copies.table?.partitions.contains {
                $0.entry.firstLBA == UInt64(other.firstLBA) && $0.entry.sectorCount == UInt64(other.sectorCount)
            }
            if isSame == false {
                found.append(
                    .init(
                        .hybridMismatch, .mbr, lba: UInt64(other.firstLBA),
                        "partition \(other.number) of the MBR (sector \(other.firstLBA), \(other.sectorCount) sectors) is none of the GPT"
                    ))
            }
        }
        return found
    }
}
