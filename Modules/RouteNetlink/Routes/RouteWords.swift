internal import CKernel

/// Who set a route (RTPROT_*, linux/rtnetlink.h); numbers from RTPROT_STATIC on are not interpreted by the kernel.
public struct RouteProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let unspecified = RouteProtocol(rawValue: UInt8(RTPROT_UNSPEC))
    /// By an ICMP redirect.
    public static let redirect = RouteProtocol(rawValue: UInt8(RTPROT_REDIRECT))
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
    /// No destination; of a route that is to be deleted: any.
    public static let nowhere = RouteScope(rawValue: UInt8(RT_SCOPE_NOWHERE.rawValue))
}

/// What becomes of a packet (RTN_*, linux/rtnetlink.h).
public struct RouteType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ type: some BinaryInteger) { rawValue = UInt8(truncatingIfNeeded: type) }

    /// Of a route that is to be deleted: any.
    public static let unspecified = RouteType(RTN_UNSPEC)
    public static let unicast = RouteType(RTN_UNICAST)
    /// Accepted here.
    public static let local = RouteType(RTN_LOCAL)
    /// Accepted here and sent as a broadcast.
    public static let broadcast = RouteType(RTN_BROADCAST)
    /// Accepted here as a broadcast, and sent as unicast.
    public static let anycast = RouteType(RTN_ANYCAST)
    public static let multicast = RouteType(RTN_MULTICAST)
    /// Dropped in silence.
    public static let blackhole = RouteType(RTN_BLACKHOLE)
    /// ICMP host unreachable.
    public static let unreachable = RouteType(RTN_UNREACHABLE)
    /// ICMP communication administratively prohibited.
    public static let prohibit = RouteType(RTN_PROHIBIT)
    /// Not in this table: the next rule has its say.
    public static let `throw` = RouteType(RTN_THROW)
    /// No longer in use.
    public static let nat = RouteType(RTN_NAT)
}

/// RTNH_F_* and, of a whole route, RTM_F_* and RTCF_* (linux/rtnetlink.h, linux/in_route.h).
public struct RouteFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ flag: some BinaryInteger) { rawValue = UInt32(truncatingIfNeeded: flag) }

    /// RTNH_F_DEAD: the link is down.
    public static let dead = RouteFlags(RTNH_F_DEAD)
    /// RTNH_F_PERVASIVE: the gateway is looked up in turn.
    public static let pervasive = RouteFlags(RTNH_F_PERVASIVE)
    /// RTNH_F_ONLINK: take the gateway to be on the link, whatever the addresses say.
    public static let onLink = RouteFlags(RTNH_F_ONLINK)
    /// RTNH_F_OFFLOAD: the hardware has the hop.
    public static let offload = RouteFlags(RTNH_F_OFFLOAD)
    /// RTNH_F_LINKDOWN: no carrier.
    public static let linkDown = RouteFlags(RTNH_F_LINKDOWN)
    /// RTNH_F_UNRESOLVED, of multicast routing.
    public static let unresolved = RouteFlags(RTNH_F_UNRESOLVED)
    /// RTNH_F_TRAP: the hardware gives such packets to the CPU.
    public static let trap = RouteFlags(RTNH_F_TRAP)
    /// RTM_F_NOTIFY.
    public static let notify = RouteFlags(RTM_F_NOTIFY)
    /// RTM_F_CLONED: a cached exception, or the answer to a lookup; no route of a table.
    public static let cloned = RouteFlags(RTM_F_CLONED)
    /// RTM_F_PREFIX: made by a router advertisement's prefix.
    public static let prefix = RouteFlags(RTM_F_PREFIX)
    /// RTM_F_LOOKUP_TABLE, of a lookup: the answer says which table it is from.
    public static let lookupTable = RouteFlags(RTM_F_LOOKUP_TABLE)
    /// RTM_F_FIB_MATCH, of a lookup: the answer is the table's entry.
    public static let tableMatch = RouteFlags(RTM_F_FIB_MATCH)
    /// RTM_F_OFFLOAD: the hardware has the route.
    public static let routeOffload = RouteFlags(RTM_F_OFFLOAD)
    /// RTM_F_TRAP.
    public static let routeTrap = RouteFlags(RTM_F_TRAP)
    /// RTM_F_OFFLOAD_FAILED.
    public static let offloadFailed = RouteFlags(UInt32(RTM_F_OFFLOAD_FAILED))

    /// What can be asked for; the kernel refuses a request with others (RTNH_F_DEAD) or passes over them.
    static let settable: RouteFlags = [.onLink, .pervasive]
}

/// How much a router is preferred (RFC 4191, section 2.1; ICMPV6_ROUTER_PREF_*): two bits, signed.
public struct RoutePreference: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let medium = RoutePreference(rawValue: UInt8(ICMPV6_ROUTER_PREF_MEDIUM))
    public static let high = RoutePreference(rawValue: UInt8(ICMPV6_ROUTER_PREF_HIGH))
    public static let low = RoutePreference(rawValue: UInt8(ICMPV6_ROUTER_PREF_LOW))
}

/// Two classes of packets for accounting and traffic control (RTA_FLOW, FRA_FLOW): 16 bits each.
public struct RouteRealms: Hashable, Sendable {
    /// The source's; 0 is none.
    public var source: UInt16
    /// The destination's.
    public var destination: UInt16

    public init(source: UInt16 = 0, destination: UInt16) {
        self.source = source
        self.destination = destination
    }

    init(_ flow: UInt32) {
        source = UInt16(truncatingIfNeeded: flow >> 16)
        destination = UInt16(truncatingIfNeeded: flow)
    }

    var flow: UInt32 { UInt32(source) << 16 | UInt32(destination) }
}
