import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink

/// What words choose, understood anew when the links have changed: a link that they name need not be there yet.
private final class WatchChoice<Selection> {
    private let read: (ObjectWords) throws(WordError) -> Selection
    private var known: (version: Int, selection: Selection)

    init(_ operation: String, _ read: @escaping (ObjectWords) throws(WordError) -> Selection) throws(CommandFailure) {
        self.read = read
        let words = Self.words(LinkDirectory(), RouteNames(of: .live))
        do throws(WordError) { known = (-1, try read(words)) } catch { throw CommandFailure(error, operation) }
    }

    func selection(_ names: WatchNames) -> Selection {
        // Words that were understood without a link may not be with one: `vrf br0`. Then they choose what they did before.
        if known.version != names.version, let new = try? read(Self.words(names.directory, names.names)) {
            known = (names.version, new)
        }
        return known.selection
    }

    private static func words(_ directory: LinkDirectory, _ names: RouteNames) -> ObjectWords {
        var directory = directory
        directory.awaited = -1
        return ObjectWords(directory, names)
    }
}

/// What is watched with the words of its list.
protocol WatchedNoun: RoutingNoun {
    associatedtype Watched: Hashable & Sendable
    static var watchAbstract: String { get }
    static func watched(_ list: [String], _ family: AddressFamily) throws(CommandFailure) -> WatchedKind<Watched>
}

/// The verb that tells of a noun's objects as they come, change and go.
struct RoutingWatch<Noun: WatchedNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "watch", abstract: Noun.watchAbstract)
    }
    @OptionGroup var options: WatchOptions
    @OptionGroup var choice: SelectionOptions

    func run() throws { try WatchRun(Noun.watched(choice.words, choice.family), options).run() }
}

extension LinkCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tells of links as they come, change and go.")
        @OptionGroup var options: WatchOptions
        @Argument(
            parsing: .allUnrecognized, help: ArgumentHelp("As 'link list' takes them.", valueName: "word"))
        var words: [String] = []

        func run() throws {
            let list = words
            let choice = try WatchChoice("link watch") { words throws(WordError) in
                try LinkSelection(words: list, words)
            }
            let watched = WatchedKind<Link>(
                noun: "link", parts: [.links, .addresses], present: { $0.links },
                change: { if case .link(let change) = $0 { change } else { nil } },
                isWanted: { choice.selection($1).matches($0) },
                document: { link, names in
                    LinkCommand.document(link, names.addresses[link.index] ?? [], names.directory)
                },
                line: WatchLine.link)
            try WatchRun(watched, options).run()
        }
    }
}

extension AddressCommand {
    static let watchAbstract = "Tells of addresses as they come, change and go."

    static func watched(
        _ list: [String], _ family: AddressFamily
    ) throws(CommandFailure) -> WatchedKind<InterfaceAddress> {
        let choice = try WatchChoice("address watch") { words throws(WordError) in
            try AddressSelection(words: list, family: family, words)
        }
        return WatchedKind<InterfaceAddress>(
            noun: "address", parts: [.links, .addresses], present: { $0.addresses },
            change: { if case .address(let change) = $0 { change } else { nil } },
            isWanted: { address, names in
                let selection = choice.selection(names)
                guard let link = names.link(address.linkIndex) else { return selection.filter.matches(address) }
                return selection.links.matches(link) && selection.matches(address, of: link)
            },
            document: { address, names in
                // As 'address list': the link, with the one address.
                var members = names.link(address.linkIndex)?.document(names.directory).object ?? [:]
                members["ifindex"] = JSONValue(address.linkIndex)
                members["addr_info"] = [address.document(names.names)]
                return .object(members)
            },
            line: WatchLine.address)
    }
}

extension RouteCommand {
    static let watchAbstract = "Tells of the main table's routes, or another's, as they come, change and go."

    static func watched(
        _ list: [String], _ family: AddressFamily
    ) throws(CommandFailure) -> WatchedKind<Route> {
        let choice = try WatchChoice("route watch") { words throws(WordError) in
            try RouteFilter(words: list, family: family, words)
        }
        return WatchedKind<Route>(
            noun: "route", parts: [.links, .routes],
            present: { state in
                state.routes.sorted { first, second in
                    if first.isIPv4 != second.isIPv4 { return first.isIPv4 }
                    return (first.table, "\(first.destination)", first.metric)
                        < (second.table, "\(second.destination)", second.metric)
                }
            },
            change: { if case .route(let change) = $0 { change } else { nil } },
            isWanted: { choice.selection($1).matches($0) },
            document: { $0.document($1.names) }, line: WatchLine.route)
    }
}

