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
        commandName: "route", abstract: "The routes of all tables.",
        discussion: "The words are those of ip(8): 'slipway route add default via 10.0.0.1 dev eth0 metric 10'.",
        subcommands: [
            List.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, AppendVerb>.self,
            RoutingChange<Self, PrependVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let route = try Route(words: list, view.words, isDeleted: mode == nil)
        guard let mode else { return try view.route.deleteRoute(route, until: view.deadline) }
        try view.route.addRoute(route, mode: mode, until: view.deadline)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the routes of all tables, or of one.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var family: FamilyOptions
        @Option(help: ArgumentHelp("Only those by this link.", valueName: "link")) var dev: String?
        @Option(help: ArgumentHelp("Only those of this table: main, local, 100.", valueName: "table"))
        var table: String?

        /// What `--json` prints of all.
        static func document(_ host: Host) throws -> JSONValue {
            var view = try RoutingView(host)
            return .array(try view.route.routes(RouteFilter(), until: view.deadline).map { $0.document(view.names) })
        }

        func run() throws {
            let (names, all) = try host.ask("route list") { host in
                var view = try RoutingView(host)
                var filter = RouteFilter()
                filter.family = family.family
                filter.linkIndex = try view.index(dev, "route list")
                if let table {
                    guard let number = view.names.number(.tables, table) else {
                        throw CommandFailure(
                            .usage, "route list", on: table, message: "no table has that name",
                            hint: "the tables are \(view.names.all(.tables).joined(separator: ", ")), or a number")
                    }
                    filter.table = number
                }
                let all = try view.route.routes(RouteFilter(), until: view.deadline).filter { filter.matches($0) }
                return (view.names, all)
            }
            var rows = Table("TYPE", "DESTINATION", "GATEWAY", "LINK", "SOURCE", "METRIC", "TABLE", "PROTOCOL", "SCOPE")
            for route in all {
                let hops = route.hops
                let gateways = hops.isEmpty ? [route.gateway] : hops.map(\.gateway)
                let links = hops.isEmpty ? [route.linkIndex].compactMap { $0 } : hops.map(\.linkIndex)
                rows.add(
                    RouteName.type(route.type), route.destination.isDefault ? "default" : "\(route.destination)",
                    gateways.compactMap { $0.map { "\($0)" } }.joined(separator: ","),
                    links.map { names.link($0) }.joined(separator: ","), route.preferredSource.map { "\($0)" },
                    "\(route.metric)", names.name(.tables, route.table),
                    names.name(.protocols, route.protocol.rawValue), names.name(.scopes, route.scope.rawValue))
            }
            try output.answer(.array(all.map { $0.document(names) }), table: rows.text)
        }
    }
}
