/// Makes one value of a document's events, within limits; without recursion.
struct YAMLComposer: ~Copyable {
    /// What a value is of the limits.
    private struct Cost {
        var values = 0
        var textInBytes = 0
    }

    /// What an alias stands for.
    private struct Anchored {
        let value: JSONValue
        let cost: Cost
        /// Mappings and sequences in each other within it, itself included; 0 for a scalar.
        let height: Int
        /// Of a scalar, as a key.
        let text: String?
    }

    /// A sequence or a mapping that is not complete.
    private struct Frame {
        let isMapping: Bool
        let anchor: String?
        /// What there was before it.
        let before: Cost
        var height = 1
        var elements: [JSONValue] = []
        var members: [String: JSONValue] = [:]
        /// The key whose value comes next.
        var key: String?
        var keyIsMerge = false
        var merged: JSONValue?
        var hasMerge: Bool { if case .some = merged { true } else { false } }
    }

    private var events: YAMLEvents
    private let limits: YAMLText.Limits
    private var frames: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    private var cost = Cost()
    private var root: JSONValue?

    init(events: consuming YAMLEvents, limits: YAMLText.Limits) {
        self.events = events
        self.limits = limits
    }

    mutating func document() throws(DocumentError) -> JSONValue {
        var documents = 0
        while true {
            let (event, mark) = try events.next()
            switch event {
            case .streamStart, .documentEnd: break
            case .streamEnd: return root ?? .null
            case .documentStart:
                documents += 1
                guard documents == 1 else { throw events.error(.malformed("a second document"), mark) }
            case .alias(let name): try alias(name, mark)
            case .scalar(let scalar, let anchor): try self.scalar(scalar, anchor, mark)
            case .sequenceStart(let tag, let anchor):
                try open(isMapping: false, tag, "tag:yaml.org,2002:seq", anchor, mark)
            case .mappingStart(let tag, let anchor):
                try open(isMapping: true, tag, "tag:yaml.org,2002:map", anchor, mark)
            case .sequenceEnd, .mappingEnd: try close(mark)
            }
        }
    }

    // MARK: - Limits

    private mutating func pay(_ more: Cost, _ mark: YAMLEvents.Mark) throws(DocumentError) {
        let (values, tooMany) = cost.values.addingReportingOverflow(more.values)
        let (text, tooLong) = cost.textInBytes.addingReportingOverflow(more.textInBytes)
        guard !tooMany, values <= limits.values else { throw events.error(.tooMany(limit: limits.values), mark) }
        guard !tooLong, text <= limits.sizeInBytes else {
            throw events.error(.tooLarge(limitInBytes: limits.sizeInBytes), mark)
        }
        cost.values = values
        cost.textInBytes = text
    }

    /// Counts a value of this height where it comes.
    private mutating func reach(_ height: Int, _ mark: YAMLEvents.Mark) throws(DocumentError) {
        guard frames.count + height <= limits.depth else { throw events.error(.tooDeep(limit: limits.depth), mark) }
        guard !frames.isEmpty else { return }
        frames[frames.count - 1].height = max(frames[frames.count - 1].height, height + 1)
    }

    // MARK: - Nodes

    /// Whether a key comes next.
    private var isAtKey: Bool { frames.last.map { $0.isMapping && $0.key == nil } ?? false }

    private mutating func alias(_ name: String, _ mark: YAMLEvents.Mark) throws(DocumentError) {
        guard let anchored = anchors[name] else { throw events.error(.unknownAlias(name), mark) }
        if isAtKey {
            guard let text = anchored.text else { throw events.error(.malformed("a key that is no scalar"), mark) }
            return try key(text, isMerge: false, mark)
        }
        try pay(anchored.cost, mark)
        try reach(anchored.height, mark)
        try add(anchored.value, mark)
    }

    private mutating func scalar(
        _ scalar: YAMLEvents.Scalar, _ anchor: String?, _ mark: YAMLEvents.Mark
    ) throws(DocumentError) {
        let scalarCost = Cost(values: 1, textInBytes: scalar.text.utf8.count)
        let isKey = isAtKey
        let value = isKey ? .string(scalar.text) : try self.value(scalar, mark)
        if let anchor { anchors[anchor] = Anchored(value: value, cost: scalarCost, height: 0, text: scalar.text) }
        if isKey { return try key(scalar.text, isMerge: scalar.isPlain && scalar.text == "<<", mark) }
        try pay(scalarCost, mark)
        try add(value, mark)
    }

