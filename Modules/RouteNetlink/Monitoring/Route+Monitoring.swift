internal import CKernel
internal import Kernel
internal import Netlink

extension Route: MonitoredObject {
    struct Slot: Hashable, Sendable {
        let destination: IPPrefix
        /// IPv6 has a tree of sources below each destination.
        let source: IPPrefix?
        let table: UInt32
        let metric: UInt32
        /// IPv4's routes of one destination are ordered by it.
        let typeOfService: UInt8
    }

    static var part: NetworkParts { .routes }
    /// The routes through a nexthop object go with it, and only the object's end is told.
    static var groups: [UInt32] {
        [
            UInt32(RTNLGRP_IPV4_ROUTE.rawValue), UInt32(RTNLGRP_IPV6_ROUTE.rawValue),
            UInt32(RTNLGRP_NEXTHOP.rawValue),
        ]
    }
    static var newType: UInt16 { UInt16(RTM_NEWROUTE) }
    static var deleteType: UInt16 { UInt16(RTM_DELROUTE) }

    static var dumps: [NetlinkRequest] {
        [AF_INET, AF_INET6].map { family in
            var header = rtmsg()
            header.rtm_family = UInt8(family)
            return NetlinkRequest("list", "routes", type: RTM_GETROUTE, header: header)
        }
    }

    /// Nil for a cached exception (RTM_F_CLONED), which is no route.
    static func decode(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) -> Route? {
        guard message.fixedHeader(rtmsg(), in: bytes).rtm_flags & UInt32(RTM_F_CLONED) == 0 else { return nil }
        return try Route(message, in: bytes)
    }

    static func event(_ change: NetworkChange<Route>) -> NetworkEvent { .route(change) }

    var slot: Slot {
        isIPv4
            ? Slot(destination: destination, source: nil, table: table, metric: metric, typeOfService: typeOfService)
            : Slot(destination: destination, source: source, table: table, metric: metric, typeOfService: 0)
    }

    /// NLM_F_REPLACE does not name what made way: where there is one candidate it is that one, else a dump tells.
    static func add(_ route: Route, _ flags: NetlinkFlags, to slot: inout [Route]) -> SlotOutcome<Route> {
        if let position = slot.firstIndex(where: { $0.isSame(as: route) }) {
            let change = replace(position, of: &slot, by: route, isTold: true)
            return SlotOutcome(change: change, isUncertain: flags.contains(.replace) && slot.count > 1)
        }
        if flags.contains(.replace), slot.count == 1 {
            return SlotOutcome(change: replace(0, of: &slot, by: route, isTold: true))
        }
        slot.append(route)
        return SlotOutcome(change: .added(route), isUncertain: flags.contains(.replace) && slot.count > 1)
    }

    /// One nexthop of a multipath route of IPv6 may go, in which case the message has that one alone and a dump tells what is left.
    static func remove(_ route: Route, from slot: inout [Route]) -> SlotOutcome<Route> {
        guard let position = slot.firstIndex(where: { $0.isSame(as: route) }) else {
            return SlotOutcome(isUncertain: !slot.isEmpty)
        }
        if !slot[position].goesWhole(with: route) { return SlotOutcome(isUncertain: true) }
        return SlotOutcome(change: .removed(slot.remove(at: position)))
    }
}
