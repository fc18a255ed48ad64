/// An address with the length of its network's prefix: `10.0.0.2/24`, `fe80::/10`.
///
/// Bits past the prefix are kept: an interface's address and a network have one form. ``network`` drops them.
@frozen
public struct IPPrefix: Hashable, Sendable, LosslessStringConvertible {
    public let address: IPAddress
    /// In bits: 0…32 or 0…128.
    public let length: Int

    /// `0.0.0.0/0`, the destination of an IPv4 default route.
    public static let defaultIPv4 = IPPrefix(.v4(.any))
    /// `::/0`, the destination of an IPv6 default route.
    public static let defaultIPv6 = IPPrefix(.v6(.any))

    private init(_ any: IPAddress) {
        address = any
        length = 0
    }

    /// One host: all bits are the prefix.
    public init(host address: IPAddress) {
        self.address = address
        length = address.bitCount
    }

    /// Nil where the family has no such length.
    @inlinable
    public init?(_ address: IPAddress, length: Int) {
        guard length >= 0, length <= address.bitCount else { return nil }
        self.address = address
        self.length = length
    }

    /// An address, a slash and a decimal length without leading zeros.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), parts[1].utf8.count <= 3,
            let length = UInt8(parts[1]), "\(length)" == parts[1]
        else { return nil }
        self.init(address, length: Int(length))
    }

    /// The same with all bits past the prefix zero.
    public var network: IPPrefix {
        let masked: IPAddress
        switch address {
        case .v4(let address):
            masked = .v4(IPv4Address(rawValue: address.rawValue & IPv4Address(maskOfLength: length).rawValue))
        case .v6(let address):
            let high = address.high & ones(length)
            masked = .v6(IPv6Address(high: high, low: address.low & ones(length - 64)))
        }
        return IPPrefix(masked, length: length) ?? self
    }

    /// Whether this is `0.0.0.0/0` or `::/0`.
    public var isDefault: Bool { length == 0 }

    /// The directed broadcast address of an IPv4 network; nil for IPv6, and for a /31 or /32, which has none (RFC 3021).
    public var broadcast: IPv4Address? {
        guard case .v4(let address) = address, length < 31 else { return nil }
        return IPv4Address(rawValue: address.rawValue | ~IPv4Address(maskOfLength: length).rawValue)
    }

    /// Whether `other` is in this network; never across families.
    public func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == address.isIPv4 && IPPrefix(other, length: length)?.network == network
    }

    public var description: String { "\(address)/\(length)" }
}

/// A word whose first `count` bits are ones; none below 1, all from 64.
private func ones(_ count: Int) -> UInt64 { UInt64.max << (64 - max(0, min(64, count))) }

extension IPPrefix {
    /// The first address after the network's own, where most clouds' IPv4 router is; nil for IPv6 and where there is no room.
    public var firstHost: IPv4Address? {
        guard case .v4(let address) = network.address, length <= 30 else { return nil }
        return IPv4Address(rawValue: address.rawValue | 1)
    }
}
