public import Documents
public import Kernel

/// Why a document of a platform's service cannot be read whole.
public enum ReadingFault: Error, Hashable, Sendable {
    /// A key that every machine of the platform has is not there; it may still come.
    case missing(String)
    /// A value that the platform never gives: what is wrong with it.
    case wrong(String)
}

/// A value in a JSON document from outside, with its place. It is read as what it is to be; anything else is a fault that says where.
///
/// An absent key, null and an empty text are the same: nothing is said.
public struct JSONReading: Sendable {
    public let value: JSONValue
    /// `interfaces.public[0].mac`; empty for the whole document.
    public let place: String

    /// The most that a list may have, and the longest line, in bytes: far above what any platform gives.
    public static let listLimit = 1024
    public static let lineLimit = 16_384

    public init(_ value: JSONValue, place: String = "") {
        self.value = value
        self.place = place
    }

    public func wrong(_ problem: String) -> ReadingFault {
        .wrong("\(place.isEmpty ? "the document" : place) \(problem)")
    }

    // MARK: - Members

    /// A member of an object; nil where nothing is said.
    public subscript(key: String) -> JSONReading? {
        get throws(ReadingFault) {
            guard case .object(let members) = value else { throw wrong("is no object") }
            guard let member = members[key], member != .null else { return nil }
            return JSONReading(member, place: path(to: key))
        }
    }

    /// A member that every machine of the platform has.
    public func required(_ key: String) throws(ReadingFault) -> JSONReading {
        guard let member = try self[key] else { throw .missing(path(to: key)) }
        return member
    }

    /// The same, read: `try document.required("id", JSONReading.word)`.
    public func required<Value>(
        _ key: String, _ read: (JSONReading) -> () throws(ReadingFault) -> Value?
    ) throws(ReadingFault) -> Value {
        guard let value = try read(required(key))() else { throw .missing(path(to: key)) }
        return value
    }

    public func path(to key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// The elements of a list.
    public func items() throws(ReadingFault) -> [JSONReading] {
        guard case .array(let elements) = value else { throw wrong("is no list") }
        guard elements.count <= Self.listLimit else { throw wrong("has more than \(Self.listLimit) elements") }
        return elements.enumerated().map { JSONReading($1, place: "\(place)[\($0)]") }
    }

    /// The elements of a list among the members; none where nothing is said.
    public func items(_ key: String) throws(ReadingFault) -> [JSONReading] { try self[key]?.items() ?? [] }

    /// The names of an object's members, sorted.
    public func keys() throws(ReadingFault) -> [String] {
        guard case .object(let members) = value else { throw wrong("is no object") }
        guard members.count <= Self.listLimit else { throw wrong("has more than \(Self.listLimit) members") }
        return members.keys.sorted()
    }

    /// An object's members but for some, for a snapshot's ``MetadataSnapshot/raw``: what is secret or told elsewhere stays out.
    public func members(without keys: Set<String>) -> [String: JSONValue] {
        (value.object ?? [:]).filter { !keys.contains($0.key) }
    }

    // MARK: - Values

    /// Any text.
    public func text() throws(ReadingFault) -> String? {
        guard let text = value.string else { throw wrong("is no text") }
        return text.isEmpty ? nil : text
    }

    /// One line of text, without the white space around it.
    public func line() throws(ReadingFault) -> String? {
        guard let text = try text() else { return nil }
        let blank: (Character) -> Bool = { $0 == " " || $0.isNewline }
        let line = text.drop(while: blank).reversed().drop(while: blank).reversed()
        guard line.reduce(0, { $0 + $1.utf8.count }) <= Self.lineLimit,
            line.allSatisfy({ $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f } })
        else { throw wrong("is no line of text") }
        return line.isEmpty ? nil : String(line)
    }

    /// Lines, as a list of texts or as one text: the SSH keys of most platforms.
    public func lines() throws(ReadingFault) -> [String] {
        var lines: [String] = []
        if case .array = value {
            for item in try items() { lines += try item.lines() }
        } else {
            for text in (try text() ?? "").split(whereSeparator: \.isNewline) {
                if let line = try JSONReading(.string(String(text)), place: place).line() { lines.append(line) }
            }
        }
        guard lines.count <= Self.listLimit else { throw wrong("has more than \(Self.listLimit) lines") }
        return lines
    }

    /// A name or a number of the platform's own: printable ASCII without a space or an angle bracket.
    public func word() throws(ReadingFault) -> String? {
        if case .integer(let number) = value { return "\(number)" }
        if case .unsigned(let number) = value { return "\(number)" }
        guard let word = try line() else { return nil }
        guard word.utf8.count <= 1024, word.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x3c && $0 != 0x3e })
        else { throw wrong("is no word") }
        return word
    }

    /// A number, or a text that is one in decimal.
    public func number(in range: ClosedRange<Int>) throws(ReadingFault) -> Int? {
        let number: Int? =
            switch value {
            case .integer(let value): Int(exactly: value)
            case .string(let text) where text.isEmpty: nil
            case .string(let text): Int(text)
            default: nil
            }
        if case .string(let text) = value, text.isEmpty { return nil }
        guard let number, range.contains(number) else {
            throw wrong("is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    public func flag() throws(ReadingFault) -> Bool {
        guard let flag = value.bool else { throw wrong("is neither true nor false") }
        return flag
    }

    // MARK: - Addresses

    public func address() throws(ReadingFault) -> IPAddress? {
        guard let text = try text() else { return nil }
        guard let address = IPAddress(text) else { throw wrong("is no address") }
        return address
    }

    public func ipv4() throws(ReadingFault) -> IPv4Address? {
        guard let address = try address() else { return nil }
        guard case .v4(let address) = address else { throw wrong("is no IPv4 address") }
        return address
    }

    public func ipv6() throws(ReadingFault) -> IPv6Address? {
        guard let address = try address() else { return nil }
        guard case .v6(let address) = address else { throw wrong("is no IPv6 address") }
        return address
    }

    /// An address with a length, or a network.
    public func prefix() throws(ReadingFault) -> IPPrefix? {
        guard let text = try text() else { return nil }
        guard let prefix = IPPrefix(text) else { throw wrong("is no address with a prefix length") }
        return prefix
    }

    public func mac() throws(ReadingFault) -> MACAddress? {
        guard let text = try text() else { return nil }
        guard let mac = MACAddress(text), !mac.isMulticast, mac.rawValue != 0 else { throw wrong("is no MAC address") }
        return mac
    }

    /// Members that are an address and the length of its network; both are required.
    public func addressAndLength(_ address: String, _ length: String) throws(ReadingFault) -> IPPrefix {
        let value = try required(address, JSONReading.address)
        guard let bits = try required(length).length(of: value) else { throw .missing(path(to: length)) }
        guard let prefix = IPPrefix(value, length: bits) else { throw wrong("has no such length") }
        return prefix
    }

    /// The length that a netmask says (`255.255.255.0`, or `24`), for an address of the family.
    public func length(of address: IPAddress) throws(ReadingFault) -> Int? {
        if let text = value.string, let mask = IPv4Address(text) {
            guard address.isIPv4, let length = mask.prefixLengthOfMask else { throw wrong("is no netmask") }
            return length
        }
        return try number(in: 0...address.bitCount)
    }
}
