import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

/// What `address`, `route`, `rule` and `neighbor` list, for people and programs.
struct RouteListing {
    /// The keys of `ip -j -d`.
    let document: [JSONValue]
    let table: Table
}

/// What chooses among the objects of a list: a family, and the words that `ip` takes after `show`.
struct SelectionOptions: ParsableArguments {
    @Flag(name: .customShort("4"), help: "IPv4 alone.") var version4 = false
    @Flag(name: .customShort("6"), help: "IPv6 alone.") var version6 = false
    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("As 'ip' takes them after 'show'.", valueName: "word"))
    var words: [String] = []

    func validate() throws {
        if version4 && version6 { throw ValidationError("-4 and -6 exclude each other.") }
    }

    var family: AddressFamily { version4 ? .ipv4 : version6 ? .ipv6 : .unspecified }
}

/// The verb that lists a noun's objects.
struct RoutingList<Noun: RoutingNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: Noun.listAbstract)
    }
    @OptionGroup var host: HostOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var choice: SelectionOptions

    /// What `--json` prints without words.
    static func document(_ host: Host) throws -> JSONValue { .array(try listing(host, [], .unspecified).document) }

    private static func listing(_ host: Host, _ words: [String], _ family: AddressFamily) throws -> RouteListing {
        var view = try RoutingView(host)
        return try Noun.list(words, family, &view)
    }

    func run() throws {
        let listing = try host.ask("\(Noun.noun) list") { try Self.listing($0, choice.words, choice.family) }
        try output.answer(.array(listing.document), table: listing.table.text)
    }
}

extension AddressCommand {
    static let listAbstract = "Lists the addresses, by link."

    static func list(_ list: [String], _ family: AddressFamily, _ view: inout RoutingView) throws -> RouteListing {
        let words = view.words
        let selection = try AddressSelection(words: list, family: family, words)
        // Whether a link has any address is part of the answer, so no more than the link is left to the kernel.
        var asked = AddressFilter()
        if view.takesFilters { asked.linkIndex = selection.filter.linkIndex }
        let addresses = Dictionary(
            grouping: try view.route.addresses(asked, until: view.deadline), by: \.linkIndex)
        var table = Table("LINK", "ADDRESS", "PEER", "SCOPE", "VALID", "PREFERRED")
        var documents: [JSONValue] = []
        for link in view.allLinks {
            let all = addresses[link.index] ?? []
            let own = all.filter { selection.matches($0, of: link) }
            guard selection.matches(link, chosen: own.count, of: all.count) else { continue }
            let printed = own.map { $0.document(view.names) }
            guard case .object(var members) = link.document(words.links) else { continue }
            members["addr_info"] = .array(printed)
            documents.append(.object(members))
            for (address, document) in zip(own, printed) {
                table.add(
                    link.name, "\(address.prefix)", address.peer.map { "\($0)" }, document["scope"]?.string,
                    seconds(address.validLifetime), seconds(address.preferredLifetime))
            }
        }
        return RouteListing(document: documents, table: table)
    }

    private static func seconds(_ lifetime: Duration?) -> String {
        lifetime.map { "\($0.components.seconds) s" } ?? "forever"
    }
}

extension RouteCommand {
    static let listAbstract = "Lists the routes of the main table, or of another."

    static func list(_ list: [String], _ family: AddressFamily, _ view: inout RoutingView) throws -> RouteListing {
        let words = view.words
        let filter = try RouteFilter(words: list, family: family, words)
        let asked = view.takesFilters || filter.isCached ? filter : RouteFilter()
        let routes = try view.route.routes(asked, until: view.deadline).filter { filter.matches($0) }
        var table = RouteCommand.table
        let documents = routes.map { $0.document(view.names) }
        for (route, document) in zip(routes, documents) {
            RouteCommand.add(route, document, to: &table, view.names)
        }
        return RouteListing(document: documents, table: table)
    }
}

extension RuleCommand {
    static let listAbstract = "Lists the rules in the order in which they are asked: IPv4's, or with -6 IPv6's."

    static func list(_ list: [String], _ family: AddressFamily, _ view: inout RoutingView) throws -> RouteListing {
        let words = view.words
        let selection = try RuleSelection(words: list, family: family, words)
        // Without a family IPv4's, as ip has it.
        let family: AddressFamily = selection.family == .ipv6 ? .ipv6 : .ipv4
        let rules = try view.route.rules(family: family, until: view.deadline).filter {
            selection.matches($0)
        }
        var table = Table("PRIORITY", "FROM", "TO", "IIF", "OIF", "MARK", "ACTION", "TABLE")
        let documents = rules.map { $0.document(view.names) }
        for document in documents {
            table.add(
                document["priority"]?.integer.map { "\($0)" }, document.network("src"), document.network("dst"),
                document["iif"]?.string, document["oif"]?.string, document["fwmark"]?.string,
                document["action"]?.string, document["table"]?.string)
        }
        return RouteListing(document: documents, table: table)
    }
}

extension NeighborCommand {
    static let listAbstract = "Lists the neighbours that have been asked for."

    static func list(_ list: [String], _ family: AddressFamily, _ view: inout RoutingView) throws -> RouteListing {
        let words = view.words
        let selection = try NeighborSelection(words: list, family: family, words)
        var asked = selection.filter
        if !view.takesFilters {
            // Proxies are another question than neighbours.
            asked = NeighborFilter()
            asked.isProxy = selection.filter.isProxy
            (asked.states, asked.includesStateless) = (selection.filter.states, true)
        }
        let neighbors = try view.route.neighbors(asked, until: view.deadline).filter {
            selection.matches($0, words.links)
        }
        let documents = neighbors.map { $0.document(view.names) }
        return RouteListing(document: documents, table: NeighborCommand.table(documents))
    }
}
