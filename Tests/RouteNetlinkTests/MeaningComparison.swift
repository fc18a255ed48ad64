import Kernel
import Netlink

/// Holds a decoded message against the words that others have for it, name by name and value by value.
struct MeaningComparison {
    var subject = ""
    var compared = 0
    var problems: [String] = []
    var uncompared: [String] = []

    mutating func compare(_ message: DecodedMessage, _ meaning: RustDebug) {
        guard case .fields(_, let parts) = meaning, parts.count == 2, case .fields(_, let header) = parts[0].value,
            case .list(let attributes) = parts[1].value
        else { return problems.append("\(subject): \(meaning)") }
        compare(message.header, header, "header")
        compare(message.attributes, attributes, "")
    }

    private mutating func compare(
        _ value: StructureValue, _ fields: [RustDebug.Field], _ path: String
    ) {
        for field in fields {
            guard let ours = value.fields.first(where: { Self.same(field.name, $0.name) }) else {
                problems.append("\(subject) \(path): no member \(field.name) in \(value.fields.map(\.name))")
                continue
            }
            compare(ours.value, field.value, "\(path).\(ours.name)")
        }
    }

    private mutating func compare(_ tree: AttributeTree, _ list: [RustDebug], _ path: String) {
        if tree.nodes.count != list.count {
            problems.append("\(subject) \(path): \(tree.nodes.map(\.name)) for \(list)")
            return
        }
        for (node, theirs) in zip(tree.nodes, list) {
            let name: String
            let inner: RustDebug
            switch theirs {
            case .tuple(let word, let values) where values.count == 1: (name, inner) = (word, values[0])
            case .words(let words): (name, inner) = (words[0], .words(["true"]))
            default: (name, inner) = ("", theirs)
            }
            if !Self.same(name, node.name) { problems.append("\(subject) \(path): \(name) is \(node.name)") }
            compare(node.value, inner, "\(path).\(node.name)")
        }
    }

    private mutating func compare(_ ours: AttributeValue, _ theirs: RustDebug, _ path: String) {
        switch (ours, theirs) {
        case (.nest(let tree), .list(let list)): compare(tree, list, path)
        case (.nest, .tuple(_, let values)) where values.count == 1: compare(ours, values[0], path)
        case (.structure(let value), .fields(_, let fields)): compare(value, fields, path)
        case (.structure, .tuple(_, let values)) where values.count == 1: compare(ours, values[0], path)
        case (.text(let text, _), .text(let word)): record(text == word, ours, theirs, path)
        case (.flag, .words(["true"])): compared += 1
        case (.hardwareAddress(let bytes), .list(let list)), (.bytes(let bytes), .list(let list)):
            record("\(list)" == "\(bytes.map { RustDebug.words(["\($0)"]) })", ours, theirs, path)
        case (.address(let address), .words(let words)): record(words == ["\(address)"], ours, theirs, path)
        case (.integer(let value), .words(let words)) where words.count == 1 && Int64(words[0]) != nil:
            record(value.signed == Int64(words[0]), ours, theirs, path)
        case (.integer(let value), .words(["true"])): record(value.bits == 1, ours, theirs, path)
        case (.integer(let value), .words(["false"])): record(value.bits == 0, ours, theirs, path)
        case (_, .tuple(_, let values)) where values.count == 1: compare(ours, values[0], path)
        default: uncompared.append("\(subject) \(path): \(ours) as \(theirs)")
        }
    }

    private mutating func record(_ isEqual: Bool, _ ours: AttributeValue, _ theirs: RustDebug, _ path: String) {
        compared += 1
        if !isEqual { problems.append("\(subject) \(path): \(ours) is not \(theirs)") }
    }

    static func same(_ theirs: String, _ ours: String) -> Bool {
        func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
        return plain(ours).hasSuffix(plain(theirs))
    }
}
