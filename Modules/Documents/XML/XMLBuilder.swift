internal import CExpat

/// Makes a tree of what expat calls back with. Expat knows it by its address: it has to outlive the parse.
@safe final class XMLBuilder {
    private struct Frame {
        let name: String
        let attributes: [XMLElement.Attribute]
        var text: [UInt8] = []
        var children: [XMLElement] = []
    }

    private let parser: XML_Parser
    private let limits: XMLText.Limits
    private var frames: [Frame] = []
    private var values = 0
    private(set) var root: XMLElement?
    /// Why it has stopped the parser, and where; expat's own errors are not here.
    private(set) var problem: DocumentError?

    init(parser: XML_Parser, limits: XMLText.Limits) {
        unsafe self.parser = parser
        self.limits = limits
    }

    /// SAFETY: expat hands back the address of this object, which lives through the parse, on the thread that parses.
    func listen() {
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(
            parser,
            { builder, name, attributes in unsafe XMLBuilder.from(builder)?.start(name, attributes) },
            { builder, _ in unsafe XMLBuilder.from(builder)?.end() })
        unsafe XML_SetCharacterDataHandler(parser) { builder, text, count in
            unsafe XMLBuilder.from(builder)?.add(text, count)
        }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { builder, _, _, _, _ in
            unsafe XMLBuilder.from(builder)?.stop(.documentType)
        }
    }

    /// Of what is called back for, or of expat's error.
    var place: DocumentError.Place {
        unsafe DocumentError.Place(
            offset: max(0, Int(XML_GetCurrentByteIndex(parser))), line: Int(clamping: XML_GetCurrentLineNumber(parser)),
            column: Int(clamping: XML_GetCurrentColumnNumber(parser)) + 1)
    }

    private static func from(_ address: UnsafeMutableRawPointer?) -> XMLBuilder? {
        unsafe address.map { unsafe Unmanaged<XMLBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Some calls may follow all the same: each looks whether there is a problem.
    private func stop(_ kind: DocumentError.Kind) {
        if problem == nil { problem = DocumentError(.xml, kind, at: place) }
        unsafe _ = XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    private func start(
        _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        guard problem == nil else { return }
        guard frames.count < limits.depth else { return stop(.tooDeep(limit: limits.depth)) }
        var list: [XMLElement.Attribute] = []
        // SAFETY: names and values in turn, each ending in a zero, and after the last a null.
        var position = 0
        while let name = unsafe attributes?[position], let value = unsafe attributes?[position + 1] {
            unsafe list.append(.init(name: String(cString: name), value: String(cString: value)))
            position += 2
        }
        values += 1 + list.count
        guard values <= limits.values else { return stop(.tooMany(limit: limits.values)) }
        frames.append(Frame(name: unsafe name.map { unsafe String(cString: $0) } ?? "", attributes: list))
    }

    private func add(_ text: UnsafePointer<XML_Char>?, _ count: Int32) {
        guard problem == nil, !frames.isEmpty, count > 0 else { return }
        let start = unsafe UnsafeRawPointer(text)
        // SAFETY: `count` bytes of UTF-8 from `text`, which expat keeps during the call.
        unsafe frames[frames.count - 1].text.append(contentsOf: UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    private func end() {
        guard problem == nil, let frame = frames.popLast() else { return }
        let element = XMLElement(
            name: frame.name, attributes: frame.attributes, text: String(decoding: frame.text, as: UTF8.self),
            children: frame.children)
        if frames.isEmpty { root = element } else { frames[frames.count - 1].children.append(element) }
    }
}
