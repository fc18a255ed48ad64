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
            List.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let neighbor = try Neighbor(words: list, view.words)
        guard let mode else { return try view.route.deleteNeighbor(neighbor, until: view.deadline) }
        try view.route.addNeighbor(neighbor, mode: mode, until: view.deadline)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the neighbours of both families.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var family: FamilyOptions
        @Option(help: ArgumentHelp("Only those on this link.", valueName: "link")) var dev: String?

        /// What `--json` prints of all.
        static func document(_ host: Host) throws -> JSONValue {
            var view = try RoutingView(host)
            return .array(try view.route.neighbors(until: view.deadline).map { $0.document(view.names) })
        }

        func run() throws {
            let (names, all) = try host.ask("neighbor list") { host in
                var view = try RoutingView(host)
                var filter = NeighborFilter(family: family.family)
                filter.linkIndex = try view.index(dev, "neighbor list")
                let all = try view.route.neighbors(until: view.deadline).filter { filter.matches($0) }
                return (view.names, all)
            }
            var rows = Table("ADDRESS", "LINK", "HARDWARE", "STATE", "PROTOCOL")
            for neighbor in all {
                rows.add(
                    neighbor.address.map { "\($0)" }, names.link(neighbor.linkIndex),
                    Neighbor.text(neighbor.hardwareAddress),
                    Neighbor.states.filter { neighbor.state.contains($0.0) }.map(\.1).joined(separator: ","),
                    neighbor.protocol == .unspecified ? nil : names.name(.protocols, neighbor.protocol.rawValue))
            }
            try output.answer(.array(all.map { $0.document(names) }), table: rows.text)
        }
    }
}
