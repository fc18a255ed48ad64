internal import CKernel
public import Kernel
public import Netlink

/// What the kinds of GRE over IPv4 share.
public protocol IPv4GREOptions: GREOptions {}

/// IP in GRE over IPv4.
public struct GRE: IPv4GREOptions {
    public static let kind = "gre"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// Ethernet in GRE over IPv4.
public struct GRETap: IPv4GREOptions {
    public static let kind = "gretap"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

extension IPv4GREOptions {
    /// IFLA_GRE_LOCAL; `0.0.0.0` for any.
    public var local: IPv4Address? {
        get { attributes[ipv4: IFLA_GRE_LOCAL] }
        set { attributes[ipv4: IFLA_GRE_LOCAL] = newValue }
    }

    /// IFLA_GRE_REMOTE; `0.0.0.0` for any.
    public var remote: IPv4Address? {
        get { attributes[ipv4: IFLA_GRE_REMOTE] }
        set { attributes[ipv4: IFLA_GRE_REMOTE] = newValue }
    }

    /// IFLA_GRE_TOS: the outer TOS; with bit 0 set the inner packet's.
    public var typeOfService: UInt8? {
        get { attributes[IFLA_GRE_TOS] }
        set { attributes[IFLA_GRE_TOS] = newValue }
    }

    /// IFLA_GRE_PMTUDISC: whether the path's MTU is found out.
    public var discoversPathMTU: Bool? {
        get { attributes[flag: IFLA_GRE_PMTUDISC] }
        set { attributes[flag: IFLA_GRE_PMTUDISC] = newValue }
    }

    /// IFLA_GRE_IGNORE_DF: whether packets that must not be fragmented are, inside the tunnel.
    public var ignoresDontFragment: Bool? {
        get { attributes[flag: IFLA_GRE_IGNORE_DF] }
        set { attributes[flag: IFLA_GRE_IGNORE_DF] = newValue }
    }
}
