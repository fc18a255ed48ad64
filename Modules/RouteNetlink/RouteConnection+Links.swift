internal import CKernel
public import Kernel
public import Netlink

extension RouteConnection {
    /// All links, by index.
    public mutating func links(until deadline: Deadline) throws(NetlinkError) -> [Link] {
        var request = NetlinkRequest("list", "links", type: RTM_GETLINK)
        request.body.append(header: ifinfomsg())
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [Link], message, bytes) throws(NetlinkError) in
            if message.type == UInt16(RTM_NEWLINK) { all.append(try Link(message, in: bytes)) }
        }.value.sorted { $0.index < $1.index }
    }

    /// The link of that name; ENODEV where there is none.
    public mutating func link(named name: String, until deadline: Deadline) throws(NetlinkError) -> Link {
        var request = NetlinkRequest("get", "link \(name)", type: RTM_GETLINK)
        request.body.append(header: ifinfomsg())
        request.body.attribute(IFLA_IFNAME, text: name)
        return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            try Link(message, in: bytes)
        }
    }

    /// The link of that number; ENODEV where there is none.
    public mutating func link(index: Int32, until deadline: Deadline) throws(NetlinkError) -> Link {
        var request = NetlinkRequest("get", "link \(index)", type: RTM_GETLINK)
        var header = ifinfomsg()
        header.ifi_index = index
        request.body.append(header: header)
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
        request.body.append(header: header)
        do throws(NetlinkError) {
            try connection.execute(request, until: deadline)
        } catch {
            throw named(error, "link \(name(of: index, until: deadline))")
        }
    }
}
