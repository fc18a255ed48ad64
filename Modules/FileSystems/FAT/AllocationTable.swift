/// The chains of clusters (Microsoft's FAT specification, section 4).
struct AllocationTable: Hashable, Sendable {
    let boot: BootSector
    /// Of the active table, in bytes from the volume's start.
    let start: UInt64

    private static let window: UInt64 = 512

    init(_ boot: BootSector) throws(VolumeError) {
        self.boot = boot
        guard let active = boot.activeTable else { throw boot.piece.invalid(at: 40) }
        start = boot.tableStart + active * boot.tableSize
    }

    /// The clusters from `first`, as runs of bytes: `count` of them, or all to the chain's end but at most `limit`.
    ///
    /// What follows the clusters that a file's size asks for is let be, as Linux does.
    func chain(
        from first: UInt32, count: UInt64?, limit: UInt64, in volume: VolumeBytes, _ structure: VolumeError.Structure
    ) throws(VolumeError) -> DataMap {
        var map = DataMap()
        var piece: VolumePiece?
        var cluster = first
        // Brent: the tortoise waits at powers of two; who meets it again is in a cycle.
        var tortoise = first
        var steps: UInt64 = 0
        var turn: UInt64 = 1
        var done: UInt64 = 0
        while count.map({ done < $0 }) ?? true {
            guard cluster >= 2, UInt64(cluster) < boot.endCluster else { throw VolumeError(.invalid(.allocationTable), at: start) }
            guard done < limit else { throw VolumeError(.tooManyEntries, at: start) }
            let place = boot.dataStart + UInt64(cluster - 2) * boot.clusterSize
            guard place <= volume.sizeInBytes, boot.clusterSize <= volume.sizeInBytes - place else {
                throw VolumeError(.beyondEnd(structure), at: place)
            }
            guard map.append(.volume(place), count: boot.clusterSize) else { throw VolumeError(.beyondEnd(structure)) }
            done += 1
            if let count, done == count { break }
            guard let next = try next(after: cluster, in: volume, &piece) else { break }
            if next == tortoise { throw VolumeError(.cycle(.allocationTable), at: start) }
            steps += 1
            if steps == turn {
                tortoise = next
                turn *= 2
                steps = 0
            }
            cluster = next
        }
        return map
    }

    /// nil at the end of a chain.
    private func next(
        after cluster: UInt32, in volume: VolumeBytes, _ window: inout VolumePiece?
    ) throws(VolumeError) -> UInt32? {
        let number = UInt64(cluster)
        let offset: UInt64
        switch boot.width {
        case .fat12: offset = start + number + number / 2
        case .fat16: offset = start + 2 * number
        case .fat32: offset = start + 4 * number
        }
        var piece = window
        if piece.map({ offset < $0.offset || offset + 4 > $0.offset + UInt64($0.count) }) ?? true {
            let base = offset / Self.window * Self.window
            // Some more, for a number that crosses.
            let count = min(Self.window + 4, volume.sizeInBytes - min(base, volume.sizeInBytes))
            piece = try volume.read(at: base, count: Int(count), .allocationTable)
            window = piece
        }
        guard let piece else { return nil }
        let position = Int(offset - piece.offset)
        let value: UInt32
        let ceiling: UInt32
        switch boot.width {
        case .fat12:
            let pair = UInt32(try piece.little16(position))
            value = number.isMultiple(of: 2) ? pair & 0xfff : pair >> 4
            ceiling = 0xff8
        case .fat16:
            value = UInt32(try piece.little16(position))
            ceiling = 0xfff8
        case .fat32:
            value = try piece.little32(position) & 0x0fff_ffff
            ceiling = 0x0fff_fff8
        }
        return value >= ceiling ? nil : value
    }
}
