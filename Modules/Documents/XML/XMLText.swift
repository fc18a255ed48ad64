internal import CExpat

/// XML 1.0 through the system's expat, as a tree of elements. Namespaces are not resolved; comments and processing instructions are
/// passed over.
///
/// A document type is an error, and so are the entities that only it could define: `&lt;`, `&#10;` and their like are all there are.
/// So no document grows beyond its own length, and none reads a file.
public enum XMLText {
    /// What a document may be at most.
    public struct Limits: Hashable, Sendable {
        /// Of the document, in bytes.
        public var sizeInBytes = 4 << 20
        /// Elements in each other.
        public var depth = 64
        /// Elements and attributes.
        public var values = 100_000

        public init() {}
    }

    /// The document's one element. UTF-8, UTF-16, ISO-8859-1 and US-ASCII are read, as the document says of itself.
    ///
    /// Throws a `DocumentError` with its place: `malformed`, `truncated`, `documentType`, or what of `limits` was passed.
    public static func decode(_ bytes: [UInt8], limits: Limits = Limits()) throws(DocumentError) -> XMLElement {
        guard bytes.count <= limits.sizeInBytes, let count = Int32(exactly: bytes.count) else {
            throw DocumentError(.xml, .tooLarge(limitInBytes: limits.sizeInBytes))
        }
        guard let parser = unsafe XML_ParserCreate(nil) else {
            throw DocumentError(.xml, .malformed("no memory for the parser"))
        }
        defer { unsafe XML_ParserFree(parser) }
        let builder = unsafe XMLBuilder(parser: parser, limits: limits)
        builder.listen()
        let status = unsafe bytes.withUnsafeBytes { input in
            // SAFETY: expat reads `count` bytes of the buffer during the call; the builder outlives it.
            unsafe XML_Parse(parser, input.baseAddress?.assumingMemoryBound(to: CChar.self), count, 1)
        }
        if let problem = builder.problem { throw problem }
        if status == XML_STATUS_OK, let root = builder.root { return root }
        throw unsafe DocumentError(.xml, kind(XML_GetErrorCode(parser)), at: builder.place)
    }

    private static func kind(_ code: XML_Error) -> DocumentError.Kind {
        switch code {
        // The last is of an element that is open at the end, too.
        case XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_PARTIAL_CHAR, XML_ERROR_UNCLOSED_CDATA_SECTION, XML_ERROR_NO_ELEMENTS:
            return .truncated
        default:
            // SAFETY: expat's words are constant strings of the library.
            let words = unsafe XML_ErrorString(code).map { unsafe String(cString: $0) }
            return .malformed(words ?? "error \(code.rawValue)")
        }
    }
}
