internal import CKernel
public import Kernel
public import Netlink

/// A route: struct rtmsg and RTA_* attributes (linux/rtnetlink.h).
public struct Route: Hashable, Sendable {
    /// `.defaultIPv4` and `.defaultIPv6` for the default routes.
    public var destination: IPPrefix
    /// RTA_GATEWAY, or RTA_VIA where it is of the other family.
    public var gateway: IPAddress?
    /// RTA_OIF: the interface's number. With a gateway it may be left to the kernel.
    public var linkIndex: Int32?
    /// RTNH_F_ONLINK: take the gateway to be on the link, whatever the addresses say.
    public var isOnLink: Bool
    /// RTA_PREFSRC.
    public var preferredSource: IPAddress?
    /// RTA_PRIORITY: lower is preferred. The kernel makes 0 of an IPv6 route to 1024.
    public var metric: UInt32
    /// Who set it (rtm_protocol).
    public var `protocol`: RouteProtocol
    public var scope: RouteScope
    /// RTN_*: unicast and others.
    public var type: RouteType
    /// RTA_TABLE; 254 is the main table.
    public var table: UInt32

    /// The main table (RT_TABLE_MAIN).
    public static let mainTable = UInt32(RT_TABLE_MAIN.rawValue)

    /// A unicast route to set. Its scope is what `ip route add` would give it: that of the link without a gateway (IPv4).
    public init(
        to destination: IPPrefix, gateway: IPAddress? = nil, linkIndex: Int32? = nil, isOnLink: Bool = false,
        preferredSource: IPAddress? = nil, metric: UInt32 = 0, protocol: RouteProtocol = .boot,
        scope: RouteScope? = nil, type: RouteType = .unicast, table: UInt32 = Route.mainTable
    ) {
        self.destination = destination
        self.gateway = gateway
        self.linkIndex = linkIndex
        self.isOnLink = isOnLink
        self.preferredSource = preferredSource
        self.metric = metric
        self.protocol = `protocol`
        self.scope = scope ?? (destination.address.isIPv4 && gateway == nil && type == .unicast ? .link : .universe)
        self.type = type
        self.table = table
    }

