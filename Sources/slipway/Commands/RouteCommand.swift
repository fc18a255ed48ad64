import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct RouteCommand: ParsableCommand, RoutingNoun {
    static let noun = "route"
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Routes.",
        discussion: "The words are those of ip(8): 'slipway route add default via 10.0.0.1 dev eth0 metric 10'.",
        subcommands: [
            List.self, Watch.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, AppendVerb>.self,
            RoutingChange<Self, PrependVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let route = try Route(words: list, view.words, isDeleted: mode == nil)
        guard let mode else { return try view.route.deleteRoute(route, until: view.deadline) }
        try view.route.addRoute(route, mode: mode, until: view.deadline)
    }

}
