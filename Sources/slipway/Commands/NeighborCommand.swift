import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct NeighborCommand: ParsableCommand, RoutingNoun, WatchedNoun {
    static let noun = "neighbor"
    static let configuration = CommandConfiguration(
        commandName: "neighbor", abstract: "The neighbours on each link (ARP, neighbour discovery).",
        discussion: "The words are those of ip(8): 'slipway neighbor add 10.0.0.9 lladdr 02:00:00:00:00:01 dev eth0'.",
        subcommands: [
            RoutingList<Self>.self, Get.self, RoutingWatch<Self>.self, RoutingChange<Self, AddVerb>.self,
            RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let neighbor = try Neighbor(words: list, view.words)
        guard let mode else { return try view.route.deleteNeighbor(neighbor, until: view.deadline) }
        try view.route.addNeighbor(neighbor, mode: mode, until: view.deadline)
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one neighbour of a link, or one address that the link answers for.",
            usage: "slipway neighbor get {<address> | proxy <address>} dev <link> [--json]",
            discussion: "The words are those of 'ip neighbor get'. Exit status 4 where there is none.")
        @OptionGroup var output: OutputOptions
        @Argument(parsing: .allUnrecognized, help: "As 'ip neighbor get' takes them.") var words: [String]

        func run() throws {
            let document = try RoutingView.looking("neighbor get") { view throws in
                let wanted = try Neighbor.Lookup(words: words, view.words)
                let found = try view.route.neighbor(
                    wanted.address, linkIndex: wanted.linkIndex, isProxy: wanted.isProxy, until: view.deadline)
                return found.document(view.names)
            }
            try output.answer([document], table: NeighborCommand.table([document]).text)
        }
    }

    static func table(_ documents: [JSONValue]) -> Table {
        var table = Table("ADDRESS", "LINK", "LLADDR", "STATE")
        for document in documents {
            let states = (document["state"]?.array ?? []).compactMap(\.string)
            table.add(
                document["dst"]?.string, document["dev"]?.string, document["lladdr"]?.string,
                states.joined(separator: " "))
        }
        return table
    }
}
