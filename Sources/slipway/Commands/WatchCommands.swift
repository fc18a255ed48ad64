import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink

extension LinkCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tells of links as they come, change and go.")
        @OptionGroup var options: WatchOptions
        @Option(help: ArgumentHelp("Only the ports of this bridge, bond or VRF.", valueName: "link"))
        var master: String?
        @Option(help: ArgumentHelp("Only links of this kind: bridge, veth, vlan.", valueName: "kind"))
        var kind: String?
        @Argument(help: ArgumentHelp("Only these, by name or number; they need not be there yet.", valueName: "link"))
        var wanted: [String] = []

        func run() throws {
            let (master, kind, wanted) = (self.master, self.kind, self.wanted)
            let watched = WatchedKind<Link>(
                noun: "link", parts: [.links, .addresses], present: { $0.links },
                change: { if case .link(let change) = $0 { change } else { nil } },
                isWanted: { link, names in
                    if let kind, link.kind != kind { return false }
                    if let master, link.master.map({ names.isNamed($0, master) }) != true { return false }
                    if wanted.isEmpty { return true }
                    return wanted.contains {
                        $0 == link.name || link.alternativeNames.contains($0) || $0 == "\(link.index)"
                    }
                },
                document: { link, names in
                    LinkCommand.document(link, names.addresses[link.index] ?? [], names.directory)
                },
                line: WatchLine.link)
            try WatchRun(watched, options).run()
        }
    }
}

extension AddressCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tells of addresses as they come, change and go.")
        @OptionGroup var options: WatchOptions
        @OptionGroup var choice: RouteListOptions

        func run() throws {
            let (family, device) = (choice.family, choice.dev)
            let watched = WatchedKind<InterfaceAddress>(
                noun: "address", parts: [.links, .addresses], present: { $0.addresses },
                change: { if case .address(let change) = $0 { change } else { nil } },
                isWanted: { address, names in
                    if let device, !names.isNamed(address.linkIndex, device) { return false }
                    return family == .unspecified || address.prefix.address.isIPv4 == (family == .ipv4)
                },
                document: { address, names in
                    // As 'address list': the link, with the one address.
                    var members = names.link(address.linkIndex)?.document(names.directory).object ?? [:]
                    members["ifindex"] = JSONValue(address.linkIndex)
                    members["addr_info"] = [address.document(names.names)]
                    return .object(members)
                },
                line: WatchLine.address)
            try WatchRun(watched, options).run()
        }
    }
}

extension RouteCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells of the main table's routes, or another's, as they come, change and go.")
        @OptionGroup var options: WatchOptions
        @OptionGroup var choice: RouteListOptions
        @Option(help: ArgumentHelp("A table's name or number, or 'all'.", valueName: "table")) var table = "main"

        func run() throws {
            var filter = RouteFilter()
            filter.family = choice.family
            if table != "all" {
                let names = RouteNames(of: .live)
                guard let number = names.number(.tables, table) else {
                    throw CommandFailure(
                        .usage, "route watch", on: table, message: "no table has that name",
                        hint: "give a number, or one of \(names.all(.tables).joined(separator: ", "))")
                }
                filter.table = number
            }
            let (device, chosen) = (choice.dev, filter)
            let watched = WatchedKind<Route>(
                noun: "route", parts: [.links, .routes],
                present: { state in
                    state.routes.sorted { first, second in
                        if first.isIPv4 != second.isIPv4 { return first.isIPv4 }
                        return (first.table, "\(first.destination)", first.metric)
                            < (second.table, "\(second.destination)", second.metric)
                    }
                },
                change: { if case .route(let change) = $0 { change } else { nil } },
                isWanted: { route, names in
                    guard chosen.matches(route) else { return false }
                    guard let device else { return true }
                    return ([route.linkIndex] + route.hops.map { Optional($0.linkIndex) }).contains {
                        $0.map { names.isNamed($0, device) } ?? false
                    }
                },
                document: { $0.document($1.names) }, line: WatchLine.route)
            try WatchRun(watched, options).run()
        }
    }
}

extension RuleCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells of rules as they come, change and go: IPv4's, or with -6 IPv6's.")
        @OptionGroup var options: WatchOptions
        @Flag(name: .customShort("4"), help: "IPv4's; so without a family too, as ip has it.") var version4 = false
        @Flag(name: .customShort("6"), help: "IPv6's.") var version6 = false

        func validate() throws {
            if version4 && version6 { throw ValidationError("-4 and -6 exclude each other.") }
        }

        func run() throws {
            let family: AddressFamily = version6 ? .ipv6 : .ipv4
            let watched = WatchedKind<Rule>(
                noun: "rule", parts: [.rules], present: { $0.rules },
                change: { if case .rule(let change) = $0 { change } else { nil } },
                isWanted: { rule, _ in rule.family == family }, document: { $0.document($1.names) },
                line: WatchLine.rule)
            try WatchRun(watched, options).run()
        }
    }
}

extension NeighborCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tells of neighbours as they come, change and go.")
        @OptionGroup var options: WatchOptions
        @OptionGroup var choice: RouteListOptions

        func run() throws {
            let (filter, device) = (NeighborFilter(family: choice.family), choice.dev)
            let watched = WatchedKind<Neighbor>(
                noun: "neighbor", parts: [.links, .neighbors], present: { $0.neighbors },
                change: { if case .neighbor(let change) = $0 { change } else { nil } },
                isWanted: { neighbor, names in
                    guard filter.matches(neighbor) else { return false }
                    return device.map { names.isNamed(neighbor.linkIndex, $0) } ?? true
                },
                document: { $0.document($1.names) }, line: WatchLine.neighbor)
            try WatchRun(watched, options).run()
        }
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
        text += words(" via", document["gateway"]?.string ?? document["via"]?["host"]?.string)
        text += line(
            document, nil,
            [
                ("dev", "dev"), ("nhid", "nhid"), ("src", "prefsrc"), ("proto", "protocol"), ("metric", "metric"),
                ("table", "table"),
            ])
        for hop in document["nexthops"]?.array ?? [] {
            text += " nexthop" + words(" via", hop["gateway"]?.string ?? hop["via"]?["host"]?.string)
            text += words(" dev", hop["dev"]?.string)
        }
        for flag in document["flags"]?.array ?? [] { text += words("", flag.string) }
        return text
    }

    static func rule(_ document: JSONValue) -> String {
        func place(_ key: String) -> String? {
            document[key]?.string.map { address in
                document[key + "len"]?.integer.map { "\(address)/\($0)" } ?? address
            }
        }
        var text = "\(document["priority"]?.integer ?? 0):" + (document["not"] == nil ? "" : " not")
        text += words(" from", place("src")) + words(" to", place("dst")) + words(" fwmark", document["fwmark"]?.string)
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
