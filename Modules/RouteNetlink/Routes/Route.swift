internal import CKernel
public import Kernel
public import Netlink

/// A route of IPv4 or IPv6: struct rtmsg and RTA_* attributes (linux/rtnetlink.h).
///
/// What nearly every route has is stored flat, so that reading one allocates nothing; what few have is in ``attributes``, with typed
/// properties over it (``hops``, ``metrics``, ``encapsulation``, …).
public struct Route: Hashable, Sendable {
    /// `.defaultIPv4` and `.defaultIPv6` for the default routes.
    public var destination: IPPrefix
    /// RTA_GATEWAY, or RTA_VIA where it is of the other family.
    public var gateway: IPAddress?
    /// RTA_PREFSRC: the source address of what is sent from here without one.
    public var preferredSource: IPAddress?
    /// RTA_OIF: the interface's number. With a gateway it may be left to the kernel.
    public var linkIndex: Int32?
    /// RTA_PRIORITY: lower is preferred. The kernel makes 0 of an IPv6 route to 1024.
    public var metric: UInt32
    /// RTA_TABLE; 254 is the main table.
    public var table: UInt32
    /// RTA_NH_ID: the nexthop object that has gateway and link; 0 is none. The kernel fills in the object's gateway and link
    /// where it lists a route; they are not sent with the number.
    public var nexthopID: UInt32
    /// What is left of RTA_CACHEINFO's rta_expires, in ticks of USER_HZ; 0 never.
    var expiryTicks: Int32
    /// rtm_flags; ``isOnLink`` is the one that is set often.
    public var flags: RouteFlags
    /// Who set it (rtm_protocol).
    public var `protocol`: RouteProtocol
    public var scope: RouteScope
    /// RTN_*: unicast and others.
    public var type: RouteType
    /// rtm_tos: packets with these bits only; 0 is all. IPv4.
    public var typeOfService: UInt8
    /// rtm_src_len; the address is in the attributes (RTA_SRC).
    var sourceLength: UInt8
    /// RTA_PREF, IPv6: which of several routers is taken.
    public var preference: RoutePreference
    /// RTA_* that have no field of their own, as they came; they are sent again with the route.
    public var attributes: AttributeSet

    /// The main table (RT_TABLE_MAIN).
    public static let mainTable = UInt32(RT_TABLE_MAIN.rawValue)
    /// The table of local and broadcast addresses (RT_TABLE_LOCAL).
    public static let localTable = UInt32(RT_TABLE_LOCAL.rawValue)
    /// The table that is asked last (RT_TABLE_DEFAULT).
    public static let defaultTable = UInt32(RT_TABLE_DEFAULT.rawValue)

    /// RTNH_F_ONLINK: take the gateway to be on the link, whatever the addresses say.
    public var isOnLink: Bool {
        get { flags.contains(.onLink) }
        set { if newValue { flags.insert(.onLink) } else { flags.remove(.onLink) } }
    }
    public var isIPv4: Bool { destination.address.isIPv4 }
    public var family: AddressFamily { AddressFamily(of: destination.address) }

    /// A route to set. Table and scope are what `ip route add` would give it: local and broadcast routes go to the local table;
    /// an IPv4 route's scope is the host for a local route, the link for one without a gateway, else the universe.
    public init(
        to destination: IPPrefix, gateway: IPAddress? = nil, linkIndex: Int32? = nil, isOnLink: Bool = false,
        preferredSource: IPAddress? = nil, metric: UInt32 = 0, protocol: RouteProtocol = .boot,
        scope: RouteScope? = nil, type: RouteType = .unicast, table: UInt32? = nil, nexthopID: UInt32 = 0
    ) {
        self.destination = destination
        self.gateway = gateway
        self.linkIndex = linkIndex
        flags = isOnLink ? .onLink : []
        self.preferredSource = preferredSource
        self.metric = metric
        self.protocol = `protocol`
        self.type = type
        self.nexthopID = nexthopID
        self.table = table ?? Self.usualTable(of: type)
        self.scope =
            scope
            ?? Self.usualScope(
                of: type, isIPv4: destination.address.isIPv4, hasGateway: gateway != nil || nexthopID != 0)
        expiryTicks = 0
        typeOfService = 0
        sourceLength = 0
        preference = .medium
        attributes = AttributeSet()
    }

    /// Where a route of that type goes.
    public static func usualTable(of type: RouteType) -> UInt32 {
        switch type {
        case .local, .broadcast, .anycast, .nat: localTable
        default: mainTable
        }
    }

    /// How far a route of that type reaches; IPv6 knows no scopes.
    public static func usualScope(of type: RouteType, isIPv4: Bool, hasGateway: Bool) -> RouteScope {
        guard isIPv4 else { return .universe }
        switch type {
        case .local, .nat: return .host
        case .broadcast, .multicast, .anycast: return .link
        case .unicast: return hasGateway ? .universe : .link
        default: return .universe
        }
    }

    /// For errors: `default via 10.0.0.1`, `blackhole 10.0.0.0/8`.
    package var words: String {
        var text = destination.isDefault ? "default" : destination.network.description
        if type != .unicast, type != .unspecified { text = "\(RouteName.type(type)) \(text)" }
        if nexthopID != 0 { return "\(text) by nexthop \(nexthopID)" }
        if let gateway { text += " via \(gateway)" }
        if table != Self.mainTable { text += " in table \(table)" }
        return text
    }
}

/// Names that are the same on every host.
package enum RouteName {
    /// RTN_*, in their order, as `ip` has them.
    package static let types = [
        "none", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
        "throw", "nat", "xresolve",
    ]
    package static func type(_ type: RouteType) -> String {
        let number = Int(type.rawValue)
        return number < types.count ? types[number] : "\(number)"
    }
}
