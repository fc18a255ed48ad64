/// The 48-bit address of an Ethernet-like interface (IEEE 802, EUI-48).
public struct MACAddress: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The six bytes as one number, the first sent on top; the upper 16 bits are zero.
    public let rawValue: UInt64

    /// `ff:ff:ff:ff:ff:ff`.
    public static let broadcast = MACAddress(rawValue: 0xffff_ffff_ffff)

    /// Bits above the 48th are dropped.
    public init(rawValue: UInt64) { self.rawValue = rawValue & 0xffff_ffff_ffff }

    /// In the order sent; nil unless there are six of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        rawValue = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `52:54:00:12:34:56`, or with hyphens; two hexadecimal digits a byte, of either case.
    public init?(_ description: String) {
        let text = Array(description.utf8)
        guard text.count == 17, text[2] == UInt8(ascii: ":") || text[2] == UInt8(ascii: "-") else { return nil }
        var value: UInt64 = 0
        for (position, byte) in text.enumerated() {
            if position % 3 == 2 {
                guard byte == text[2] else { return nil }
            } else {
                guard let digit = hexadecimalDigit(byte) else { return nil }
                value = value << 4 | UInt64(digit)
            }
        }
        rawValue = value
    }

    /// In the order sent.
    public var bytes: [UInt8] { stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: rawValue >> $0) } }

    /// Whether it addresses a group; broadcast is one.
    public var isMulticast: Bool { rawValue >> 40 & 1 == 1 }

    public var description: String { bytes.map(twoHexadecimalDigits).joined(separator: ":") }

    public static func < (left: MACAddress, right: MACAddress) -> Bool { left.rawValue < right.rawValue }
}

/// The value of `0-9a-fA-F`.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

private func twoHexadecimalDigits(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
