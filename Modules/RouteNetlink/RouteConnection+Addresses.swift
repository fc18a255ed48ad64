internal import CKernel
public import Kernel
public import Netlink

extension RouteConnection {
    /// All addresses of both families, in the kernel's order.
    public mutating func addresses(until deadline: Deadline) throws(NetlinkError) -> [InterfaceAddress] {
        var request = NetlinkRequest("list", "addresses", type: RTM_GETADDR)
        request.body.append(header: ifaddrmsg())
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [InterfaceAddress], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWADDR) else { return }
            if let address = try InterfaceAddress(message, in: bytes) { all.append(address) }
        }.value
    }

    /// Sets an address. Where the link has it: EEXIST, or with `replacing` its lifetimes and protocol become the new ones.
    public mutating func addAddress(
        _ address: InterfaceAddress, replacing: Bool = false, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request(
                replacing ? "replace" : "add", type: RTM_NEWADDR,
                flags: replacing ? [.create, .replace] : [.create, .exclusive]),
            link: address.linkIndex, until: deadline)
    }

    /// Deletes an address; EADDRNOTAVAIL where the link does not have it.
    public mutating func deleteAddress(
        _ address: InterfaceAddress, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request("delete", type: RTM_DELADDR, flags: []), link: address.linkIndex, until: deadline)
    }
}
