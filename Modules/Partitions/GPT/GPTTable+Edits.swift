/// Changes. None touches a partition that it does not name, and none writes: ``TableCommit`` does.
extension GPTTable {
    /// Puts a partition into a free slot, the first one where `number` is nil, and answers its number.
    @discardableResult
    public mutating func add(
        number: Int? = nil, type: GUID, guid: GUID, sectors: ClosedRange<UInt64>, label: String = "",
        attributes: PartitionAttributes = []
    ) throws(PartitionError) -> Int {
        guard !type.isZero, !guid.isZero else {
            throw .invalid("a partition needs a type and a GUID that are not zero")
        }
        guard let slot = number.map({ $0 - 1 }) ?? entries.firstIndex(where: { !$0.isUsed }) else {
            throw .tableFull(slots: entries.count)
        }
        guard entries.indices.contains(slot) else {
            throw .invalid("the table has no slot \(slot + 1): it has \(entries.count)")
        }
        guard !entries[slot].isUsed else { throw .slotTaken(slot + 1) }
        try checkRoom(sectors, besides: nil)
        if let twin = partitions.first(where: { $0.entry.guid == guid }) {
            throw .invalid("partition \(twin.number) has the GUID \(guid) already")
        }
        var entry = GPTEntry(size: entrySize)
        entry.type = type
        entry.guid = guid
        entry.firstLBA = sectors.lowerBound
        entry.lastLBA = sectors.upperBound
        entry.attributes = attributes
        guard entry.setLabel(label) else { throw Self.badLabel(label) }
        entries[slot] = entry
        return slot + 1
    }

    public mutating func delete(_ number: Int) throws(PartitionError) {
        try change(number) { $0 = GPTEntry(size: $0.bytes.count) }
    }

    /// Moves the end of a partition to `lastLBA` (inclusive). Its beginning stays: its contents would not move along.
    public mutating func resize(_ number: Int, lastLBA: UInt64) throws(PartitionError) {
        guard let entry = self[number] else { throw .noSuchPartition(number) }
        guard lastLBA >= entry.firstLBA else {
            throw .invalid("partition \(number) begins in sector \(entry.firstLBA) and cannot end in \(lastLBA)")
        }
        try checkRoom(entry.firstLBA...lastLBA, besides: number)
        try change(number) { $0.lastLBA = lastLBA }
    }

    public mutating func setLabel(_ label: String, of number: Int) throws(PartitionError) {
        var isSet = true
        try change(number) { isSet = $0.setLabel(label) }
        guard isSet else { throw Self.badLabel(label) }
    }

    public mutating func setType(_ type: GUID, of number: Int) throws(PartitionError) {
        guard !type.isZero else { throw .invalid("a type of zeros would delete partition \(number)") }
        try change(number) { $0.type = type }
    }

    public mutating func setGUID(_ guid: GUID, of number: Int) throws(PartitionError) {
        if let twin = partitions.first(where: { $0.entry.guid == guid && $0.number != number }) {
            throw .invalid("partition \(twin.number) has the GUID \(guid) already")
        }
        try change(number) { $0.guid = guid }
    }

    public mutating func setAttributes(_ attributes: PartitionAttributes, of number: Int) throws(PartitionError) {
        try change(number) { $0.attributes = attributes }
    }

    /// Moves the backup to the end of a disk of `sectors` sectors, and lets partitions use what it leaves. The first usable sector stays.
    public mutating func relocateBackup(toEndOf sectors: UInt64) throws(PartitionError) {
        let array = arraySectors
        guard sectors >= firstUsableLBA.saturatingPlus(array + 2),
            (partitions.map(\.entry.lastLBA).max() ?? firstUsableLBA) < sectors - 1 - array
        else {
            throw .noSpace(
                "the backup of the table does not fit after the last partition: the disk has \(sectors) sectors")
        }
        backupLBA = sectors - 1
        backup.entriesLBA = sectors - 1 - array
        lastUsableLBA = sectors - 2 - array
    }

    /// Moves the array of the primary, as some boards' boot ROMs want it, to where it fits between the header and the usable sectors.
    public mutating func movePrimaryEntries(to lba: UInt64) throws(PartitionError) {
        let (end, overflow) = lba.addingReportingOverflow(arraySectors)
        guard lba >= 2, !overflow, end <= firstUsableLBA else {
            throw .noSpace(
                "the entries take \(arraySectors) sectors and do not fit from sector \(lba) on: the usable ones begin with \(firstUsableLBA)"
            )
        }
        primary.entriesLBA = lba
    }

    /// Gives the array `count` slots. Where it needs room the usable sectors shrink, as far as no partition has them.
    public mutating func resizeArray(to count: Int) throws(PartitionError) {
        guard count > 0, UInt64(count) * UInt64(entrySize) <= GPTCopy.largestArray else {
            throw .invalid("a table cannot have \(count) entries")
        }
        if let last = partitions.last, last.number > count {
            throw .invalid("partition \(last.number) would be lost in a table of \(count) entries")
        }
        let array = Self.arraySectors(count, entrySize, sectorSize)
        let used = partitions.map(\.entry)
        let first = max(firstUsableLBA, primary.entriesLBA + array)
        let end = backupLBA - min(backupLBA, array)
        let last = min(lastUsableLBA, end - min(end, 1))
        guard first <= last, used.allSatisfy({ $0.firstLBA >= first && $0.lastLBA <= last }) else {
            throw .noSpace(
                "\(count) entries take \(array) sectors at each end of the disk, and a partition has some of them")
        }
        if count < entries.count {
            entries.removeLast(entries.count - count)
        } else {
            entries += Array(repeating: GPTEntry(size: entrySize), count: count - entries.count)
        }
        firstUsableLBA = first
        lastUsableLBA = last
        backup.entriesLBA = end
        primary.tail = []
        backup.tail = []
    }

    private mutating func change(_ number: Int, _ body: (inout GPTEntry) -> Void) throws(PartitionError) {
        guard self[number] != nil else { throw .noSuchPartition(number) }
        body(&entries[number - 1])
    }

    private func checkRoom(_ sectors: ClosedRange<UInt64>, besides number: Int?) throws(PartitionError) {
        guard sectors.lowerBound >= firstUsableLBA, sectors.upperBound <= lastUsableLBA else {
            throw .noSpace(
                "sectors \(sectors.lowerBound) to \(sectors.upperBound) are not all usable: those are \(firstUsableLBA) to \(lastUsableLBA)"
            )
        }
        for other in partitions where other.number != number {
            if other.entry.firstLBA <= sectors.upperBound, other.entry.lastLBA >= sectors.lowerBound {
                throw .noSpace(
                    "sectors \(sectors.lowerBound) to \(sectors.upperBound) overlap partition \(other.number) (\(other.entry.firstLBA) to \(other.entry.lastLBA))"
                )
            }
        }
    }

    private static func badLabel(_ label: String) -> PartitionError {
        .invalid("the label '\(label)' needs more than \(GPTEntry.labelCapacity) UTF-16 units, or has a NUL")
    }
}
