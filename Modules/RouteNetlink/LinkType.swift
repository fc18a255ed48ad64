internal import CKernel

/// ARPHRD_* (linux/if_arp.h).
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ethernet = LinkType(rawValue: UInt16(ARPHRD_ETHER))
    public static let loopback = LinkType(rawValue: UInt16(ARPHRD_LOOPBACK))
    public static let infiniBand = LinkType(rawValue: UInt16(ARPHRD_INFINIBAND))
    /// IPv4 or others in IPv4.
    public static let tunnel = LinkType(rawValue: UInt16(ARPHRD_TUNNEL))
    /// IPv4, IPv6 or others in IPv6.
    public static let tunnel6 = LinkType(rawValue: UInt16(ARPHRD_TUNNEL6))
    /// IPv6 in IPv4.
    public static let sit = LinkType(rawValue: UInt16(ARPHRD_SIT))
    /// GRE in IPv4.
    public static let gre = LinkType(rawValue: UInt16(ARPHRD_IPGRE))
    /// GRE in IPv6.
    public static let gre6 = LinkType(rawValue: UInt16(ARPHRD_IP6GRE))
    /// No header and no address: tun, WireGuard.
    public static let none = LinkType(rawValue: UInt16(ARPHRD_NONE))
}
