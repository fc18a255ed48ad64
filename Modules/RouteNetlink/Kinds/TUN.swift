internal import CKernel
public import Netlink

/// A tun or tap device (IFLA_TUN_*, linux/if_link.h). Netlink tells of it; it is made by ioctl(2) TUNSETIFF on /dev/net/tun,
/// and the kernel refuses a request for one.
public struct TUN: LinkKind {
    public static let kind = "tun"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_TUN_OWNER: the user who may attach; nil where it is anyone with CAP_NET_ADMIN.
    public var owner: UInt32? {
        get { attributes[IFLA_TUN_OWNER] }
        set { attributes[IFLA_TUN_OWNER] = newValue }
    }

    /// IFLA_TUN_GROUP: the group that may attach; nil as for ``owner``.
    public var group: UInt32? {
        get { attributes[IFLA_TUN_GROUP] }
        set { attributes[IFLA_TUN_GROUP] = newValue }
    }

    /// IFLA_TUN_TYPE.
    public var type: TUNType? {
        get { attributes[raw: IFLA_TUN_TYPE] }
        set { attributes[raw: IFLA_TUN_TYPE] = newValue }
    }

    /// IFLA_TUN_PI: whether struct tun_pi stands before each packet.
    public var hasPacketInformation: Bool? {
        get { attributes[flag: IFLA_TUN_PI] }
        set { attributes[flag: IFLA_TUN_PI] = newValue }
    }

    /// IFLA_TUN_VNET_HDR: whether struct virtio_net_hdr stands before each packet.
    public var hasVirtioHeader: Bool? {
        get { attributes[flag: IFLA_TUN_VNET_HDR] }
        set { attributes[flag: IFLA_TUN_VNET_HDR] = newValue }
    }

    /// IFLA_TUN_PERSIST: whether it stays when no process has it open.
    public var isPersistent: Bool? {
        get { attributes[flag: IFLA_TUN_PERSIST] }
        set { attributes[flag: IFLA_TUN_PERSIST] = newValue }
    }

    /// IFLA_TUN_MULTI_QUEUE.
    public var hasMultipleQueues: Bool? {
        get { attributes[flag: IFLA_TUN_MULTI_QUEUE] }
        set { attributes[flag: IFLA_TUN_MULTI_QUEUE] = newValue }
    }

    /// IFLA_TUN_NUM_QUEUES: those in use; with several queues only.
    public var queueCount: UInt32? {
        get { attributes[IFLA_TUN_NUM_QUEUES] }
        set { attributes[IFLA_TUN_NUM_QUEUES] = newValue }
    }

    /// IFLA_TUN_NUM_DISABLED_QUEUES: those that are open and detached; with several queues only.
    public var disabledQueueCount: UInt32? {
        get { attributes[IFLA_TUN_NUM_DISABLED_QUEUES] }
        set { attributes[IFLA_TUN_NUM_DISABLED_QUEUES] = newValue }
    }
}

/// IFF_TUN or IFF_TAP (linux/if_tun.h).
public struct TUNType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IFF_TUN: IP packets.
    public static let tun = TUNType(rawValue: UInt8(IFF_TUN))
    /// IFF_TAP: Ethernet frames.
    public static let tap = TUNType(rawValue: UInt8(IFF_TAP))
}
