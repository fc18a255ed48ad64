internal import CKernel
internal import Kernel
internal import Netlink

extension Neighbor: MonitoredObject {
    struct Slot: Hashable, Sendable {
        let family: AddressFamily
        /// The link; of a bridge's entry the bridge, for an entry moves from port to port.
        let holder: Int32
        let isOfBridge: Bool
        /// Of a neighbour.
        let address: IPAddress?
        /// Of a forwarding entry.
        let hardwareAddress: MACAddress?
        let vlan: UInt16?
        let sourceNetworkIdentifier: UInt32?
    }

    static var part: NetworkParts { .neighbors }
    static var groups: [UInt32] { [UInt32(RTNLGRP_NEIGH.rawValue)] }
    static var newType: UInt16 { UInt16(RTM_NEWNEIGH) }
    static var deleteType: UInt16 { UInt16(RTM_DELNEIGH) }
    static var dumps: [NetlinkRequest] {
        [NeighborFilter().request, NeighborFilter(family: .bridge).request]
    }

    static func decode(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) -> Neighbor? {
        let neighbor = try Neighbor(message, in: bytes)
        return neighbor.isMonitored ? neighbor : nil
    }

    static func event(_ change: NetworkChange<Neighbor>) -> NetworkEvent { .neighbor(change) }

    /// Not what comes and goes without a notification: proxied addresses; the entries that the kernel makes for addresses which need no
    /// resolution (NUD_NOARP alone, of multicast for the most part) with the first packet to them, which `ip neighbor` does not show
    /// either; and the multicast addresses that a device listens to, which the forwarding databases' dump lists.
    private var isMonitored: Bool {
        switch family {
        case .ipv4, .ipv6: !flags.contains(.proxy)
        case .bridge: !(flags.contains(.own) && address == nil && nexthopID == nil && isMulticast)
        default: false
        }
    }

    /// Whether it is listed: a neighbour of NUD_NONE or NUD_NOARP is there and is none.
    var isListed: Bool { family == .bridge || !state.subtracting(.noARP).isEmpty }

    private var isMulticast: Bool { hardwareAddress.first.map { $0 & 1 != 0 } ?? false }

    var slot: Slot {
        let isForwarding = family == .bridge
        let isOfBridge = isForwarding && master != nil && !flags.contains(.own)
        return Slot(
            family: family, holder: isOfBridge ? master ?? linkIndex : linkIndex, isOfBridge: isOfBridge,
            address: isForwarding ? nil : address, hardwareAddress: isForwarding ? macAddress : nil, vlan: vlan,
            sourceNetworkIdentifier: sourceNetworkIdentifier)
    }

    /// A VXLAN sends what is for all, or for a group, to several: each destination is an entry. All others have one.
    func isSame(as other: Neighbor) -> Bool {
        guard family == .bridge, flags.contains(.own), isMulticast || hardwareAddress.allSatisfy({ $0 == 0 }) else {
            return true
        }
        return address == other.address && port == other.port && networkIdentifier == other.networkIdentifier
            && outputLinkIndex == other.outputLinkIndex && nexthopID == other.nexthopID
    }

    /// Times, the count of users and that of probes run on. A bridge does not tell when an entry of its has not been seen for long.
    func isUnchanged(since old: Neighbor, isTold: Bool) -> Bool {
        var (mine, theirs) = (self, old)
        mine.forgetWhatRuns()
        theirs.forgetWhatRuns()
        return mine == theirs
    }

    private mutating func forgetWhatRuns() {
        times = nil
        probes = nil
        if family == .bridge, state == .stale { state = .reachable }
    }
}
