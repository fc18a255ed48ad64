internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    // MARK: Reading

    /// The routes of a table, of both families, in the kernel's order.
    public mutating func routes(
        table: UInt32 = Route.mainTable, until deadline: Deadline
    ) throws(NetlinkError) -> [Route] { try routes(RouteFilter(table: table), until: deadline) }

    /// The routes that `filter` lets through, IPv4's first, in the kernel's order.
    public mutating func routes(_ filter: RouteFilter, until deadline: Deadline) throws(NetlinkError) -> [Route] {
        var all: [Route] = []
        for family in families(of: filter) {
            try Self.withoutAbsentTable { () throws(NetlinkError) in
                all = try connection.dump(filter.request(family), until: deadline, into: all) {
                    (all: inout [Route], message, bytes) throws(NetlinkError) in
                    guard message.type == UInt16(RTM_NEWROUTE), let route = try Route(message, in: bytes),
                        filter.matches(route)
                    else { return }
                    all.append(route)
                }.value
            }
        }
        return all
    }

    /// Gives each route that `filter` lets through to `body`, as it comes, and collects none: nothing is allocated for a route that
    /// has no rare attributes.
    ///
    /// False where the kernel says of IPv6 routes that they changed meanwhile; IPv4's tear without being marked.
    @discardableResult
    public mutating func forEachRoute(
        _ filter: RouteFilter = RouteFilter(), until deadline: Deadline, _ body: (borrowing Route) -> Void
    ) throws(NetlinkError) -> Bool {
        var isConsistent = true
        for family in families(of: filter) {
            try Self.withoutAbsentTable { () throws(NetlinkError) in
                let isWhole = try connection.visit(filter.request(family), until: deadline) {
                    message, bytes throws(NetlinkError) in
                    guard message.type == UInt16(RTM_NEWROUTE), let route = try Route(message, in: bytes),
                        filter.matches(route)
                    else { return }
                    body(route)
                }
                if !isWhole { isConsistent = false }
            }
        }
        return isConsistent
    }

    /// The routes by MPLS label; none where the kernel has no MPLS.
    public mutating func mplsRoutes(until deadline: Deadline) throws(NetlinkError) -> [MPLSRoute] {
        var all: [MPLSRoute] = []
        try Self.withoutAbsentTable { () throws(NetlinkError) in
            all = try connection.dump(RouteFilter().request(.mpls), until: deadline, into: []) {
                (all: inout [MPLSRoute], message, bytes) throws(NetlinkError) in
                guard message.type == UInt16(RTM_NEWROUTE), let route = try MPLSRoute(message, in: bytes) else {
                    return
                }
                all.append(route)
            }.value
        }
        return all
    }

    /// Which way such a packet would go; ENETUNREACH where none, EHOSTUNREACH and EACCES where a route says so.
    public mutating func route(for query: RouteQuery, until deadline: Deadline) throws(NetlinkError) -> Route {
        let request = query.request
        return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            guard let route = try Route(message, in: bytes) else {
                throw NetlinkError(.malformed(.noAnswer), operation: request.operation, subject: request.subject)
            }
            return route
        }
    }

    private func families(of filter: RouteFilter) -> [AddressFamily] {
        filter.family == .unspecified ? [.ipv4, .ipv6] : [filter.family]
    }

    /// A table is made with its first route: one that does not exist has none. So has a family that the kernel lacks.
    private static func withoutAbsentTable(_ body: () throws(NetlinkError) -> Void) throws(NetlinkError) {
        do throws(NetlinkError) { try body() } catch  where error.errno == .noSuchFileOrDirectory {
        } catch  where error.kind == .refused && error.cause == .missingFeature {}
    }

    // MARK: Changing

    /// Sets a route, by default one that is not there: EEXIST where one with that destination, metric and type of service is.
    public mutating func addRoute(
        _ route: Route, mode: ChangeMode = .add, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            route.request(mode.operation, type: RTM_NEWROUTE, flags: mode.flags), link: route.linkIndex,
            until: deadline)
    }

    /// Deletes a route; ESRCH where there is none such. Of what the route says all must agree with the kernel's, but for a type
    /// `.unspecified`, a scope `.nowhere`, a protocol `.unspecified` and a metric 0, which are any.
    public mutating func deleteRoute(_ route: Route, until deadline: Deadline) throws(NetlinkError) {
        try change(route.request("delete", type: RTM_DELROUTE, flags: []), link: route.linkIndex, until: deadline)
    }

    /// Sets many routes in few calls. The kernel takes each for itself: what it refused is in the outcome, by the route's place.
    public mutating func addRoutes(
        _ routes: [Route], mode: ChangeMode = .add, until deadline: Deadline
    ) -> BatchOutcome {
        execute(
            routes, mode.operation, type: UInt16(RTM_NEWROUTE), flags: mode.flags, until: deadline,
            { $0.write(into: &$1) }, named: { ("route \($0.words)", $0.linkIndex) })
    }

    /// Deletes many routes in few calls.
    public mutating func deleteRoutes(_ routes: [Route], until deadline: Deadline) -> BatchOutcome {
        execute(
            routes, "delete", type: UInt16(RTM_DELROUTE), flags: [], until: deadline, { $0.write(into: &$1) },
            named: { ("route \($0.words)", $0.linkIndex) })
    }

    /// Deletes the routes that `filter` lets through. Those that go meanwhile (ESRCH) are no failures.
    public mutating func flushRoutes(
        _ filter: RouteFilter, until deadline: Deadline
    ) throws(NetlinkError) -> BatchOutcome {
        let routes = try routes(filter, until: deadline).filter { route in
            // A route with several ways is not one link's to take, though it is listed by each.
            if filter.linkIndex != nil, route.linkIndex != filter.linkIndex { return false }
            // Older kernels list what IPv6 answers with where there is no route; it cannot be deleted.
            return !(route.type == .unreachable && !route.isIPv4 && route.destination.isDefault && route.metric == .max)
        }
        return deleteRoutes(routes, until: deadline).leavingOut { $0.errno == .noSuchProcess }
    }
}
