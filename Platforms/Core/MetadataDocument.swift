public import Documents

/// Why a document cannot be read.
public enum MetadataFault: Error, Hashable, Sendable {
    /// What every machine of the platform has is not there yet; its place.
    case missing(String)
    /// What the platform never says; the place, and what is wrong.
    case nonsense(String)
}

/// A part of a platform's JSON and the place where it stands, read with care.
///
/// What is not there, null or an empty string is nil. What has another form than the platform's documents say is a fault that names
/// its place. Lists have at most ``elementLimit`` elements, lines ``lineLimit`` bytes.
public struct MetadataDocument: Hashable, Sendable {
    public let value: JSONValue
    /// `network.interface[0].macAddress`; empty for the whole document.
    public let path: String

    public static let elementLimit = 1024
    public static let lineLimit = 1024

    public init(_ value: JSONValue, path: String = "") {
        self.value = value
        self.path = path
    }

    /// Where the member `key` stands.
    public func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    public func nonsense(_ key: String, _ problem: String) -> MetadataFault {
        .nonsense("\(place(key)): \(problem)")
    }

    /// `read` of a key that every machine has: ``MetadataFault/missing(_:)`` where it gives nil.
    public func require<Value>(
        _ key: String, _ read: (String) throws(MetadataFault) -> Value?
    ) throws(MetadataFault) -> Value {
        guard let value = try read(key) else { throw .missing(place(key)) }
        return value
    }

    // MARK: - Parts

    /// The member of an object.
    public func member(_ key: String) throws(MetadataFault) -> MetadataDocument? {
        guard case .object(let members) = value else { throw .nonsense("\(path): this is no object") }
        guard let member = members[key], member != .null else { return nil }
        return MetadataDocument(member, path: place(key))
    }

    /// The members of the object at `key`, by name in order; none where it is not there.
    public func members(_ key: String) throws(MetadataFault) -> [(name: String, document: MetadataDocument)] {
        guard let object = try member(key) else { return [] }
        return try object.members()
    }

    /// The members of this object, by name in order.
    public func members() throws(MetadataFault) -> [(name: String, document: MetadataDocument)] {
        guard case .object(let members) = value else { throw .nonsense("\(path): this is no object") }
        guard members.count <= Self.elementLimit else { throw .nonsense("\(path): there are too many members") }
        return members.sorted { $0.key < $1.key }.map { ($0.key, MetadataDocument($0.value, path: place($0.key))) }
    }

    /// The elements of the list at `key`; none where it is not there.
    public func elements(_ key: String) throws(MetadataFault) -> [MetadataDocument] {
        guard let list = try member(key) else { return [] }
        return try list.elements()
    }

    /// The elements of this list.
    public func elements() throws(MetadataFault) -> [MetadataDocument] {
        guard case .array(let elements) = value else { throw .nonsense("\(path): this is no list") }
        guard elements.count <= Self.elementLimit else { throw .nonsense("\(path): there are too many elements") }
        return elements.enumerated().map { MetadataDocument($0.element, path: "\(path)[\($0.offset)]") }
    }

    // MARK: - Text

    /// Any text.
    public func text(_ key: String) throws(MetadataFault) -> String? {
        guard let value = try member(key)?.value else { return nil }
        guard case .string(let text) = value else { throw nonsense(key, "this is no text") }
        return text.isEmpty ? nil : text
    }

    /// Text without control characters.
    public func line(_ key: String) throws(MetadataFault) -> String? {
        guard let text = try text(key) else { return nil }
        return try checked(text, key)
    }

    /// A name or a number, as text: some identifiers are numbers past Int64.
    public func identifier(_ key: String) throws(MetadataFault) -> String? {
        switch try member(key)?.value {
        case .integer(let number)?: return "\(number)"
        case .unsigned(let number)?: return "\(number)"
        default: return try line(key)
        }
    }

    /// The lines of a list of texts; empty ones are dropped.
    public func lines(_ key: String) throws(MetadataFault) -> [String] {
        var lines: [String] = []
        for element in try elements(key) {
            guard case .string(let text) = element.value else { throw .nonsense("\(element.path): this is no text") }
            if !text.isEmpty { lines.append(try element.checked(text, nil)) }
        }
        return lines
    }

    /// The lines of a text, without the blanks around them; empty ones are dropped. Of any length, for keys have long ones.
    public static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let start = line.drop(while: \.isWhitespace)
            guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return nil }
            return String(start[...last])
        }
    }

    private func checked(_ text: String, _ key: String?) throws(MetadataFault) -> String {
        guard text.utf8.count <= Self.lineLimit, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw .nonsense("\(key.map { place($0) } ?? path): this is no line of text")
        }
        return text
    }

    // MARK: - Numbers

    /// A whole number, or the same in decimal digits: some services write all values as text.
    public func number(_ key: String, in range: ClosedRange<Int>) throws(MetadataFault) -> Int? {
        guard let value = try member(key)?.value else { return nil }
        let number: Int? =
            switch value {
            case .integer(let number): Int(exactly: number)
            case .number(let number): Int(exactly: number)
            case .string(let text): Int(text)
            default: nil
            }
        if case .string("") = value { return nil }
        guard let number, range.contains(number) else {
            throw nonsense(key, "this is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// True, or its words, which services write in either case.
    public func flag(_ key: String) throws(MetadataFault) -> Bool? {
        switch try member(key)?.value {
        case nil, .string("")?: return nil
        case .bool(let flag)?: return flag
        case .string(let word)?:
            switch word.lowercased() {
            case "true", "yes", "y", "1": return true
            case "false", "no", "n", "0": return false
            default: break
            }
        default: break
        }
        throw nonsense(key, "this is neither true nor false")
    }
}
