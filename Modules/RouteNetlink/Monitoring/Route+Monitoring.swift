internal import CKernel
internal import Kernel
internal import Netlink

extension Route: MonitoredObject {
    struct Slot: Hashable, Sendable {
        let destination: IPPrefix
        let table: UInt32
        let metric: UInt32
    }

    static var part: NetworkParts { .routes }
    static var groups: [UInt32] { [UInt32(RTNLGRP_IPV4_ROUTE.rawValue), UInt32(RTNLGRP_IPV6_ROUTE.rawValue)] }
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

    var slot: Slot { Slot(destination: destination, table: table, metric: metric) }
}
