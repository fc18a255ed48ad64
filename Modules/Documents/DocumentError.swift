/// What is wrong with a document, and where.
public struct DocumentError: Error, Hashable, Sendable {
    public enum Format: String, Hashable, Sendable {
        case json = "JSON"
        case mime = "MIME"
        case base64
        case quotedPrintable = "quoted-printable"
    }

    public enum Kind: Hashable, Sendable {
        /// Against the format's grammar; the parser's words.
        case malformed(String)
        /// The document ends too early: some of it has not come.
        case truncated
        /// Well-formed, and not what the program expects; the path of the value, and the decoder's words.
        case unexpected(String)
        /// Longer than the caller allows, as it is or unpacked.
        case tooLarge(limitInBytes: Int)
        /// Nested deeper than the caller allows.
        case tooDeep(limit: Int)
        /// More parts than the caller allows.
        case tooMany(limit: Int)
        /// A number that no value of ours can hold, or a value that the format cannot say.
        case unrepresentable(String)
        /// A way to write a part's bytes that this build does not read; its name.
        case unknownTransferEncoding(String)
    }

    /// Where it showed.
    public struct Place: Hashable, Sendable {
        /// In bytes, from the document's start.
        public let offset: Int
        /// From 1, of lines that end in a line feed.
        public let line: Int
        /// From 1, in characters (Unicode scalars).
        public let column: Int

        public init(offset: Int, line: Int, column: Int) {
            self.offset = offset
            self.line = line
            self.column = column
        }

        /// Counts lines and columns up to `offset`; beyond the end is the end.
        init(offset: Int, in bytes: [UInt8]) {
            var line = 1
            var column = 1
            let end = min(max(0, offset), bytes.count)
            for byte in bytes[..<end] {
                if byte == 0x0a {
                    line += 1
                    column = 1
                } else if byte & 0xc0 != 0x80 {
                    column += 1
                }
            }
            self.init(offset: end, line: line, column: column)
        }
    }

    public let format: Format
    public let kind: Kind
    /// Nil where the parser does not know it.
    public let place: Place?

    public init(_ format: Format, _ kind: Kind, at place: Place? = nil) {
        self.format = format
        self.kind = kind
        self.place = place
    }

    init(_ format: Format, _ kind: Kind, at offset: Int, in bytes: [UInt8]) {
        self.init(format, kind, at: Place(offset: offset, in: bytes))
    }
}

extension DocumentError: CustomStringConvertible {
    /// What is wrong and where, in words.
    public var problem: String {
        let words =
            switch kind {
            case .malformed(let words): "\(format.rawValue): \(words)"
            case .truncated: "\(format.rawValue): the document is truncated: it ends too early"
            case .unexpected(let words): words
            case .tooLarge(let limit): "\(format.rawValue): longer than the limit of \(limit) bytes"
            case .tooDeep(let limit): "\(format.rawValue): nested deeper than \(limit)"
            case .tooMany(let limit): "\(format.rawValue): more than \(limit) parts"
            case .unrepresentable(let words): "\(format.rawValue): \(words)"
            case .unknownTransferEncoding(let name): "\(format.rawValue): unknown transfer encoding \(name)"
            }
        return place.map { "line \($0.line), column \($0.column): \(words)" } ?? words
    }

    public var description: String { problem }
}
