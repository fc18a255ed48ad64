/// A GUID Partition Table as a value: what both copies say, and the bytes that only one of them has.
///
/// What was read comes back byte for byte where nothing is asked: entries are views over their bytes, and the reserved bytes of each
/// copy's header and array stay with that copy.
public struct GPTTable: Hashable, Sendable {
    /// Where a copy stands, and what only it has.
    struct Copy: Hashable, Sendable {
        var header: GPTHeader
        var entriesLBA: UInt64
        /// What stands in the array's last sector after the last entry.
        var tail: [UInt8] = []
    }

    /// A partition: its number, from 1, and its slot.
    public struct Partition: Hashable, Sendable {
        public let number: Int
        public let entry: GPTEntry
    }

    /// Of a logical sector, in bytes: 512 or 4096.
    public let sectorSize: UInt64
    public internal(set) var diskGUID: GUID
    public internal(set) var firstUsableLBA: UInt64
    /// Inclusive.
    public internal(set) var lastUsableLBA: UInt64
    /// Where the backup's header stands; the primary's is in sector 1.
    public internal(set) var backupLBA: UInt64
    /// All slots, used or free; partition 1 is the first.
    public internal(set) var entries: [GPTEntry]
    /// Of a slot, in bytes.
    public let entrySize: Int
    var primary: Copy
    var backup: Copy

    /// Where the array of the primary begins.
    public var primaryEntriesLBA: UInt64 { primary.entriesLBA }
    /// Where the array of the backup begins.
    public var backupEntriesLBA: UInt64 { backup.entriesLBA }
    /// What each array takes, in sectors.
    public var arraySectors: UInt64 { Self.arraySectors(entries.count, entrySize, sectorSize) }

    static func arraySectors(_ count: Int, _ size: Int, _ sectorSize: UInt64) -> UInt64 {
        (UInt64(count) * UInt64(size) + sectorSize - 1) / sectorSize
    }

    public var partitions: [Partition] {
        entries.enumerated().filter(\.element.isUsed).map { Partition(number: $0.offset + 1, entry: $0.element) }
    }

    public subscript(number: Int) -> GPTEntry? {
        guard entries.indices.contains(number - 1), entries[number - 1].isUsed else { return nil }
        return entries[number - 1]
    }

    /// From the copy that is believed. Of the other copy, `template` has the reserved bytes and the array's place, where they are known.
    init(_ chosen: GPTCopy, other template: Copy?, sectorSize: UInt64) {
        let header = chosen.header
        self.sectorSize = sectorSize
        diskGUID = header.diskGUID
        firstUsableLBA = header.firstUsableLBA
        lastUsableLBA = header.lastUsableLBA
        entries = chosen.entries
        entrySize = Int(header.entrySize)
        let own = Copy(header: header, entriesLBA: header.entriesLBA, tail: chosen.tail)
        switch chosen.role {
        case .primary:
            let count = Self.arraySectors(Int(header.entryCount), Int(header.entrySize), sectorSize)
            primary = own
            backupLBA = header.alternateLBA
            backup = template ?? Copy(header: header, entriesLBA: header.alternateLBA - min(header.alternateLBA, count))
        case .backup:
            backup = own
            backupLBA = chosen.lba
            primary = template ?? Copy(header: header, entriesLBA: 2)
        }
    }

    /// A fresh one without partitions. The first usable sector follows the array, the last comes before the backup's.
    /// - Throws: ``PartitionError/diskTooSmall``.
    public static func create(
        sectors: UInt64, sectorSize: UInt64, diskGUID: GUID, entryCount: Int = 128
    ) throws(PartitionError) -> GPTTable {
        guard [512, 1024, 2048, 4096].contains(sectorSize), (1...1 << 16).contains(entryCount) else {
            throw .invalid("a table of \(entryCount) entries with sectors of \(sectorSize) bytes cannot be made")
        }
        let array = arraySectors(entryCount, GPTEntry.leastSize, sectorSize)
        let least = 2 + array + 1 + array + 1
        guard sectors >= least else {
            throw .diskTooSmall(bytes: sectors * sectorSize, least: least * sectorSize)
        }
        return GPTTable(
            sectors: sectors, sectorSize: sectorSize, diskGUID: diskGUID, entryCount: entryCount, arraySectors: array)
    }

    private init(sectors: UInt64, sectorSize: UInt64, diskGUID: GUID, entryCount: Int, arraySectors: UInt64) {
        let header = GPTHeader(sectorSize: Int(sectorSize))
        self.sectorSize = sectorSize
        self.diskGUID = diskGUID
        firstUsableLBA = 2 + arraySectors
        lastUsableLBA = sectors - 2 - arraySectors
        backupLBA = sectors - 1
        entrySize = GPTEntry.leastSize
        entries = Array(repeating: GPTEntry(size: GPTEntry.leastSize), count: entryCount)
        primary = Copy(header: header, entriesLBA: 2)
        backup = Copy(header: header, entriesLBA: sectors - 1 - arraySectors)
    }

    // MARK: Writing

    /// The bytes of a copy: its header's sector, and the sectors of its array.
    func serialized(_ role: GPTCopy.Role) -> (header: [UInt8], entries: [UInt8]) {
        let copy = role == .primary ? primary : backup
        var array: [UInt8] = []
        array.reserveCapacity(Int(arraySectors * sectorSize))
        for entry in entries { array += entry.bytes }
        var header = copy.header
        header.ownLBA = role == .primary ? 1 : backupLBA
        header.alternateLBA = role == .primary ? backupLBA : 1
        header.firstUsableLBA = firstUsableLBA
        header.lastUsableLBA = lastUsableLBA
        header.diskGUID = diskGUID
        header.entriesLBA = copy.entriesLBA
        header.entryCount = UInt32(entries.count)
        header.entrySize = UInt32(entrySize)
        header.entriesChecksum = CRC32.of(array)
        header.seal()
        let room = Int(arraySectors * sectorSize) - array.count
        array += copy.tail.count == room ? copy.tail : [UInt8](repeating: 0, count: room)
        return (header.sector, array)
    }

    /// The sectors that the table itself takes: sector 0 and the primary's header, both arrays, the backup's header.
    var metadata: [ClosedRange<UInt64>] {
        let count = max(arraySectors, 1)
        return [
            0...1, primary.entriesLBA...(primary.entriesLBA + count - 1),
            backup.entriesLBA...(backup.entriesLBA + count - 1), backupLBA...backupLBA,
        ]
    }

    // MARK: Space

    /// The usable sectors that no partition has, in their order.
    public var freeRanges: [ClosedRange<UInt64>] {
        guard firstUsableLBA <= lastUsableLBA else { return [] }
        var free: [ClosedRange<UInt64>] = []
        var next = firstUsableLBA
        let used = partitions.map(\.entry).filter { $0.lastLBA >= $0.firstLBA }.sorted { $0.firstLBA < $1.firstLBA }
        for entry in used {
            guard next <= lastUsableLBA else { break }
            if entry.firstLBA > next { free.append(next...min(entry.firstLBA - 1, lastUsableLBA)) }
            if entry.lastLBA == .max { return free }
            next = max(next, entry.lastLBA + 1)
        }
        if next <= lastUsableLBA { free.append(next...lastUsableLBA) }
        return free
    }
}
