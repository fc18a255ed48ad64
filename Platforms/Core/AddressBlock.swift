internal import Glibc

/// An address and the length of its network's prefix, as metadata services write them: `10.0.1.0/24`, `fd00::/64`.
public struct AddressBlock: Hashable, Sendable {
    /// 4 or 16 bytes, in network order.
    public let address: [UInt8]
    /// In bits.
    public let prefixLength: Int

    /// Nil where the text is no such block.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Self.address(String(parts[0])), let length = Int(parts[1]),
            parts[1].allSatisfy(\.isNumber), (0...address.count * 8).contains(length)
        else { return nil }
        self.address = address
        prefixLength = length
    }

    /// The bytes of an IPv4 or IPv6 address; nil where the text is none.
    public static func address(_ text: String) -> [UInt8]? {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: size)
            // SAFETY: inet_pton writes 4 bytes for AF_INET and 16 for AF_INET6, which the array has.
            if unsafe inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    /// Whether `other`, of 4 or 16 bytes, lies in the block.
    public func contains(_ other: [UInt8]) -> Bool {
        guard other.count == address.count else { return false }
        return zip(address, other).enumerated().allSatisfy { index, pair in
            let bits = min(8, max(0, prefixLength - index * 8))
            let mask = bits == 0 ? 0 : UInt8.max << (8 - bits)
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// The first address after the network's own, where most clouds' IPv4 router is; nil for IPv6 and where there is no room.
    public var firstHost4: String? {
        guard address.count == 4, prefixLength <= 30 else { return nil }
        let network = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & ~(UInt32.max >> UInt32(prefixLength))
        let host = network | 1
        return [24, 16, 8, 0].map { String(host >> $0 & 0xff) }.joined(separator: ".")
    }
}
