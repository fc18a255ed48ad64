import Kernel
import Netlink

/// Holds a decoded message against the words that others have for it, name by name and value by value.
struct MeaningComparison {
    /// The message's id and its kind.
    var subject = ""
    var kind = ""
    /// How many values were held against theirs, the equal ones and the others.
    var compared = 0
    var problems: [String] = []
    /// Values that there is no rule for.
    var uncompared: [String] = []

    mutating func compare(_ message: DecodedMessage, _ meaning: RustDebug) {
        kind = message.kind
        guard case .fields(_, let parts) = meaning, parts.count == 2, case .fields(_, let header) = parts[0].value,
            case .list(let attributes) = parts[1].value
        else { return problems.append("\(subject): \(meaning)") }
        compare(message.header, header, "header")
        compare(message.attributes, attributes, "")
    }

    // MARK: Names

    private mutating func compare(_ value: StructureValue, _ fields: [RustDebug.Field], _ path: String) {
        for field in fields where field.name != "segments" {
            if field.name == "generic", case .fields(_, let generic) = field.value {
                // tc_gen is members of the struct itself in C.
                compare(value, generic, path)
                continue
            }
            if let pair = pair(field.name, value) {
                record(pair.description == field.value.single, path + "." + field.name, pair, field.value)
                continue
            }
            guard let ours = value.fields.first(where: { MeaningWords.same(field.name, $0.name) }) else {
                problems.append("\(subject) \(path): no member \(field.name) in \(value.fields.map(\.name))")
                continue
            }
            compare(ours.value, field.value, ours.name, "\(path).\(ours.name)")
        }
        guard let theirs = fields.first(where: { $0.name == "segments" })?.value, case .list(let segments) = theirs
        else { return }
        // iproute2 and they leave out the empty first segment of inline mode, and list from the last.
        let ours = value.rest?.values.map(\.description).reversed().filter { $0 != "::" } ?? []
        record(ours == segments.compactMap(\.single), path + ".segments", ours, theirs)
    }

    /// `igmp_leaves_rx`: one of a pair that is one member in C.
    private func pair(_ name: String, _ value: StructureValue) -> AttributeValue? {
        guard value.name == "br_mcast_stats", name.hasSuffix("_rx") || name.hasSuffix("_tx"),
            case .list(let values)? = value[String(name.dropLast(3))], values.count == 2
        else { return nil }
        return values[name.hasSuffix("_rx") ? 0 : 1]
    }

    private mutating func compare(_ tree: AttributeTree, _ list: [RustDebug], _ path: String) {
        guard tree.nodes.count == list.count else {
            problems.append("\(subject) \(path): \(tree.nodes.map(\.name)) for \(list)")
            return
        }
        for (node, theirs) in zip(tree.nodes, list) {
            var (name, inner) = theirs.named
            // Bpf(Flags(…)), Ip6(Id(…)): the kind again.
            while ["Flower", "Bpf", "MatchAll", "Mirror", "Mpls", "Ip6"].contains(name),
                case (let word, let value) = inner.named,
                !word.isEmpty
            { (name, inner) = (word, value) }
            let here = "\(path).\(node.name)"
            if case .fields("TcAction", let fields) = theirs, fields.count == 2,
                case .list(let attributes) = fields[1].value,
                case .nest(let actions) = node.value
            {
                record(fields[0].value.single == node.name, here, node.name, theirs)
                compare(actions, attributes, here)
            } else if case .fields("DefaultNla", let fields) = inner, fields.count == 2 {
                // Newer than they are: they have a number and bytes.
                let bytes = (try? node.value.encoded()) ?? []
                record(fields[0].value.single == "\(node.type)", here, node.type, inner)
                record(fields[1].value.bytes == bytes, here, node.value, inner)
            } else {
                if !MeaningWords.same(name, node.name) {
                    problems.append("\(subject) \(path): \(name) is \(node.name)")
                }
                compare(node.value, inner, node.name, here)
            }
        }
    }

    // MARK: Values

