/// A primary or supplementary volume descriptor (ECMA-119 8.4, 8.5).
struct ISODescriptor {
    let piece: VolumePiece
    /// The root's directory record.
    let root: ISORecord
    let blockSize: UInt16

    private static let primary: UInt8 = 1
    private static let supplementary: UInt8 = 2
    private static let terminator: UInt8 = 255
    /// Nobody writes as many; Linux reads 100 sectors.
    private static let limit: UInt64 = 64

    /// The first primary one, and the first with Joliet's escape sequences.
    static func all(of volume: VolumeBytes) throws(VolumeError) -> (primary: ISODescriptor, joliet: ISODescriptor?) {
        var first: ISODescriptor?
        var joliet: ISODescriptor?
        for number in 0..<limit {
            let size = UInt64(ISOVolume.sectorSize)
            let offset = (ISOVolume.firstDescriptor + number) * size
            guard let piece = try volume.readIfPresent(at: offset, count: Int(size), .volumeDescriptor),
                piece.has("CD001", at: 1)
            else { break }
            let kind = try piece.byte(0)
            if kind == terminator { break }
            if kind == primary, first == nil { first = try ISODescriptor(piece) }
            // Joliet 1.1, page 5: UCS-2 of level 1, 2 or 3.
            let isJoliet = piece.has("%/@", at: 88) || piece.has("%/C", at: 88) || piece.has("%/E", at: 88)
            if kind == supplementary, isJoliet, joliet == nil { joliet = try ISODescriptor(piece) }
        }
        guard let first else {
            throw VolumeError(
                .invalid(.volumeDescriptor), at: ISOVolume.firstDescriptor * UInt64(ISOVolume.sectorSize))
        }
        return (first, joliet)
    }

    private init(_ piece: VolumePiece) throws(VolumeError) {
        self.piece = piece
        guard try piece.little16(120) == 1 else { throw piece.error(.unsupported(.multiVolumeSet), at: 120) }
        blockSize = try piece.little16(128)
        guard [512, 1024, 2048].contains(blockSize) else { throw piece.error(.unsupported(.blockSize), at: 128) }
        guard let root = try ISORecord(try piece.part(156, 34, as: .directoryRecord), at: 0), root.isDirectory else {
            throw piece.invalid(at: 156)
        }
        self.root = root
    }

    private var identifier: ArraySlice<UInt8> { piece.bytes[40..<72] }

    /// The primary's identifier, or Joliet's where that says more than the same in fewer letters: as libblkid's iso9660.c has it.
    func label(with joliet: ISODescriptor?) -> String? {
        let own = Array(identifier)
        guard let joliet else { return VolumeText.trimmed(own) }
        let wide = Array(joliet.identifier)
        let isSame = (0..<16).allSatisfy { wide[2 * $0] == 0 && wide[2 * $0 + 1] == own[$0] }
        return isSame ? VolumeText.trimmed(own) : VolumeText.trimmed(VolumeText.utf16BigEndian(wide[...]))
    }

    /// The time of the last change, or else of making, as `blkid` writes it for a UUID; nil where it is unset.
    var date: String? {
        for position in [830, 813] {
            // ECMA-119 8.4.26.1: sixteen digits and the zone; sixteen zeros and zone 0 is no date.
            let digits = piece.bytes[position..<position + 16]
            if digits.allSatisfy({ $0 == 0x30 }), piece.bytes[position + 16] == 0 { continue }
            if digits.allSatisfy({ $0 == 0 }) { return nil }
            var groups: [String] = []
            var start = position
            for count in [4, 2, 2, 2, 2, 2, 2] {
                groups.append(String(decoding: piece.bytes[start..<start + count], as: UTF8.self))
                start += count
            }
            return groups.joined(separator: "-")
        }
        return nil
    }
}
