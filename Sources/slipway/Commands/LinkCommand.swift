import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Network links.",
        discussion: """
            Names, kinds and their options are the words of ip(8): 'slipway link add br0 type bridge stp_state 1'.
            """, subcommands: [List.self, Show.self, Add.self, Set.self, Delete.self])

    /// How long the kernel may take for an answer.
    static var deadline: Deadline { Deadline(in: .seconds(10)) }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the links and their addresses.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("Only the ports of this bridge, bond or VRF.", valueName: "link"))
        var master: String?
        @Option(help: ArgumentHelp("Only links of this kind: bridge, veth, vlan.", valueName: "kind"))
        var kind: String?
        @Flag(help: "With their counters.") var statistics = false

        func run() throws {
            try host.requireLive("link list")
            try LinkCommand.answer("link list", output, statistics) { all throws(CommandFailure) in
                var index: Int32?
                if let master {
                    index = LinkDirectory(all).index(of: master)
                    if index == nil { throw LinkCommand.noLink("link list", master, LinkDirectory(all)) }
                }
                return all.filter { (index == nil || $0.master == index) && (kind == nil || $0.kind == kind) }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one link, by a name of its or its number.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "With its counters.") var statistics = false
        @Argument(help: ArgumentHelp("Its name or number.", valueName: "link")) var name: String

        func run() throws {
            try host.requireLive("link show")
            try LinkCommand.answer("link show", output, statistics) { all throws(CommandFailure) in
                let links = LinkDirectory(all)
                let index = links.index(of: name) ?? Int32(name)
                let found = all.filter { $0.index == index }
                if found.isEmpty { throw LinkCommand.noLink("link show", name, links) }
                return found
            }
        }
    }

    /// Reads the links and their addresses, and prints those that `choose` takes.
    private static func answer(
        _ operation: String, _ output: OutputOptions, _ statistics: Bool,
        _ choose: ([Link]) throws(CommandFailure) -> [Link]
    ) throws {
        let links: [Link]
        let addresses: [InterfaceAddress]
        do throws(NetlinkError) {
            let deadline = Self.deadline
            var route = try RouteConnection.open()
            links = try route.links(including: statistics ? .statistics : [], until: deadline)
            addresses = try route.addresses(until: deadline)
        } catch {
            throw failure(error, operation, nil)
        }
        let directory = LinkDirectory(links)
        let rows = try choose(links).map { link in (link, addresses.filter { $0.linkIndex == link.index }) }
        try output.answer(.array(rows.map { document($0, $1, directory) }), table: table(rows, directory))
    }

    /// The keys of `ip -j -d link`, and `addr_info` of `ip -j address`.
    private static func document(
        _ link: Link, _ addresses: [InterfaceAddress], _ links: LinkDirectory
    ) -> JSONValue {
        guard case .object(var members) = link.document(links) else { return .null }
        members["addr_info"] = .array(
            addresses.map { address -> JSONValue in
                [
                    "family": .string(address.prefix.address.isIPv4 ? "inet" : "inet6"),
                    "local": .string("\(address.prefix.address)"), "prefixlen": JSONValue(address.prefix.length),
                ]
            })
        return .object(members)
    }

    private static func table(_ rows: [(Link, [InterfaceAddress])], _ links: LinkDirectory) -> String {
        var table = Table("LINK", "STATE", "CARRIER", "MTU", "ADDRESS", "KIND", "MASTER", "ADDRESSES")
        for (link, addresses) in rows {
            table.add(
                link.name, "\(link.operationalState)", link.hasCarrier.map { $0 ? "yes" : "no" },
                link.maximumTransmissionUnit.map { "\($0)" }, link.hardwareAddress.description, link.kind,
                link.master.map { links.name(of: $0) ?? "\($0)" },
                addresses.map { "\($0.prefix)" }.joined(separator: " "))
        }
        return table.text
    }
}
