internal import CKernel
public import Kernel
public import Netlink

/// IPv6 or IPv4 in IPv6 (RFC 2473; net/ipv6/ip6_tunnel.c).
public struct IPv6Tunnel: IPTunnelOptions {
    public static let kind = "ip6tnl"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_IPTUN_LOCAL; `::` for any.
    public var local: IPv6Address? {
        get { attributes[ipv6: IFLA_IPTUN_LOCAL] }
        set { attributes[ipv6: IFLA_IPTUN_LOCAL] = newValue }
    }

    /// IFLA_IPTUN_REMOTE; `::` for any.
    public var remote: IPv6Address? {
        get { attributes[ipv6: IFLA_IPTUN_REMOTE] }
        set { attributes[ipv6: IFLA_IPTUN_REMOTE] = newValue }
    }

    /// IFLA_IPTUN_ENCAP_LIMIT: how many more tunnels a packet may enter (RFC 2473, section 4.1.1).
    public var encapsulationLimit: UInt8? {
        get { attributes[IFLA_IPTUN_ENCAP_LIMIT] }
        set { attributes[IFLA_IPTUN_ENCAP_LIMIT] = newValue }
    }

    /// IFLA_IPTUN_FLOWINFO; in network order on the wire.
    public var flowInformation: IPv6FlowInformation? {
        get { attributes[bigEndianRaw: IFLA_IPTUN_FLOWINFO] }
        set { attributes[bigEndianRaw: IFLA_IPTUN_FLOWINFO] = newValue }
    }

    /// IFLA_IPTUN_FLAGS: 32 bits here, 16 for sit.
    public var flags: IPv6TunnelFlags? {
        get { attributes[raw: IFLA_IPTUN_FLAGS] }
        set { attributes[raw: IFLA_IPTUN_FLAGS] = newValue }
    }
}
