internal import CKernel
public import Kernel
public import Netlink

/// What vti and vti6 share (IFLA_VTI_*, linux/if_tunnel.h).
public protocol VTIOptions: LinkKind {}

/// A tunnel whose packets IPsec policies take by their mark, over IPv4 (net/ipv4/ip_vti.c).
public struct VTI: VTIOptions {
    public static let kind = "vti"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VTI_LOCAL; `0.0.0.0` for any.
    public var local: IPv4Address? {
        get { attributes[ipv4: IFLA_VTI_LOCAL] }
        set { attributes[ipv4: IFLA_VTI_LOCAL] = newValue }
    }

    /// IFLA_VTI_REMOTE; `0.0.0.0` for any.
    public var remote: IPv4Address? {
        get { attributes[ipv4: IFLA_VTI_REMOTE] }
        set { attributes[ipv4: IFLA_VTI_REMOTE] = newValue }
    }
}

/// The same over IPv6 (net/ipv6/ip6_vti.c).
public struct VTI6: VTIOptions {
    public static let kind = "vti6"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VTI_LOCAL; `::` for any.
    public var local: IPv6Address? {
        get { attributes[ipv6: IFLA_VTI_LOCAL] }
        set { attributes[ipv6: IFLA_VTI_LOCAL] = newValue }
    }

    /// IFLA_VTI_REMOTE; `::` for any.
    public var remote: IPv6Address? {
        get { attributes[ipv6: IFLA_VTI_REMOTE] }
        set { attributes[ipv6: IFLA_VTI_REMOTE] = newValue }
    }
}

extension VTIOptions {
    /// IFLA_VTI_LINK: the index of the link that the tunnel is bound to; 0 or nil for none.
    public var underlyingLink: Int32? {
        get { attributes[IFLA_VTI_LINK] }
        set { attributes[IFLA_VTI_LINK] = newValue }
    }

    /// IFLA_VTI_IKEY: the mark of received packets; 0 for none. In network order on the wire.
    public var inputKey: UInt32? {
        get { attributes[bigEndian: IFLA_VTI_IKEY] }
        set { attributes[bigEndian: IFLA_VTI_IKEY] = newValue }
    }

    /// IFLA_VTI_OKEY: the mark of sent packets; 0 for none. In network order on the wire.
    public var outputKey: UInt32? {
        get { attributes[bigEndian: IFLA_VTI_OKEY] }
        set { attributes[bigEndian: IFLA_VTI_OKEY] = newValue }
    }

    /// IFLA_VTI_FWMARK: the mark that the outer packets are routed by; 0 for none.
    public var mark: UInt32? {
        get { attributes[IFLA_VTI_FWMARK] }
        set { attributes[IFLA_VTI_FWMARK] = newValue }
    }
}
