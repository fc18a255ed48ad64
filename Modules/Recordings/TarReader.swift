internal import Kernel

/// One file of an archive.
struct TarMember: Hashable, Sendable {
    let name: String
    let bytes: [UInt8]
    /// Of its header.
    let offset: Int
    /// Seconds since 1970.
    let modificationTime: Int64
}

/// Reads tar archives: ustar, pax and GNU's long names. Regular files only; directories are passed over.
struct TarReader {
    /// What a hostile archive cannot make us hold.
    struct Limits: Sendable {
        var archive = 512 << 20
        var member = 64 << 20
        var members = 200_000
        /// A pax header or a GNU long name.
        var extended = 64 << 10
    }

    private var cursor = ByteCursor()
    private let limits: Limits
    private var names: Set<String> = []
    private var members: [TarMember] = []
    private var longName: [UInt8]?
    private var paxSize: Int?

    private init(_ limits: Limits) { self.limits = limits }

    /// Every file, in order.
    static func members(of archive: [UInt8], limits: Limits = Limits()) throws(RecordingError) -> [TarMember] {
        guard archive.count <= limits.archive else { throw RecordingError(.tooLarge(limit: limits.archive)) }
        var reader = TarReader(limits)
        // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
        while unsafe try reader.readMember(archive.span.bytes) {}
        return reader.members
    }

    /// One header and its body; false at the end.
    private mutating func readMember(_ bytes: borrowing RawSpan) throws(RecordingError) -> Bool {
        let start = cursor.offset
        guard let block = cursor.take(TarWriter.blockSize, of: bytes) else {
            throw RecordingError(.truncated, offset: start)
        }
        if block.allSatisfy({ $0 == 0 }) {
            try end(bytes)
            return false
        }
        let header = try Header(block, at: start)
        let isExtension = [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L")].contains(header.type)
        let size = isExtension ? header.size : paxSize ?? header.size
        let limit = isExtension ? limits.extended : limits.member
        guard size <= limit else { throw RecordingError(.tooLarge(limit: limit), offset: start) }
        let bodyOffset = cursor.offset
        let padding = (TarWriter.blockSize - size % TarWriter.blockSize) % TarWriter.blockSize
        guard let body = cursor.take(size, of: bytes), cursor.skip(padding, in: bytes) else {
            throw RecordingError(.truncated, offset: bodyOffset)
        }
        switch header.type {
        case UInt8(ascii: "x"): try readPax(body, at: bodyOffset)
        case UInt8(ascii: "g"): break  // for all that follow; nothing of it is ours
        case UInt8(ascii: "L"): longName = Array(body.prefix { $0 != 0 })
        case UInt8(ascii: "0"), 0, UInt8(ascii: "5"):
            let name = try checkedName(longName ?? header.name, at: start)
            longName = nil
            paxSize = nil
            if header.type == UInt8(ascii: "5") { break }
            guard members.count < limits.members else {
                throw RecordingError(.tooLarge(limit: limits.members), offset: start)
            }
            guard names.insert(name).inserted else { throw RecordingError(.duplicateName(name), offset: start) }
            members.append(
                TarMember(name: name, bytes: body, offset: start, modificationTime: header.modificationTime))
        default: throw RecordingError(.unsupportedType(header.type), offset: start)
        }
        return true
    }

    /// After one zero block: another, and nothing but zeros to the end.
    private mutating func end(_ bytes: borrowing RawSpan) throws(RecordingError) {
        var blocks = 1
        while cursor.remaining(in: bytes) > 0 {
            let start = cursor.offset
            guard let block = cursor.take(min(TarWriter.blockSize, cursor.remaining(in: bytes)), of: bytes) else {
                break
            }
            guard block.allSatisfy({ $0 == 0 }) else { throw RecordingError(.notTar, offset: start) }
            guard block.count == TarWriter.blockSize else { throw RecordingError(.truncated, offset: start) }
            blocks += 1
        }
        guard blocks >= 2 else { throw RecordingError(.truncated, offset: cursor.offset) }
    }

    /// `length key=value\n` records (POSIX.1-2001, pax, "Extended Header").
    private mutating func readPax(_ body: [UInt8], at offset: Int) throws(RecordingError) {
        var rest = body[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
                length <= rest.count, rest.dropFirst(digits.count).first == UInt8(ascii: " "),
                rest.prefix(length).last == UInt8(ascii: "\n")
            else { throw RecordingError(.badField("pax record"), offset: offset + rest.startIndex) }
            let record = rest.prefix(length - 1).dropFirst(digits.count + 1)
            guard let sign = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw RecordingError(.badField("pax record"), offset: offset + rest.startIndex)
            }
            let value = Array(record[record.index(after: sign)...])
            switch String(decoding: record[..<sign], as: UTF8.self) {
            case "path": longName = value
            case "size":
                guard let size = Int(String(decoding: value, as: UTF8.self)), size >= 0 else {
                    throw RecordingError(.badField("pax size"), offset: offset + rest.startIndex)
                }
                paxSize = size
            default: break
            }
            rest = rest.dropFirst(length)
        }
    }

    private func checkedName(_ bytes: [UInt8], at offset: Int) throws(RecordingError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecordingError(.badField("name"), offset: offset)
        }
        // `tar -c .` writes such names.
        let name = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.hasPrefix("/"), !name.utf8.contains(0), !components.contains("..") else {
            throw RecordingError(.unsafeName(name), offset: offset)
        }
        return name
    }
}

/// A ustar header block.
private struct Header {
    let name: [UInt8]
    let size: Int
    let modificationTime: Int64
    let type: UInt8

    init(_ block: [UInt8], at offset: Int) throws(RecordingError) {
        let field = { (start: Int, count: Int) in block.dropFirst(start).prefix(count) }
        guard field(257, 5).elementsEqual("ustar".utf8) else { throw RecordingError(.notTar, offset: offset) }
        guard let stated = Self.octal(field(148, 8)) else {
            throw RecordingError(.badField("checksum"), offset: offset)
        }
        let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard stated == sum else { throw RecordingError(.badChecksum, offset: offset) }
        guard let size = Self.octal(field(124, 12)) else { throw RecordingError(.badField("size"), offset: offset) }
        guard let time = Self.octal(field(136, 12)) else { throw RecordingError(.badField("mtime"), offset: offset) }
        self.size = size
        modificationTime = Int64(time)
        type = block.dropFirst(156).first ?? 0
        let short = Array(field(0, 100).prefix { $0 != 0 })
        // The prefix is POSIX's: GNU's own format ("ustar " and two blanks) has other things there.
        let prefix = field(262, 1).first == 0 ? Array(field(345, 155).prefix { $0 != 0 }) : []
        name = prefix.isEmpty ? short : prefix + [UInt8(ascii: "/")] + short
    }

    /// Octal digits among blanks and zero bytes; nil for anything else, GNU's base-256 among it.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }), digits.count <= 12 else { return nil }
        return digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
    }
}
