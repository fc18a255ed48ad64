internal import CKernel
internal import Kernel

/// Where in a request an attribute is, in the field's words: `link.info.data(vlan).id`.
public struct AttributePath: Hashable, Sendable, CustomStringConvertible {
    /// Joined by dots.
    public let words: String
    /// What the request has there; nil for an attribute that is missing, and for a nest.
    public let value: AttributeValue?

    public var description: String { value.map { "\(words) (\($0))" } ?? words }
}

extension MessageSchema {
    /// What an extended acknowledgement points at in a request whose body, after the nlmsghdr, is `body`.
    ///
    /// - Parameters:
    ///   - offset: NLMSGERR_ATTR_OFFS, from the start of the nlmsghdr.
    ///   - missingType: NLMSGERR_ATTR_MISS_TYPE, the attribute that should have been there.
    ///   - missingNest: NLMSGERR_ATTR_MISS_NEST, from the start of the nlmsghdr: the nest that it should have been in; nil where
    ///     that is the message itself.
    /// - Returns: nil where the acknowledgement points at nothing in the body.
    public func path(
        offset: Int? = nil, missingType: Int? = nil, missingNest: Int? = nil, in body: [UInt8]
    ) -> AttributePath? {
        // SAFETY: bytes have no padding, so all of them are set.
        let bytes = unsafe body.span.bytes
        if let missingType {
            var walk = PathWalk(schema: self, target: missingNest.map { $0 - NetlinkMessage.headerSize } ?? -1, bytes)
            guard missingNest == nil || walk.find(bytes), case .attributes(let schema)? = walk.inside else {
                return nil
            }
            walk.append(schema, missingType)
            return AttributePath(words: walk.words.joined(separator: "."), value: nil)
        }
        guard let offset else { return nil }
        var walk = PathWalk(schema: self, target: offset - NetlinkMessage.headerSize, bytes)
        if walk.findInHeader(bytes) || walk.find(bytes) {
            return AttributePath(words: walk.words.joined(separator: "."), value: walk.value)
        }
        return nil
    }
}

/// A walk from the message to the innermost attribute that an offset lies in.
private struct PathWalk {
    let schema: MessageSchema
    let target: Int
    var words: [String]
    var value: AttributeValue?
    /// What the attribute that was found holds, where it holds attributes.
    var inside: AttributeDecoder.Content?
    private var decoder: AttributeDecoder

    init(schema: MessageSchema, target: Int, _ bytes: borrowing RawSpan) {
        self.schema = schema
        self.target = target
        words = [schema.kind]
        inside = .attributes(schema.attributes)
        var cursor = ByteCursor()
        decoder = AttributeDecoder(family: cursor.load(bytes) ?? 0)
    }

    mutating func findInHeader(_ bytes: borrowing RawSpan) -> Bool {
        let layout = schema.header
        guard target >= 0, target < layout.size else { return false }
        var cursor = ByteCursor()
        let count = min(bytes.byteCount, layout.size)
        guard let member = layout.members.last(where: { $0.offset <= target }), let raw = cursor.take(count, of: bytes)
        else { return false }
        words.append(member.name)
        value = StructureValue(raw, layout)[member.name]
        return true
    }

    mutating func find(_ bytes: borrowing RawSpan) -> Bool {
        var range = min(aligned(schema.header.size), bytes.byteCount)..<bytes.byteCount
        var content = AttributeDecoder.Content.attributes(schema.attributes)
        var isFound = false
        while let all = try? AttributeDecoder.attributes(range, bytes),
            let attribute = all.first(where: { $0.offset <= target && target < aligned($0.payload.upperBound) })
        {
            isFound = true
            decoder.enter(all)
            let unresolved = content.form(of: attribute.type)
            let form = decoder.resolved(unresolved, for: attribute, bytes)
            switch content {
            case .attributes(let schema): append(schema, attribute.type)
            case .indexed: words.append("\(attribute.type)")
            }
            if let selector = unresolved.selector, selector.source == SW_NL_BY_TEXT,
                let word = decoder.word(for: selector, bytes), let last = words.popLast()
            {
                words.append("\(last)(\(word))")
            }
            value = nil
            inside = nil
            var start = attribute.payload.lowerBound
            switch form.kind {
            case SW_NL_NEST: inside = form.schema.map { .attributes($0) }
            case SW_NL_INDEXED_NEST: inside = .indexed(form.elementNest)
            case SW_NL_INDEXED: inside = .indexed(form.element)
            case SW_NL_RECORD:
                inside = form.schema.map { .attributes($0) }
                start += form.layout.map { aligned($0.size) } ?? 0
            default: value = decoder.leaf(attribute, form, bytes)
            }
            guard let inner = inside, start <= attribute.payload.upperBound, target >= start else { break }
            content = inner
            range = start..<attribute.payload.upperBound
        }
        return isFound
    }

    /// The name without what all of its table share and without the message's kind: IFLA_LINKINFO is `info` of a link.
    mutating func append(_ schema: AttributeSchema, _ type: Int) {
        var word = schema.name(of: type)
        word = String(word.dropFirst(schema.prefix.count)).lowercased()
        if words.count == 1, word.count > self.schema.kind.count, word.hasPrefix(self.schema.kind) {
            word = String(word.dropFirst(self.schema.kind.count).drop { $0 == "_" })
        }
        words.append(word.isEmpty ? "\(type)" : word)
    }
}

extension AttributeValue: CustomStringConvertible {
    /// For people: numbers in decimal, addresses as they are written, bytes in hexadecimal.
    public var description: String {
        switch self {
        case .integer(let value): value.description
        case .text(let text, _): text
        case .flag: "set"
        case .bytes(let bytes): Self.hexadecimal(bytes)
        case .hardwareAddress(let bytes): Self.hexadecimal(bytes, separator: ":")
        case .address(let address): "\(address)"
        case .label(let label):
            "\(label.label) tc \(label.trafficClass) bos \(label.isBottomOfStack ? 1 : 0) ttl \(label.timeToLive)"
        case .structure(let value): value.description
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .nest(let tree): "\(tree.nodes.count) attributes"
        case .record(let record): record.header.description
        case .records(let records): "\(records.count) records"
        }
    }

    /// Lower-case digits.
    public static func hexadecimal(_ bytes: [UInt8], separator: String = "") -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined(separator: separator)
    }
}

extension AttributeInteger: CustomStringConvertible {
    public var description: String { signed.map { "\($0)" } ?? "\(bits)" }
}

extension StructureValue: CustomStringConvertible {
    public var description: String {
        var words = fields.map { "\($0.name) \($0.value)" }
        if let rest { words.append("\(rest.name) \(rest.values)") }
        if !tail.isEmpty { words.append("tail \(AttributeValue.hexadecimal(tail))") }
        return "{" + words.joined(separator: ", ") + "}"
    }
}