    private mutating func open(
        isMapping: Bool, _ tag: String?, _ usual: String, _ anchor: String?, _ mark: YAMLEvents.Mark
    ) throws(DocumentError) {
        if let tag, tag != usual, tag != "!" { throw events.error(.unknownTag(tag), mark) }
        if isAtKey { throw events.error(.malformed("a key that is no scalar"), mark) }
        let before = cost
        try pay(Cost(values: 1), mark)
        try reach(1, mark)
        frames.append(Frame(isMapping: isMapping, anchor: anchor, before: before))
    }

    private mutating func close(_ mark: YAMLEvents.Mark) throws(DocumentError) {
        guard var frame = frames.popLast() else { throw events.error(.malformed("an end of nothing"), mark) }
        if let merged = frame.merged { frame.members = try Self.merge(merged, into: frame.members, events, mark) }
        let value = frame.isMapping ? JSONValue.object(frame.members) : .array(frame.elements)
        if let anchor = frame.anchor {
            let own = Cost(
                values: cost.values - frame.before.values, textInBytes: cost.textInBytes - frame.before.textInBytes)
            anchors[anchor] = Anchored(value: value, cost: own, height: frame.height, text: nil)
        }
        if !frames.isEmpty {
            frames[frames.count - 1].height = max(frames[frames.count - 1].height, frame.height + 1)
        }
        try add(value, mark)
    }

    private mutating func key(_ text: String, isMerge: Bool, _ mark: YAMLEvents.Mark) throws(DocumentError) {
        try pay(Cost(textInBytes: text.utf8.count), mark)
        let last = frames.count - 1
        // Not by comparing with nil: a JSONValue has a nil of its own.
        let isDouble = isMerge ? frames[last].hasMerge : frames[last].members.keys.contains(text)
        if isDouble { throw events.error(.duplicateKey(text), mark) }
        frames[last].key = text
        frames[last].keyIsMerge = isMerge
    }

    private mutating func add(_ value: JSONValue, _ mark: YAMLEvents.Mark) throws(DocumentError) {
        guard !frames.isEmpty else {
            root = value
            return
        }
        let last = frames.count - 1
        guard frames[last].isMapping else {
            frames[last].elements.append(value)
            return
        }
        if frames[last].keyIsMerge {
            frames[last].merged = value
        } else if let key = frames[last].key {
            frames[last].members[key] = value
        }
        frames[last].key = nil
        frames[last].keyIsMerge = false
    }

    /// yaml.org/type/merge: a mapping, or several of which the earlier go before; the mapping's own keys go before all.
    private static func merge(
        _ merged: JSONValue, into members: [String: JSONValue], _ events: borrowing YAMLEvents, _ mark: YAMLEvents.Mark
    ) throws(DocumentError) -> [String: JSONValue] {
        var members = members
        for mapping in merged.array ?? [merged] {
            guard let more = mapping.object else {
                throw events.error(.malformed("a merge (<<) of what is no mapping"), mark)
            }
            members.merge(more) { own, _ in own }
        }
        return members
    }

    // MARK: - Scalars

    private func value(_ scalar: YAMLEvents.Scalar, _ mark: YAMLEvents.Mark) throws(DocumentError) -> JSONValue {
        let text = scalar.text
        guard !scalar.isPlain else { return try finite(YAMLScalar.value(of: text) ?? .string(text), mark) }
        guard let tag = scalar.tag, tag != "!" else { return .string(text) }
        let value: JSONValue? =
            switch tag {
            case "tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp": .string(text)
            case "tag:yaml.org,2002:null": YAMLScalar.isNull(text) ? .null : nil
            case "tag:yaml.org,2002:bool": YAMLScalar.bool(text).map { .bool($0) }
            case "tag:yaml.org,2002:int": YAMLScalar.integer(text)
            case "tag:yaml.org,2002:float": YAMLScalar.float(text) ?? YAMLScalar.float(text + ".")
            case "tag:yaml.org,2002:binary": try binary(text, mark)
            default: throw events.error(.unknownTag(tag), mark)
            }
        guard let value else { throw events.error(.malformed("a value that is not of its tag \(tag)"), mark) }
        return try finite(value, mark)
    }

    private func finite(_ value: JSONValue, _ mark: YAMLEvents.Mark) throws(DocumentError) -> JSONValue {
        if case .number(let number) = value, !number.isFinite {
            throw events.error(.unrepresentable("a number that is not finite"), mark)
        }
        return value
    }

    /// yaml.org/type/binary: base64. JSON has no bytes.
    private func binary(_ text: String, _ mark: YAMLEvents.Mark) throws(DocumentError) -> JSONValue {
        let bytes: [UInt8]
        do throws(DocumentError) { bytes = try Base64.decode(Array(text.utf8)) } catch {
            throw events.error(error.kind, mark)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw events.error(.unrepresentable("a !!binary that is no text"), mark)
        }
        return .string(text)
    }
}
