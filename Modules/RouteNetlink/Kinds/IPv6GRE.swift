internal import CKernel
public import Kernel
public import Netlink

/// What the kinds of GRE over IPv6 share.
public protocol IPv6GREOptions: GREOptions {}

/// IP in GRE over IPv6.
public struct IPv6GRE: IPv6GREOptions {
    public static let kind = "ip6gre"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// Ethernet in GRE over IPv6.
public struct IPv6GRETap: IPv6GREOptions {
    public static let kind = "ip6gretap"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

extension IPv6GREOptions {
    /// IFLA_GRE_LOCAL; `::` for any.
    public var local: IPv6Address? {
        get { attributes[ipv6: IFLA_GRE_LOCAL] }
        set { attributes[ipv6: IFLA_GRE_LOCAL] = newValue }
    }

    /// IFLA_GRE_REMOTE; `::` for any.
    public var remote: IPv6Address? {
        get { attributes[ipv6: IFLA_GRE_REMOTE] }
        set { attributes[ipv6: IFLA_GRE_REMOTE] = newValue }
    }

    /// IFLA_GRE_ENCAP_LIMIT: how many more tunnels a packet may enter (RFC 2473, section 4.1.1).
    public var encapsulationLimit: UInt8? {
        get { attributes[IFLA_GRE_ENCAP_LIMIT] }
        set { attributes[IFLA_GRE_ENCAP_LIMIT] = newValue }
    }

    /// IFLA_GRE_FLOWINFO; in network order on the wire.
    public var flowInformation: IPv6FlowInformation? {
        get { attributes[bigEndianRaw: IFLA_GRE_FLOWINFO] }
        set { attributes[bigEndianRaw: IFLA_GRE_FLOWINFO] = newValue }
    }

    /// IFLA_GRE_FLAGS.
    public var flags: IPv6TunnelFlags? {
        get { attributes[raw: IFLA_GRE_FLAGS] }
        set { attributes[raw: IFLA_GRE_FLAGS] = newValue }
    }
}
