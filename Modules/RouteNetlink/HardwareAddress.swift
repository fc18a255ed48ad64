public import Kernel

/// A link-layer address of up to 32 bytes (MAX_ADDR_LEN of the kernel), held without an allocation.
///
/// Ethernet has six bytes, InfiniBand twenty, a tunnel over IPv4 four and over IPv6 sixteen, some links none.
public struct HardwareAddress: Hashable, Sendable, LosslessStringConvertible {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// The number of bytes, 0…32.
    public private(set) var count = 0
    /// MAX_ADDR_LEN, which is in no UAPI header.
    public static let longest = 32

    /// No bytes.
    public init() {}

    /// Nil for more than 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.longest else { return nil }
        for (position, byte) in bytes.enumerated() { set(byte, at: position) }
        count = bytes.count
    }

    public init(_ address: MACAddress) {
        words.0 = address.rawValue << 16
        count = 6
    }

    /// An IPv4 address, as the tunnels over IPv4 have it; or an IPv6 one.
    public init(_ address: IPAddress) {
        switch address {
        case .v4(let address):
            words.0 = UInt64(address.rawValue) << 32
            count = 4
        case .v6(let address):
            words = (address.high, address.low, 0, 0)
            count = 16
        }
    }

    /// From a range of a message; what is beyond 32 bytes or beyond the message is left out.
    init(_ range: Range<Int>, of bytes: borrowing RawSpan) {
        let end = min(range.upperBound, bytes.byteCount)
        count = max(0, min(end - range.lowerBound, Self.longest))
        if count == 6, range.lowerBound >= 0 {
            // SAFETY: six bytes lie at the range's start, checked above; any bits are integers.
            let (high, low) = unsafe (
                bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self),
                bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound + 4, as: UInt16.self)
            )
            words.0 = UInt64(high.bigEndian) << 32 | UInt64(low.bigEndian) << 16
            return
        }
        for position in 0..<count {
            // SAFETY: the position is within the range's start and its end, which is within the span.
            set(unsafe bytes.unsafeLoad(fromByteOffset: range.lowerBound + position, as: UInt8.self), at: position)
        }
    }

    /// `52:54:00:12:34:56`: two hexadecimal digits a byte, with colons; or an IPv4 address. Nil for anything else.
    public init?(_ description: String) {
        if description.isEmpty { return nil }
        if let address = IPv4Address(description) {
            self.init(.v4(address))
            return
        }
        var bytes: [UInt8] = []
        for part in description.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...2).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
    }

    public var isEmpty: Bool { count == 0 }
    /// In the order sent.
    public var bytes: [UInt8] { (0..<count).map { byte(at: $0) } }
    /// As Ethernet's; nil unless there are six bytes.
    public var macAddress: MACAddress? { count == 6 ? MACAddress(rawValue: words.0 >> 16) : nil }
    /// As an IP address, which a tunnel's is: four bytes or sixteen; else nil.
    public var ipAddress: IPAddress? {
        switch count {
        case 4: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: words.0 >> 32)))
        case 16: .v6(IPv6Address(high: words.0, low: words.1))
        default: nil
        }
    }

    /// Two hexadecimal digits a byte, with colons, whatever the length.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    // The first byte is the first word's highest.
    private func byte(at position: Int) -> UInt8 {
        let word =
            switch position >> 3 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return UInt8(truncatingIfNeeded: word >> (56 - (position & 7) * 8))
    }

    private mutating func set(_ byte: UInt8, at position: Int) {
        let bits = UInt64(byte) << (56 - (position & 7) * 8)
        switch position >> 3 {
        case 0: words.0 |= bits
        case 1: words.1 |= bits
        case 2: words.2 |= bits
        default: words.3 |= bits
        }
    }

    public static func == (left: HardwareAddress, right: HardwareAddress) -> Bool {
        left.count == right.count && left.words == right.words
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
