/// What is wrong with a document, and where.
public struct DocumentError: Error, Hashable, Sendable {
    public enum Format: String, Hashable, Sendable {
        case json = "JSON"
        case yaml = "YAML"
        case xml = "XML"
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
        /// More values, elements or parts than the caller allows; those that an alias stands for are counted each time.
        case tooMany(limit: Int)
        /// A key that a mapping has twice.
        case duplicateKey(String)
        /// A YAML tag that makes no value of ours of what it stands before.
        case unknownTag(String)
        /// A YAML alias of nothing that was complete before it.
        case unknownAlias(String)
        /// An XML document type, which may define entities that grow without bound or stand for files: refused, whatever is in it.
        case documentType
        /// A number that no value of ours can hold, or a value that the format cannot say.
        case unrepresentable(String)
        /// A way to write a part's bytes that this build does not read; its name.
        case unknownTransferEncoding(String)
    }

    /// Where it showed.
    public struct Place: Hashable, Sendable {
        /// In bytes, from the document's start.
        public let offset: Int
        /// From 1, by the format's line ends.
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
            case .tooMany(let limit): "\(format.rawValue): more than \(limit) values, elements or parts"
            case .duplicateKey(let key): "\(format.rawValue): the key \(key) is there twice"
            case .unknownTag(let tag): "\(format.rawValue): the tag \(tag) is not known here"
            case .unknownAlias(let name): "\(format.rawValue): the alias *\(name) stands for nothing before it"
            case .documentType: "\(format.rawValue): a document type, which is refused"
            case .unrepresentable(let words): "\(format.rawValue): \(words)"
            case .unknownTransferEncoding(let name): "\(format.rawValue): unknown transfer encoding \(name)"
            }
        return place.map { "line \($0.line), column \($0.column): \(words)" } ?? words
    }

    public var description: String { problem }
}
