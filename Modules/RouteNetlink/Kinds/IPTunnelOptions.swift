internal import CKernel
internal import Netlink

/// What the tunnels of IP in IP share (IFLA_IPTUN_*, linux/if_tunnel.h).
public protocol IPTunnelOptions: LinkKind {}

extension IPTunnelOptions {
    /// IFLA_IPTUN_LINK: the index of the link that the tunnel is bound to; 0 or nil for none.
    public var underlyingLink: Int32? {
        get { attributes[IFLA_IPTUN_LINK] }
        set { attributes[IFLA_IPTUN_LINK] = newValue }
    }

    /// IFLA_IPTUN_TTL: the outer TTL or hop limit; 0 is the inner packet's.
    public var timeToLive: UInt8? {
        get { attributes[IFLA_IPTUN_TTL] }
        set { attributes[IFLA_IPTUN_TTL] = newValue }
    }

    /// IFLA_IPTUN_PROTO: what is inside, as a number of IANA's.
    public var protocolInside: TunnelledProtocol? {
        get { attributes[raw: IFLA_IPTUN_PROTO] }
        set { attributes[raw: IFLA_IPTUN_PROTO] = newValue }
    }

    /// IFLA_IPTUN_ENCAP_TYPE.
    public var encapsulation: TunnelEncapsulation? {
        get { attributes[raw: IFLA_IPTUN_ENCAP_TYPE] }
        set { attributes[raw: IFLA_IPTUN_ENCAP_TYPE] = newValue }
    }

    /// IFLA_IPTUN_ENCAP_FLAGS.
    public var encapsulationFlags: TunnelEncapsulationFlags? {
        get { attributes[raw: IFLA_IPTUN_ENCAP_FLAGS] }
        set { attributes[raw: IFLA_IPTUN_ENCAP_FLAGS] = newValue }
    }

    /// IFLA_IPTUN_ENCAP_SPORT: UDP's; 0 lets the kernel choose by the flow.
    public var encapsulationSourcePort: UInt16? {
        get { attributes[bigEndian: IFLA_IPTUN_ENCAP_SPORT] }
        set { attributes[bigEndian: IFLA_IPTUN_ENCAP_SPORT] = newValue }
    }

    /// IFLA_IPTUN_ENCAP_DPORT: UDP's.
    public var encapsulationDestinationPort: UInt16? {
        get { attributes[bigEndian: IFLA_IPTUN_ENCAP_DPORT] }
        set { attributes[bigEndian: IFLA_IPTUN_ENCAP_DPORT] = newValue }
    }

    /// IFLA_IPTUN_COLLECT_METADATA, an empty attribute: routes and filters say the ends; `external`.
    public var collectsMetadata: Bool {
        get { attributes[presence: IFLA_IPTUN_COLLECT_METADATA] }
        set { attributes[presence: IFLA_IPTUN_COLLECT_METADATA] = newValue }
    }

    /// IFLA_IPTUN_FWMARK: the mark that the outer packets are routed by; 0 for none.
    public var mark: UInt32? {
        get { attributes[IFLA_IPTUN_FWMARK] }
        set { attributes[IFLA_IPTUN_FWMARK] = newValue }
    }
}

/// IPPROTO_* (netinet/in.h) of the packets in a tunnel.
public struct TunnelledProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ number: some BinaryInteger) { rawValue = UInt8(truncatingIfNeeded: number) }

    public static let any = TunnelledProtocol(0)
    /// IPPROTO_IPIP.
    public static let ipv4 = TunnelledProtocol(IPPROTO_IPIP)
    /// IPPROTO_IPV6.
    public static let ipv6 = TunnelledProtocol(IPPROTO_IPV6)
    /// IPPROTO_MPLS.
    public static let mpls = TunnelledProtocol(IPPROTO_MPLS)
}
