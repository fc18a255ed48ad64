/// A UDF volume of type 1 partitions: what mkisofs, Windows (Azure's provisioning disc) and mkudffs write for discs and disks that are not
/// written packet by packet.
struct UDFVolume: FileSystem {
    var volume: VolumeBytes
    let descriptors: UDFVolumeDescriptors
    let root: UDFNode

    var type: VolumeType { .udf }
    var label: String? { descriptors.label }
    var uuid: String? { descriptors.uuid }
    var notes: Set<VolumeNote> { descriptors.isClosed ? [] : [.notCleanlyUnmounted] }
    var foldsCase: Bool { false }

    private var blockSize: UInt64 { descriptors.blockSize }

    init(_ volume: VolumeBytes) throws(VolumeError) {
        do { self = try Self.opened(volume) } catch { throw error.with(type: .udf) }
    }

    private init(_ volume: VolumeBytes, _ descriptors: UDFVolumeDescriptors, root: UDFNode) {
        self.volume = volume
        self.descriptors = descriptors
        self.root = root
    }

    private static func opened(_ volume: VolumeBytes) throws(VolumeError) -> UDFVolume {
        let descriptors = try UDFVolumeDescriptors(volume)
        let address = descriptors.fileSet.address
        let piece = try block(address, .fileSet, volume, descriptors)
        guard try UDFDescriptor.check(piece, at: address.block) == .fileSet else { throw piece.invalid(at: 0) }
        let place = try UDFExtent(long: piece, at: 400).address
        let root = try UDFNode(try block(place, .fileEntry, volume, descriptors), at: place)
        guard root.kind == .directory else { throw piece.invalid(at: 400) }
        return UDFVolume(volume, descriptors, root: root)
    }

    /// A block of a partition, whole.
    private static func block(
        _ address: UDFAddress, _ structure: VolumeError.Structure, _ volume: VolumeBytes,
        _ descriptors: UDFVolumeDescriptors
    ) throws(VolumeError) -> VolumePiece {
        let size = descriptors.blockSize
        let place = try place(address, count: size, structure, volume, descriptors)
        return try volume.read(at: place, count: Int(size), structure)
    }

    /// Where `count` bytes from an address on are, which lie in its partition.
    private static func place(
        _ address: UDFAddress, count: UInt64, _ structure: VolumeError.Structure, _ volume: VolumeBytes,
        _ descriptors: UDFVolumeDescriptors
    ) throws(VolumeError) -> UInt64 {
        guard descriptors.partitions.indices.contains(Int(address.partition)) else {
            throw VolumeError(.invalid(.partition))
        }
        let partition = descriptors.partitions[Int(address.partition)]
        // A block number has 32 bits, a block's size 13.
        let start = UInt64(address.block) * descriptors.blockSize
        guard start <= partition.sizeInBytes, count <= partition.sizeInBytes - start else {
            throw VolumeError(.beyondEnd(structure), at: partition.start &+ start)
        }
        return partition.start + start
    }

    // MARK: - The tree

    func entries(of directory: UDFNode) throws(VolumeError) -> [(name: String, reference: UDFAddress)] {
        guard directory.sizeInBytes <= UInt64(VolumeReader.directoryLimit) else { throw VolumeError(.tooManyEntries) }
        let size = Int(directory.sizeInBytes)
        let map = try map(of: directory)
        let bytes = try map.contents(count: size, of: volume, .fileIdentifier)
        var list = EntryList<UDFAddress>()
        var position = 0
        while position < size {
            let rest = VolumePiece(
                bytes: Array(bytes[position..<min(size, position + 38)]), offset: map.place(of: position) ?? 0,
                structure: .fileIdentifier)
            let length = try UDFIdentifier.length(rest)
            guard length <= size - position else { throw rest.error(.beyondEnd(.fileIdentifier)) }
            let piece = VolumePiece(
                bytes: Array(bytes[position..<position + length]), offset: rest.offset, structure: .fileIdentifier)
            position += length
            let identifier = try UDFIdentifier(piece)
            if let name = identifier.name { try list.append(name, identifier.address, in: piece) }
        }
        return list.entries
    }

    func node(_ reference: UDFAddress) throws(VolumeError) -> UDFNode {
        try UDFNode(try Self.block(reference, .fileEntry, volume, descriptors), at: reference)
    }

