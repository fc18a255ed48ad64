import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

extension LinkCommand {
    struct VLAN: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "vlan", abstract: "The VLANs of bridges and their ports.",
            discussion: """
                The words are those of bridge(8): 'slipway link vlan add vid 10-20 dev eth0'; a bridge's own take 'self'.
                """, subcommands: [List.self, Change<AddVerb>.self, Change<DeleteVerb>.self])

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Lists them, by port.")
            @OptionGroup var host: HostOptions
            @OptionGroup var output: OutputOptions
            @Argument(
                parsing: .allUnrecognized, help: ArgumentHelp("As 'bridge' takes them: dev, vid.", valueName: "word"))
            var words: [String] = []
            @Flag(help: "Ranges in the document too: the table has them always.") var compressvlans = false

            /// What `--json` prints of all of them.
            static func document(_ host: Host) throws -> JSONValue {
                let (all, links) = try read(host)
                return .array(all.compactMap { $0.document(links) })
            }

            private static func read(_ host: Host) throws(NetlinkError) -> ([BridgeVLANs], LinkDirectory) {
                let deadline = LinkCommand.deadline
                var route = RouteConnection(try host.netlink.open(.route))
                let links = LinkDirectory(try route.links(until: deadline))
                return (try route.bridgeVLANs(until: deadline), links)
            }

            func run() throws {
                let operation = "link vlan list"
                let (all, links, selection) = try host.ask(operation) { host in
                    let (all, links) = try Self.read(host)
                    return (all, links, try BridgeVLANSelection(words: words, links))
                }
                let wanted = selection.identifier
                let chosen = all.filter { selection.linkIndex == nil || $0.linkIndex == selection.linkIndex }
                var table = Table("PORT", "VLAN", "FLAGS")
                for vlans in chosen {
                    for range in vlans.ranges where wanted.map(range.identifiers.contains) ?? true {
                        table.add(
                            links.name(of: vlans.linkIndex) ?? "if\(vlans.linkIndex)", "\(range)",
                            range.flags.joined(separator: ", "))
                    }
                }
                try output.answer(
                    .array(chosen.compactMap { $0.document(links, only: wanted, isCompressed: compressvlans) }),
                    table: table.text)
            }
        }

        /// Adds or deletes them.
        struct Change<Verb: RoutingVerb>: ParsableCommand {
            static var configuration: CommandConfiguration {
                CommandConfiguration(
                    commandName: Verb.name,
                    abstract: Verb.mode == nil ? "Takes a port out of VLANs." : "Lets a port take part in VLANs.",
                    usage: "slipway link vlan \(Verb.name) vid <vid>[-<vid>] dev <link> [pvid] [untagged] [self]"
                        + " [master] [--json]")
            }
            @OptionGroup var output: OutputOptions
            @Argument(parsing: .allUnrecognized, help: "As 'bridge vlan' takes them after the verb.")
            var words: [String]

            func run() throws {
                try RoutingView.looking("link vlan \(Verb.name)") { view throws in
                    let request = try BridgeVLANWords(words: words, view.links)
                    let (index, target) = (request.linkIndex, request.target)
                    if Verb.mode == nil {
                        try view.route.deleteBridgeVLANs(
                            [request.range], from: index, of: target, until: view.deadline)
                    } else {
                        try view.route.addBridgeVLANs([request.range], to: index, of: target, until: view.deadline)
                    }
                }
                try output.answer([:], table: "")
            }
        }
    }
}
