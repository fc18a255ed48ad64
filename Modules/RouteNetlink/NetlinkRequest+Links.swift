internal import CKernel
public import Netlink

/// Requests about links, to be executed alone or in a ``NetlinkBatch``.
extension NetlinkRequest {
    /// All links that `filter` takes. The answer's messages are of type RTM_NEWLINK.
    public static func links(_ filter: LinkFilter = .all, including details: LinkDetails = []) -> NetlinkRequest {
        var request = NetlinkRequest("list", "links", type: RTM_GETLINK, header: ifinfomsg())
        request.body.attribute(IFLA_EXT_MASK, integer: details.mask)
        filter.write(into: &request.body)
        return request
    }

    /// One link, by its number.
    public static func link(index: Int32, including details: LinkDetails = []) -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_index = index
        var request = NetlinkRequest("get", "link \(index)", type: RTM_GETLINK, header: header)
        request.body.attribute(IFLA_EXT_MASK, integer: details.mask)
        return request
    }

    /// One link, by its name or one of its alternative names.
    public static func link(named name: String, including details: LinkDetails = []) -> NetlinkRequest {
        var request = NetlinkRequest("get", "link \(name)", type: RTM_GETLINK, header: ifinfomsg())
        request.body.attribute(IFLA_EXT_MASK, integer: details.mask)
        // A name of sixteen bytes and more can only be an alternative one, which also finds the others (Linux 5.5).
        request.body.attribute(name.utf8.count < Int(IFNAMSIZ) ? IFLA_IFNAME : IFLA_ALT_IFNAME, text: name)
        return request
    }

    /// Makes a link.
    public static func addLink(_ settings: LinkSettings) -> NetlinkRequest {
        var request = NetlinkRequest(
            "add", settings.name.map { "link \($0)" } ?? "link", type: RTM_NEWLINK, flags: [.create, .exclusive])
        settings.write(into: &request.body)
        return request
    }

    /// Changes a link; what `settings` does not say stays as it is.
    public static func setLink(_ index: Int32, _ settings: LinkSettings) -> NetlinkRequest {
        var request = NetlinkRequest("set", "link \(index)", type: RTM_NEWLINK)
        settings.write(into: &request.body, index: index)
        return request
    }

    /// Deletes a link; of a pair, both.
    public static func deleteLink(_ index: Int32) -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_index = index
        return NetlinkRequest("delete", "link \(index)", type: RTM_DELLINK, header: header)
    }

    /// Gives a link alternative names (RTM_NEWLINKPROP).
    public static func addAlternativeNames(_ names: [String], to index: Int32) -> NetlinkRequest {
        properties("add", RTM_NEWLINKPROP, [.create, .append, .exclusive], names, index)
    }

    /// Takes alternative names from a link (RTM_DELLINKPROP).
    public static func deleteAlternativeNames(_ names: [String], from index: Int32) -> NetlinkRequest {
        properties("delete", RTM_DELLINKPROP, [.exclusive], names, index)
    }

    private static func properties(
        _ operation: String, _ type: some BinaryInteger, _ flags: NetlinkFlags, _ names: [String], _ index: Int32
    ) -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_index = index
        var request = NetlinkRequest(
            operation, "names \(names.joined(separator: ", ")) of link \(index)", type: type, flags: flags,
            header: header)
        request.body.nest(IFLA_PROP_LIST) { writer in
            for name in names { writer.attribute(IFLA_ALT_IFNAME, text: name) }
        }
        return request
    }
}
