internal import CKernel
internal import Kernel

/// Decodes attributes by their schema, remembering what stands around them: a payload's form may hang on a neighbour, on an
/// attribute further out, or on the message's family.
struct AttributeDecoder {
    /// The first byte of the message's fixed header.
    let family: UInt8
    /// The attributes of each nest that we are in, from the outermost.
    private var levels: [[NetlinkAttribute]] = []
    /// Nests beyond are kept as bytes. The kernel's own parsers stop at ten (NLA policies, lib/nlattr.c).
    private static let deepest = 24

    init(family: UInt8) { self.family = family }

    /// What the attributes of a nest are called and how they are made.
    enum Content {
        case attributes(AttributeSchema)
        /// Types are numbers, and all are alike.
        case indexed(AttributeForm)

        func form(of type: Int) -> AttributeForm {
            switch self {
            case .attributes(let schema): schema.form(of: type) ?? .bytes
            case .indexed(let form): form
            }
        }

        func name(of type: Int) -> String {
            switch self {
            case .attributes(let schema): schema.name(of: type)
            case .indexed: "\(type)"
            }
        }
    }

    /// The attributes in `range`; throws where a header or a length does not fit.
    mutating func tree(
        _ range: Range<Int>, _ content: Content, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> AttributeTree {
        let all = try Self.attributes(range, bytes)
        levels.append(all)
        defer { levels.removeLast() }
        var nodes: [AttributeNode] = []
        nodes.reserveCapacity(all.count)
        for (index, attribute) in all.enumerated() {
            let form = resolved(content.form(of: attribute.type), for: attribute, bytes)
            var node = AttributeNode(
                rawType: attribute.rawType, name: content.name(of: attribute.type),
                value: try value(of: attribute, form, bytes))
            let next = index + 1 < all.count ? all[index + 1].offset : range.upperBound
            let padding = try Self.copy(attribute.payload.upperBound..<next, bytes)
            let usual = aligned(attribute.payload.count) - attribute.payload.count
            if padding.count != usual || padding.contains(where: { $0 != 0 }) { node.padding = padding }
            nodes.append(node)
        }
        return AttributeTree(nodes)
    }

    static func attributes(
        _ range: Range<Int>, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> [NetlinkAttribute] {
        var cursor = AttributeCursor(range)
        var all: [NetlinkAttribute] = []
        while let attribute = try cursor.next(bytes) { all.append(attribute) }
        return all
    }

    private static func copy(_ range: Range<Int>, _ bytes: borrowing RawSpan) throws(NetlinkError) -> [UInt8] {
        var cursor = ByteCursor(at: range.lowerBound)
        guard let copy = cursor.take(range.count, of: bytes) else {
            throw .malformed(.truncatedHeader, at: range.lowerBound)
        }
        return copy
    }

    // MARK: Values

    private mutating func value(
        of attribute: NetlinkAttribute, _ form: AttributeForm, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> AttributeValue {
        let payload = attribute.payload
        switch form.kind {
        case SW_NL_NEST:
            guard let schema = form.schema, isNest(attribute) else { break }
            return .nest(try tree(payload, .attributes(schema), bytes))
        case SW_NL_INDEXED_NEST:
            guard isNest(attribute) else { break }
            return .nest(try tree(payload, .indexed(form.elementNest), bytes))
        case SW_NL_INDEXED:
            guard isNest(attribute) else { break }
            return .nest(try tree(payload, .indexed(form.element), bytes))
        case SW_NL_RECORD:
            guard let layout = form.layout, let schema = form.schema, payload.count >= layout.size else { break }
            return .record(try record(payload, layout, schema, bytes))
        case SW_NL_RECORDS:
            guard let layout = form.layout, let schema = form.schema else { break }
            return .records(try records(payload, layout, schema, bytes))
        default:
            break
        }
        let raw = try Self.copy(payload, bytes)
        return Self.leaf(raw, form) ?? .bytes(raw)
    }

    /// A payload too short for one attribute, of an attribute that the sender did not mark, is no nest but an older form: the bare
    /// state in a bridge port's IFLA_PROTINFO before Linux 3.0.
    private func isNest(_ attribute: NetlinkAttribute) -> Bool {
        levels.count < Self.deepest
            && (attribute.isMarkedNested || attribute.payload.isEmpty
                || attribute.payload.count >= NetlinkAttribute.headerSize)
    }

    private mutating func record(
        _ range: Range<Int>, _ layout: StructureLayout, _ schema: AttributeSchema, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> AttributeRecord {
        let end = range.lowerBound + layout.size
        let start = min(range.lowerBound + aligned(layout.size), range.upperBound)
        var record = AttributeRecord(
            header: StructureValue(try Self.copy(range.lowerBound..<end, bytes), layout),
            attributes: try tree(start..<range.upperBound, .attributes(schema), bytes))
        let padding = try Self.copy(end..<start, bytes)
        if padding.count != aligned(layout.size) - layout.size || padding.contains(where: { $0 != 0 }) {
            record.padding = padding
        }
        return record
    }

    /// struct rtnexthop and its kind: each begins with its own length.
    private mutating func records(
        _ range: Range<Int>, _ layout: StructureLayout, _ schema: AttributeSchema, _ bytes: borrowing RawSpan
    ) throws(NetlinkError) -> [AttributeRecord] {
        var result: [AttributeRecord] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            var cursor = ByteCursor(at: offset)
            guard range.upperBound - offset >= layout.size, let length: UInt16 = cursor.load(bytes) else {
                throw .malformed(.truncatedHeader, at: offset)
            }
            guard length >= layout.size else { throw .malformed(.lengthBelowHeader(Int(length)), at: offset) }
            guard length <= range.upperBound - offset else {
                throw .malformed(.lengthPastEnd(Int(length)), at: offset)
            }
            // Attributes are padded, so a length that is no multiple of four could only be of an unpadded last one.
            let end = min(offset + aligned(Int(length)), range.upperBound)
            result.append(try record(offset..<end, layout, schema, bytes))
            offset = end
        }
        return result
    }

    /// The typed value, if it encodes to the same bytes.
    private static func leaf(_ raw: [UInt8], _ form: AttributeForm) -> AttributeValue? {
        let value: AttributeValue?
        switch form.kind {
        case SW_NL_STRUCT:
            // An empty payload is no struct, whatever its members would be.
            value = raw.isEmpty ? nil : form.layout.map { .structure(StructureValue(raw, $0)) }
        case SW_NL_STRUCTS:
            value = form.layout.flatMap { layout in
                elements(raw, layout.size).map { .list($0.map { .structure(StructureValue(Array($0), layout)) }) }
            }
        case SW_NL_ARRAY:
            let kind = form.element.kind
            value = elements(raw, kind == SW_NL_MPLS ? 4 : kind.integerSize ?? 1).map {
                .list($0.map { AttributeValue($0, as: kind) ?? .bytes(Array($0)) })
            }
        default: value = AttributeValue(raw[...], as: form.kind)
        }
        guard let value, let encoded = try? value.encoded(), encoded == raw else { return nil }
        return value
    }

    private static func elements(_ raw: [UInt8], _ size: Int) -> [ArraySlice<UInt8>]? {
        guard size > 0, raw.count % size == 0 else { return nil }
        return stride(from: 0, to: raw.count, by: size).map { raw[$0..<$0 + size] }
    }

    // MARK: Dependencies

    /// The form, with what it hangs on looked up.
    func resolved(
        _ form: AttributeForm, for attribute: NetlinkAttribute, _ bytes: borrowing RawSpan
    ) -> AttributeForm {
        guard form.kind == SW_NL_SELECT, let selector = form.selector else { return form }
        switch selector.source {
        case SW_NL_BY_FAMILY: return selector.form(for: UInt64(family))
        case SW_NL_BY_NESTED_FLAG: return selector.form(for: attribute.isMarkedNested ? 1 : 0)
        case SW_NL_BY_TEXT: return word(for: selector, bytes).map { selector.form(for: $0) } ?? selector.otherwise
        case SW_NL_BY_NUMBER:
            guard let deciding = deciding(selector),
                let raw = try? Self.copy(deciding.payload, bytes), (1...8).contains(raw.count)
            else { return selector.otherwise }
            return selector.form(for: AttributeInteger(raw[...], isSigned: false, isBigEndian: false).bits)
        default: return selector.otherwise
        }
    }

    /// What the attribute that `selector` hangs on says: `vlan`.
    func word(for selector: AttributeSelector, _ bytes: borrowing RawSpan) -> String? {
        deciding(selector).flatMap { try? $0.text(bytes) }
    }

    private func deciding(_ selector: AttributeSelector) -> NetlinkAttribute? {
        guard selector.levelsUp < levels.count else { return nil }
        return levels[levels.count - 1 - selector.levelsUp].last { $0.type == selector.attribute }
    }

    /// The value of an attribute without attributes inside.
    func leaf(_ attribute: NetlinkAttribute, _ form: AttributeForm, _ bytes: borrowing RawSpan) -> AttributeValue? {
        guard let raw = try? Self.copy(attribute.payload, bytes) else { return nil }
        return Self.leaf(raw, form) ?? .bytes(raw)
    }

    /// For one who walks without decoding: enters a nest with these attributes.
    mutating func enter(_ attributes: [NetlinkAttribute]) { levels.append(attributes) }
}
