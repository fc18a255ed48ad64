internal import CKernel
public import Kernel
public import Netlink

/// What the tunnels over IPv4 share: ipip and sit.
public protocol IPv4TunnelOptions: IPTunnelOptions {}

/// IPv4 or MPLS in IPv4 (net/ipv4/ipip.c).
public struct IPIP: IPv4TunnelOptions {
    public static let kind = "ipip"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// IPv6, IPv4 or MPLS in IPv4, with 6rd and ISATAP (net/ipv6/sit.c).
public struct SIT: IPv4TunnelOptions {
    public static let kind = "sit"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// Whether IFLA_IPTUN_FLAGS has SIT_ISATAP (RFC 5214). The kernel calls the field __be16 and tests it as it lies, so it is in
    /// the machine's order.
    public var isISATAP: Bool? {
        get { attributes[IFLA_IPTUN_FLAGS, as: UInt16.self].map { $0 & UInt16(SIT_ISATAP) != 0 } }
        set {
            let others = (attributes[IFLA_IPTUN_FLAGS, as: UInt16.self] ?? 0) & ~UInt16(SIT_ISATAP)
            attributes[IFLA_IPTUN_FLAGS, as: UInt16.self] = newValue.map { $0 ? others | UInt16(SIT_ISATAP) : others }
        }
    }

    /// IFLA_IPTUN_6RD_PREFIX and IFLA_IPTUN_6RD_PREFIXLEN: the IPv6 prefix that IPv4 addresses are put behind (RFC 5969).
    public var sixRDPrefix: IPPrefix? {
        get {
            guard let address = attributes[ipv6: IFLA_IPTUN_6RD_PREFIX],
                let length = attributes[IFLA_IPTUN_6RD_PREFIXLEN, as: UInt16.self]
            else { return nil }
            return IPPrefix(.v6(address), length: Int(length))
        }
        set {
            attributes[address: IFLA_IPTUN_6RD_PREFIX] = newValue?.address
            attributes[IFLA_IPTUN_6RD_PREFIXLEN, as: UInt16.self] = newValue.map { UInt16($0.length) }
        }
    }

    /// IFLA_IPTUN_6RD_RELAY_PREFIX and IFLA_IPTUN_6RD_RELAY_PREFIXLEN: the IPv4 prefix whose bits the 6rd prefix leaves out.
    public var sixRDRelayPrefix: IPPrefix? {
        get {
            guard let address = attributes[ipv4: IFLA_IPTUN_6RD_RELAY_PREFIX],
                let length = attributes[IFLA_IPTUN_6RD_RELAY_PREFIXLEN, as: UInt16.self]
            else { return nil }
            return IPPrefix(.v4(address), length: Int(length))
        }
        set {
            attributes[address: IFLA_IPTUN_6RD_RELAY_PREFIX] = newValue?.address
            attributes[IFLA_IPTUN_6RD_RELAY_PREFIXLEN, as: UInt16.self] = newValue.map { UInt16($0.length) }
        }
    }
}

extension IPv4TunnelOptions {
    /// IFLA_IPTUN_LOCAL; `0.0.0.0` for any.
    public var local: IPv4Address? {
        get { attributes[ipv4: IFLA_IPTUN_LOCAL] }
        set { attributes[ipv4: IFLA_IPTUN_LOCAL] = newValue }
    }

    /// IFLA_IPTUN_REMOTE; `0.0.0.0` for any.
    public var remote: IPv4Address? {
        get { attributes[ipv4: IFLA_IPTUN_REMOTE] }
        set { attributes[ipv4: IFLA_IPTUN_REMOTE] = newValue }
    }

    /// IFLA_IPTUN_TOS: the outer TOS; with bit 0 set the inner packet's.
    public var typeOfService: UInt8? {
        get { attributes[IFLA_IPTUN_TOS] }
        set { attributes[IFLA_IPTUN_TOS] = newValue }
    }

    /// IFLA_IPTUN_PMTUDISC: whether the path's MTU is found out.
    public var discoversPathMTU: Bool? {
        get { attributes[flag: IFLA_IPTUN_PMTUDISC] }
        set { attributes[flag: IFLA_IPTUN_PMTUDISC] = newValue }
    }
}
