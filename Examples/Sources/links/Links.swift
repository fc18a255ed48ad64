import Kernel
import RouteNetlink

/// Prints the links of this network namespace with their addresses.
@main
enum Links {
    static func main() throws {
        let deadline = Deadline(in: .seconds(5))
        var route = try RouteConnection.open()
        let addresses = try route.addresses(until: deadline)
        for link in try route.links(until: deadline) {
            let own = addresses.filter { $0.linkIndex == link.index }.map { "\($0.prefix)" }
            print(link.name, link.isUp ? "up" : "down", own.joined(separator: " "))
        }
    }
}
