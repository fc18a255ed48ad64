public import Documents

/// A plan's document that says something which cannot be: where, and what.
public struct PlanDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `partitions[1].min`
    public let path: String
    public let message: String
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Reads a plan's document:
///
///     table: gpt            # the only kind
///     seed: node-7          # GUIDs follow from it
///     align: 1MiB
///     disk_guid: …
///     replace: false        # whether another kind of table may be replaced
///     unlisted: keep        # or delete
///     partitions:
///       - {type: esp, label: EFI, min: 512MiB, max: 1GiB, weight: 1000, grow: true, priority: 0,
///          number: 1, guid: …, attributes: …, contents: keep}
extension PartitionPlan {
    /// Documents longer than this, in bytes, are refused.
    public static let documentLimit = 1 << 20
    /// Partitions that a plan may have.
    public static let mostPartitions = 1024

    /// From YAML, or JSON, which begins with a brace.
    /// - Throws: `DocumentError` for text that is neither, ``PlanDocumentError`` for one that is no plan.
    public init(text: [UInt8]) throws {
        guard text.count <= Self.documentLimit else {
            throw PlanDocumentError(path: "", message: "the plan is longer than \(Self.documentLimit) bytes")
        }
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let document =
            first == UInt8(ascii: "{")
            ? try JSONText.decode(JSONValue.self, from: text) : try YAMLText.decode(text)
        try self.init(document)
    }

    public init(_ document: JSONValue) throws(PlanDocumentError) {
        var fields = try Fields(document, at: "", what: "a plan")
        if let kind = try fields.word("table"), kind != "gpt" {
            throw PlanDocumentError(path: "table", message: "'\(kind)' tables are not written, only gpt")
        }
        seed = try fields.word("seed")
        if let seed, seed.utf8.count > 4096 { throw PlanDocumentError(path: "seed", message: "it is too long") }
        diskGUID = try fields.guid("disk_guid")
        if let size = try fields.size("align") {
            guard size >= 4096, size.nonzeroBitCount == 1, size <= 1 << 30 else {
                throw PlanDocumentError(path: "align", message: "\(size) is no power of two from 4 KiB to 1 GiB")
            }
            alignment = size
        }
        replace = try fields.truth("replace") ?? false
        unlisted = try fields.choice("unlisted") ?? .keep
        let list = try fields.list("partitions")
        guard list.count <= Self.mostPartitions else {
            throw PlanDocumentError(path: "partitions", message: "more than \(Self.mostPartitions) partitions")
        }
        try fields.finish()
        for (index, item) in list.enumerated() {
            partitions.append(try Partition(item, at: "partitions[\(index)]"))
        }
        try checkUnique()
    }

    private func checkUnique() throws(PlanDocumentError) {
        for (index, partition) in partitions.enumerated() {
            for (earlier, other) in partitions[..<index].enumerated() {
                if let guid = partition.guid, guid == other.guid {
                    throw PlanDocumentError(
                        path: "partitions[\(index)].guid", message: "partitions[\(earlier)] has the same")
                }
                if let number = partition.number, number == other.number {
                    throw PlanDocumentError(
                        path: "partitions[\(index)].number", message: "partitions[\(earlier)] has the same")
                }
            }
        }
    }
}

extension PartitionPlan.Partition {
    fileprivate init(_ document: JSONValue, at path: String) throws(PlanDocumentError) {
        var fields = try Fields(document, at: path, what: "a partition")
        guard let name = try fields.word("type") else {
            throw PlanDocumentError(path: path, message: "it needs a type")
        }
        guard let type = PartitionTypes.type(name) else {
            throw PlanDocumentError(
                path: "\(path).type", message: "'\(name)' is neither a GUID nor the name of a partition type, like esp")
        }
        self.init(type: type)
        label = try fields.word("label")
        if let label, label.utf16.count > GPTEntry.labelCapacity || label.utf16.contains(0) {
            throw PlanDocumentError(
                path: "\(path).label", message: "it has more than \(GPTEntry.labelCapacity) UTF-16 units, or a NUL")
        }
        guid = try fields.guid("guid")
        if let slot = try fields.number("number", 1...UInt64(1 << 16)) { number = Int(slot) }
        if let size = try fields.size("size") {
            min = size
            max = size
        }
        min = try fields.size("min") ?? min
        max = try fields.size("max") ?? max
        if let min, let max, min > max {
            throw PlanDocumentError(path: "\(path).max", message: "\(max) bytes are less than min, \(min)")
        }
        if let max, max == 0 { throw PlanDocumentError(path: "\(path).max", message: "it cannot be zero") }
        weight = try fields.number("weight", 0...1_000_000) ?? weight
        grow = try fields.truth("grow")
        if let value = try fields.number("priority", 0...1_000_000) { priority = Int(value) }
        attributes = try fields.attributes("attributes")
        contents = try fields.choice("contents")
        try fields.finish()
    }
}

