internal import Kernel

/// The partitions of an MBR that is not protective, those in its extended partition included. They are read, never written.
public struct DOSTable: Hashable, Sendable {
    public struct Partition: Hashable, Sendable {
        /// 1 to 4, and from 5 on in the extended partition.
        public let number: Int
        public let isBootable: Bool
        public let type: UInt8
        /// In sectors of the disk, from its beginning.
        public let firstLBA: UInt64
        public let sectorCount: UInt64

        public var isExtended: Bool { [0x05, 0x0F, 0x85].contains(type) }
        /// Inclusive.
        public var lastLBA: UInt64 { firstLBA + sectorCount - 1 }
        public var isLogical: Bool { number > 4 }
    }

    /// Logical partitions that are read; Linux names no more than 256 of a disk (DISK_MAX_PARTS).
    public static let mostLogical = 256

    public let identifier: UInt32
    public let partitions: [Partition]

    /// What `mbr` says, and the chain of extended boot records; with what is wrong.
    static func read(
        _ mbr: MBR, of volume: some VolumeSource, sectorSize: UInt64
    ) throws(OSError) -> (table: DOSTable, problems: [TableProblem]) {
        let sectors = volume.sizeInBytes / sectorSize
        let primary = mbr.entries.filter(\.isUsed).map { entry in
            Partition(
                number: entry.number, isBootable: entry.flag == 0x80, type: entry.type,
                firstLBA: UInt64(entry.firstLBA), sectorCount: UInt64(entry.sectorCount))
        }
        var partitions = primary
        var problems: [TableProblem] = []
        if let extended = primary.first(where: \.isExtended) {
            var chain = Chain(base: extended, sectors: sectors, sectorSize: sectorSize)
            try chain.follow(volume)
            partitions += chain.found
            problems += chain.problems
        }
        for partition in partitions where partition.lastLBA >= sectors {
            problems.append(
                .init(
                    .beyondEnd, .entry(partition.number), lba: partition.firstLBA,
                    "partition \(partition.number) ends in sector \(partition.lastLBA), the device with \(sectors - min(sectors, 1))"
                )
            )
        }
        problems += overlaps(partitions.filter { !$0.isLogical }) + overlaps(partitions.filter(\.isLogical))
        return (DOSTable(identifier: mbr.identifier, partitions: partitions), problems)
    }

    private static func overlaps(_ partitions: [Partition]) -> [TableProblem] {
        let ordered = partitions.sorted { $0.firstLBA < $1.firstLBA }
        return zip(ordered, ordered.dropFirst()).filter { $0.lastLBA >= $1.firstLBA }.map { one, other in
            .init(
                .entriesOverlap, .entry(other.number), lba: other.firstLBA,
                "partitions \(one.number) and \(other.number) overlap from sector \(other.firstLBA) on")
        }
    }

    /// The extended boot records: each has one partition, relative to itself, and where the next one is, relative to the first
    /// (parse_extended, block/partitions/msdos.c).
    private struct Chain {
        let base: Partition
        let sectors: UInt64
        let sectorSize: UInt64
        var found: [Partition] = []
        var problems: [TableProblem] = []

        init(base: Partition, sectors: UInt64, sectorSize: UInt64) {
            self.base = base
            self.sectors = sectors
            self.sectorSize = sectorSize
        }

        mutating func follow(_ volume: some VolumeSource) throws(OSError) {
            var seen: Set<UInt64> = []
            var place = base.firstLBA
            while found.count < mostLogical {
                guard seen.insert(place).inserted else {
                    note(.extendedLoop, place, "the chain of extended boot records comes back to sector \(place)")
                    return
                }
                guard place < sectors, place <= base.lastLBA else {
                    note(.beyondEnd, place, "an extended boot record should be in sector \(place)")
                    return
                }
                let record = MBR(sector: try volume.read(at: place * sectorSize, count: Int(sectorSize)))
                guard record.isSigned else {
                    note(.extendedInvalid, place, "there is no extended boot record in sector \(place)")
                    return
                }
                for entry in record.entries where entry.isUsed && !entry.isExtended {
                    let first = place + UInt64(entry.firstLBA)
                    // What the last two slots of some systems' records hold must lie in the container to be believed.
                    if entry.number > 2, first + UInt64(entry.sectorCount) - 1 > base.lastLBA { continue }
                    guard found.count < mostLogical else { break }
                    found.append(
                        Partition(
                            number: 5 + found.count, isBootable: entry.flag == 0x80, type: entry.type, firstLBA: first,
                            sectorCount: UInt64(entry.sectorCount)))
                }
                guard let next = record.entries.first(where: { $0.isUsed && $0.isExtended }) else { return }
                place = base.firstLBA + UInt64(next.firstLBA)
                // Empty records cannot go on for ever either.
                guard seen.count <= 4 * mostLogical else {
                    note(.extendedLoop, place, "the chain of extended boot records has no end")
                    return
                }
            }
        }

        private mutating func note(_ code: TableProblem.Code, _ lba: UInt64, _ message: String) {
            problems.append(.init(code, .entry(base.number), lba: lba, message))
        }
    }
}