    private mutating func compare(_ ours: AttributeValue, _ theirs: RustDebug, _ name: String, _ path: String) {
        let key = MeaningWords.numbers["\(kind).\(name)"] == nil ? name : "\(kind).\(name)"
        switch (ours, theirs) {
        case (.nest(let tree), .list(let list)): compare(tree, list, path)
        case (.nest(let tree), .fields(_, let fields)):
            // HwStatsInfo { request: Some(0), used: Some(0) }: leaves by name.
            let leaves = tree.nodes.first?.value.nested ?? tree
            for (leaf, field) in zip(leaves.nodes, fields) {
                if !MeaningWords.same(field.name, leaf.name) {
                    problems.append("\(path): \(field.name) is \(leaf.name)")
                }
                compare(leaf.value, field.value, leaf.name, path + "." + leaf.name)
            }
        case (.structure(let value), .fields(_, let fields)): compare(value, fields, path)
        case (.structure(let value), .tuple(_, let values)) where values.count == 2 && value.fields.count == 2:
            for (field, theirs) in zip(value.fields, values) {
                compare(field.value, theirs, name == "IFLA_VLAN_FLAGS" ? "VlanFlags" : name, path + "." + field.name)
            }
        case (.structure(let value), .words(let words)) where value.rest?.isSingle ?? false:
            record(words == value.rest?.values.map(\.description), path, ours, theirs)
        case (.structure, .list), (.bytes, .list), (.hardwareAddress, .list):
            record(theirs.bytes == (try? ours.encoded()), path, ours, theirs)
        case (.bytes, .fields("LinkPhysId", let fields)) where fields.count == 2:
            guard case .bytes(let bytes) = ours, let id = fields[0].value.bytes else { break }
            record(bytes == Array(id.prefix(bytes.count)), path, ours, theirs)
        case (.label(let label), .fields(_, let fields)):
            let values = [
                "\(label.label)", "\(label.trafficClass)", "\(label.isBottomOfStack)", "\(label.timeToLive)",
            ]
            record(fields.map(\.value.single) == values, path, ours, theirs)
        case (.list(let values), .list(let list)) where values.count == list.count:
            for (ours, theirs) in zip(values, list) { compare(ours, theirs, name, path) }
        case (.list(let values), .fields) where values.count == 1: compare(values[0], theirs, name, path)
        case (.text(let text, _), .text(let word)): record(text == word, path, ours, theirs)
        case (.text(let text, _), .words(let words)) where words.count == 1:
            let known = [
                "GreTun": "gre", "GreTap": "gretap", "GreTun6": "ip6gre", "GreTap6": "ip6gretap", "SitTun": "sit",
            ]
            record(text == known[words[0]] ?? words[0].lowercased(), path, ours, theirs)
        case (.flag, .words(["true"])): compared += 1
        case (.address(let address), .words(let words)): record(words == ["\(address)"], path, ours, theirs)
        case (.integer(let value), .words(let words)) where words.count == 1 && Int64(words[0]) != nil:
            record(value.signed == Int64(words[0]), path, ours, theirs)
        case (.integer(let value), .words(["true"])): record(value.bits == 1, path, ours, theirs)
        case (.integer(let value), .words(["false"])): record(value.bits == 0, path, ours, theirs)
        case (.integer(let value), .words(let words)):
            let inner = path.contains("IFLA_RMNET_FLAGS") ? "IFLA_RMNET_FLAGS" : key
            guard let number = MeaningWords.number(words, of: inner) else {
                return uncompared.append("\(subject) \(path) [\(key)]: \(ours) as \(words)")
            }
            record(value.bits == number, path, ours, theirs)
        case (.integer(let value), .fields("TcHandle", let fields)) where fields.count == 2:
            let parts = fields.compactMap { $0.value.single.flatMap { UInt64($0) } }
            record(parts.count == 2 && value.bits == parts[0] << 16 | parts[1], path, ours, theirs)
        case (.integer(let value), .fields("RouteRealm", let fields)) where fields.count == 2:
            let parts = fields.compactMap { $0.value.single.flatMap { UInt64($0) } }
            record(parts.count == 2 && value.bits == parts[0] << 16 | parts[1], path, ours, theirs)
        case (_, .tuple(let word, let values)) where values.count == 1:
            compare(ours, values[0], MeaningWords.numbers[word] == nil ? name : word, path)
        default: uncompared.append("\(subject) \(path): \(ours) as \(theirs)")
        }
    }

    private mutating func record(_ isEqual: Bool, _ path: String, _ ours: Any, _ theirs: Any) {
        compared += 1
        if !isEqual { problems.append("\(subject) \(path): \(ours) is not \(theirs)") }
    }
}

extension RustDebug {
    /// The name of a variant and what it holds; one without a value is there, and that is all.
    fileprivate var named: (String, RustDebug) {
        switch self {
        case .tuple(let word, let values) where values.count == 1: (word, values[0])
        case .words(let words) where words.count == 1 && words[0].first?.isUppercase ?? false:
            (words[0], .words(["true"]))
        default: ("", self)
        }
    }

    /// Of one word.
    fileprivate var single: String? {
        switch self {
        case .words(let words) where words.count == 1: words[0]
        case .tuple(_, let values) where values.count == 1: values[0].single
        default: nil
        }
    }

    /// Of a list of numbers below 256.
    fileprivate var bytes: [UInt8]? {
        guard case .list(let list) = self else { return nil }
        let bytes = list.compactMap { $0.single.flatMap { UInt8($0) } }
        return bytes.count == list.count ? bytes : nil
    }
}
