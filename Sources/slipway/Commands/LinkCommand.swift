import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Network links.",
        discussion: """
            Names, kinds and their options are the words of ip(8): 'slipway link add br0 type bridge stp_state 1'.
            """,
        subcommands: [
            List.self, Show.self, Watch.self, Add.self, Set.self, Delete.self, VLAN.self, Ethtool.self, WireGuard.self,
        ])

    /// How long the kernel may take for an answer.
    static var deadline: Deadline { Deadline(in: .seconds(10)) }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the links and their addresses.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @Argument(parsing: .allUnrecognized, help: ArgumentHelp("As 'ip' takes them after 'show'.", valueName: "word"))
        var words: [String] = []
        @Flag(help: "With their counters.") var statistics = false

        /// What `--json` prints of all links.
        static func document(_ host: Host) throws -> JSONValue {
            let (links, addresses) = try LinkCommand.read(host, statistics: false)
            return LinkCommand.document(links, addresses, LinkDirectory(links))
        }

        func run() throws {
            try LinkCommand.answer("link list", host, output, statistics) { all, host in
                // Asked for where they are needed: a recording need not have them.
                let names = RouteNames(of: words.contains("group") ? host.root : .live)
                let selection = try LinkSelection(words: words, ObjectWords(LinkDirectory(all), names))
                return all.filter { selection.matches($0) }
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
            try LinkCommand.answer("link show", host, output, statistics) { all, _ in
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
        _ operation: String, _ host: HostOptions, _ output: OutputOptions, _ statistics: Bool,
        _ choose: ([Link], Host) throws -> [Link]
    ) throws {
        let (links, addresses, chosen) = try host.ask(operation) { host in
            let (links, addresses) = try read(host, statistics: statistics)
            return (links, addresses, try choose(links, host))
        }
        let directory = LinkDirectory(links)
        try output.answer(document(chosen, addresses, directory), table: table(chosen, addresses, directory))
    }

    private static func read(
        _ host: Host, statistics: Bool
    ) throws(NetlinkError) -> (links: [Link], addresses: [InterfaceAddress]) {
        let deadline = Self.deadline
        var route = RouteConnection(try host.netlink.open(.route))
        let links = try route.links(including: statistics ? .statistics : [], until: deadline)
        return (links, try route.addresses(until: deadline))
    }

    private static func document(
        _ links: [Link], _ addresses: [InterfaceAddress], _ directory: LinkDirectory
    ) -> JSONValue {
        .array(
            links.map { link in document(link, addresses.filter { $0.linkIndex == link.index }, directory) })
    }

    /// The keys of `ip -j -d link`, and `addr_info` of `ip -j address`.
    static func document(
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

    private static func table(
        _ rows: [Link], _ addresses: [InterfaceAddress], _ links: LinkDirectory
    ) -> String {
        var table = Table("LINK", "STATE", "CARRIER", "MTU", "ADDRESS", "KIND", "MASTER", "ADDRESSES")
        for link in rows {
            table.add(
                link.name, "\(link.operationalState)", link.hasCarrier.map { $0 ? "yes" : "no" },
                link.maximumTransmissionUnit.map { "\($0)" }, link.hardwareAddress.description, link.kind,
                link.master.map { links.name(of: $0) ?? "\($0)" },
                addresses.filter { $0.linkIndex == link.index }.map { "\($0.prefix)" }.joined(separator: " "))
        }
        return table.text
    }
}
