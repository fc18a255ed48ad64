internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    /// The neighbours that `filter` lets through, by default all of IPv4 and IPv6 that `ip neighbor` shows, in the kernel's order.
    public mutating func neighbors(
        _ filter: NeighborFilter = NeighborFilter(), until deadline: Deadline
    ) throws(NetlinkError) -> [Neighbor] {
        try connection.dump(filter.request, until: deadline, into: []) {
            (all: inout [Neighbor], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWNEIGH) else { return }
            let neighbor = try Neighbor(message, in: bytes)
            if filter.matches(neighbor) { all.append(neighbor) }
        }.value
    }

    /// Gives each neighbour to `body` as it comes, and collects none.
    public mutating func forEachNeighbor(
        _ filter: NeighborFilter = NeighborFilter(), until deadline: Deadline, _ body: (Neighbor) -> Void
    ) throws(NetlinkError) {
        _ = try connection.visit(filter.request, until: deadline) { message, bytes throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWNEIGH) else { return }
            let neighbor = try Neighbor(message, in: bytes)
            if filter.matches(neighbor) { body(neighbor) }
        }
    }

    /// One neighbour, or proxied address with the flag; ENOENT where there is none (Linux 5.1).
    public mutating func neighbor(
        _ address: IPAddress, linkIndex: Int32, isProxy: Bool = false, until deadline: Deadline
    ) throws(NetlinkError) -> Neighbor {
        let wanted = Neighbor(
            linkIndex: linkIndex, address: address, state: [], flags: isProxy ? .proxy : [])
        let request = wanted.request("get", type: RTM_GETNEIGH, flags: [])
        do throws(NetlinkError) {
            return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
                try Neighbor(message, in: bytes)
            }
        } catch { throw named(error, "\(wanted.words) on \(name(of: linkIndex, until: deadline))") }
    }

    /// Sets a neighbour, a proxied address or an entry of a forwarding database, by default one that is not there: EEXIST where it is.
    public mutating func addNeighbor(
        _ neighbor: Neighbor, mode: ChangeMode = .add, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            neighbor.request(mode.operation, type: RTM_NEWNEIGH, flags: mode.flags), link: neighbor.linkIndex,
            until: deadline)
    }

    /// Deletes a neighbour; ENOENT where there is none. A neighbour in state NUD_NONE, failed or noarp is there and shown nowhere.
    public mutating func deleteNeighbor(_ neighbor: Neighbor, until deadline: Deadline) throws(NetlinkError) {
        try change(
            neighbor.request("delete", type: RTM_DELNEIGH, flags: []), link: neighbor.linkIndex, until: deadline)
    }

    /// Sets many in few calls; what the kernel refused is in the outcome, by its place.
    public mutating func addNeighbors(
        _ neighbors: [Neighbor], mode: ChangeMode = .add, until deadline: Deadline
    ) -> BatchOutcome {
        execute(
            neighbors, mode.operation, type: UInt16(RTM_NEWNEIGH), flags: mode.flags, until: deadline,
            { $0.write(into: &$1) }, named: { ($0.words, $0.linkIndex) })
    }

    /// Deletes many in few calls.
    public mutating func deleteNeighbors(_ neighbors: [Neighbor], until deadline: Deadline) -> BatchOutcome {
        execute(
            neighbors, "delete", type: UInt16(RTM_DELNEIGH), flags: [], until: deadline, { $0.write(into: &$1) },
            named: { ($0.words, $0.linkIndex) })
    }

    /// Deletes the neighbours that `filter` lets through, but for permanent ones and those that need no resolution unless the filter
    /// names their states. Those that go meanwhile (ENOENT) are no failures. (`ip` flushes what other programs keep, NTF_EXT_LEARNED,
    /// whatever is asked; this does not.)
    public mutating func flushNeighbors(
        _ filter: NeighborFilter, until deadline: Deadline
    ) throws(NetlinkError) -> BatchOutcome {
        let all = try neighbors(filter, until: deadline).filter {
            filter.states != nil || $0.state.isDisjoint(with: [.permanent, .noARP])
        }
        return deleteNeighbors(all, until: deadline).leavingOut { $0.errno == .noSuchFileOrDirectory }
    }

    /// The tables that neighbours are kept in, and their settings for each link.
    public mutating func neighborTables(until deadline: Deadline) throws(NetlinkError) -> [NeighborTable] {
        var request = NetlinkRequest("list", "neighbor tables", type: RTM_GETNEIGHTBL)
        request.body.append(header: ndtmsg())
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [NeighborTable], message, bytes) throws(NetlinkError) in
            if message.type == UInt16(RTM_NEWNEIGHTBL) { all.append(try NeighborTable(message, in: bytes)) }
        }.value
    }
}
