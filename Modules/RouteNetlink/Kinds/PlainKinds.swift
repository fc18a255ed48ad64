public import Netlink

// Kinds that have no options of their own in a link's message.

/// A WireGuard tunnel: the link alone. Keys and peers are told and set over generic netlink.
public struct WireGuardLink: LinkKind {
    public static let kind = "wireguard"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// A CAN bus in the kernel (drivers/net/can/vcan.c).
public struct VirtualCAN: LinkKind {
    public static let kind = "vcan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// An intermediate functional block: where traffic is sent to be queued (drivers/net/ifb.c).
public struct IntermediateFunctionalBlock: LinkKind {
    public static let kind = "ifb"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// A link on which all netlink messages of the namespace can be captured (drivers/net/nlmon.c).
public struct NetlinkMonitorLink: LinkKind {
    public static let kind = "nlmon"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// A team of links: its runner and ports are set over generic netlink by teamd (drivers/net/team).
public struct Team: LinkKind {
    public static let kind = "team"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}
