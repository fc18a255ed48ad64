internal import CKernel
internal import Kernel
internal import Netlink

/// One notification of rtnetlink, decoded.
enum Notification {
    case link(Link, isDeleted: Bool, NetlinkFlags)
    case address(InterfaceAddress, isDeleted: Bool, NetlinkFlags)
    case route(Route, isDeleted: Bool, NetlinkFlags)
    case rule(Rule, isDeleted: Bool, NetlinkFlags)
    case neighbor(Neighbor, isDeleted: Bool, NetlinkFlags)
    /// It says no more than that something of these has changed; or it could not be read.
    case stale(NetworkParts)

    init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) {
        self =
            switch message.type {
            case Link.newType, Link.deleteType: Self.decode(message, bytes) { .link($0, isDeleted: $1, $2) }
            case InterfaceAddress.newType, InterfaceAddress.deleteType:
                Self.decode(message, bytes) { .address($0, isDeleted: $1, $2) }
            case Route.newType, Route.deleteType: Self.decode(message, bytes) { .route($0, isDeleted: $1, $2) }
            case Rule.newType, Rule.deleteType: Self.decode(message, bytes) { .rule($0, isDeleted: $1, $2) }
            case Neighbor.newType, Neighbor.deleteType:
                Self.decode(message, bytes) { .neighbor($0, isDeleted: $1, $2) }
            case UInt16(RTM_NEWNEXTHOP), UInt16(RTM_DELNEXTHOP): .stale(.routes)
            default: .stale([])
            }
    }

    /// A message that cannot be decoded is no end: what it is about is read anew.
    private static func decode<Object: MonitoredObject>(
        _ message: NetlinkMessage, _ bytes: borrowing RawSpan,
        _ notification: (Object, Bool, NetlinkFlags) -> Notification
    ) -> Notification {
        do throws(NetlinkError) {
            guard let object = try Object.decode(message, in: bytes) else { return .stale(Object.hinted) }
            return notification(object, message.type == Object.deleteType, message.flags)
        } catch {
            return .stale(Object.part)
        }
    }
}
