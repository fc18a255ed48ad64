import Glibc
import Kernel
import Netlink
import RouteNetlink

/// What is measured; each answers with how many messages it went through.
enum Work: String {
    /// The attributes of each route of a dump, one after the other, untyped.
    case walk
    /// Each route of a dump as a typed value, which is let go.
    case routes
    /// All links as typed values.
    case links
    /// COUNT routes added in batches; a repetition uses another network.
    case add

    init(_ name: String) throws {
        guard let work = Work(rawValue: name) else { throw UnknownWork(name: name) }
        self = work
    }

    struct UnknownWork: Error { let name: String }

    func run(_ count: Int, _ repetition: Int) throws -> Int {
        let deadline = Deadline(in: .seconds(60))
        switch self {
        case .walk: return try Self.walk(until: deadline)
        case .routes: return try Self.routes(until: deadline)
        case .links:
            var connection = try RouteConnection.open()
            return try connection.links(until: deadline).count
        case .add: return try Self.add(count, network: UInt32(11 + repetition), until: deadline)
        }
    }

    /// RTM_GETROUTE of the main IPv4 table: struct rtmsg alone.
    private static var request: NetlinkRequest {
        var request = NetlinkRequest("list", "routes", type: 26)
        request.body.append(bytes: [2, 0, 0, 0, 254, 0, 0, 0, 0, 0, 0, 0])
        return request
    }

    private static func walk(until deadline: Deadline) throws -> Int {
        var connection = try NetlinkConnection.open(.route)
        let sums = try connection.dump(request, until: deadline, into: (messages: 0, attributes: 0)) {
            sums, message, bytes throws(NetlinkError) in
            sums.messages &+= 1
            var attributes = message.attributes(after: 12)
            while try attributes.next(bytes) != nil { sums.attributes &+= 1 }
        }.value
        guard sums.attributes >= sums.messages else { throw UnknownWork(name: "walk without attributes") }
        return sums.messages
    }

    private static func routes(until deadline: Deadline) throws -> Int {
        var connection = try NetlinkConnection.open(.route)
        let sums = try connection.dump(request, until: deadline, into: (messages: 0, bits: 0)) {
            sums, message, bytes throws(NetlinkError) in
            guard let route = try Route(message, in: bytes) else { return }
            sums.messages &+= 1
            sums.bits &+= route.destination.length &+ Int(route.linkIndex ?? 0)
        }.value
        return sums.bits > 0 || sums.messages == 0 ? sums.messages : 0
    }

    private static func add(_ count: Int, network: UInt32, until deadline: Deadline) throws -> Int {
        var routes = RouteConnection(try NetlinkSocket.open(.route, receiveBuffer: 1 << 20))
        let link = try routes.link(named: "v0", until: deadline).index
        var done = 0
        while done < count {
            let next = (done..<min(done + 2_048, count)).map { number in
                Route(
                    to: IPPrefix(host: .v4(IPv4Address(rawValue: network << 24 | UInt32(number)))), linkIndex: link)
            }
            let outcome = routes.addRoutes(next, until: deadline)
            guard outcome.isSuccess else {
                throw outcome.interruption ?? outcome.failures.first?.error ?? NetlinkError(.overrun, operation: "add")
            }
            done += next.count
        }
        return done
    }
}
