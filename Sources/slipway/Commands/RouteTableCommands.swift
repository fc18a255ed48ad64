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

/// What chooses among the objects of a list.
struct RouteListOptions: ParsableArguments {
    @Flag(name: .customShort("4"), help: "IPv4 alone.") var version4 = false
    @Flag(name: .customShort("6"), help: "IPv6 alone.") var version6 = false
    @Option(help: ArgumentHelp("Only those of this link.", valueName: "link")) var dev: String?

    func validate() throws {
        if version4 && version6 { throw ValidationError("-4 and -6 exclude each other.") }
    }

    var family: AddressFamily { version4 ? .ipv4 : version6 ? .ipv6 : .unspecified }
}

/// A connection to a host's netlink with the names that its objects are printed by.
struct RouteLister: ~Copyable {
    var route: RouteConnection
    let links: [Link]
    let names: RouteNames
    let deadline: Deadline

    init(_ host: Host) throws(NetlinkError) { self = try Self.opened(host) }

    private init(_ route: consuming RouteConnection, _ links: [Link], _ names: RouteNames, _ deadline: Deadline) {
        self.route = route
        self.links = links
        self.names = names
        self.deadline = deadline
    }

    private static func opened(_ host: Host) throws(NetlinkError) -> RouteLister {
        let deadline = Deadline(in: .seconds(10))
        var route = RouteConnection(try host.netlink.open(.route))
        let links = try route.links(until: deadline)
        var nexthops: [Nexthop] = []
        do throws(NetlinkError) {
            nexthops = try route.nexthops(until: deadline)
        } catch  where error.cause == .missingFeature {
            // Linux 5.3 brought nexthop objects: an older kernel has none.
        }
        let names = RouteNames(
            of: host.root, links: Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first },
            nexthops: nexthops)
        return RouteLister(route, links, names, deadline)
    }

    /// The number of a link by any of its names; nil where none was asked for.
    func index(_ name: String?, _ operation: String) throws(CommandFailure) -> Int32? {
        guard let name else { return nil }
        let directory = LinkDirectory(links)
        guard let index = directory.index(of: name) else {
            throw LinkCommand.noLink(operation, name, directory)
        }
        return index
    }
}

extension AddressCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the addresses, by link.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: RouteListOptions

        static func listing(_ host: Host, _ choice: RouteListOptions?) throws -> RouteListing {
            var lister = try RouteLister(host)
            var filter = AddressFilter()
            filter.family = choice?.family ?? .unspecified
            filter.linkIndex = try lister.index(choice?.dev, "address list")
            let addresses = try lister.route.addresses(filter, until: lister.deadline)
            let directory = LinkDirectory(lister.links)
            var table = Table("LINK", "ADDRESS", "PEER", "SCOPE", "VALID", "PREFERRED")
            var documents: [JSONValue] = []
            for link in lister.links where filter.linkIndex == nil || link.index == filter.linkIndex {
                let own = addresses.filter { $0.linkIndex == link.index }
                let printed = own.map { $0.document(lister.names) }
                guard case .object(var members) = link.document(directory) else { continue }
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

        func run() throws {
            let listing = try host.ask("address list") { try Self.listing($0, choice) }
            try output.answer(.array(listing.document), table: listing.table.text)
        }

        private static func seconds(_ lifetime: Duration?) -> String {
            lifetime.map { "\($0.components.seconds) s" } ?? "forever"
        }
    }
}

extension RouteCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the routes of the main table, or of another.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: RouteListOptions
        @Option(help: ArgumentHelp("A table's name or number, or 'all'.", valueName: "table")) var table = "main"

        static func listing(_ host: Host, _ choice: RouteListOptions?, table name: String) throws -> RouteListing {
            var lister = try RouteLister(host)
            var filter = RouteFilter()
            filter.family = choice?.family ?? .unspecified
            filter.linkIndex = try lister.index(choice?.dev, "route list")
            if name != "all" {
                guard let number = lister.names.number(.tables, name) else {
                    throw CommandFailure(
                        .usage, "route list", on: name, message: "no table has that name",
                        hint: "give a number, or one of \(lister.names.all(.tables).joined(separator: ", "))")
                }
                filter.table = number
            }
            let routes = try lister.route.routes(filter, until: lister.deadline)
            var table = RouteCommand.table
            let documents = routes.map { $0.document(lister.names) }
            for (route, document) in zip(routes, documents) {
                RouteCommand.add(route, document, to: &table, lister.names)
            }
            return RouteListing(document: documents, table: table)
        }

        func run() throws {
            let listing = try host.ask("route list") { try Self.listing($0, choice, table: table) }
            try output.answer(.array(listing.document), table: listing.table.text)
        }
    }
}

extension RuleCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the rules in the order in which they are asked: IPv4's, or with -6 IPv6's.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @Flag(name: .customShort("4"), help: "IPv4's; so without a family too, as ip has it.") var version4 = false
        @Flag(name: .customShort("6"), help: "IPv6's.") var version6 = false

        static func listing(_ host: Host, family: AddressFamily) throws -> RouteListing {
            var lister = try RouteLister(host)
            let rules = try lister.route.rules(family: family, until: lister.deadline)
            var table = Table("PRIORITY", "FROM", "TO", "IIF", "OIF", "MARK", "ACTION", "TABLE")
            let documents = rules.map { $0.document(lister.names) }
            for document in documents {
                func place(_ key: String) -> String? {
                    guard let address = document[key]?.string else { return nil }
                    return document[key + "len"]?.integer.map { "\(address)/\($0)" } ?? address
                }
                table.add(
                    document["priority"]?.integer.map { "\($0)" }, place("src"), place("dst"),
                    document["iif"]?.string, document["oif"]?.string, document["fwmark"]?.string,
                    document["action"]?.string, document["table"]?.string)
            }
            return RouteListing(document: documents, table: table)
        }

        func validate() throws {
            if version4 && version6 { throw ValidationError("-4 and -6 exclude each other.") }
        }

        func run() throws {
            let listing = try host.ask("rule list") { try Self.listing($0, family: version6 ? .ipv6 : .ipv4) }
            try output.answer(.array(listing.document), table: listing.table.text)
        }
    }
}

extension NeighborCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the neighbours that have been asked for.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var choice: RouteListOptions

        static func listing(_ host: Host, _ choice: RouteListOptions?) throws -> RouteListing {
            var lister = try RouteLister(host)
            let index = try lister.index(choice?.dev, "neighbor list")
            let family = choice?.family ?? .unspecified
            let neighbors = try lister.route.neighbors(until: lister.deadline).filter { neighbor in
                (index == nil || neighbor.linkIndex == index) && (family == .unspecified || neighbor.family == family)
            }
            let documents = neighbors.map { $0.document(lister.names) }
            return RouteListing(document: documents, table: NeighborCommand.table(documents))
        }

        func run() throws {
            let listing = try host.ask("neighbor list") { try Self.listing($0, choice) }
            try output.answer(.array(listing.document), table: listing.table.text)
        }
    }
}