    /// Decodes the body of an RTM_NEWROUTE or RTM_DELROUTE; nil for a family that is neither IPv4 nor IPv6. A multipath
    /// route has neither gateway nor link here.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(rtmsg(), in: bytes)
        guard header.rtm_family == UInt8(AF_INET) || header.rtm_family == UInt8(AF_INET6) else { return nil }
        isOnLink = header.rtm_flags & UInt32(RTNH_F_ONLINK) != 0
        self.protocol = RouteProtocol(rawValue: header.rtm_protocol)
        scope = RouteScope(rawValue: header.rtm_scope)
        type = RouteType(rawValue: header.rtm_type)
        table = UInt32(header.rtm_table)
        metric = 0
        var target = header.rtm_family == UInt8(AF_INET) ? IPAddress.v4(.any) : .v6(.any)
        var attributes = message.attributes(after: MemoryLayout<rtmsg>.size)
        while let attribute = try attributes.next(bytes) {
            switch attribute.type {
            case Int(RTA_DST.rawValue): target = try attribute.address(bytes)
            case Int(RTA_GATEWAY.rawValue): gateway = try attribute.address(bytes)
            case Int(RTA_VIA.rawValue):
                // struct rtvia: a family, then the address that it is of.
                gateway = IPAddress(bytes: try attribute.copy(bytes).dropFirst(2))
            case Int(RTA_OIF.rawValue): linkIndex = try attribute.integer(bytes)
            case Int(RTA_PREFSRC.rawValue): preferredSource = try attribute.address(bytes)
            case Int(RTA_PRIORITY.rawValue): metric = try attribute.integer(bytes)
            case Int(RTA_TABLE.rawValue): table = try attribute.integer(bytes)
            default: break
            }
        }
        guard let destination = IPPrefix(target, length: Int(header.rtm_dst_len)) else {
            throw NetlinkError(.malformed(.tooShort(message.body.count)), operation: "decode", offset: message.offset)
        }
        self.destination = destination
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type requestType: some BinaryInteger, flags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, "route \(words)", type: requestType, flags: flags)
        let network = destination.network
        var header = rtmsg()
        header.rtm_family = destination.address.family
        header.rtm_dst_len = UInt8(destination.length)
        header.rtm_table = UInt8(exactly: table) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
        header.rtm_protocol = self.protocol.rawValue
        header.rtm_scope = scope.rawValue
        header.rtm_type = type.rawValue
        header.rtm_flags = isOnLink ? UInt32(RTNH_F_ONLINK) : 0
        request.body.append(header: header)
        request.body.attribute(RTA_TABLE.rawValue, integer: table)
        if !network.isDefault { request.body.attribute(RTA_DST.rawValue, bytes: network.address.bytes) }
        if let gateway {
            if gateway.isIPv4 == destination.address.isIPv4 {
                request.body.attribute(RTA_GATEWAY.rawValue, bytes: gateway.bytes)
            } else {
                // struct rtvia ends in a flexible array, which Swift does not import as a plain struct.
                request.body.attribute(RTA_VIA.rawValue, header: UInt16(gateway.family), then: gateway.bytes)
            }
        }
        if let linkIndex { request.body.attribute(RTA_OIF.rawValue, integer: linkIndex) }
        if let preferredSource { request.body.attribute(RTA_PREFSRC.rawValue, bytes: preferredSource.bytes) }
        if metric != 0 { request.body.attribute(RTA_PRIORITY.rawValue, integer: metric) }
        return request
    }

    /// `default via 10.0.0.1`.
    private var words: String {
        let target = destination.isDefault ? "default" : destination.network.description
        return gateway.map { "\(target) via \($0)" } ?? target
    }
}

/// Who set a route (RTPROT_*, linux/rtnetlink.h).
public struct RouteProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let kernel = RouteProtocol(rawValue: UInt8(RTPROT_KERNEL))
    public static let boot = RouteProtocol(rawValue: UInt8(RTPROT_BOOT))
    /// By an administrator: `static` in `ip`.
    public static let administrator = RouteProtocol(rawValue: UInt8(RTPROT_STATIC))
    public static let routerAdvertisement = RouteProtocol(rawValue: UInt8(RTPROT_RA))
    public static let dhcp = RouteProtocol(rawValue: UInt8(RTPROT_DHCP))
}

/// How far something reaches (RT_SCOPE_*, linux/rtnetlink.h).
public struct RouteScope: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Everywhere: `global` in `ip`.
    public static let universe = RouteScope(rawValue: UInt8(RT_SCOPE_UNIVERSE.rawValue))
    public static let site = RouteScope(rawValue: UInt8(RT_SCOPE_SITE.rawValue))
    public static let link = RouteScope(rawValue: UInt8(RT_SCOPE_LINK.rawValue))
    public static let host = RouteScope(rawValue: UInt8(RT_SCOPE_HOST.rawValue))
}

/// What becomes of a packet (RTN_*, linux/rtnetlink.h).
public struct RouteType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let unicast = RouteType(rawValue: UInt8(RTN_UNICAST))
    public static let local = RouteType(rawValue: UInt8(RTN_LOCAL))
    public static let broadcast = RouteType(rawValue: UInt8(RTN_BROADCAST))
    public static let multicast = RouteType(rawValue: UInt8(RTN_MULTICAST))
    public static let blackhole = RouteType(rawValue: UInt8(RTN_BLACKHOLE))
    public static let unreachable = RouteType(rawValue: UInt8(RTN_UNREACHABLE))
    public static let prohibit = RouteType(rawValue: UInt8(RTN_PROHIBIT))
}