extension RuleCommand {
    static let watchAbstract = "Tells of rules as they come, change and go: IPv4's, or with -6 IPv6's."

    static func watched(
        _ list: [String], _ family: AddressFamily
    ) throws(CommandFailure) -> WatchedKind<Rule> {
        let choice = try WatchChoice("rule watch") { words throws(WordError) in
            try RuleSelection(words: list, family: family, words)
        }
        return WatchedKind<Rule>(
            noun: "rule", parts: [.links, .rules], present: { $0.rules },
            change: { if case .rule(let change) = $0 { change } else { nil } },
            isWanted: { rule, names in
                let selection = choice.selection(names)
                // Without a family IPv4's, as ip has it.
                return rule.family == (selection.family == .ipv6 ? .ipv6 : .ipv4) && selection.matches(rule)
            },
            document: { $0.document($1.names) }, line: WatchLine.rule)
    }
}

extension NeighborCommand {
    static let watchAbstract = "Tells of neighbours as they come, change and go."

    static func watched(
        _ list: [String], _ family: AddressFamily
    ) throws(CommandFailure) -> WatchedKind<Neighbor> {
        let choice = try WatchChoice("neighbor watch") { words throws(WordError) in
            try NeighborSelection(words: list, family: family, words)
        }
        return WatchedKind<Neighbor>(
            noun: "neighbor", parts: [.links, .neighbors], present: { $0.neighbors },
            change: { if case .neighbor(let change) = $0 { change } else { nil } },
            isWanted: { choice.selection($1).matches($0, $1.directory) },
            document: { $0.document($1.names) }, line: WatchLine.neighbor)
    }
}

/// The documents of `watch` as lines, in the words of ip(8).
enum WatchLine {
    static func link(_ document: JSONValue) -> String {
        line(
            document, "ifname", [("state", "operstate"), ("mtu", "mtu"), ("master", "master"), ("address", "address")])
            + words(" kind", document["linkinfo"]?["info_kind"]?.string)
    }

    static func address(_ document: JSONValue) -> String {
        let address = document["addr_info"]?.array?.first ?? [:]
        var text = address["local"]?.string ?? "-"
        if let length = address["prefixlen"]?.integer { text += "/\(length)" }
        text += words(" peer", address["address"]?.string) + words(" dev", document["ifname"]?.string)
        text += words(" scope", address["scope"]?.string)
        for flag in ["tentative", "dadfailed", "deprecated"] where address[flag] == true { text += " \(flag)" }
        return text
    }

    static func route(_ document: JSONValue) -> String {
        var text = document["type"]?.string.map { $0 == "unicast" ? "" : "\($0) " } ?? ""
        text += document["dst"]?.string ?? "-"
        text += words(" via", document.router)
        text += line(
            document, nil,
            [
                ("dev", "dev"), ("nhid", "nhid"), ("src", "prefsrc"), ("proto", "protocol"), ("metric", "metric"),
                ("table", "table"),
            ])
        for hop in document["nexthops"]?.array ?? [] {
            text += " nexthop" + words(" via", hop.router)
            text += words(" dev", hop["dev"]?.string)
        }
        for flag in document["flags"]?.array ?? [] { text += words("", flag.string) }
        return text
    }

    static func rule(_ document: JSONValue) -> String {
        var text = "\(document["priority"]?.integer ?? 0):" + (document["not"] == nil ? "" : " not")
        text +=
            words(" from", document.network("src")) + words(" to", document.network("dst"))
            + words(" fwmark", document["fwmark"]?.string)
        for key in ["iif", "oif"] {
            text += words(" \(key)", document[key]?.string)
            if document["\(key)_detached"] != nil { text += " [detached]" }
        }
        text += words(" lookup", document["table"]?.string) + words("", document["action"]?.string)
        if let target = document["goto"] { text += " goto \(target.integer.map { "\($0)" } ?? "none")" }
        return text
    }

    static func neighbor(_ document: JSONValue) -> String {
        let states = (document["state"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        return line(document, "dst", [("dev", "dev"), ("lladdr", "lladdr")]) + words("", states.isEmpty ? nil : states)
    }

    /// The value of `first`, then each word with the value of its key, where there is one.
    private static func line(_ document: JSONValue, _ first: String?, _ pairs: [(word: String, key: String)]) -> String
    {
        let start = first.map { document[$0]?.string ?? "-" } ?? ""
        return pairs.reduce(start) { text, pair in
            let value = document[pair.key]
            return text + words(" \(pair.word)", value?.string ?? value?.integer.map { "\($0)" })
        }
    }

    private static func words(_ word: String, _ value: String?) -> String { value.map { "\(word) \($0)" } ?? "" }
}
