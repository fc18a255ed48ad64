/// What the volume descriptor sequence says (ECMA-167 3/8.4): the volume's names, its partitions, where its files begin.
struct UDFVolumeDescriptors: Sendable {
    struct Partition: Hashable, Sendable {
        /// In bytes from the volume's start.
        let start: UInt64
        let sizeInBytes: UInt64
    }

    let blockSize: UInt64
    private(set) var label: String?
    private(set) var uuid: String?
    /// By their reference numbers.
    private(set) var partitions: [Partition] = []
    private(set) var fileSet: UDFExtent
    /// Whether the last integrity descriptor says that the volume was closed.
    private(set) var isClosed = false

    /// More than ever follow each other.
    private static let descriptorLimit = 256
    private static let integrityLimit = 64

    /// Whether the volume recognition sequence (ECMA-167 2/8.3) has NSR02 or NSR03.
    static func isMarked(_ volume: VolumeBytes) throws(VolumeError) -> Bool {
        // A structure a sector, of 2048 bytes or of the volume's own size above that.
        for size: UInt64 in [2048, 4096] {
            for number: UInt64 in 0..<64 {
                let place = 32_768 + number * size
                guard let piece = try volume.readIfPresent(at: place, count: 7, .anchor) else { break }
                if piece.has("NSR02", at: 1) || piece.has("NSR03", at: 1) { return true }
                let others: [StaticString] = ["BEA01", "BOOT2", "CD001", "CDW02", "TEA01"]
                guard others.contains(where: { piece.has($0, at: 1) }) else { break }
            }
        }
        return false
    }

    init(_ volume: VolumeBytes) throws(VolumeError) {
        let anchor = try Anchor(volume)
        do throws(VolumeError) {
            try self.init(volume, anchor.blockSize, anchor.main)
        } catch {
            // The reserve is there for this; what was wrong is that of the main sequence if both are.
            guard let reserve = try? UDFVolumeDescriptors(volume, anchor.blockSize, anchor.reserve) else { throw error }
            self = reserve
        }
    }

    /// The anchor (ECMA-167 3/10.2), at sector 256, the last, or 256 before it: which of the sector sizes it is there tells what size they
    /// have.
    private struct Anchor {
        let blockSize: UInt64
        let main: (count: UInt32, block: UInt32)
        let reserve: (count: UInt32, block: UInt32)

        init(_ volume: VolumeBytes) throws(VolumeError) {
            var damage: VolumeError?
            for fromEnd: UInt64? in [nil, 1, 257] {
                for size: UInt64 in [2048, 512, 1024, 4096] {
                    let sectors = volume.sizeInBytes / size
                    let number = fromEnd.map { $0 <= sectors ? sectors - $0 : 0 } ?? 256
                    guard number > 16, let location = UInt32(exactly: number),
                        let piece = try volume.readIfPresent(at: number * size, count: 512, .anchor),
                        try piece.little16(0) == UDFDescriptor.Kind.anchor.rawValue,
                        try piece.little32(12) == location
                    else { continue }
                    do throws(VolumeError) { _ = try UDFDescriptor.check(piece, at: location) } catch {
                        damage = damage ?? error
                        continue
                    }
                    blockSize = size
                    main = (try piece.little32(16), try piece.little32(20))
                    reserve = (try piece.little32(24), try piece.little32(28))
                    return
                }
            }
            throw damage ?? VolumeError(.invalid(.anchor))
        }
    }

    /// What prevails of each kind: of several the one with the highest sequence number.
    private struct Prevailing {
        var primary: VolumePiece?
        var logical: VolumePiece?
        var partitions: [UInt16: VolumePiece] = [:]

        mutating func keep(_ piece: VolumePiece, _ kind: UDFDescriptor.Kind?) throws(VolumeError) {
            switch kind {
            case .primaryVolume: primary = try later(piece, primary, at: 16)
            case .logicalVolume: logical = try later(piece, logical, at: 16)
            case .partition:
                let number = try piece.little16(22)
                partitions[number] = try later(piece, partitions[number], at: 16)
            default: break
            }
        }

        private func later(
            _ piece: VolumePiece, _ old: VolumePiece?, at position: Int
        ) throws(VolumeError) -> VolumePiece {
            guard let old else { return piece }
            return try piece.little32(position) >= old.little32(position) ? piece : old
        }
    }

