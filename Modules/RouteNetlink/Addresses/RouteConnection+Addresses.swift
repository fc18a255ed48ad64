internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    /// The addresses that `filter` lets through, by default all of both families, in the kernel's order.
    public mutating func addresses(
        _ filter: AddressFilter = AddressFilter(), until deadline: Deadline
    ) throws(NetlinkError) -> [InterfaceAddress] {
        try connection.dump(filter.request, until: deadline, into: []) {
            (all: inout [InterfaceAddress], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWADDR), let address = try InterfaceAddress(message, in: bytes),
                filter.matches(address)
            else { return }
            all.append(address)
        }.value
    }

    /// Gives each address to `body` as it comes, and collects none. False where the kernel says that they changed meanwhile.
    @discardableResult
    public mutating func forEachAddress(
        _ filter: AddressFilter = AddressFilter(), until deadline: Deadline, _ body: (InterfaceAddress) -> Void
    ) throws(NetlinkError) -> Bool {
        try connection.visit(filter.request, until: deadline) { message, bytes throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWADDR), let address = try InterfaceAddress(message, in: bytes),
                filter.matches(address)
            else { return }
            body(address)
        }
    }

    /// Sets an address. Where the link has it: EEXIST, or with `.replace` its lifetimes, flags, metric and protocol become the new ones.
    public mutating func addAddress(
        _ address: InterfaceAddress, mode: ChangeMode = .add, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request(mode.operation, type: RTM_NEWADDR, flags: mode.flags), link: address.linkIndex,
            until: deadline)
    }

    /// Deletes an address; EADDRNOTAVAIL where the link does not have it.
    public mutating func deleteAddress(
        _ address: InterfaceAddress, until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            address.request("delete", type: RTM_DELADDR, flags: []), link: address.linkIndex, until: deadline)
    }

    /// Sets many addresses in few calls; what the kernel refused is in the outcome, by the address's place.
    public mutating func addAddresses(
        _ addresses: [InterfaceAddress], mode: ChangeMode = .add, until deadline: Deadline
    ) -> BatchOutcome {
        execute(
            addresses, mode.operation, type: UInt16(RTM_NEWADDR), flags: mode.flags, until: deadline,
            { $0.write(into: &$1) }, named: { ("address \($0.prefix)", $0.linkIndex) })
    }

    /// Deletes many addresses in few calls.
    public mutating func deleteAddresses(
        _ addresses: [InterfaceAddress], until deadline: Deadline
    ) -> BatchOutcome {
        execute(
            addresses, "delete", type: UInt16(RTM_DELADDR), flags: [], until: deadline, { $0.write(into: &$1) },
            named: { ("address \($0.prefix)", $0.linkIndex) })
    }

    /// Deletes the addresses that `filter` lets through. Those that go with another (a network's secondary ones) are no failures.
    public mutating func flushAddresses(
        _ filter: AddressFilter, until deadline: Deadline
    ) throws(NetlinkError) -> BatchOutcome {
        deleteAddresses(try addresses(filter, until: deadline), until: deadline)
            .leavingOut { $0.errno == .addressNotAvailable }
    }
}
