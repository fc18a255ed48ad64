internal import CKernel
public import Kernel
public import Netlink

/// A network interface, as RTM_NEWLINK tells of it: struct ifinfomsg and IFLA_* attributes (linux/if_link.h).
///
/// What most callers ask for is decoded at once. All else is in ``attributes``, which is one copy of the message's, and is decoded when
/// it is asked for; what this library has no name for stays there too.
public struct Link: Hashable, Sendable {
    /// The kernel's number, for the life of the interface in its namespace.
    public let index: Int32
    /// IFLA_IFNAME: `eth0`.
    public let name: String
    public let flags: LinkFlags
    /// ifi_change: in a notification, the flags that it is about; all ones where the kernel does not say.
    public let changedFlags: LinkFlags
    /// ARPHRD_*: `.ethernet`, `.loopback`, …
    public let type: LinkType
    /// AF_UNSPEC, or AF_BRIDGE for a bridge's view of its port.
    public let family: UInt8
    /// RFC 2863's operational state.
    public let operationalState: OperationalState
    /// IFLA_MTU in bytes.
    public let maximumTransmissionUnit: UInt32?
    /// IFLA_ADDRESS, of any length: six bytes for Ethernet, four for an IPv4 tunnel, twenty for InfiniBand, none for some.
    public let hardwareAddress: HardwareAddress
    /// IFLA_INFO_KIND: `bridge`, `veth`, `vlan`; nil for most hardware.
    public let kind: String?
    /// IFLA_CARRIER; nil where the driver does not say. It means something only while the link is up.
    public let hasCarrier: Bool?
    /// IFLA_MASTER: the index of the bridge, bond or VRF that it is a port of.
    public let master: Int32?
    /// IFLA_LINK: the index of the link below a VLAN or a tunnel, or of a veth's peer, in the namespace ``lowerLinkNamespace``; 0 where a tunnel
    /// has none, nil where there is no such thing.
    public let lowerLink: Int32?
    /// All IFLA_* of the message, those above included.
    public let attributes: AttributeSet

    /// The address as Ethernet's, or nil.
    public var macAddress: MACAddress? { hardwareAddress.macAddress }
    /// IFF_UP: whether it was set up, carrier or not.
    public var isUp: Bool { flags.contains(.up) }
    public var isLoopback: Bool { flags.contains(.loopback) }

    /// Decodes the body of an RTM_NEWLINK or RTM_DELLINK; a short struct is extended with zeros.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ifinfomsg(), in: bytes)
        index = header.ifi_index
        flags = LinkFlags(rawValue: header.ifi_flags)
        changedFlags = LinkFlags(rawValue: header.ifi_change)
        type = LinkType(rawValue: header.ifi_type)
        family = header.ifi_family
        var name = ""
        var state = OperationalState.unknown
        var unit: UInt32?
        var address = HardwareAddress()
        var kind: String?
        var carrier: Bool?
        var master: Int32?
        var lower: Int32?
        var attributes = message.attributes(after: MemoryLayout<ifinfomsg>.size)
        let range = attributes.offset..<attributes.end
        while let attribute = try attributes.next(bytes) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = try attribute.text(bytes)
            case Int(IFLA_OPERSTATE): state = OperationalState(rawValue: try attribute.integer(bytes))
            case Int(IFLA_MTU): unit = try attribute.integer(bytes)
            case Int(IFLA_ADDRESS): address = HardwareAddress(attribute.payload, of: bytes)
            case Int(IFLA_CARRIER): carrier = try attribute.integer(bytes, as: UInt8.self) != 0
            case Int(IFLA_MASTER): master = try attribute.integer(bytes)
            case Int(IFLA_LINK): lower = try attribute.integer(bytes)
            case Int(IFLA_LINKINFO): kind = try Self.kind(attribute, in: bytes)
            default: break
            }
        }
        self.name = name
        operationalState = state
        maximumTransmissionUnit = unit
        hardwareAddress = address
        self.kind = kind
        hasCarrier = carrier
        self.master = master
        lowerLink = lower
        self.attributes = AttributeSet(walked: range, of: bytes)
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

    /// The message's body again, byte for byte as it came (and padded to four where it was not): struct ifinfomsg, then the attributes.
    public var encoded: [UInt8] {
        var header = ifinfomsg()
        header.ifi_family = family
        header.ifi_type = type.rawValue
        header.ifi_index = index
        header.ifi_flags = flags.rawValue
        header.ifi_change = changedFlags.rawValue
        var writer = MessageWriter()
        writer.append(header: header)
        writer.append(attributes)
        return writer.bytes
    }
}