    func contents(of file: UDFNode, limit: Int) throws(VolumeError) -> [UInt8] {
        guard let count = Int(exactly: file.sizeInBytes), count <= limit else {
            throw VolumeError(.tooLarge(sizeInBytes: file.sizeInBytes, limit: limit))
        }
        return try map(of: file).contents(count: count, of: volume, .fileExtent)
    }

    /// Path components (ECMA-167 4/14.16.1).
    func target(of link: UDFNode) throws(VolumeError) -> String {
        let bytes = try contents(of: link, limit: 4096)
        let piece = VolumePiece(bytes: bytes, offset: link.descriptors.offset, structure: .symbolicLink)
        var names: [String] = []
        var isAbsolute = false
        var position = 0
        while position < piece.count {
            let kind = try piece.byte(position)
            let identifier = try piece.slice(position + 4, Int(try piece.byte(position + 1)))
            position += 4 + identifier.count
            switch kind {
            case 1, 2:
                isAbsolute = true
                names = []
            case 3: names.append("..")
            case 4: names.append(".")
            case 5:
                guard let name = UDFText.decoded(identifier) else { throw piece.invalid(at: position) }
                names.append(name)
            default: throw piece.invalid(at: position)
            }
        }
        return (isAbsolute ? "/" : "") + names.joined(separator: "/")
    }

    // MARK: - Allocation

    /// Where the bytes of a node are; what is behind its size is not looked at. The caller has bounded that size.
    private func map(of node: UDFNode) throws(VolumeError) -> DataMap {
        var map = DataMap()
        if node.allocation == .embedded {
            guard node.sizeInBytes <= UInt64(node.descriptors.count),
                map.append(.embedded(node.descriptors), count: node.sizeInBytes)
            else { throw node.descriptors.error(.beyondEnd(.fileEntry)) }
            return map
        }
        var piece = node.descriptors
        var position = 0
        let step = node.allocation == .short ? 8 : 16
        while map.mapped < node.sizeInBytes, position + step <= piece.count {
            let extent =
                try node.allocation == .short
                ? UDFExtent(short: piece, at: position, partition: node.address.partition)
                : UDFExtent(long: piece, at: position)
            position += step
            // ECMA-167 4/12: no length is the end.
            if extent.count == 0 { break }
            if extent.kind == .continuation {
                piece = try continuation(extent)
                position = 0
                continue
            }
            // Only the last may end within a block.
            guard map.mapped.isMultiple(of: blockSize) else { throw piece.invalid(at: position - step) }
            let place: DataMap.Place =
                extent.kind == .unrecorded
                ? .hole
                : .volume(
                    try Self.place(extent.address, count: UInt64(extent.count), .fileExtent, volume, descriptors))
            guard map.append(place, count: UInt64(extent.count)) else { throw piece.invalid(at: position - step) }
        }
        return map
    }

    /// The descriptors of an allocation extent (ECMA-167 4/14.5). One that leads back ends with the budget of reading.
    private func continuation(_ extent: UDFExtent) throws(VolumeError) -> VolumePiece {
        let block = try Self.block(extent.address, .allocationDescriptor, volume, descriptors)
        guard try UDFDescriptor.check(block, at: extent.address.block) == .allocationExtent else {
            throw block.invalid(at: 0)
        }
        let length = Int(clamping: try block.little32(20))
        return try block.part(24, min(length, block.count))
    }
}

/// A file identifier descriptor (ECMA-167 4/14.4).
struct UDFIdentifier {
    /// nil for what Linux shows nothing for: deleted, hidden, the parent.
    let name: String?
    let address: UDFAddress

    /// Of the whole, whose first 38 bytes these are.
    static func length(_ start: VolumePiece) throws(VolumeError) -> Int {
        let sum = 38 + Int(try start.byte(19)) + Int(try start.little16(36))
        return (sum + 3) / 4 * 4
    }

    init(_ piece: VolumePiece) throws(VolumeError) {
        // Where it says that it is, is not asked: Linux does not, and writers differ in it.
        guard try UDFDescriptor.check(piece, at: nil) == .fileIdentifier else { throw piece.invalid(at: 0) }
        address = try UDFExtent(long: piece, at: 20).address
        let characteristics = try piece.byte(18)
        let identifier = try piece.slice(38 + Int(try piece.little16(36)), Int(try piece.byte(19)))
        if characteristics & (0x01 | 0x04 | 0x08) != 0 {
            name = nil
        } else {
            guard let text = UDFText.decoded(identifier) else { throw piece.error(.invalid(.name), at: 38) }
            name = text
        }
    }
}
