/// The header fields of a message or of a part (RFC 5322, section 2.2).
struct MIMEHeader {
    /// Names in lower case; values unfolded, without the blanks around them.
    private(set) var fields: [(name: String, value: [UInt8])] = []
    /// Where the body starts: after the empty line.
    private(set) var end: Int

    /// The first field of this name, given in lower case.
    subscript(name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }

    /// Reads from the start of `range` to an empty line, or to the end where there is none: then there is no body.
    ///
    /// - Parameters:
    ///   - takesEnvelope: whether the first line may be mbox's `From …`.
    ///   - limit: the most bytes that a header may have.
    init(_ bytes: [UInt8], _ range: Range<Int>, takesEnvelope: Bool, limit: Int) throws(DocumentError) {
        var lines = ByteLines(bytes, range)
        end = range.upperBound
        while let line = lines.next() {
            let text = bytes[line.content]
            guard line.end - range.lowerBound <= limit else {
                throw DocumentError(.mime, .malformed("a header longer than \(limit) bytes"), at: line.end, in: bytes)
            }
            if text.isEmpty {
                end = line.end
                return
            }
            if text.first == 0x20 || text.first == 0x09 {
                guard !fields.isEmpty else {
                    throw DocumentError(
                        .mime, .malformed("a header that starts with a continued line"),
                        at: line.content.lowerBound, in: bytes)
                }
                fields[fields.count - 1].value += text
                continue
            }
            if takesEnvelope, line.content.lowerBound == range.lowerBound, text.starts(with: Array("From ".utf8)) {
                continue
            }
            guard let colon = Self.colon(of: text) else {
                throw DocumentError(
                    .mime, .malformed("a line that is no header field, and no empty line before it"),
                    at: line.content.lowerBound, in: bytes)
            }
            let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
            fields.append((name, Array(text[(colon + 1)...])))
        }
    }

    /// Where a field's name ends: printable ASCII but for the colon, and at least a character of it. Nil where this is none.
    static func colon(of text: ArraySlice<UInt8>) -> Int? {
        guard let colon = text.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 <= 0x20 || $0 >= 0x7f }),
            text[colon] == UInt8(ascii: ":"), colon > text.startIndex
        else { return nil }
        return colon
    }
}
