internal import CKernel
public import Kernel
internal import SystemPackage

/// `nlctrl`, the family that knows the others (linux/genetlink.h). Calls block; each ends at its deadline.
public struct GenericController: ~Copyable {
    private var connection: NetlinkConnection

    /// Over a transport of the caller's, of NETLINK_GENERIC.
    public init(_ transport: any NetlinkTransport) { connection = NetlinkConnection(transport) }

    /// Opens a socket in a network namespace, the thread's unless another is named.
    public static func open(in namespace: NetworkNamespace = .current) throws(NetlinkError) -> GenericController {
        GenericController(try NetlinkSocket.open(.generic, in: namespace))
    }

    /// The family of that name; where the kernel has none and its modprobe brings none: ``NetlinkError/Kind/missingFamily(_:module:)``.
    public mutating func family(_ name: String, until deadline: Deadline) throws(NetlinkError) -> GenericFamily {
        var request = Self.request("find", "generic netlink family \(name)", CTRL_CMD_GETFAMILY)
        request.body.attribute(CTRL_ATTR_FAMILY_NAME, text: name)
        do throws(NetlinkError) {
            return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
                try GenericFamily(GenericMessage(message, in: bytes).attributes)
            }
        } catch  where error.kind == .refused && error.errno == .noSuchFileOrDirectory {
            throw NetlinkError(
                .missingFamily(name, module: GenericFamily.module(of: name)), operation: request.operation,
                subject: request.subject, errno: error.errno)
        }
    }

    /// All families, by their ids.
    public mutating func families(until deadline: Deadline) throws(NetlinkError) -> [GenericFamily] {
        let request = Self.request("list", "generic netlink families", CTRL_CMD_GETFAMILY)
        return try connection.dump(request, until: deadline, into: []) {
            (all: inout [GenericFamily], message, bytes) throws(NetlinkError) in
            all.append(try GenericFamily(GenericMessage(message, in: bytes).attributes))
        }.value.sorted { $0.identifier < $1.identifier }
    }

    /// What a family takes, by operation and by attribute. A family without policies answers ENODATA, a kernel before 5.7
    /// EOPNOTSUPP: nil for both.
    public mutating func policy(
        of family: GenericFamily, until deadline: Deadline
    ) throws(NetlinkError) -> GenericPolicy? {
        var request = Self.request("get the policy of", "generic netlink family \(family.name)", CTRL_CMD_GETPOLICY)
        request.body.attribute(CTRL_ATTR_FAMILY_ID, integer: family.identifier)
        do throws(NetlinkError) {
            return try connection.dump(request, until: deadline, into: GenericPolicy()) {
                (policy: inout GenericPolicy, message, bytes) throws(NetlinkError) in
                policy.merge(try GenericMessage(message, in: bytes).attributes)
            }.value
        } catch  where error.errno == .noData || error.errno == .notSupported {
            return nil
        }
    }

    /// The same connection, for messages of one family.
    public consuming func use(_ family: GenericFamily) -> GenericConnection {
        GenericConnection(connection, family)
    }

    private static func request(_ operation: String, _ subject: String, _ command: Int) -> NetlinkRequest {
        NetlinkRequest(
            operation, subject, type: GENL_ID_CTRL,
            header: genlmsghdr(cmd: UInt8(truncatingIfNeeded: command), version: 1, reserved: 0))
    }
}
