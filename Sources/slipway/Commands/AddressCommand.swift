import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct AddressCommand: ParsableCommand, RoutingNoun {
    static let noun = "address"
    static let configuration = CommandConfiguration(
        commandName: "address", abstract: "The addresses of links.",
        discussion: "The words are those of ip(8): 'slipway address add 10.0.0.2/24 dev eth0 valid_lft 100'.",
        subcommands: [
            List.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let address = try InterfaceAddress(words: list, view.words)
        guard let mode else { return try view.route.deleteAddress(address, until: view.deadline) }
        try view.route.addAddress(address, mode: mode, until: view.deadline)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the addresses of each link.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var family: FamilyOptions
        @Option(help: ArgumentHelp("Only those of this link.", valueName: "link")) var dev: String?

        /// What `--json` prints of all.
        static func document(_ host: Host) throws -> JSONValue {
            var view = try RoutingView(host)
            return document(try view.route.addresses(until: view.deadline), view.words, nil)
        }

        /// The keys of `ip -j -d address`: the links, and in each its `addr_info`.
        private static func document(_ all: [InterfaceAddress], _ view: ObjectWords, _ index: Int32?) -> JSONValue {
            let links = view.links.links.values.filter { index == nil || $0.index == index }
            return .array(
                links.sorted { $0.index < $1.index }.map { link -> JSONValue in
                    guard case .object(var members) = link.document(view.links) else { return .null }
                    members["addr_info"] = .array(
                        all.filter { $0.linkIndex == link.index }.map { $0.document(view.names) })
                    return .object(members)
                })
        }

        func run() throws {
            let (view, index, all) = try host.ask("address list") { host in
                var view = try RoutingView(host)
                let index = try view.index(dev, "address list")
                var filter = AddressFilter()
                filter.family = family.family
                filter.linkIndex = index
                let all = try view.route.addresses(until: view.deadline).filter { filter.matches($0) }
                return (view.words, index, all)
            }
            var table = Table("LINK", "ADDRESS", "PEER", "SCOPE", "VALID", "PREFERRED", "LABEL", "PROTOCOL")
            for address in all {
                table.add(
                    view.names.link(address.linkIndex), "\(address.prefix)", address.peer.map { "\($0)" },
                    view.names.name(.scopes, address.scope.rawValue),
                    address.validLifetime.map { "\($0.components.seconds)s" } ?? "forever",
                    address.preferredLifetime.map { "\($0.components.seconds)s" } ?? "forever", address.label,
                    address.protocol == 0 ? nil : "\(address.protocol)")
            }
            try output.answer(Self.document(all, view, index), table: table.text)
        }
    }
}
