internal import CYAML

/// libyaml's parser: a document as a sequence of events, each with where it starts.
@safe struct YAMLEvents: ~Copyable {
    struct Scalar {
        let text: String
        /// The tag as resolved, `tag:yaml.org,2002:str`; nil where none is written.
        let tag: String?
        /// No quotes, and no tag: its text says what it is.
        let isPlain: Bool
    }

    enum Event {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(Scalar, anchor: String?)
        case sequenceStart(tag: String?, anchor: String?)
        case sequenceEnd
        case mappingStart(tag: String?, anchor: String?)
        case mappingEnd
    }

    /// In characters; lines and columns from 0.
    struct Mark {
        let index: Int
        let line: Int
        let column: Int

        fileprivate init(_ mark: yaml_mark_t) {
            index = Int(clamping: mark.index)
            line = Int(clamping: mark.line)
            column = Int(clamping: mark.column)
        }
    }

    private let bytes: [UInt8]
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads from here as it goes.
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) throws(DocumentError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) != 0 else {
            unsafe parser.deallocate()
            throw DocumentError(.yaml, .malformed("no memory for the parser"))
        }
        // One more than there is, so that there is an address of an empty document too.
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 1)
        unsafe _ = input.initialize(fromContentsOf: bytes + [0])
        self.bytes = bytes
        unsafe self.parser = parser
        unsafe self.input = input
        // SAFETY: the copy lives as long as the parser.
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    mutating func next() throws(DocumentError) -> (event: Event, mark: Mark) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) != 0 else { throw failure }
        defer { unsafe yaml_event_delete(&event) }
        let mark = unsafe Mark(event.start_mark)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, mark)
        case YAML_STREAM_END_EVENT: return (.streamEnd, mark)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, mark)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, mark)
        case YAML_ALIAS_EVENT: return unsafe (.alias(Self.text(event.data.alias.anchor) ?? ""), mark)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            // SAFETY: libyaml's value has `length` bytes, which it has checked to be UTF-8, and lives until the event is deleted.
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: Int(clamping: scalar.length)), as: UTF8.self)
            let value = unsafe Scalar(
                text: text, tag: Self.text(scalar.tag), isPlain: scalar.plain_implicit != 0)
            return unsafe (.scalar(value, anchor: Self.text(scalar.anchor)), mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe (.sequenceStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), mark)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, mark)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe (.mappingStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), mark)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, mark)
        default: throw error(.malformed("an event of no kind"), mark)
        }
    }

    /// SAFETY: libyaml's anchors and tags end in a zero.
    private static func text(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    func error(_ kind: DocumentError.Kind, _ mark: Mark) -> DocumentError {
        DocumentError(.yaml, kind, at: place(mark))
    }

    /// libyaml counts characters.
    private func place(_ mark: Mark) -> DocumentError.Place {
        var characters = 0
        let offset = bytes.firstIndex { byte in
            if byte & 0xc0 != 0x80 { characters += 1 }
            return characters > mark.index
        }
        return .init(offset: offset ?? bytes.count, line: mark.line + 1, column: mark.column + 1)
    }

    /// What libyaml says after it has failed.
    private var failure: DocumentError {
        let code = unsafe parser.pointee.error
        // SAFETY: its words are constant strings of the library.
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
        // The reader knows bytes, what comes after it characters.
        if code == YAML_READER_ERROR {
            let offset = unsafe Int(clamping: parser.pointee.problem_offset)
            return DocumentError(
                .yaml, problem.hasPrefix("incomplete") ? .truncated : .malformed(problem), at: offset, in: bytes)
        }
        let place = unsafe place(Mark(parser.pointee.problem_mark))
        let words = problem + (context.map { " \($0)" } ?? "")
        // What is wrong with the end is that it is the end.
        return DocumentError(.yaml, place.offset == bytes.count ? .truncated : .malformed(words), at: place)
    }
}
