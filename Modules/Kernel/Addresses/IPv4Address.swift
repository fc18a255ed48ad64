/// An IPv4 address.
@frozen
public struct IPv4Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// In the machine's order: `10.0.0.1` is 0x0a000001.
    public let rawValue: UInt32

    /// `0.0.0.0`: no address, or any.
    public static let any = IPv4Address(rawValue: 0)
    /// `255.255.255.255`: all on this link.
    public static let broadcast = IPv4Address(rawValue: .max)

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// In network order; nil unless there are four of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 else { return nil }
        rawValue = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Four decimal numbers without leading zeros, as inet_pton(3) takes them.
    public init?(_ description: String) {
        self.init(text: Array(description.utf8)[...])
    }

    init?(text: ArraySlice<UInt8>) {
        guard text.count <= 15 else { return nil }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let first = part.first, part.count <= 3, part.count == 1 || first != UInt8(ascii: "0") else {
                return nil
            }
            var number: UInt32 = 0
            for byte in part {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
            }
            guard number <= 255 else { return nil }
            value = value << 8 | number
        }
        rawValue = value
    }

    /// The mask of a prefix; lengths out of 0…32 are taken to the nearest.
    public init(maskOfLength length: Int) {
        // A shift by the whole width is zero with Swift's smart shifts.
        rawValue = UInt32.max << (32 - max(0, min(32, length)))
    }

    /// In network order.
    public var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) } }

    /// The prefix length that this is the mask of; nil where its ones are not all on top.
    public var prefixLengthOfMask: Int? {
        let length = (~rawValue).leadingZeroBitCount
        return IPv4Address(maskOfLength: length) == self ? length : nil
    }

    /// 127.0.0.0/8.
    public var isLoopback: Bool { rawValue >> 24 == 127 }
    /// 224.0.0.0/4.
    public var isMulticast: Bool { rawValue >> 28 == 0xe }
    /// Whether a host can have it for its own on a network: not 0.0.0.0/8, loopback, multicast or the reserved 240.0.0.0/4.
    public var isUsableByHost: Bool { rawValue >> 24 != 0 && !isLoopback && rawValue >> 28 < 0xe }

    public var description: String { bytes.map { "\($0)" }.joined(separator: ".") }

    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.rawValue < right.rawValue }
}
