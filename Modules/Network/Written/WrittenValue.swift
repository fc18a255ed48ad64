internal import Documents
internal import Kernel

/// A value of the document, with its place.
struct WrittenValue {
    let value: JSONValue
    let path: String

    init(_ value: JSONValue, at path: String) {
        self.value = value
        self.path = path
    }

    func wanted(_ form: NetworkDocumentError.Form) -> NetworkDocumentError {
        NetworkDocumentError(path, .wanted(form, found: WrittenValue.shortened(words)))
    }

    /// What an error shows of a text that may be anything.
    static func shortened(_ text: String) -> String { text.count > 64 ? text.prefix(64) + "…" : text }

    private var words: String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value.isEmpty ? "an empty text" : value
        case .array: "a list"
        case .object: "a mapping"
        }
    }

    // MARK: - Forms

    func mapping() throws(NetworkDocumentError) -> WrittenMapping {
        guard case .object(let members) = value else { throw wanted(.mapping) }
        return WrittenMapping(members, at: path)
    }

    func list() throws(NetworkDocumentError) -> [WrittenValue] {
        guard case .array(let elements) = value else { throw wanted(.list) }
        guard elements.count <= NetworkDocument.limit else {
            throw NetworkDocumentError(path, .tooMany(limit: NetworkDocument.limit))
        }
        return elements.enumerated().map { WrittenValue($0.element, at: "\(path)[\($0.offset)]") }
    }

    /// A list, or a single value that stands for a list of one.
    func listOrOne() throws(NetworkDocumentError) -> [WrittenValue] {
        if case .array = value { return try list() }
        return [self]
    }

    /// The same, where a text may be several words too.
    func listOrWords() throws(NetworkDocumentError) -> [WrittenValue] {
        guard case .string(let text) = value else { return try listOrOne() }
        return text.split { $0 == " " || $0 == "," || $0 == "\t" || $0 == "\n" }.prefix(NetworkDocument.limit)
            .map { WrittenValue(.string(String($0)), at: path) }
    }

    /// A scalar as it was written; numbers and truths are texts to who did not quote them.
    func text() throws(NetworkDocumentError) -> String {
        switch value {
        case .string(let text) where !text.isEmpty && text.utf8.count <= 4096: return text
        case .integer, .unsigned, .bool: return words
        default: throw wanted(.text)
        }
    }

    /// YAML's truths are words to a parser of YAML 1.2.
    func boolean() throws(NetworkDocumentError) -> Bool {
        switch value {
        case .bool(let value): return value
        case .integer(0): return false
        case .integer(1): return true
        case .string(let text):
            switch text.lowercased() {
            case "true", "yes", "on", "y", "1": return true
            case "false", "no", "off", "n", "0": return false
            default: throw wanted(.boolean)
            }
        default: throw wanted(.boolean)
        }
    }

    func integer(in range: ClosedRange<Int>) throws(NetworkDocumentError) -> Int {
        let number: Int?
        switch value {
        case .integer(let value): number = Int(exactly: value)
        case .string(let text) where text.utf8.count <= 20: number = Int(text)
        default: number = nil
        }
        guard let number else { throw wanted(.integer) }
        guard range.contains(number) else {
            throw NetworkDocumentError(
                path, .outOfRange(found: number, lowest: range.lowerBound, highest: range.upperBound))
        }
        return number
    }

    func word(of known: [String]) throws(NetworkDocumentError) -> String {
        let word = try text()
        guard known.contains(word) else {
            throw NetworkDocumentError(path, .unknownWord(Self.shortened(word), known: known))
        }
        return word
    }

    func macAddress() throws(NetworkDocumentError) -> MACAddress {
        guard case .string(let text) = value, let address = MACAddress(text) else { throw wanted(.macAddress) }
        return address
    }

    /// As the kernel takes one (`dev_valid_name`, net/core/dev.c).
    func interfaceName() throws(NetworkDocumentError) -> String {
        let name = try text()
        guard Self.isInterfaceName(name) else { throw wanted(.interfaceName) }
        return name
    }

    static func isInterfaceName(_ name: String) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= 15 && name != "." && name != ".."
            && !bytes.contains { $0 == 0x2f || $0 == 0x3a || $0 <= 0x20 || $0 == 0x7f }
    }

    // MARK: - Addresses

    func address() throws(NetworkDocumentError) -> IPAddress {
        guard case .string(let text) = value, let address = IPAddress(text) else { throw wanted(.address) }
        return address
    }

    /// `10.0.0.1/24`, and cloud-init's `10.0.0.1/255.255.255.0`.
    func addressWithLength() throws(NetworkDocumentError) -> IPPrefix {
        guard case .string(let text) = value, let prefix = Self.prefix(text) else { throw wanted(.addressWithLength) }
        return prefix
    }

    /// A network or a host, bits past the prefix dropped, for the kernel refuses them.
    func network() throws(NetworkDocumentError) -> IPPrefix {
        guard case .string(let text) = value else { throw wanted(.destination) }
        if text == "0/0" { return .defaultIPv4 }
        if let address = IPAddress(text) { return IPPrefix(host: address) }
        guard let prefix = Self.prefix(text) else { throw wanted(.destination) }
        return prefix.network
    }

    /// An address that may have a prefix length, which means nothing there.
    func addressOfHost() throws(NetworkDocumentError) -> IPAddress {
        guard case .string(let text) = value, let address = IPAddress(text) ?? Self.prefix(text)?.address else {
            throw wanted(.address)
        }
        return address
    }

    private static func prefix(_ text: String) -> IPPrefix? {
        if let prefix = IPPrefix(text) { return prefix }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])) else { return nil }
        return length(ofMask: String(parts[1]), of: address).flatMap { IPPrefix(address, length: $0) }
    }

    /// Of `255.255.255.0`, and of IPv6's rare `ffff:ffff::`.
    static func length(ofMask text: String, of address: IPAddress) -> Int? {
        switch (IPAddress(text), address) {
        case (.v4(let mask), .v4): return mask.prefixLengthOfMask
        case (.v6(let mask), .v6):
            let ones = (~mask.high).leadingZeroBitCount
            if ones < 64 { return mask.low == 0 && mask.high << ones == 0 ? ones : nil }
            let more = (~mask.low).leadingZeroBitCount
            return mask.low << more == 0 ? 64 + more : nil
        default: return nil
        }
    }
}