    private init(
        _ volume: VolumeBytes, _ blockSize: UInt64, _ extent: (count: UInt32, block: UInt32)
    ) throws(VolumeError) {
        self.blockSize = blockSize
        let found = try Self.prevailing(volume, blockSize, extent)
        guard let logical = found.logical else { throw VolumeError(.invalid(.logicalVolume)) }
        guard try logical.little32(212) == UInt32(blockSize) else {
            throw logical.error(.unsupported(.blockSize), at: 212)
        }
        fileSet = try UDFExtent(long: logical, at: 248)
        label = UDFText.field(try logical.slice(84, 128)).flatMap(VolumeText.trimmed)
        if let primary = found.primary {
            uuid = UDFText.field(try primary.slice(72, 128)).flatMap(UDFText.uuid)
        }
        partitions = try Self.partitions(logical, found.partitions, volume, blockSize)
        isClosed = (try? Self.isClosed(logical, volume, blockSize)) ?? false
    }

    private static func prevailing(
        _ volume: VolumeBytes, _ blockSize: UInt64, _ extent: (count: UInt32, block: UInt32)
    ) throws(VolumeError) -> Prevailing {
        var found = Prevailing()
        var next = extent.block
        var left = UInt64(extent.count) / blockSize
        var count = 0
        while left > 0 {
            count += 1
            guard count <= descriptorLimit else { throw VolumeError(.cycle(.logicalVolume)) }
            let place = try volume.place(UInt64(next), times: blockSize, .logicalVolume)
            // Each structure is its own; what is larger than it, is the sector's.
            let piece = try volume.read(at: place, count: Int(blockSize), .logicalVolume)
            if UDFDescriptor.isBlank(piece) { break }
            let kind = try UDFDescriptor.check(piece, at: next)
            if kind == .terminating { break }
            if kind == .volumePointer {
                left = UInt64(try piece.little32(20)) / blockSize
                next = try piece.little32(24)
                continue
            }
            try found.keep(piece, kind)
            left -= 1
            next &+= 1
        }
        return found
    }

    /// The partition maps (ECMA-167 3/10.7, UDF 2.01 2.2.8 and 2.2.9).
    private static func partitions(
        _ logical: VolumePiece, _ descriptors: [UInt16: VolumePiece], _ volume: VolumeBytes, _ blockSize: UInt64
    ) throws(VolumeError) -> [Partition] {
        var partitions: [Partition] = []
        var position = 440
        let table = Int(clamping: try logical.little32(264))
        for _ in 0..<min(try logical.little32(268), 64) {
            let kind = try logical.byte(position)
            let length = Int(try logical.byte(position + 1))
            guard length >= 2, position - 440 + length <= table else { throw logical.invalid(at: position) }
            let map = try logical.part(position, length, as: .partition)
            position += length
            guard kind == 1, length == 6 else { throw map.error(.unsupported(feature(of: map))) }
            guard let piece = descriptors[try map.little16(4)] else { throw map.invalid(at: 4) }
            let start = try volume.place(UInt64(try piece.little32(188)), times: blockSize, .partition)
            // It may end beyond a volume that was cut to what is used.
            let size = min(UInt64(try piece.little32(192)) * blockSize, volume.sizeInBytes - start)
            partitions.append(Partition(start: start, sizeInBytes: size))
        }
        return partitions
    }

    private static func feature(of map: VolumePiece) -> VolumeError.Feature {
        if map.has("*UDF Virtual Partition", at: 5) { return .virtualPartition }
        if map.has("*UDF Sparable Partition", at: 5) { return .sparablePartition }
        if map.has("*UDF Metadata Partition", at: 5) { return .metadataPartition }
        return .partitionMap
    }

    /// Whether the last of the integrity descriptors (ECMA-167 3/10.10) has type 1, close.
    private static func isClosed(
        _ logical: VolumePiece, _ volume: VolumeBytes, _ blockSize: UInt64
    ) throws(VolumeError) -> Bool {
        var count = try logical.little32(432)
        var block = try logical.little32(436)
        var isClosed = false
        for _ in 0..<integrityLimit where count > 0 {
            let place = try volume.place(UInt64(block), times: blockSize, .logicalVolume)
            let piece = try volume.read(at: place, count: Int(blockSize), .logicalVolume)
            if UDFDescriptor.isBlank(piece) { return isClosed }
            guard try UDFDescriptor.check(piece, at: block) == .integrity else { return isClosed }
            isClosed = try piece.little32(28) == 1
            let further = try piece.little32(32)
            if further > 0 {
                count = further
                block = try piece.little32(36)
            } else {
                // The next of the same extent, until one that was never written.
                count = count > UInt32(blockSize) ? count - UInt32(blockSize) : 0
                block &+= 1
            }
        }
        return isClosed
    }
}
