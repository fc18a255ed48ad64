/// A GUID as partition tables keep it: the first three fields little-endian, the rest as they stand (UEFI 2.10, appendix A).
public struct GUID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The sixteen bytes in the order of the disk.
    public let bytes: [UInt8]

    /// The bytes of a table; nil where they are not sixteen.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// All bits zero: an entry that is free.
    public static let zero = GUID(unchecked: [UInt8](repeating: 0, count: 16))

    public var isZero: Bool { self == .zero }

    /// `C12A7328-F81F-11D2-BA4B-00A0C93EC93B`, in either case; nil for any other form.
    public init?(_ text: some StringProtocol) {
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for (place, unit) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(place) {
                guard unit == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard place < 36, let digit = Self.value(of: unit) else { return nil }
            digits.append(digit)
        }
        guard digits.count == 32, text.utf8.count == 36 else { return nil }
        let printed = (0..<16).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
        bytes = Self.order.map { printed[$0] }
    }

    /// In capital letters, as `sgdisk` and `sfdisk` print it.
    public var description: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for place in 0..<16 {
            if [4, 6, 8, 10].contains(place) { text.append(UInt8(ascii: "-")) }
            // The order is its own inverse.
            let byte = bytes[Self.order[place]]
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    public static func < (left: GUID, right: GUID) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

    /// A random one by RFC 4122, section 4.4 (version 4), from `generator`: the same seed gives the same GUIDs.
    public static func random(using generator: inout some RandomNumberGenerator) -> GUID {
        var bytes = [UInt8](repeating: 0, count: 16)
        for half in 0..<2 {
            let word = generator.next()
            for place in 0..<8 { bytes[half * 8 + place] = UInt8(truncatingIfNeeded: word >> (8 * UInt64(place))) }
        }
        // The version is in the high nibble of time_hi, whose high byte stands last of the two on the disk.
        bytes[7] = bytes[7] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return GUID(unchecked: bytes)
    }

    /// Where the printed byte stands on the disk.
    private static let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

    private static func value(of unit: UInt8) -> UInt8? {
        switch unit {
        case 0x30...0x39: unit - 0x30
        case 0x41...0x46: unit - 0x41 + 10
        case 0x61...0x66: unit - 0x61 + 10
        default: nil
        }
    }
}
