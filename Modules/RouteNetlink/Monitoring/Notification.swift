internal import CKernel
internal import Kernel
internal import Netlink

/// One notification of rtnetlink, decoded.
enum Notification {
    case link(Link, isDeleted: Bool, NetlinkFlags)
    case address(InterfaceAddress, isDeleted: Bool, NetlinkFlags)
    case route(Route, isDeleted: Bool, NetlinkFlags)
    /// It says no more than that something of these has changed; or it could not be read.
    case stale(NetworkParts)

    /// A message that cannot be decoded is no end: what it is about is read anew.
    init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) {
        let flags = message.flags
        switch message.type {
        case Link.newType, Link.deleteType:
            // What is of a bridge's port has IFLA_PROTINFO, and the link's own dump shows its effect on the port (IFLA_INFO_SLAVE_DATA).
            self =
                Self.decode(message, bytes).map { .link($0, isDeleted: message.type == Link.deleteType, flags) }
                ?? .stale(.links)
        case InterfaceAddress.newType, InterfaceAddress.deleteType:
            self =
                Self.decode(message, bytes).map {
                    .address($0, isDeleted: message.type == InterfaceAddress.deleteType, flags)
                }
                ?? .stale(.addresses)
        case Route.newType, Route.deleteType:
            self =
                Self.decode(message, bytes).map { .route($0, isDeleted: message.type == Route.deleteType, flags) }
                ?? .stale(.routes)
        case UInt16(RTM_NEWNEXTHOP), UInt16(RTM_DELNEXTHOP):
            self = .stale(.routes)
        default:
            self = .stale([])
        }
    }

    /// Nil for what is about something else, or cannot be decoded.
    private static func decode<Object: MonitoredObject>(
        _ message: NetlinkMessage, _ bytes: borrowing RawSpan
    ) -> Object? {
        do throws(NetlinkError) { return try Object.decode(message, in: bytes) } catch { return nil }
    }
}
