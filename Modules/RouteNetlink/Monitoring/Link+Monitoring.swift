internal import CKernel
internal import Netlink

extension Link: MonitoredObject {
    static var part: NetworkParts { .links }
    static var groups: [UInt32] { [UInt32(RTNLGRP_LINK.rawValue)] }
    static var newType: UInt16 { UInt16(RTM_NEWLINK) }
    static var deleteType: UInt16 { UInt16(RTM_DELLINK) }

    /// Without IFLA_EXT_MASK: notifications have no virtual functions either.
    static var dumps: [NetlinkRequest] {
        [NetlinkRequest("list", "links", type: RTM_GETLINK, header: ifinfomsg())]
    }

    /// Nil for what a bridge tells of its port with AF_BRIDGE: there, RTM_DELLINK is a port that leaves, not a link that goes.
    static func decode(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) -> Link? {
        guard message.fixedHeader(ifinfomsg(), in: bytes).ifi_family == UInt8(AF_UNSPEC) else { return nil }
        return try Link(message, in: bytes)
    }

    /// What is of a bridge's port has IFLA_PROTINFO, and the link's own dump shows its effect on the port (IFLA_INFO_SLAVE_DATA).
    static var hinted: NetworkParts { .links }

    static func event(_ change: NetworkChange<Link>) -> NetworkEvent { .link(change) }

    var slot: Int32 { index }
}
