import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct NeighborCommand: ParsableCommand, RoutingNoun {
    static let noun = "neighbor"
    static let configuration = CommandConfiguration(
        commandName: "neighbor", abstract: "The neighbours on each link (ARP, neighbour discovery).",
        discussion: "The words are those of ip(8): 'slipway neighbor add 10.0.0.9 lladdr 02:00:00:00:00:01 dev eth0'.",
        subcommands: [
            List.self, Watch.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let neighbor = try Neighbor(words: list, view.words)
        guard let mode else { return try view.route.deleteNeighbor(neighbor, until: view.deadline) }
        try view.route.addNeighbor(neighbor, mode: mode, until: view.deadline)
    }

}
