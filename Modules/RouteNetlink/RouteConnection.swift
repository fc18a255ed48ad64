internal import Kernel
public import Netlink

/// rtnetlink(7): links, addresses and routes of one network namespace. Calls block; each ends at its deadline.
///
/// A refusal's ``NetlinkError/errno`` tells what it was: EPERM, ENODEV for a missing link, EEXIST for a thing that is there.
public struct RouteConnection: ~Copyable {
    var connection: NetlinkConnection

    /// Over a transport of the caller's: a recording, or a socket made in another namespace.
    public init(_ transport: any NetlinkTransport) {
        connection = NetlinkConnection(transport)
        connection.schemas = { RouteMessageKind(messageType: $0)?.schema }
    }

    /// Opens a socket in a network namespace, the thread's unless another is named.
    public static func open(in namespace: NetworkNamespace = .current) throws(NetlinkError) -> RouteConnection {
        RouteConnection(try NetlinkSocket.open(.route, in: namespace))
    }

    // MARK: Names

    mutating func change(
        _ request: NetlinkRequest, link index: Int32?, until deadline: Deadline
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try connection.execute(request, until: deadline)
        } catch {
            let subject = request.subject ?? ""
            guard let index else { throw named(error, subject) }
            throw named(error, "\(subject) on \(name(of: index, until: deadline))")
        }
    }

    /// For errors: the kernel is asked only then, and its number stands in where it has no name.
    mutating func name(of index: Int32, until deadline: Deadline) -> String {
        (try? link(index: index, until: deadline).name) ?? "\(index)"
    }

    func named(_ error: NetlinkError, _ subject: String) -> NetlinkError {
        var error = error
        error.subject = subject
        return error
    }
}
