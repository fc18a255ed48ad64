internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    /// The routes of a table, of both families, in the kernel's order.
    public mutating func routes(
        table: UInt32 = Route.mainTable, until deadline: Deadline
    ) throws(NetlinkError) -> [Route] {
        try routes(table: table, family: UInt8(AF_INET), until: deadline)
            + routes(table: table, family: UInt8(AF_INET6), until: deadline)
    }

    private mutating func routes(
        table: UInt32, family: UInt8, until deadline: Deadline
    ) throws(NetlinkError) -> [Route] {
        var request = NetlinkRequest("list", "routes", type: RTM_GETROUTE)
        var header = rtmsg()
        header.rtm_family = family
        request.body.append(header: header)
        // With NETLINK_GET_STRICT_CHK the kernel sends this table alone; an older one sends all, hence the test below.
        request.body.attribute(RTA_TABLE.rawValue, integer: table)
        do throws(NetlinkError) {
            return try connection.dump(request, until: deadline, into: []) {
                (all: inout [Route], message, bytes) throws(NetlinkError) in
                guard message.type == UInt16(RTM_NEWROUTE), let route = try Route(message, in: bytes) else { return }
                // RTM_F_CLONED: a cached exception, not a route.
                if route.table == table, message.fixedHeader(rtmsg(), in: bytes).rtm_flags & UInt32(RTM_F_CLONED) == 0 {
                    all.append(route)
                }
            }.value
        } catch  where error.errno == .noSuchFileOrDirectory {
            // IPv4's tables are made with their first route: one that does not exist has none.
            return []
        } catch  where error.kind == .refused && error.errno == .addressFamilyNotSupported {
            return []
        }
    }

    /// Adds a route. Where one with that destination and metric is: EEXIST, or with `replacing` it makes way.
    public mutating func addRoute(
        _ route: Route, replacing: Bool = false, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            route.request(
                replacing ? "replace" : "add", type: RTM_NEWROUTE,
                flags: replacing ? [.create, .replace] : [.create, .exclusive]),
            link: route.linkIndex, until: deadline)
    }

    /// Deletes a route; ESRCH where there is none such.
    public mutating func deleteRoute(_ route: Route, until deadline: Deadline) throws(NetlinkError) {
        try change(route.request("delete", type: RTM_DELROUTE, flags: []), link: route.linkIndex, until: deadline)
    }
}
