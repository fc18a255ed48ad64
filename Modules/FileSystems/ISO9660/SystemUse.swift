/// The entries of a system use area (SUSP, IEEE P1281) and of its continuations, and what Rock Ridge (RRIP, IEEE P1282) says in them.
struct SystemUse {
    /// Linux follows as many (fs/isofs/rock.c, RR_MAX_CE_ENTRIES).
    private static let continuationLimit = 32
    /// A component of a path is no longer (NAME_MAX), and a link's text no longer than a page.
    private static let nameLimit = 255
    private static let targetLimit = 4096

    private var nameBytes: [UInt8]?
    private(set) var mode: UInt32?
    private(set) var childLink: UInt32?
    /// RE: the directory is shown where it was moved from.
    private(set) var isRelocated = false
    private(set) var isCompressed = false
    private(set) var namesRockRidge = false
    private var targetBytes: [UInt8]?
    private var targetIsOpen = false
    private let piece: VolumePiece

    /// The name by NM; nil where there is none.
    var name: String? {
        get throws(VolumeError) {
            guard let nameBytes else { return nil }
            guard nameBytes.count <= Self.nameLimit else { throw piece.error(.invalid(.name)) }
            return String(decoding: nameBytes, as: UTF8.self)
        }
    }

    /// What a symbolic link says, by SL.
    var target: String? { targetBytes.map { String(decoding: $0, as: UTF8.self) } }

    /// SP (SUSP 5.3): how many bytes of each other area are not SUSP's; nil where it is not there.
    static func sharingProtocolSkip(_ area: VolumePiece, at start: Int) -> Int? {
        guard area.has("SP", at: start), let check = try? area.slice(start + 4, 2), check.elementsEqual([0xbe, 0xef])
        else { return nil }
        return (try? area.byte(start + 6)).map(Int.init)
    }

    init(of area: VolumePiece, skip: Int, _ volume: VolumeBytes, blockSize: UInt64) throws(VolumeError) {
        piece = area
        var current = area
        var position = skip
        var continuations = 0
        while true {
            guard let next = try entries(of: current, from: position) else { break }
            continuations += 1
            guard continuations <= Self.continuationLimit else { throw current.error(.cycle(.systemUse)) }
            guard UInt64(next.offset) + UInt64(next.count) <= blockSize else { throw current.error(.invalid(.systemUse)) }
            let place = try volume.place(UInt64(next.block), times: blockSize, after: UInt64(next.offset), .systemUse)
            current = try volume.read(at: place, count: Int(next.count), .systemUse)
            position = 0
        }
    }

    /// The two letters of the entries that are read.
    private enum Kind: UInt16 {
        case terminator = 0x5354  // ST
        case continuation = 0x4345  // CE
        case extensionReference = 0x4552  // ER
        case alternateName = 0x4e4d  // NM
        case posixAttributes = 0x5058  // PX
        case symbolicLink = 0x534c  // SL
        case childLink = 0x434c  // CL
        case relocated = 0x5245  // RE
        case compressed = 0x5a46  // ZF
    }

    private struct Continuation {
        let block: UInt32
        let offset: UInt32
        let count: UInt32
    }

    /// Reads the entries of one area; answers with the place of the next, if there is one.
    private mutating func entries(of area: VolumePiece, from start: Int) throws(VolumeError) -> Continuation? {
        var position = start
        var next: Continuation?
        // SUSP 4: up to three bytes that are too short for an entry, or a zero, are the end.
        while position + 4 <= area.count, try area.byte(position) != 0 {
            let length = Int(try area.byte(position + 2))
            guard length >= 4 else { throw area.invalid(at: position) }
            let place = position
            position += length
            guard let kind = Kind(rawValue: UInt16(area.bytes[place]) << 8 | UInt16(area.bytes[place + 1])) else {
                continue
            }
            let entry = try area.part(place, length)
            switch kind {
            case .terminator: return next
            case .continuation:
                next = Continuation(
                    block: try entry.little32(4), offset: try entry.little32(12), count: try entry.little32(20))
            case .extensionReference: try extensionReference(entry)
            case .alternateName: try alternateName(entry)
            case .posixAttributes: mode = try entry.little32(4)
            case .symbolicLink: try symbolicLink(entry)
            case .childLink: childLink = try entry.little32(4)
            case .relocated: isRelocated = true
            case .compressed: isCompressed = true
            }
        }
        return next
    }

    /// ER (SUSP 5.5).
    private mutating func extensionReference(_ entry: VolumePiece) throws(VolumeError) {
        let identifier = String(decoding: try entry.slice(8, Int(try entry.byte(4))), as: UTF8.self)
        if ["RRIP_1991A", "IEEE_P1282", "IEEE_1282"].contains(identifier) { namesRockRidge = true }
    }

    /// NM (RRIP 4.1.4). Its flags 2 and 4 are `.` and `..`, which no entry is called that gets here.
    private mutating func alternateName(_ entry: VolumePiece) throws(VolumeError) {
        guard entry.count >= 5 else { throw entry.invalid(at: 2) }
        nameBytes = (nameBytes ?? []) + (try entry.slice(5, entry.count - 5))
        if let nameBytes, nameBytes.count > Self.nameLimit { throw entry.error(.invalid(.name)) }
    }

    /// SL (RRIP 4.1.3): components, each with flags: 1 goes on in the next, 2 is `.`, 4 is `..`, 8 is the root.
    private mutating func symbolicLink(_ entry: VolumePiece) throws(VolumeError) {
        guard entry.count >= 5 else { throw entry.invalid(at: 2) }
        var text = targetBytes ?? []
        var position = 5
        while position < entry.count {
            let flags = try entry.byte(position)
            let content = try entry.slice(position + 2, Int(try entry.byte(position + 1)))
            position += 2 + content.count
            if !targetIsOpen, !text.isEmpty, text.last != UInt8(ascii: "/") { text.append(UInt8(ascii: "/")) }
            switch flags & 0x0e {
            case 0: text += content
            case 2: text += ".".utf8
            case 4: text += "..".utf8
            case 8: text = [UInt8(ascii: "/")]
            default: throw entry.error(.invalid(.symbolicLink), at: position)
            }
            targetIsOpen = flags & 1 != 0
            guard text.count <= Self.targetLimit else { throw entry.error(.invalid(.symbolicLink)) }
        }
        targetBytes = text
    }
}
