internal import CKernel
public import Kernel
public import Netlink

/// A neighbour, a proxied address, or an entry of a forwarding database: struct ndmsg and NDA_* attributes (linux/neighbour.h).
public struct Neighbor: Hashable, Sendable {
    /// IPv4, IPv6, or `.bridge` for a forwarding database.
    public var family: AddressFamily
    /// The interface's number; 0 where a proxied address is for all.
    public var linkIndex: Int32
    /// NDA_DST: the neighbour's address; of a VXLAN's forwarding database, the other end.
    public var address: IPAddress?
    /// NDA_LLADDR, of the link's own length; none while it is not known.
    public var hardwareAddress: [UInt8]
    public var state: NeighborState
    public var flags: NeighborFlags
    /// ndm_type: unicast, multicast, …
    public var type: RouteType
    /// NDA_VLAN.
    public var vlan: UInt16?
    /// NDA_PORT: the UDP port of a VXLAN's other end.
    public var port: UInt16?
    /// NDA_VNI: the VXLAN's number there.
    public var networkIdentifier: UInt32?
    /// NDA_SRC_VNI: the VXLAN's number here.
    public var sourceNetworkIdentifier: UInt32?
    /// NDA_IFINDEX: the link by which a VXLAN's other end is reached.
    public var outputLinkIndex: Int32?
    /// NDA_MASTER: the bridge's number.
    public var master: Int32?
    /// NDA_PROBES: how often it was asked.
    public var probes: UInt32?
    /// NDA_PROTOCOL: who set it; 0 says nothing.
    public var `protocol`: RouteProtocol
    /// NDA_NH_ID: the nexthop object, of a VXLAN's forwarding database.
    public var nexthopID: UInt32?
    /// NDA_CACHEINFO.
    public var times: NeighborTimes?
    /// NDA_* that have no field of their own, as they came; they are sent again with the neighbour.
    public var attributes: AttributeSet

    /// A neighbour to set; without a state it is permanent.
    public init(
        linkIndex: Int32, address: IPAddress, hardwareAddress: [UInt8] = [], state: NeighborState = .permanent,
        flags: NeighborFlags = [], protocol: RouteProtocol = .unspecified
    ) {
        self.init(family: AddressFamily(of: address), linkIndex: linkIndex)
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.state = state
        self.flags = flags
        self.protocol = `protocol`
    }

    /// An entry of the forwarding database of a bridge (`.master`) or of the device itself (`.own`).
    public init(
        forwarding hardwareAddress: MACAddress, linkIndex: Int32, flags: NeighborFlags = .own,
        state: NeighborState = [.permanent, .noARP], vlan: UInt16? = nil
    ) {
        self.init(family: .bridge, linkIndex: linkIndex)
        self.hardwareAddress = hardwareAddress.bytes
        self.state = state
        self.flags = flags
        self.vlan = vlan
    }

    private init(family: AddressFamily, linkIndex: Int32) {
        self.family = family
        self.linkIndex = linkIndex
        hardwareAddress = []
        state = []
        flags = []
        type = .unspecified
        self.protocol = .unspecified
        attributes = AttributeSet()
    }

    /// The hardware address as Ethernet's, or nil.
    public var macAddress: MACAddress? { MACAddress(bytes: hardwareAddress) }

    /// Decodes the body of an RTM_NEWNEIGH or RTM_DELNEIGH.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ndmsg(), in: bytes)
        self.init(family: AddressFamily(rawValue: header.ndm_family), linkIndex: header.ndm_ifindex)
        state = NeighborState(rawValue: header.ndm_state)
        type = RouteType(rawValue: header.ndm_type)
        var extended: UInt32 = 0
        var cursor = message.attributes(after: MemoryLayout<ndmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch attribute.type {
            case Int(NDA_DST): address = try attribute.address(bytes)
            case Int(NDA_LLADDR): hardwareAddress = try attribute.copy(bytes)
            case Int(NDA_PROBES): probes = try attribute.integer(bytes)
            case Int(NDA_VLAN): vlan = try attribute.integer(bytes)
            case Int(NDA_PORT): port = try attribute.bigEndian(bytes)
            case Int(NDA_VNI): networkIdentifier = try attribute.integer(bytes)
            case Int(NDA_SRC_VNI): sourceNetworkIdentifier = try attribute.integer(bytes)
            case Int(NDA_IFINDEX): outputLinkIndex = try attribute.integer(bytes)
            case Int(NDA_MASTER): master = try attribute.integer(bytes)
            case Int(NDA_PROTOCOL): self.protocol = RouteProtocol(rawValue: try attribute.integer(bytes))
            case Int(NDA_NH_ID): nexthopID = try attribute.integer(bytes)
            case Int(NDA_FLAGS_EXT): extended = try attribute.integer(bytes)
            case Int(NDA_CACHEINFO):
                times = NeighborTimes(loadPrefix(nda_cacheinfo(), attribute.payload, of: bytes))
            default: try attributes.append(attribute, of: bytes)
            }
        }
        flags = NeighborFlags(flags: header.ndm_flags, extended: extended)
    }

    /// Writes the body of an RTM_NEWNEIGH, RTM_DELNEIGH or RTM_GETNEIGH of one.
    func write(into writer: inout MessageWriter) {
        var header = ndmsg()
        header.ndm_family = family.rawValue
        header.ndm_ifindex = linkIndex
        header.ndm_state = state.rawValue
        header.ndm_flags = flags.subtracting(.offloaded).flags
        header.ndm_type = type.rawValue
        writer.append(header: header)
        if let address { writer.attribute(NDA_DST, address: address) }
        if !hardwareAddress.isEmpty { writer.attribute(NDA_LLADDR, bytes: hardwareAddress) }
        if let vlan { writer.attribute(NDA_VLAN, integer: vlan) }
        if let port { writer.attribute(NDA_PORT, bigEndian: port) }
        if let networkIdentifier { writer.attribute(NDA_VNI, integer: networkIdentifier) }
        if let sourceNetworkIdentifier { writer.attribute(NDA_SRC_VNI, integer: sourceNetworkIdentifier) }
        if let outputLinkIndex { writer.attribute(NDA_IFINDEX, integer: outputLinkIndex) }
        if self.protocol != .unspecified { writer.attribute(NDA_PROTOCOL, integer: self.protocol.rawValue) }
        if let nexthopID { writer.attribute(NDA_NH_ID, integer: nexthopID) }
        if flags.extended != 0 { writer.attribute(NDA_FLAGS_EXT, integer: flags.extended) }
        writer.append(attributes)
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type: some BinaryInteger, flags requestFlags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, words, type: type, flags: requestFlags)
        write(into: &request.body)
        return request
    }

    /// For errors: `neighbor 10.0.0.9`, `forwarding entry 02:00:00:00:00:01`.
    package var words: String {
        let kind = flags.contains(.proxy) ? "proxy" : "neighbor"
        if family != .bridge, let address { return "\(kind) \(address)" }
        return "forwarding entry \(macAddress.map { "\($0)" } ?? "of \(hardwareAddress.count) bytes")"
    }
}

/// How long ago something happened to a neighbour (struct nda_cacheinfo), in hundredths of a second.
public struct NeighborTimes: Hashable, Sendable {
    public let confirmed: UInt32
    public let used: UInt32
    public let updated: UInt32
    /// How many hold the entry.
    public let references: UInt32

    init(_ information: nda_cacheinfo) {
        confirmed = information.ndm_confirmed
        used = information.ndm_used
        updated = information.ndm_updated
        references = information.ndm_refcnt
    }
}
