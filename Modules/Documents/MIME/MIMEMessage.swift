/// A message of one part or of many (RFC 2045, RFC 2046), as cloud-init's `make-mime` and `write-mime-multipart` write it.
///
/// Read strictly: what Python's email package notes as a defect and reads all the same (no closing boundary, no empty line
/// after a header, base64 that is cut short) is an error here, for it may be half a message.
public struct MIMEMessage: Hashable, Sendable {
    /// What a message may be at most.
    public struct Limits: Hashable, Sendable {
        /// Parts that hold bytes, in all depths.
        public var parts = 256
        /// Multiparts in multiparts.
        public var depth = 8
        /// Of one header, in bytes.
        public var headerSizeInBytes = 64 << 10

        public init() {}
    }

    /// A part that holds bytes and no parts.
    public struct Part: Hashable, Sendable {
        /// Type and subtype in lower case, without parameters. `text/plain` where nothing else is said, or nothing that is a
        /// type (RFC 2045, section 5.2).
        public let contentType: String
        /// As written: of Content-Disposition, else the type's `name`. Not a path to be trusted.
        public let fileName: String?
        /// In lower case; `7bit` where nothing is said.
        public let transferEncoding: String
        /// Without the transfer encoding.
        public let bytes: [UInt8]

        public init(contentType: String, fileName: String?, transferEncoding: String, bytes: [UInt8]) {
            self.contentType = contentType
            self.fileName = fileName
            self.transferEncoding = transferEncoding
            self.bytes = bytes
        }
    }

    /// In the order of the message, whatever multiparts they are in.
    public let parts: [Part]

    /// Whether `bytes` start with a header that says MIME: a `MIME-Version` or a multipart type among its fields.
    ///
    /// cloud-init looks for `mime-version:` anywhere in the first 4,096 bytes; a configuration that only speaks of it is
    /// no message here.
    public static func isMessage(_ bytes: [UInt8]) -> Bool {
        var lines = ByteLines(bytes, 0..<min(bytes.count, 16 << 10))
        var isFirst = true
        while let line = lines.next() {
            let text = bytes[line.content]
            defer { isFirst = false }
            if text.isEmpty { return false }
            if isFirst, text.starts(with: Array("From ".utf8)) { continue }
            if !isFirst, text.first == 0x20 || text.first == 0x09 { continue }
            guard let colon = MIMEHeader.colon(of: text) else { return false }
            switch String(decoding: text[..<colon], as: UTF8.self).lowercased() {
            case "mime-version": return true
            case "content-type":
                if MIMEValue(Array(text[(colon + 1)...])).value.hasPrefix("multipart/") { return true }
            default: break
            }
        }
        return false
    }

    /// Throws `malformed`, `truncated`, `tooDeep`, `tooMany` or `unknownTransferEncoding`, or what base64 and
    /// quoted-printable throw; places are those in `bytes`.
    public init(_ bytes: [UInt8], limits: Limits = Limits()) throws(DocumentError) {
        var reader = Reader(bytes: bytes, limits: limits)
        try reader.read(bytes.indices, depth: 0, defaultType: "text/plain")
        parts = reader.parts
    }
}

private struct Reader {
    let bytes: [UInt8]
    let limits: MIMEMessage.Limits
    var parts: [MIMEMessage.Part] = []