/// The members of an object, each taken once: what is left is no key that we know.
private struct Fields {
    let path: String
    var members: [String: JSONValue]
    var known: [String] = []

    init(_ document: JSONValue, at path: String, what: String) throws(PlanDocumentError) {
        guard let members = document.object else {
            throw PlanDocumentError(path: path, message: "\(what) is a mapping")
        }
        self.members = members
        self.path = path
    }

    func fail(_ key: String, _ message: String) -> PlanDocumentError {
        PlanDocumentError(path: path.isEmpty ? key : "\(path).\(key)", message: message)
    }

    mutating func take(_ key: String) -> JSONValue? {
        known.append(key)
        guard let value = members.removeValue(forKey: key), value != .null else { return nil }
        return value
    }

    func finish() throws(PlanDocumentError) {
        guard let key = members.keys.sorted().first else { return }
        throw fail(key, "there is no such key; those are \(known.sorted().joined(separator: ", "))")
    }

    mutating func word(_ key: String) throws(PlanDocumentError) -> String? {
        switch take(key) {
        case nil: return nil
        case .string(let text): return text
        // A label or seed that looks like a number is one to YAML.
        case .integer(let number): return "\(number)"
        case .unsigned(let number): return "\(number)"
        default: throw fail(key, "it is text")
        }
    }

    mutating func truth(_ key: String) throws(PlanDocumentError) -> Bool? {
        guard let value = take(key) else { return nil }
        guard let truth = value.bool else { throw fail(key, "it is true or false") }
        return truth
    }

    mutating func number(_ key: String, _ range: ClosedRange<UInt64>) throws(PlanDocumentError) -> UInt64? {
        guard let value = take(key) else { return nil }
        guard let number = value.integer.flatMap({ UInt64(exactly: $0) }), range.contains(number) else {
            throw fail(key, "it is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func size(_ key: String) throws(PlanDocumentError) -> UInt64? {
        let bytes: UInt64?
        switch take(key) {
        case nil: return nil
        case .integer(let number): bytes = UInt64(exactly: number)
        case .unsigned(let number): bytes = number
        case .string(let text): bytes = ByteSize.parse(text)
        default: bytes = nil
        }
        // What no device has, and whose sums do not overflow.
        guard let bytes, bytes < 1 << 60 else { throw fail(key, "it is a size, like 512MiB or 100GB") }
        return bytes
    }

    mutating func guid(_ key: String) throws(PlanDocumentError) -> GUID? {
        guard let text = try word(key) else { return nil }
        guard let guid = GUID(text), !guid.isZero else { throw fail(key, "'\(text)' is no GUID") }
        return guid
    }

    mutating func list(_ key: String) throws(PlanDocumentError) -> [JSONValue] {
        guard let value = take(key) else { return [] }
        guard let list = value.array else { throw fail(key, "it is a list") }
        return list
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws(PlanDocumentError) -> Choice? where Choice.RawValue == String {
        guard let text = try word(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw fail(key, "it is \(Choice.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return choice
    }

    mutating func attributes(_ key: String) throws(PlanDocumentError) -> PartitionAttributes? {
        switch take(key) {
        case nil: return nil
        case .integer(let number): return PartitionAttributes(rawValue: UInt64(bitPattern: number))
        case .unsigned(let number): return PartitionAttributes(rawValue: number)
        case .string(let text):
            guard let attributes = PartitionAttributes(words: text) else {
                throw fail(key, "'\(text)' are no attributes, like RequiredPartition GUID:59,63")
            }
            return attributes
        default: throw fail(key, "they are words, like RequiredPartition GUID:59,63, or a number")
        }
    }
}
