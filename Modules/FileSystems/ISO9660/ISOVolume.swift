/// A volume of ECMA-119, with Rock Ridge's names, or else Joliet's, or else its own, as Linux has it (fs/isofs/inode.c).
struct ISOVolume: FileSystem {
    /// ECMA-119 6.1.2: a logical sector. Directory records and volume descriptors do not cross it.
    static let sectorSize = 2048
    /// ECMA-119 6.2.1: the first sixteen sectors are the system's.
    static let firstDescriptor: UInt64 = 16

    /// Whose names these are.
    enum Names: Hashable, Sendable {
        /// `skip` bytes of each system use area belong to others (SUSP 5.3).
        case rockRidge(skip: Int)
        case joliet
        case plain
    }

    var volume: VolumeBytes
    let names: Names
    let label: String?
    let uuid: String?
    let root: ISONode
    private let blockSize: UInt64

    var type: VolumeType { .iso9660 }
    var notes: Set<VolumeNote> { [] }
    var foldsCase: Bool { if case .rockRidge = names { false } else { true } }

    /// Whether the descriptor at its place says `CD001`.
    static func isMarked(_ volume: VolumeBytes) throws(VolumeError) -> Bool {
        let place = firstDescriptor * UInt64(sectorSize)
        return try volume.readIfPresent(at: place, count: sectorSize, .volumeDescriptor)?.has("CD001", at: 1) ?? false
    }

    init(_ volume: VolumeBytes) throws(VolumeError) {
        do { self = try Self.opened(volume) } catch { throw error.with(type: .iso9660) }
    }

    private init(
        _ volume: VolumeBytes, _ names: Names, _ descriptor: ISODescriptor, label: String?, uuid: String?
    ) throws(VolumeError) {
        self.volume = volume
        self.names = names
        self.label = label
        self.uuid = uuid
        blockSize = UInt64(descriptor.blockSize)
        root = try ISONode(root: descriptor.root, blockSize: blockSize)
    }

    private static func opened(_ volume: VolumeBytes) throws(VolumeError) -> ISOVolume {
        let (primary, joliet) = try ISODescriptor.all(of: volume)
        let label = primary.label(with: joliet)
        let plain = try ISOVolume(volume, .plain, primary, label: label, uuid: primary.date)
        if let skip = try plain.rockRidgeSkip() {
            return try ISOVolume(volume, .rockRidge(skip: skip), primary, label: label, uuid: primary.date)
        }
        guard let joliet else { return plain }
        return try ISOVolume(volume, .joliet, joliet, label: label, uuid: primary.date)
    }

    /// SUSP's SP in the root's own record, and its ER that names Rock Ridge; nil where one of them is not there.
    private func rockRidgeSkip() throws(VolumeError) -> Int? {
        guard let first = try records(of: root).first else { return nil }
        // CD-ROM XA puts 14 bytes of its own before all others (SUSP 5.3, fs/isofs/rock.c).
        for start in [0, 14] {
            guard let skip = SystemUse.sharingProtocolSkip(first.systemUse, at: start) else { continue }
            let area = try SystemUse(of: first.systemUse, skip: start, volume, blockSize: blockSize)
            return area.namesRockRidge ? skip : nil
        }
        return nil
    }

    // MARK: - The tree

    func entries(of directory: ISONode) throws(VolumeError) -> [(name: String, reference: ISONode)] {
        var list = EntryList<ISONode>()
        var pending: ISONode?
        for record in try records(of: directory) where !record.isSelfOrParent && !record.isAssociated {
            let (name, described) = try named(record)
            guard let name else { continue }
            // ECMA-119 6.5.1: a file's further sections follow it under the same identifier.
            var node = described
            if let earlier = pending {
                guard earlier.identifier == record.identifier, record.isDirectory == false else {
                    throw record.piece.invalid(at: 25)
                }
                node = try earlier.continued(by: described, record)
                pending = nil
            }
            if record.hasMoreExtents {
                pending = node
            } else {
                try list.append(name, node, in: record.piece)
            }
        }
        guard pending == nil else { throw VolumeError(.beyondEnd(.directoryRecord)) }
        return list.entries
    }

    func node(_ reference: ISONode) throws(VolumeError) -> ISONode {
        guard let place = reference.relocated else { return reference }
        // RRIP 4.1.5.1: the directory is elsewhere; its own first record says how long it is.
        let offset = try volume.place(UInt64(place), times: blockSize, .directoryRecord)
        let sector = try volume.read(at: offset, count: Self.sectorSize, .directoryRecord)
        guard let record = try ISORecord(sector, at: 0), record.isDirectory, record.isSelfOrParent else {
            throw sector.invalid(at: 0)
        }
        return try ISONode(record, blockSize: blockSize)
    }

    func contents(of file: ISONode, limit: Int) throws(VolumeError) -> [UInt8] {
        guard !file.isCompressed else { throw VolumeError(.unsupported(.compressedFile), at: file.map.place(of: 0)) }
        guard let count = Int(exactly: file.sizeInBytes), count <= limit else {
            throw VolumeError(.tooLarge(sizeInBytes: file.sizeInBytes, limit: limit))
        }
        return try file.map.contents(count: count, of: volume, .fileExtent)
    }

    func target(of link: ISONode) throws(VolumeError) -> String { link.target ?? "" }

    // MARK: - Records

    /// The records of a directory, `.` and `..` first.
    private func records(of directory: ISONode) throws(VolumeError) -> [ISORecord] {
        guard directory.sizeInBytes <= UInt64(VolumeReader.directoryLimit) else {
            throw VolumeError(.tooManyEntries, at: directory.map.place(of: 0))
        }
        let size = Int(directory.sizeInBytes)
        let bytes = try directory.map.contents(count: size, of: volume, .directoryRecord)
        var records: [ISORecord] = []
        var start = 0
        while start < size {
            let end = min(start + Self.sectorSize, size)
            let sector = VolumePiece(
                bytes: Array(bytes[start..<end]), offset: directory.map.place(of: start) ?? 0,
                structure: .directoryRecord)
            var position = 0
            while let record = try ISORecord(sector, at: position) {
                records.append(record)
                // A name's further sections and what is hidden count too, and there is more of them than of entries at most once.
                guard records.count <= 2 * VolumeReader.entryLimit + 2 else {
                    throw sector.error(.tooManyEntries, at: position)
                }
                position += record.piece.count
            }
            start = end
        }
        return records
    }

    /// The name that Linux shows, nil where it shows none, and the node with what Rock Ridge says of it.
    private func named(_ record: ISORecord) throws(VolumeError) -> (String?, ISONode) {
        var node = try ISONode(record, blockSize: blockSize)
        switch names {
        case .plain: return (ISOName.plain(record.identifier), node)
        case .joliet: return (ISOName.joliet(record.identifier), node)
        case .rockRidge(let skip):
            let area = try SystemUse(of: record.systemUse, skip: skip, volume, blockSize: blockSize)
            if area.isRelocated { return (nil, node) }
            node.apply(area)
            return (try area.name ?? ISOName.plain(record.identifier), node)
        }
    }
}
