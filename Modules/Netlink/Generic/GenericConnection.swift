internal import CKernel
public import Kernel
internal import SystemPackage

/// Requests and answers of one generic netlink family, which is looked up once.
public struct GenericConnection: ~Copyable {
    private var connection: NetlinkConnection
    public let family: GenericFamily

    init(_ connection: consuming NetlinkConnection, _ family: GenericFamily) {
        self.connection = connection
        self.family = family
    }

    /// Finds the family over a transport of NETLINK_GENERIC.
    public init(
        _ transport: any NetlinkTransport, family name: String, until deadline: Deadline
    ) throws(NetlinkError) {
        var controller = GenericController(transport)
        let family = try controller.family(name, until: deadline)
        self = controller.use(family)
    }

    /// Opens a socket in a network namespace, the thread's unless another is named, and finds the family.
    public static func open(
        _ name: String, in namespace: NetworkNamespace = .current, until deadline: Deadline
    ) throws(NetlinkError) -> GenericConnection {
        try GenericConnection(NetlinkSocket.open(.generic, in: namespace), family: name, until: deadline)
    }

    /// A request of the family's version, with genlmsghdr written; its attributes are the caller's.
    public func request(
        _ operation: String, _ subject: String? = nil, command: some BinaryInteger, flags: NetlinkFlags = []
    ) -> NetlinkRequest {
        NetlinkRequest(
            operation, subject, type: family.identifier, flags: flags,
            header: genlmsghdr(
                cmd: UInt8(truncatingIfNeeded: command), version: UInt8(truncatingIfNeeded: family.version), reserved: 0
            ))
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    public mutating func execute(_ request: NetlinkRequest, until deadline: Deadline) throws(NetlinkError) {
        try connection.execute(request, until: deadline)
    }

    /// Sends a request that has one answer.
    public mutating func get(
        _ request: NetlinkRequest, until deadline: Deadline
    ) throws(NetlinkError) -> GenericMessage {
        try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            try GenericMessage(message, in: bytes)
        }
    }

    /// Asks for all objects, and folds their messages into `initial`; see ``NetlinkConnection/dump(_:until:into:_:)``.
    public mutating func dump<Value>(
        _ request: NetlinkRequest, until deadline: Deadline, into initial: Value,
        _ fold: (inout Value, GenericMessage) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> NetlinkConnection.Dump<Value> {
        let identifier = family.identifier
        return try connection.dump(request, until: deadline, into: initial) {
            value, message, bytes throws(NetlinkError) in
            guard message.type == identifier else { return }
            try fold(&value, GenericMessage(message, in: bytes))
        }
    }
}

extension NetlinkSocket {
    /// Takes part in a family's multicast group; ENOENT, as the kernel would say, where it has none of that name.
    public func join(_ group: String, of family: GenericFamily) throws(NetlinkError) {
        guard let group = family.group(group) else {
            throw NetlinkError(
                .refused, operation: "join", subject: "multicast group \(group) of \(family.name)",
                errno: .noSuchFileOrDirectory)
        }
        try join(group: group.identifier)
    }
}
