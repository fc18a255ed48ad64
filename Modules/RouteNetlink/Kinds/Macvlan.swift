internal import CKernel
public import Kernel
public import Netlink

/// What macvlan and macvtap share (IFLA_MACVLAN_*, linux/if_link.h).
public protocol MacvlanOptions: LinkKind {}

/// Another MAC address on a link (drivers/net/macvlan.c).
public struct Macvlan: MacvlanOptions {
    public static let kind = "macvlan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

/// A macvlan whose frames a process reads and writes at `/dev/tapN`, N being the link's index (drivers/net/macvtap.c).
public struct Macvtap: MacvlanOptions {
    public static let kind = "macvtap"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}

extension MacvlanOptions {
    /// IFLA_MACVLAN_MODE. Without one the kernel takes ``MacvlanMode/vepa``.
    public var mode: MacvlanMode? {
        get { attributes[raw: IFLA_MACVLAN_MODE] }
        set { attributes[raw: IFLA_MACVLAN_MODE] = newValue }
    }

    /// IFLA_MACVLAN_FLAGS.
    public var flags: MacvlanFlags? {
        get { attributes[raw: IFLA_MACVLAN_FLAGS] }
        set { attributes[raw: IFLA_MACVLAN_FLAGS] = newValue }
    }

    /// IFLA_MACVLAN_MACADDR_MODE: what a request does with the source addresses; the kernel does not report it.
    public var sourceAddressOperation: MacvlanAddressOperation? {
        get { attributes[raw: IFLA_MACVLAN_MACADDR_MODE] }
        set { attributes[raw: IFLA_MACVLAN_MACADDR_MODE] = newValue }
    }

    /// IFLA_MACVLAN_MACADDR: the one source address that a request adds or removes.
    public var sourceAddress: MACAddress? {
        get { attributes[mac: IFLA_MACVLAN_MACADDR] }
        set { attributes[mac: IFLA_MACVLAN_MACADDR] = newValue }
    }

    /// IFLA_MACVLAN_MACADDR_DATA: the source addresses of ``MacvlanMode/source``, each an IFLA_MACVLAN_MACADDR inside. An entry
    /// that is no Ethernet address is left out.
    public var sourceAddresses: [MACAddress]? {
        get {
            guard let list = attributes.nested(IFLA_MACVLAN_MACADDR_DATA) else { return nil }
            return list.payloads(IFLA_MACVLAN_MACADDR).compactMap { MACAddress(bytes: $0) }
        }
        set {
            attributes[nested: IFLA_MACVLAN_MACADDR_DATA] = newValue.map { addresses in
                var list = AttributeSet()
                for address in addresses { list.append { $0.attribute(IFLA_MACVLAN_MACADDR, bytes: address.bytes) } }
                return list
            }
        }
    }

    /// IFLA_MACVLAN_MACADDR_COUNT: how many source addresses there are, as the kernel tells it.
    public var sourceAddressCount: UInt32? {
        get { attributes[IFLA_MACVLAN_MACADDR_COUNT] }
        set { attributes[IFLA_MACVLAN_MACADDR_COUNT] = newValue }
    }

    /// IFLA_MACVLAN_BC_QUEUE_LEN: the broadcast and multicast packets that this link asks the port to hold, 1000 by default.
    public var broadcastQueueLength: UInt32? {
        get { attributes[IFLA_MACVLAN_BC_QUEUE_LEN] }
        set { attributes[IFLA_MACVLAN_BC_QUEUE_LEN] = newValue }
    }

    /// IFLA_MACVLAN_BC_QUEUE_LEN_USED: the longest that a link on the same port asked for, which is the one in use.
    public var broadcastQueueLengthInUse: UInt32? {
        get { attributes[IFLA_MACVLAN_BC_QUEUE_LEN_USED] }
        set { attributes[IFLA_MACVLAN_BC_QUEUE_LEN_USED] = newValue }
    }

    /// IFLA_MACVLAN_BC_CUTOFF (Linux 6.4): packets to a multicast address that more links than these listen to wait in the broadcast
    /// queue; −1 for none.
    public var broadcastCutoff: Int32? {
        get { attributes[IFLA_MACVLAN_BC_CUTOFF] }
        set { attributes[IFLA_MACVLAN_BC_CUTOFF] = newValue }
    }
}

/// MACVLAN_MODE_*: whom the links on one port reach.
public struct MacvlanMode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ mode: macvlan_mode) { rawValue = mode.rawValue }

    /// MACVLAN_MODE_PRIVATE: not each other, not even by way of the switch outside.
    public static let `private` = MacvlanMode(MACVLAN_MODE_PRIVATE)
    /// MACVLAN_MODE_VEPA: each other by a switch outside that sends frames back (IEEE 802.1Qbg).
    public static let vepa = MacvlanMode(MACVLAN_MODE_VEPA)
    /// MACVLAN_MODE_BRIDGE: each other, directly.
    public static let bridge = MacvlanMode(MACVLAN_MODE_BRIDGE)
    /// MACVLAN_MODE_PASSTHRU: one link that takes over the device.
    public static let passthrough = MacvlanMode(MACVLAN_MODE_PASSTHRU)
    /// MACVLAN_MODE_SOURCE: frames are given by their source address, from a list.
    public static let source = MacvlanMode(MACVLAN_MODE_SOURCE)
}

/// MACVLAN_FLAG_*.
public struct MacvlanFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// MACVLAN_FLAG_NOPROMISC: the device below is not made promiscuous; for ``MacvlanMode/passthrough``.
    public static let notPromiscuous = MacvlanFlags(rawValue: UInt16(MACVLAN_FLAG_NOPROMISC))
    /// MACVLAN_FLAG_NODST: a frame that a source list gave to a link goes nowhere else.
    public static let sourceOnly = MacvlanFlags(rawValue: UInt16(MACVLAN_FLAG_NODST))
}

/// MACVLAN_MACADDR_*: what a request does with the list of source addresses.
public struct MacvlanAddressOperation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ mode: macvlan_macaddr_mode) { rawValue = mode.rawValue }

    public static let add = MacvlanAddressOperation(MACVLAN_MACADDR_ADD)
    public static let delete = MacvlanAddressOperation(MACVLAN_MACADDR_DEL)
    /// Removes all.
    public static let flush = MacvlanAddressOperation(MACVLAN_MACADDR_FLUSH)
    /// Replaces all.
    public static let set = MacvlanAddressOperation(MACVLAN_MACADDR_SET)
}
