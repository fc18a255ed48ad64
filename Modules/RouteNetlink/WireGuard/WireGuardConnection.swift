internal import CKernel
public import Kernel
public import Netlink

/// WireGuard's netlink interface (linux/wireguard.h; Linux 5.6). Calls block; each ends at its deadline. All of it takes CAP_NET_ADMIN
/// in the namespace. A kernel without the module is ``NetlinkError/Kind/missingFamily(_:module:)``.
public struct WireGuardConnection: ~Copyable {
    private var generic: GenericConnection

    /// Over a transport of the caller's, of NETLINK_GENERIC.
    public init(_ transport: any NetlinkTransport, until deadline: Deadline) throws(NetlinkError) {
        generic = try GenericConnection(transport, family: WG_GENL_NAME, until: deadline)
    }

    /// Opens a socket in a network namespace, the thread's unless another is named.
    public static func open(
        in namespace: NetworkNamespace = .current, until deadline: Deadline
    ) throws(NetlinkError) -> WireGuardConnection {
        try WireGuardConnection(NetlinkSocket.open(.generic, in: namespace), until: deadline)
    }

    /// The device with all its peers, keys included. ENODEV where there is no such link, EOPNOTSUPP where it is none of WireGuard's.
    public mutating func device(
        _ link: LinkReference, until deadline: Deadline
    ) throws(NetlinkError) -> NetlinkConnection.Dump<WireGuardDevice> {
        var request = generic.request("get", "WireGuard \(link)", command: WG_CMD_GET_DEVICE.rawValue)
        request.body.attribute(link, index: WGDEVICE_A_IFINDEX.rawValue, name: WGDEVICE_A_IFNAME.rawValue)
        return try generic.dump(request, until: deadline, into: WireGuardDevice()) {
            device, message throws(NetlinkError) in try device.merge(message.attributes)
        }
    }

    /// Makes a change, in several messages where it is large: then others may see it half done, and an error leaves what came before
    /// it. EADDRINUSE at a port that is taken, EINVAL at a value that cannot be.
    public mutating func change(
        _ link: LinkReference, _ change: WireGuardChange, until deadline: Deadline
    ) throws(NetlinkError) {
        for body in change.bodies(link) {
            var request = generic.request("set", "WireGuard \(link)", command: WG_CMD_SET_DEVICE.rawValue)
            request.body.append(bytes: body.bytes)
            try generic.execute(request, until: deadline)
        }
    }
}
