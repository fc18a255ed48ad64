import Documents
import Netlink

/// Decoded messages as documents and as text.
enum NetlinkDocument {
    /// `{"header":{…},"attributes":[{"name":"IFLA_MTU","value":1500},…]}`.
    static func document(_ message: DecodedMessage) -> JSONValue {
        ["header": document(message.header), "attributes": document(message.attributes)]
    }

    static func document(_ tree: AttributeTree) -> JSONValue {
        .array(tree.nodes.map { ["name": .string($0.name), "value": document($0.value)] })
    }

    /// The members by name; what follows the struct under the name that it has; unnamed bytes as `padding` and `tail`.
    static func document(_ value: StructureValue) -> JSONValue {
        var members = Dictionary(value.fields.map { ($0.name, document($0.value)) }) { first, _ in first }
        if let rest = value.rest {
            let values = rest.values.map { document($0) }
            members[rest.name] = rest.isSingle ? values.first ?? .null : .array(values)
        }
        if let padding = value.padding { members["padding"] = .string(AttributeValue.hexadecimal(padding)) }
        if !value.tail.isEmpty { members["tail"] = .string(AttributeValue.hexadecimal(value.tail)) }
        return .object(members)
    }

    static func document(_ value: AttributeValue) -> JSONValue {
        switch value {
        case .integer(let integer):
            integer.signed.map { .integer($0) } ?? .unsigned(integer.bits)
        case .text(let text, _): .string(text)
        case .flag: .bool(true)
        case .bytes, .hardwareAddress, .address: .string(value.description)
        case .label(let label):
            [
                "label": JSONValue(label.label), "tc": JSONValue(label.trafficClass),
                "bos": JSONValue(label.isBottomOfStack ? 1 : 0), "ttl": JSONValue(label.timeToLive),
            ]
        case .structure(let structure): document(structure)
        case .list(let values): .array(values.map { document($0) })
        case .nest(let tree): document(tree)
        case .record(let record): document(record)
        case .records(let records): .array(records.map { document($0) })
        }
    }

    private static func document(_ record: AttributeRecord) -> JSONValue {
        ["header": document(record.header), "attributes": document(record.attributes)]
    }

    // MARK: For people

    /// A line an attribute, those inside two columns further in.
    static func text(_ message: DecodedMessage) -> String {
        var lines = [message.kind]
        for field in message.header.fields { lines.append("  \(field.name) \(field.value)") }
        append(message.attributes, to: &lines, depth: 1)
        return lines.joined(separator: "\n")
    }

    private static func append(_ tree: AttributeTree, to lines: inout [String], depth: Int) {
        let indent = String(repeating: "  ", count: depth)
        for node in tree.nodes {
            switch node.value {
            case .nest(let inner):
                lines.append(indent + node.name)
                append(inner, to: &lines, depth: depth + 1)
            case .record(let record):
                lines.append("\(indent)\(node.name) \(record.header)")
                append(record.attributes, to: &lines, depth: depth + 1)
            case .records(let records):
                lines.append(indent + node.name)
                for record in records {
                    lines.append("\(indent)  \(record.header)")
                    append(record.attributes, to: &lines, depth: depth + 2)
                }
            default:
                lines.append("\(indent)\(node.name) \(node.value)")
            }
        }
    }
}
