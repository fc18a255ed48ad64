internal import CKernel
public import Kernel
public import Netlink

/// A network interface, as RTM_NEWLINK tells of it: struct ifinfomsg and IFLA_* attributes (linux/if_link.h).
public struct Link: Hashable, Sendable {
    /// The kernel's number, for the life of the interface in its namespace.
    public let index: Int32
    /// IFLA_IFNAME: `eth0`.
    public let name: String
    public let flags: LinkFlags
    /// ARPHRD_*: `.ethernet`, `.loopback`, …
    public let type: LinkType
    /// RFC 2863's operational state.
    public let operationalState: OperationalState
    /// IFLA_MTU in bytes.
    public let maximumTransmissionUnit: UInt32?
    /// IFLA_ADDRESS, of any length: six bytes for Ethernet, four for an IPv4 tunnel, twenty for InfiniBand, none for some.
    public let hardwareAddress: [UInt8]
    /// IFLA_PERM_ADDRESS: what the device was made with, where it has one.
    public let permanentHardwareAddress: [UInt8]
    /// IFLA_INFO_KIND: `bridge`, `veth`, `vlan`; nil for most hardware.
    public let kind: String?
    /// IFLA_CARRIER; nil where the driver does not say. It means something only while the link is up.
    public let hasCarrier: Bool?
    /// IFLA_MASTER: the index of the bridge, bond or VRF that it is a port of.
    public let master: Int32?

    /// The address as Ethernet's, or nil.
    public var macAddress: MACAddress? { MACAddress(bytes: hardwareAddress) }
    /// The permanent address as Ethernet's, or nil.
    public var permanentMACAddress: MACAddress? { MACAddress(bytes: permanentHardwareAddress) }
    /// IFF_UP: whether it was set up, carrier or not.
    public var isUp: Bool { flags.contains(.up) }
    public var isLoopback: Bool { flags.contains(.loopback) }

    /// Decodes the body of an RTM_NEWLINK or RTM_DELLINK; unknown attributes are passed over.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ifinfomsg(), in: bytes)
        index = header.ifi_index
        flags = LinkFlags(rawValue: header.ifi_flags)
        type = LinkType(rawValue: header.ifi_type)
        var name = ""
        var state = OperationalState.unknown
        var unit: UInt32?
        var address: [UInt8] = []
        var permanent: [UInt8] = []
        var kind: String?
        var carrier: Bool?
        var master: Int32?
        var attributes = message.attributes(after: MemoryLayout<ifinfomsg>.size)
        while let attribute = try attributes.next(bytes) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = try attribute.text(bytes)
            case Int(IFLA_OPERSTATE): state = OperationalState(rawValue: try attribute.integer(bytes))
            case Int(IFLA_MTU): unit = try attribute.integer(bytes)
            case Int(IFLA_ADDRESS): address = try attribute.copy(bytes)
            case Int(IFLA_PERM_ADDRESS): permanent = try attribute.copy(bytes)
            case Int(IFLA_CARRIER): carrier = try attribute.integer(bytes, as: UInt8.self) != 0
            case Int(IFLA_MASTER): master = try attribute.integer(bytes)
            case Int(IFLA_LINKINFO): kind = try Self.kind(attribute, in: bytes)
            default: break
            }
        }
        self.name = name
        operationalState = state
        maximumTransmissionUnit = unit
        hardwareAddress = address
        permanentHardwareAddress = permanent
        self.kind = kind
        hasCarrier = carrier
        self.master = master
    }

    private static func kind(
        _ information: NetlinkAttribute, in bytes: borrowing RawSpan
    ) throws(NetlinkError) -> String? {
        var attributes = information.nested
        while let attribute = try attributes.next(bytes) {
            if attribute.type == Int(IFLA_INFO_KIND) { return try attribute.text(bytes) }
        }
        return nil
    }
}

/// IFF_* (net/if.h).
public struct LinkFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ flag: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: flag) }

    /// IFF_UP: set up by someone.
    public static let up = LinkFlags(IFF_UP)
    /// IFF_BROADCAST.
    public static let broadcast = LinkFlags(IFF_BROADCAST)
    /// IFF_LOOPBACK.
    public static let loopback = LinkFlags(IFF_LOOPBACK)
    /// IFF_POINTOPOINT.
    public static let pointToPoint = LinkFlags(IFF_POINTOPOINT)
    /// IFF_RUNNING: operational.
    public static let running = LinkFlags(IFF_RUNNING)
    /// IFF_NOARP.
    public static let noARP = LinkFlags(IFF_NOARP)
    /// IFF_PROMISC.
    public static let promiscuous = LinkFlags(IFF_PROMISC)
    /// IFF_ALLMULTI.
    public static let allMulticast = LinkFlags(IFF_ALLMULTI)
    /// IFF_MULTICAST.
    public static let multicast = LinkFlags(IFF_MULTICAST)
    /// IFF_LOWER_UP: the layer below is up (L1).
    public static let lowerUp = LinkFlags(IFF_LOWER_UP.rawValue)
    /// IFF_DORMANT.
    public static let dormant = LinkFlags(IFF_DORMANT.rawValue)
}

/// IF_OPER_* (linux/if.h): a number that newer kernels may extend.
public struct OperationalState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The driver does not say; loopback and tunnels are so for ever.
    public static let unknown = OperationalState(rawValue: UInt8(IF_OPER_UNKNOWN))
    public static let notPresent = OperationalState(rawValue: UInt8(IF_OPER_NOTPRESENT))
    public static let down = OperationalState(rawValue: UInt8(IF_OPER_DOWN))
    public static let lowerLayerDown = OperationalState(rawValue: UInt8(IF_OPER_LOWERLAYERDOWN))
    public static let testing = OperationalState(rawValue: UInt8(IF_OPER_TESTING))
    public static let dormant = OperationalState(rawValue: UInt8(IF_OPER_DORMANT))
    public static let up = OperationalState(rawValue: UInt8(IF_OPER_UP))

    /// As `ip -j` has it: `UP`, `LOWERLAYERDOWN`.
    public var description: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .notPresent: "NOTPRESENT"
        case .down: "DOWN"
        case .lowerLayerDown: "LOWERLAYERDOWN"
        case .testing: "TESTING"
        case .dormant: "DORMANT"
        case .up: "UP"
        default: "\(rawValue)"
        }
    }
}

/// ARPHRD_* (linux/if_arp.h).
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ethernet = LinkType(rawValue: UInt16(ARPHRD_ETHER))
    public static let loopback = LinkType(rawValue: UInt16(ARPHRD_LOOPBACK))
    public static let infiniBand = LinkType(rawValue: UInt16(ARPHRD_INFINIBAND))
    /// No header and no address: tun, WireGuard.
    public static let none = LinkType(rawValue: UInt16(ARPHRD_NONE))
}
