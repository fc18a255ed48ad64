/// A directory record (ECMA-119 9.1).
struct ISORecord: Hashable, Sendable {
    let piece: VolumePiece
    let identifier: [UInt8]
    /// What is behind the identifier and its padding (ECMA-119 9.1.13).
    let systemUse: VolumePiece
    /// In logical blocks, behind an extended attribute record.
    let firstBlock: UInt64
    let sizeInBytes: UInt32
    private let flags: UInt8

    var isDirectory: Bool { flags & 0x02 != 0 }
    /// What another system keeps with a file of the same name; Linux shows none.
    var isAssociated: Bool { flags & 0x04 != 0 }
    var hasMoreExtents: Bool { flags & 0x80 != 0 }
    /// Of `.` the identifier is a zero, of `..` a one.
    var isSelfOrParent: Bool { identifier == [0] || identifier == [1] }

    /// The record at `position` of a sector; nil where there is none any more.
    init?(_ sector: VolumePiece, at position: Int) throws(VolumeError) {
        guard position < sector.count else { return nil }
        let length = Int(try sector.byte(position))
        if length == 0 { return nil }
        guard length >= 34 else { throw sector.invalid(at: position) }
        piece = try sector.part(position, length)
        let nameLength = Int(try piece.byte(32))
        // Without a name there is nothing to show or to ask for.
        guard nameLength > 0, 33 + nameLength <= length else { throw piece.invalid(at: 32) }
        identifier = Array(try piece.slice(33, nameLength))
        // ECMA-119 9.1.12: a padding byte behind an identifier of even length. A record that ends before it has none.
        let start = min(length, 33 + nameLength + (nameLength.isMultiple(of: 2) ? 1 : 0))
        systemUse = try piece.part(start, length - start, as: .systemUse)
        firstBlock = UInt64(try piece.little32(2)) + UInt64(try piece.byte(1))
        sizeInBytes = try piece.little32(10)
        flags = try piece.byte(25)
        guard try piece.byte(26) == 0, try piece.byte(27) == 0 else {
            throw piece.error(.unsupported(.interleavedFile), at: 26)
        }
        guard try piece.little16(28) <= 1 else { throw piece.error(.unsupported(.multiVolumeSet), at: 28) }
    }
}

/// What a path of an ISO 9660 volume leads to.
struct ISONode: VolumeNode, Hashable {
    private(set) var kind: VolumeEntry.Kind
    private(set) var map: DataMap
    let identifier: [UInt8]
    let identity: UInt64
    /// The logical block of the directory that this stands for (Rock Ridge's CL).
    private(set) var relocated: UInt32?
    private(set) var target: String?
    private(set) var isCompressed = false

    var sizeInBytes: UInt64 { map.mapped }

    init(_ record: ISORecord, blockSize: UInt64) throws(VolumeError) {
        kind = record.isDirectory ? .directory : .file
        identifier = record.identifier
        // At most 2^33 blocks of 2^11 bytes.
        identity = record.firstBlock * blockSize
        map = DataMap()
        guard map.append(.volume(identity), count: UInt64(record.sizeInBytes)) else {
            throw record.piece.invalid(at: 10)
        }
    }

    init(root: ISORecord, blockSize: UInt64) throws(VolumeError) { try self.init(root, blockSize: blockSize) }

    /// A file of which `next` is a further section.
    func continued(by next: ISONode, _ record: ISORecord) throws(VolumeError) -> ISONode {
        var whole = self
        for run in next.map.runs {
            guard whole.map.append(run.place, count: run.count) else { throw record.piece.invalid(at: 10) }
        }
        return whole
    }

    /// What Rock Ridge says beyond the record.
    mutating func apply(_ area: SystemUse) {
        if let mode = area.mode {
            // POSIX file types: what stat's macros test.
            switch mode & 0o170_000 {
            case 0o100_000: kind = .file
            case 0o040_000: kind = .directory
            case 0o120_000: kind = .symbolicLink
            default: kind = .special
            }
        }
        relocated = area.childLink
        if relocated != nil { kind = .directory }
        target = area.target
        isCompressed = area.isCompressed
    }
}