/// A mapping of the document, which remembers what it was asked for: the rest is unknown.
struct WrittenMapping {
    let members: [String: JSONValue]
    let path: String
    private var asked: Set<String> = []

    init(_ members: [String: JSONValue], at path: String) {
        self.members = members
        self.path = path
    }

    func place(of key: String) -> String {
        let key = WrittenValue.shortened(key)
        return path.isEmpty ? key : "\(path).\(key)"
    }

    var keys: [String] { members.keys.sorted() }

    /// What nobody asked for.
    var unknownKeys: [String] { keys.filter { !asked.contains($0) } }

    /// A value that is said; a null says nothing.
    mutating func value(_ key: String) -> WrittenValue? {
        asked.insert(key)
        guard let value = members[key], value != .null else { return nil }
        return WrittenValue(value, at: place(of: key))
    }

    mutating func value(_ keys: String...) -> WrittenValue? {
        var found: WrittenValue?
        for key in keys { if let value = value(key), found == nil { found = value } }
        return found
    }

    mutating func require(_ key: String) throws(NetworkDocumentError) -> WrittenValue {
        guard let value = value(key) else { throw NetworkDocumentError(place(of: key), .missing) }
        return value
    }

    mutating func list(_ key: String) throws(NetworkDocumentError) -> [WrittenValue] {
        try value(key)?.list() ?? []
    }

    mutating func mapping(_ key: String) throws(NetworkDocumentError) -> WrittenMapping? {
        try value(key)?.mapping()
    }

    mutating func boolean(_ key: String) throws(NetworkDocumentError) -> Bool? { try value(key)?.boolean() }
    mutating func text(_ key: String) throws(NetworkDocumentError) -> String? { try value(key)?.text() }
    mutating func integer(
        _ key: String, in range: ClosedRange<Int> = 0...Int(UInt32.max)
    ) throws(NetworkDocumentError) -> Int? {
        try value(key)?.integer(in: range)
    }
}
