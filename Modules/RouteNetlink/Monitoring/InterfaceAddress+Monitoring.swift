internal import CKernel
internal import Kernel
internal import Netlink

extension InterfaceAddress: MonitoredObject {
    /// An interface may have one address twice in IPv4, for different networks or peers.
    struct Slot: Hashable, Sendable {
        let linkIndex: Int32
        let prefix: IPPrefix
        let peer: IPAddress?
    }

    static var part: NetworkParts { .addresses }
    static var groups: [UInt32] { [UInt32(RTNLGRP_IPV4_IFADDR.rawValue), UInt32(RTNLGRP_IPV6_IFADDR.rawValue)] }
    static var newType: UInt16 { UInt16(RTM_NEWADDR) }
    static var deleteType: UInt16 { UInt16(RTM_DELADDR) }
    static var dumps: [NetlinkRequest] {
        [NetlinkRequest("list", "addresses", type: RTM_GETADDR, header: ifaddrmsg())]
    }

    static func decode(
        _ message: NetlinkMessage, in bytes: borrowing RawSpan
    ) throws(NetlinkError) -> InterfaceAddress? { try InterfaceAddress(message, in: bytes) }

    static func event(_ change: NetworkChange<InterfaceAddress>) -> NetworkEvent { .address(change) }

    /// IPv6 has an address once on a link, whatever its prefix or peer.
    var slot: Slot {
        prefix.address.isIPv4
            ? Slot(linkIndex: linkIndex, prefix: prefix, peer: peer)
            : Slot(linkIndex: linkIndex, prefix: IPPrefix(prefix.address, length: 128) ?? prefix, peer: nil)
    }

    /// Lifetimes are what is left of them: in a dump, one that is shorter than before has run on, and one that is longer was set.
    func isUnchanged(since old: InterfaceAddress, isTold: Bool) -> Bool {
        if isTold { return self == old }
        guard Self.hasRunOn(old.validLifetime, to: validLifetime),
            Self.hasRunOn(old.preferredLifetime, to: preferredLifetime)
        else { return false }
        var same = self
        same.validLifetime = old.validLifetime
        same.preferredLifetime = old.preferredLifetime
        return same == old
    }

    private static func hasRunOn(_ old: Duration?, to new: Duration?) -> Bool {
        guard let old, let new else { return old == new }
        return new <= old
    }
}
