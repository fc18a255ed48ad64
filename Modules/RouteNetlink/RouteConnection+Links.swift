internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    // MARK: Reading

    /// The links that `filter` takes, by index.
    public mutating func links(
        _ filter: LinkFilter = .all, including details: LinkDetails = [], until deadline: Deadline
    ) throws(NetlinkError) -> [Link] {
        var links = try connection.dump(.links(filter, including: details), until: deadline, into: []) {
            (all: inout [Link], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWLINK) else { return }
            let link = try Link(message, in: bytes)
            if filter.takes(link) { all.append(link) }
        }.value
        // The kernel goes by the hash of the index, from 6.7 on by the index itself.
        if zip(links, links.dropFirst()).contains(where: { $0.index > $1.index }) { links.sort { $0.index < $1.index } }
        return links
    }

    /// The link of that name, or with that alternative name; ENODEV where there is none.
    public mutating func link(
        named name: String, including details: LinkDetails = [], until deadline: Deadline
    ) throws(NetlinkError) -> Link {
        try connection.get(.link(named: name, including: details), until: deadline) {
            message, bytes throws(NetlinkError) in try Link(message, in: bytes)
        }
    }

    /// The link of that number; ENODEV where there is none.
    public mutating func link(
        index: Int32, including details: LinkDetails = [], until deadline: Deadline
    ) throws(NetlinkError) -> Link {
        try connection.get(.link(index: index, including: details), until: deadline) {
            message, bytes throws(NetlinkError) in try Link(message, in: bytes)
        }
    }

    // MARK: Changing

    /// Makes a link: `addLink(LinkSettings("br0", Bridge()), until: …)`. EEXIST where the name is taken, EOPNOTSUPP where this kernel lacks the
    /// kind.
    public mutating func addLink(_ settings: LinkSettings, until deadline: Deadline) throws(NetlinkError) {
        try connection.execute(.addLink(settings), until: deadline)
    }

    /// Changes what `settings` says of a link, and nothing else of it.
    ///
    /// But for the options of IP tunnels (gre and kin, ipip, sit, ip6tnl, vti): of those the kernel resets what a change leaves out, so
    /// start from ``Link/options``.
    ///
    /// The kernel makes the changes one after the other, and those before one that it refuses stay.
    public mutating func setLink(
        _ index: Int32, _ settings: LinkSettings, until deadline: Deadline
    ) throws(NetlinkError) { try change(.setLink(index, settings), ofLink: index, until: deadline) }

    /// Sets a link up or down, and nothing else of it.
    public mutating func setLink(_ index: Int32, up: Bool, until deadline: Deadline) throws(NetlinkError) {
        var settings = LinkSettings()
        // IFF_UP alone: a mask of all ones would clear MULTICAST and the like.
        settings.isUp = up
        var request = NetlinkRequest(up ? "set up" : "set down", "link \(index)", type: RTM_NEWLINK)
        settings.write(into: &request.body, index: index)
        try change(request, ofLink: index, until: deadline)
    }

    /// Deletes a link; of a pair, both. EOPNOTSUPP for hardware.
    public mutating func deleteLink(_ index: Int32, until deadline: Deadline) throws(NetlinkError) {
        try change(.deleteLink(index), ofLink: index, until: deadline)
    }

    /// Gives a link alternative names; EEXIST where any link has one of them.
    public mutating func addAlternativeNames(
        _ names: [String], to index: Int32, until deadline: Deadline
    ) throws(NetlinkError) { try change(.addAlternativeNames(names, to: index), ofLink: index, until: deadline) }

    /// Takes alternative names from a link.
    public mutating func deleteAlternativeNames(
        _ names: [String], from index: Int32, until deadline: Deadline
    ) throws(NetlinkError) { try change(.deleteAlternativeNames(names, from: index), ofLink: index, until: deadline) }

    private mutating func change(
        _ request: NetlinkRequest, ofLink index: Int32, until deadline: Deadline
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try connection.execute(request, until: deadline)
        } catch {
            throw named(error, "link \(name(of: index, until: deadline))")
        }
    }
}
