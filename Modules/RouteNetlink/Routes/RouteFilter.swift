internal import CKernel
public import Kernel
internal import Netlink

/// Which routes of a list are wanted; nil is all. What the kernel can choose by it does choose (NETLINK_GET_STRICT_CHK, Linux 4.20);
/// all is tested here again, for kernels that send everything.
public struct RouteFilter: Hashable, Sendable {
    /// IPv4, IPv6, or `.unspecified` for both.
    public var family = AddressFamily.unspecified
    public var table: UInt32?
    public var `protocol`: RouteProtocol?
    public var type: RouteType?
    /// Tested here alone.
    public var scope: RouteScope?
    /// RTA_OIF of the route, or of one of its ways.
    public var linkIndex: Int32?
    /// Tested here alone.
    public var typeOfService: UInt8?
    /// Routes to that network and no other; tested here alone.
    public var exactly: IPPrefix?
    /// Routes to networks inside of that one; tested here alone.
    public var within: IPPrefix?
    /// Routes to networks that have all of that one in them; tested here alone.
    public var containing: IPPrefix?
    /// RTA_PREFSRC in that network; tested here alone.
    public var preferredSource: IPPrefix?
    /// IPv6: for packets from that network and no other; tested here alone.
    public var source: IPPrefix?
    /// RTA_PRIORITY; tested here alone.
    public var metric: UInt32?
    /// Routes by that gateway; tested here alone.
    public var gateway: IPAddress?
    /// The cached exceptions (RTM_F_CLONED: path MTUs, redirects) in the routes' place.
    public var isCached = false

    /// All tables of both families.
    public init() {}

    /// Those of one table.
    public init(table: UInt32) { self.table = table }

    /// Whether the route is one of them.
    public func matches(_ route: Route) -> Bool {
        if route.flags.contains(.cloned) != isCached { return false }
        if let table, route.table != table { return false }
        if family != .unspecified, route.family != family { return false }
        if let `protocol`, route.protocol != `protocol` { return false }
        if let type, route.type != type { return false }
        if let scope, route.scope != scope { return false }
        if let typeOfService, route.typeOfService != typeOfService { return false }
        if let linkIndex, route.linkIndex != linkIndex,
            route.linkIndex != nil || !route.hops.contains(where: { $0.linkIndex == linkIndex })
        {
            return false
        }
        if let exactly, route.destination != exactly.network { return false }
        if let within, route.destination.length < within.length || !within.contains(route.destination.address) {
            return false
        }
        if let containing,
            route.destination.length > containing.length || !route.destination.contains(containing.address)
        {
            return false
        }
        if let preferredSource, route.preferredSource.map({ preferredSource.contains($0) }) != true { return false }
        if let source, route.source != source.network { return false }
        if let metric, route.metric != metric { return false }
        if let gateway, route.gateway != gateway, !route.hops.contains(where: { $0.gateway == gateway }) {
            return false
        }
        return true
    }

    /// The dump's request for one family.
    func request(_ family: AddressFamily) -> NetlinkRequest {
        var request = NetlinkRequest("list", "routes", type: RTM_GETROUTE)
        var header = rtmsg()
        header.rtm_family = family.rawValue
        header.rtm_protocol = self.protocol?.rawValue ?? 0
        header.rtm_type = type?.rawValue ?? 0
        header.rtm_flags = isCached ? RouteFlags.cloned.rawValue : 0
        request.body.append(header: header)
        if let table { request.body.attribute(RTA_TABLE.rawValue, integer: table) }
        if let linkIndex { request.body.attribute(RTA_OIF.rawValue, integer: linkIndex) }
        return request
    }
}
