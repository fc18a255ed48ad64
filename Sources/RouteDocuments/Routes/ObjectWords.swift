internal import Kernel
internal import RouteNetlink

/// What the words of addresses, routes, rules and neighbours stand for.
package struct ObjectWords: Sendable {
    package var links: LinkDirectory
    package var names: RouteNames

    package init(_ links: LinkDirectory, _ names: RouteNames) {
        self.links = links
        self.names = names
    }

    func number(
        _ word: String, _ reader: inout WordReader, _ range: ClosedRange<Int64> = 0...Int64(UInt32.max)
    ) throws(WordError) -> UInt32 {
        UInt32(clamping: try LinkOption.number(word, try reader.value(of: word), range))
    }

    func byte(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt8 {
        UInt8(clamping: try number(word, &reader, 0...255))
    }

    func link(_ word: String, _ reader: inout WordReader) throws(WordError) -> Int32 {
        try LinkOption.link(word, try reader.value(of: word), links)
    }

    /// A name that the host has for the number, or the number.
    func named(
        _ word: String, _ kind: RouteNames.Kind, _ reader: inout WordReader, upTo largest: UInt32 = .max
    ) throws(WordError) -> UInt32 {
        let text = try reader.value(of: word)
        guard let number = names.number(kind, text) else { throw WordError(.notOneOf(text, names.all(kind)), word) }
        guard number <= largest else { throw WordError(.outOfRange(text, 0...Int64(largest)), word) }
        return number
    }

    func namedByte(
        _ word: String, _ kind: RouteNames.Kind, _ reader: inout WordReader
    ) throws(WordError) -> UInt8 {
        UInt8(clamping: try named(word, kind, &reader, upTo: 255))
    }

    /// Two hexadecimal digits without `0x`, as `ip` has the type of service, or a name.
    func serviceField(_ word: String, _ reader: inout WordReader) throws(WordError) -> UInt8 {
        let text = try reader.value(of: word)
        if let number = UInt8(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16) { return number }
        // No number is left that is not hexadecimal: 107 is 263, and too large.
        guard let number = names.number(.serviceFields, named: text), let byte = UInt8(exactly: number) else {
            throw WordError(.notOneOf(text, names.all(.serviceFields)), word)
        }
        return byte
    }

    static func address(_ word: String, _ text: String) throws(WordError) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw WordError(.malformed(text, form: "an address, such as 10.0.0.1 or 2001:db8::1"), word)
        }
        return address
    }

    /// A network, or a host without its length.
    static func prefix(_ word: String, _ text: String) throws(WordError) -> IPPrefix {
        if let address = IPAddress(text), let host = IPPrefix(address, length: address.bitCount) { return host }
        guard let prefix = IPPrefix(text) else {
            throw WordError(.malformed(text, form: "an address with a length, such as 10.0.0.0/24"), word)
        }
        return prefix
    }

    /// `all`, `any` and `default` are nil.
    static func anyOrPrefix(_ word: String, _ text: String) throws(WordError) -> IPPrefix? {
        if ["all", "any", "default"].contains(text) { return nil }
        return try prefix(word, text)
    }

    /// `FROM/TO`, or the destination's alone.
    func realms(_ word: String, _ reader: inout WordReader) throws(WordError) -> RouteRealms {
        let text = try reader.value(of: word)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        let numbers = parts.compactMap { names.number(.realms, $0).flatMap { UInt16(exactly: $0) } }
        guard numbers.count == parts.count, let last = numbers.last, numbers.count <= 2 else {
            throw WordError(.malformed(text, form: "a realm, or two with a slash"), word)
        }
        return RouteRealms(source: numbers.count == 2 ? numbers[0] : 0, destination: last)
    }

    /// Two numbers with a dash; where `needsBoth` is false, one is both.
    static func range<Number: FixedWidthInteger & UnsignedInteger>(
        _ word: String, _ reader: inout WordReader, needsBoth: Bool, as type: Number.Type = Number.self
    ) throws(WordError) -> ClosedRange<Number> {
        let text = try reader.value(of: word)
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Number($0) }
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last, first <= last,
            numbers.count == 2 || numbers.count == 1 && !needsBoth
        else { throw WordError(.malformed(text, form: "a range, such as 100-200"), word) }
        return first...last
    }
}
