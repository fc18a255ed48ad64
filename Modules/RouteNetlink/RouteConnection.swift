internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

/// rtnetlink(7): links, addresses and routes of one network namespace. Calls block; each ends at its deadline.
///
/// A refusal's ``NetlinkError/errno`` tells what it was: EPERM, ENODEV for a missing link, EEXIST for a thing that is there.
public struct RouteConnection: ~Copyable {
    private var connection: NetlinkConnection

    /// Over a transport of the caller's: a recording, or a socket made in another namespace.
    public init(_ transport: any NetlinkTransport) { connection = NetlinkConnection(transport) }

    /// Opens a socket in the thread's network namespace.
    public static func open() throws(NetlinkError) -> RouteConnection {
        RouteConnection(try NetlinkSocket.open(.route))
    }

    // MARK: Links

    /// All links, by index.
    public mutating func links(until deadline: Deadline) throws(NetlinkError) -> [Link] {
        var request = NetlinkRequest("list", "links", type: RTM_GETLINK)
        request.append(header: ifinfomsg())
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [Link], message, bytes) throws(NetlinkError) in
            if message.type == UInt16(RTM_NEWLINK) { all.append(try Link(message, in: bytes)) }
        }.value.sorted { $0.index < $1.index }
    }

    /// The link of that name; ENODEV where there is none.
    public mutating func link(named name: String, until deadline: Deadline) throws(NetlinkError) -> Link {
        var request = NetlinkRequest("get", "link \(name)", type: RTM_GETLINK)
        request.append(header: ifinfomsg())
        request.attribute(IFLA_IFNAME, text: name)
        return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            try Link(message, in: bytes)
        }
    }

    /// The link of that number; ENODEV where there is none.
    public mutating func link(index: Int32, until deadline: Deadline) throws(NetlinkError) -> Link {
        var request = NetlinkRequest("get", "link \(index)", type: RTM_GETLINK)
        var header = ifinfomsg()
        header.ifi_index = index
        request.append(header: header)
        return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            try Link(message, in: bytes)
        }
    }

    /// Sets a link up or down, and nothing else of it.
    public mutating func setLink(_ index: Int32, up: Bool, until deadline: Deadline) throws(NetlinkError) {
        var request = NetlinkRequest(up ? "set up" : "set down", "link \(index)", type: RTM_NEWLINK)
        var header = ifinfomsg()
        header.ifi_index = index
        header.ifi_flags = up ? LinkFlags.up.rawValue : 0
        // IFF_UP alone: a mask of all ones would clear MULTICAST and the like.
        header.ifi_change = LinkFlags.up.rawValue
        request.append(header: header)
        do throws(NetlinkError) {
            try connection.execute(request, until: deadline)
        } catch {
            throw named(error, "link \(name(of: index, until: deadline))")
        }
    }

    // MARK: Addresses

    /// All addresses of both families, in the kernel's order.
    public mutating func addresses(until deadline: Deadline) throws(NetlinkError) -> [InterfaceAddress] {
        var request = NetlinkRequest("list", "addresses", type: RTM_GETADDR)
        request.append(header: ifaddrmsg())
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [InterfaceAddress], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWADDR) else { return }
            if let address = try InterfaceAddress(message, in: bytes) { all.append(address) }
        }.value
    }

    /// Sets an address. Where the link has it: EEXIST, or with `replacing` its lifetimes and protocol become the new ones.
    public mutating func addAddress(
        _ address: InterfaceAddress, replacing: Bool = false, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request(
                replacing ? "replace" : "add", type: RTM_NEWADDR,
                flags: replacing ? [.create, .replace] : [.create, .exclusive]),
            link: address.linkIndex, until: deadline)
    }

    /// Deletes an address; EADDRNOTAVAIL where the link does not have it.
    public mutating func deleteAddress(
        _ address: InterfaceAddress, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request("delete", type: RTM_DELADDR, flags: []), link: address.linkIndex, until: deadline)
    }

    // MARK: Routes

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
        request.append(header: header)
        // With NETLINK_GET_STRICT_CHK the kernel sends this table alone; an older one sends all, hence the test below.
        request.attribute(RTA_TABLE.rawValue, integer: table)
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

    // MARK: Names

    private mutating func change(
        _ request: NetlinkRequest, link index: Int32?, until deadline: Deadline
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try connection.execute(request, until: deadline)
        } catch {
            let subject = request.subject ?? ""
            guard let index else { throw named(error, subject) }
            throw named(error, "\(subject) on \(name(of: index, until: deadline))")
        }
    }

    /// For errors: the kernel is asked only then, and its number stands in where it has no name.
    private mutating func name(of index: Int32, until deadline: Deadline) -> String {
        (try? link(index: index, until: deadline).name) ?? "\(index)"
    }

    private func named(_ error: NetlinkError, _ subject: String) -> NetlinkError {
        var error = error
        error.subject = subject
        return error
    }
}
