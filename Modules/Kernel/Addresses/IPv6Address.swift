/// An IPv6 address, without a zone.
@frozen
public struct IPv6Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The first eight bytes, as a number.
    public let high: UInt64
    /// The last eight bytes, as a number.
    public let low: UInt64

    /// `::`: no address, or any.
    public static let any = IPv6Address(high: 0, low: 0)

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// In network order; nil unless there are sixteen of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private init(groups: [UInt16]) {
        high = groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) }
        low = groups.dropFirst(4).reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// Any of the forms of RFC 4291, section 2.2, the one that ends in an IPv4 address included; no zone, no brackets.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count <= 45 else { return nil }
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            guard let groups = Self.groups(text[...], mayEndInIPv4: true), groups.count == 8 else { return nil }
            self.init(groups: groups)
            return
        }
        guard let head = Self.groups(text[..<gap], mayEndInIPv4: false),
            let tail = Self.groups(text[(gap + 2)...], mayEndInIPv4: true), head.count + tail.count <= 7
        else { return nil }
        self.init(groups: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// The 16-bit groups between colons; none in an empty text.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var result: [UInt16] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (position, part) in parts.enumerated() {
            if mayEndInIPv4, position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let address = IPv4Address(text: part) else { return nil }
                result.append(UInt16(truncatingIfNeeded: address.rawValue >> 16))
                result.append(UInt16(truncatingIfNeeded: address.rawValue))
                continue
            }
            guard !part.isEmpty, part.count <= 4 else { return nil }
            var value: UInt16 = 0
            for byte in part {
                guard let digit = hexadecimalDigit(byte) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            result.append(value)
        }
        return result
    }

    /// In network order.
    public var bytes: [UInt8] {
        [high, low].flatMap { half in stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
        }
    }

    private var groups: [UInt16] {
        [high, low].flatMap { half in
            stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> $0) }
        }
    }

    /// `::1`.
    public var isLoopback: Bool { high == 0 && low == 1 }
    /// ff00::/8.
    public var isMulticast: Bool { high >> 56 == 0xff }
    /// fe80::/10.
    public var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }
    /// ::ffff:0:0/96.
    public var isIPv4Mapped: Bool { high == 0 && low >> 32 == 0xffff }

    /// The canonical text of RFC 5952; an IPv4-mapped address has its dotted end.
    public var description: String {
        if isIPv4Mapped { return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))" }
        let groups = groups
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        // One zero group is written out (section 4.2.2); of equal runs the first is shortened (4.2.3).
        if best.count < 2 { return text(groups[...]) }
        return "\(text(groups[..<best.lowerBound]))::\(text(groups[best.upperBound...]))"
    }

    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
