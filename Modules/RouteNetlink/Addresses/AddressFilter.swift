internal import CKernel
public import Kernel
internal import Netlink

/// Which addresses of a list are wanted; nil is all. The kernel chooses by family, link and namespace, where it can
/// (NETLINK_GET_STRICT_CHK, Linux 4.20); all but the namespace is tested here again.
public struct AddressFilter: Hashable, Sendable {
    /// IPv4, IPv6, or `.unspecified` for both.
    public var family = AddressFamily.unspecified
    public var linkIndex: Int32?
    public var scope: RouteScope?
    /// Addresses in that network.
    public var within: IPPrefix?
    /// IFA_LABEL.
    public var label: String?
    /// Flags that an address must have.
    public var flags: AddressFlags = []
    /// Flags that it must not have.
    public var withoutFlags: AddressFlags = []
    /// IFA_TARGET_NETNSID: the number by which this namespace knows another.
    public var namespaceID: Int32?

    public init() {}
    public init(linkIndex: Int32) { self.linkIndex = linkIndex }

    public func matches(_ address: InterfaceAddress) -> Bool {
        if family != .unspecified, address.family != family { return false }
        if let linkIndex, address.linkIndex != linkIndex { return false }
        if let scope, address.scope != scope { return false }
        if let within, !within.contains(address.prefix.address) { return false }
        if let label, address.label != label { return false }
        return address.flags.isSuperset(of: flags) && address.flags.isDisjoint(with: withoutFlags)
    }

    var request: NetlinkRequest {
        var request = NetlinkRequest("list", "addresses", type: RTM_GETADDR)
        var header = ifaddrmsg()
        header.ifa_family = family.rawValue
        header.ifa_index = linkIndex.map { UInt32(bitPattern: $0) } ?? 0
        request.body.append(header: header)
        if let namespaceID { request.body.attribute(IFA_TARGET_NETNSID, integer: namespaceID) }
        return request
    }
}
