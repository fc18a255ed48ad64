import Kernel
import Netlink
import RouteNetlink

/// `add-routes LINK COUNT`: adds COUNT host routes below 10.0.0.0/8 in batches, and says which the kernel refused.
@main
enum AddRoutes {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 3, let count = UInt32(words[2]), count <= 1 << 24 else {
            print("usage: add-routes LINK COUNT")
            return
        }
        let deadline = Deadline(in: .seconds(60))
        var route = try RouteConnection.open()
        let link = try route.link(named: words[1], until: deadline)
        let routes = (0..<count).map { number in
            Route(to: IPPrefix(host: .v4(IPv4Address(rawValue: 10 << 24 | number))), linkIndex: link.index)
        }
        let outcome = route.addRoutes(routes, until: deadline)
        for failure in outcome.failures { print(routes[failure.index].destination, failure.error) }
        print("added \(outcome.processed - outcome.failures.count) of \(count)")
    }
}
