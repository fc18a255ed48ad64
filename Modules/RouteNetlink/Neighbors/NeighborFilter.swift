internal import CKernel
public import Kernel
internal import Netlink

/// Which neighbours of a list are wanted; nil is all. The kernel chooses by family, link, master and proxies, where it can
/// (NETLINK_GET_STRICT_CHK); all is tested here again.
public struct NeighborFilter: Hashable, Sendable {
    /// IPv4, IPv6, `.unspecified` for both, `.bridge` for the forwarding databases.
    public var family = AddressFamily.unspecified
    public var linkIndex: Int32?
    /// Those of the ports of that bridge, bond or VRF.
    public var master: Int32?
    /// The proxied addresses in the neighbours' place.
    public var isProxy = false
    /// One of these; nil is all but NUD_NONE and NUD_NOARP, and those of other programs (NTF_EXT_LEARNED) whatever their state, as `ip`
    /// shows them.
    public var states: NeighborState?
    /// With ``states``: those of NUD_NONE too.
    public var includesStateless = false
    /// Neighbours in that network.
    public var within: IPPrefix?

    public init() {}
    public init(family: AddressFamily) { self.family = family }
    public init(linkIndex: Int32) { self.linkIndex = linkIndex }

    /// Whether it is one of them; the master is the kernel's to know.
    public func matches(_ neighbor: Neighbor) -> Bool {
        switch family {
        case .unspecified: if neighbor.family == .bridge { return false }
        default: if neighbor.family != family { return false }
        }
        if let linkIndex, neighbor.linkIndex != linkIndex { return false }
        if let master, family == .bridge, neighbor.master != master, neighbor.linkIndex != master { return false }
        if let within, neighbor.address.map({ within.contains($0) }) != true { return false }
        if family == .bridge { return true }
        if neighbor.flags.contains(.proxy) != isProxy { return false }
        if isProxy { return true }
        if let states {
            return neighbor.state.isEmpty
                ? includesStateless || states.isEmpty : !neighbor.state.isDisjoint(with: states)
        }
        return !neighbor.state.subtracting(.noARP).isEmpty || neighbor.flags.contains(.externallyLearned)
    }

    var request: NetlinkRequest {
        var request = NetlinkRequest("list", "neighbors", type: RTM_GETNEIGH)
        var header = ndmsg()
        header.ndm_family = family.rawValue
        header.ndm_flags = isProxy ? NeighborFlags.proxy.flags : 0
        request.body.append(header: header)
        if let linkIndex { request.body.attribute(NDA_IFINDEX, integer: linkIndex) }
        if let master { request.body.attribute(NDA_MASTER, integer: master) }
        return request
    }
}
