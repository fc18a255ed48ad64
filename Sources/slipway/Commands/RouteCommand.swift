import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink
import SystemPackage

struct RouteCommand: ParsableCommand, RoutingNoun, WatchedNoun {
    static let noun = "route"
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Routes.",
        discussion: "The words are those of ip(8): 'slipway route add default via 10.0.0.1 dev eth0 metric 10'.",
        subcommands: [
            RoutingList<Self>.self, Get.self, RoutingWatch<Self>.self, RoutingChange<Self, AddVerb>.self,
            RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, AppendVerb>.self,
            RoutingChange<Self, PrependVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let route = try Route(words: list, view.words, isDeleted: mode == nil)
        guard let mode else { return try view.route.deleteRoute(route, until: view.deadline) }
        try view.route.addRoute(route, mode: mode, until: view.deadline)
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks the kernel which way a packet would go.",
            usage: "slipway route get <address> [from <address>] [iif <link>] [oif <link>] [mark <number>] [tos <tos>]"
                + " [uid <number>] [ipproto <protocol>] [sport <port>] [dport <port>] [vrf <link>] [fibmatch] [--json]",
            discussion: """
                The words are those of 'ip route get'. Exit status 4 where there is no way, with the kernel's reason.
                """)
        @OptionGroup var output: OutputOptions
        @Argument(parsing: .allUnrecognized, help: "As 'ip route get' takes them.") var words: [String]

        func run() throws {
            let (route, names) = try RoutingView.looking("route get") { view throws in
                let query = try RouteQuery(words: words, view.words)
                let route = try view.route.route(for: query, until: view.deadline)
                // Kernels before 6 answer with the route that refuses where the family is IPv6.
                if !query.wantsTableEntry, let number = route.cacheInformation?.error, number != 0 {
                    let code = Int32(bitPattern: number).magnitude
                    throw NetlinkError(
                        .refused, operation: "get", subject: "route to \(query.destination)",
                        errno: Errno(rawValue: Int32(clamping: code)))
                }
                return (route, view.names)
            }
            var table = RouteCommand.table
            RouteCommand.add(route, route.document(names), to: &table, names)
            try output.answer([route.document(names)], table: table.text)
        }
    }

    static var table: Table {
        Table("DESTINATION", "TYPE", "GATEWAY", "LINK", "SOURCE", "METRIC", "PROTOCOL", "TABLE")
    }

    static func add(_ route: Route, _ document: JSONValue, to table: inout Table, _ names: RouteNames) {
        table.add(
            document["dst"]?.string, document["type"]?.string,
            document.router
                ?? (route.hops.isEmpty ? nil : "\(route.hops.count) ways"),
            document["dev"]?.string, document["prefsrc"]?.string, document["metric"]?.integer.map { "\($0)" },
            document["protocol"]?.string, names.name(.tables, route.table))
    }
}
