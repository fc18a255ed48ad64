internal import CKernel
public import Kernel
public import Netlink

/// A GPRS tunnel's end (IFLA_GTP_*, linux/if_link.h). Its sessions are set over generic netlink.
public struct GTP: LinkKind {
    public static let kind = "gtp"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_GTP_FD0: a descriptor of the asker's: the UDP socket of GTPv0.
    public var socketVersion0: UInt32? {
        get { attributes[IFLA_GTP_FD0] }
        set { attributes[IFLA_GTP_FD0] = newValue }
    }

    /// IFLA_GTP_FD1: a descriptor of the asker's: the UDP socket of GTPv1-U.
    public var socketVersion1: UInt32? {
        get { attributes[IFLA_GTP_FD1] }
        set { attributes[IFLA_GTP_FD1] = newValue }
    }

    /// IFLA_GTP_PDP_HASHSIZE: how many buckets the table of sessions has.
    public var hashSize: UInt32? {
        get { attributes[IFLA_GTP_PDP_HASHSIZE] }
        set { attributes[IFLA_GTP_PDP_HASHSIZE] = newValue }
    }

    /// IFLA_GTP_ROLE.
    public var role: GTPRole? {
        get { attributes[raw: IFLA_GTP_ROLE] }
        set { attributes[raw: IFLA_GTP_ROLE] = newValue }
    }

    /// IFLA_GTP_CREATE_SOCKETS: the kernel makes the sockets (Linux 5.18); a request's.
    public var createsSockets: Bool? {
        get { attributes[flag: IFLA_GTP_CREATE_SOCKETS] }
        set { attributes[flag: IFLA_GTP_CREATE_SOCKETS] = newValue }
    }

    /// IFLA_GTP_RESTART_COUNT: what echo responses carry.
    public var restartCount: UInt8? {
        get { attributes[IFLA_GTP_RESTART_COUNT] }
        set { attributes[IFLA_GTP_RESTART_COUNT] = newValue }
    }

    /// IFLA_GTP_LOCAL (Linux 6.9): where the kernel's sockets listen.
    public var local: IPv4Address? {
        get { attributes[ipv4: IFLA_GTP_LOCAL] }
        set { attributes[ipv4: IFLA_GTP_LOCAL] = newValue }
    }

    /// IFLA_GTP_LOCAL6 (Linux 6.10): where the kernel's sockets listen.
    public var local6: IPv6Address? {
        get { attributes[ipv6: IFLA_GTP_LOCAL6] }
        set { attributes[ipv6: IFLA_GTP_LOCAL6] = newValue }
    }
}

/// GTP_ROLE_*: which end of the tunnel this is.
public struct GTPRole: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ role: ifla_gtp_role) { rawValue = role.rawValue }

    /// The gateway, by the packet network.
    public static let ggsn = GTPRole(GTP_ROLE_GGSN)
    /// The serving node, by the radio network.
    public static let sgsn = GTPRole(GTP_ROLE_SGSN)
}