    /// A message or a part: header and body.
    mutating func read(_ range: Range<Int>, depth: Int, defaultType: String) throws(DocumentError) {
        let header = try MIMEHeader(bytes, range, takesEnvelope: depth == 0, limit: limits.headerSizeInBytes)
        let type = header["content-type"].map { MIMEValue($0) }
        var contentType = type?.value ?? defaultType
        if contentType.utf8.count(where: { $0 == UInt8(ascii: "/") }) != 1 { contentType = "text/plain" }
        let encoding = header["content-transfer-encoding"].map {
            String(decoding: MIMEValue.trimmed($0[...]), as: UTF8.self).lowercased()
        }
        let body = header.end..<range.upperBound
        guard contentType.hasPrefix("multipart/") else {
            let disposition = header["content-disposition"].map { MIMEValue($0) }
            let name = disposition?["filename"] ?? type?["name"]
            try add(body, contentType, name, encoding ?? "7bit")
            return
        }
        // RFC 2045, section 6.4: a multipart's parts may be encoded, it itself may not.
        guard ["7bit", "8bit", "binary"].contains(encoding ?? "7bit") else {
            throw error(.malformed("a multipart with a transfer encoding"), at: range.lowerBound)
        }
        guard depth < limits.depth else { throw error(.tooDeep(limit: limits.depth), at: range.lowerBound) }
        guard var boundary = type?["boundary"] else {
            throw error(.malformed("a multipart that names no boundary"), at: range.lowerBound)
        }
        while boundary.last?.isWhitespace == true { boundary.removeLast() }
        guard !boundary.isEmpty else {
            throw error(.malformed("a multipart with an empty boundary"), at: range.lowerBound)
        }
        let inner = contentType == "multipart/digest" ? "message/rfc822" : "text/plain"
        for part in try split(body, boundary) { try read(part, depth: depth + 1, defaultType: inner) }
    }

    private func error(_ kind: DocumentError.Kind, at offset: Int) -> DocumentError {
        DocumentError(.mime, kind, at: offset, in: bytes)
    }

    private mutating func add(
        _ body: Range<Int>, _ type: String, _ fileName: String?, _ encoding: String
    ) throws(DocumentError) {
        guard parts.count < limits.parts else { throw error(.tooMany(limit: limits.parts), at: body.lowerBound) }
        let content =
            switch encoding {
            case "", "7bit", "8bit", "binary": Array(bytes[body])
            case "base64": try Base64.decode(bytes, in: body)
            case "quoted-printable": try QuotedPrintable.decode(bytes, in: body)
            default: throw error(.unknownTransferEncoding(encoding), at: body.lowerBound)
            }
        parts.append(.init(contentType: type, fileName: fileName, transferEncoding: encoding, bytes: content))
    }

    /// The parts' places. The line end before a boundary belongs to it (RFC 2046, section 5.1.1); what is before the first and
    /// after the last is for readers of old.
    private func split(_ body: Range<Int>, _ boundary: String) throws(DocumentError) -> [Range<Int>] {
        let separator = Array("--\(boundary)".utf8)
        var ranges: [Range<Int>] = []
        var lines = ByteLines(bytes, body)
        var start: Int?
        var lastEnd = body.lowerBound
        while let line = lines.next() {
            let contentEnd = lastEnd
            defer { lastEnd = line.content.upperBound }
            guard let isClose = delimiter(line.content, separator) else { continue }
            if let start {
                if start < line.content.lowerBound {
                    // A part of one empty line has its end before its start.
                    ranges.append(start..<max(start, contentEnd))
                    guard ranges.count <= limits.parts else {
                        throw error(.tooMany(limit: limits.parts), at: line.content.lowerBound)
                    }
                } else if isClose {
                    throw error(.malformed("a boundary with no part after it"), at: line.content.lowerBound)
                }
            } else if isClose {
                throw error(.malformed("a closing boundary before any other"), at: line.content.lowerBound)
            }
            if isClose { return ranges }
            start = line.end
        }
        // Within another multipart, what is missing is not what came last.
        guard body.upperBound == bytes.count else {
            throw error(.malformed("a multipart without its closing boundary --\(boundary)--"), at: body.upperBound)
        }
        throw error(.truncated, at: body.upperBound)
    }

    /// Whether a line is the boundary, and then whether it is the closing one. Blanks may follow it.
    private func delimiter(_ line: Range<Int>, _ separator: [UInt8]) -> Bool? {
        let text = bytes[line]
        guard text.starts(with: separator) else { return nil }
        var rest = text.dropFirst(separator.count)
        let isClose = rest.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")])
        if isClose { rest = rest.dropFirst(2) }
        return rest.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? isClose : nil
    }
}
