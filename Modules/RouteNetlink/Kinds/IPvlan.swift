internal import CKernel
public import Netlink

/// What ipvlan and ipvtap share (IFLA_IPVLAN_*, linux/if_link.h).
public protocol IPvlanOptions: LinkKind {}

/// Other IP addresses on a link, behind its one MAC address (drivers/net/ipvlan).
public struct IPvlan: IPvlanOptions {
    public static let kind = "ipvlan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// An ipvlan whose packets a process reads and writes at `/dev/tapN`, N being the link's index (drivers/net/ipvlan/ipvtap.c).
public struct IPvtap: IPvlanOptions {
    public static let kind = "ipvtap"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

extension IPvlanOptions {
    /// IFLA_IPVLAN_MODE: of the port, so of all links on it. Without one the kernel takes ``IPvlanMode/l3``.
    public var mode: IPvlanMode? {
        get { attributes[raw: IFLA_IPVLAN_MODE] }
        set { attributes[raw: IFLA_IPVLAN_MODE] = newValue }
    }

    /// IFLA_IPVLAN_FLAGS: of the port; none is the bridge mode.
    public var flags: IPvlanFlags? {
        get { attributes[raw: IFLA_IPVLAN_FLAGS] }
        set { attributes[raw: IFLA_IPVLAN_FLAGS] = newValue }
    }
}

/// IPVLAN_MODE_*.
public struct IPvlanMode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// IPVLAN_MODE_L2: the links see broadcast and multicast.
    public static let l2 = IPvlanMode(rawValue: UInt16(IPVLAN_MODE_L2.rawValue))
    /// IPVLAN_MODE_L3: the device below routes.
    public static let l3 = IPvlanMode(rawValue: UInt16(IPVLAN_MODE_L3.rawValue))
    /// IPVLAN_MODE_L3S: as L3, and netfilter sees the packets in the device's namespace.
    public static let l3s = IPvlanMode(rawValue: UInt16(IPVLAN_MODE_L3S.rawValue))
}

/// IPVLAN_F_*; the kernel refuses both at once.
public struct IPvlanFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// IPVLAN_F_PRIVATE: the links do not reach each other.
    public static let `private` = IPvlanFlags(rawValue: UInt16(IPVLAN_F_PRIVATE))
    /// IPVLAN_F_VEPA: they reach each other by a switch outside.
    public static let vepa = IPvlanFlags(rawValue: UInt16(IPVLAN_F_VEPA))
}
