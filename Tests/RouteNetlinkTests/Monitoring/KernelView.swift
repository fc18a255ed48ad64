import Documents
import Kernel
import Netlink
import RouteNetlink
import TestSupport

/// What identifies the kernel's objects, as ip says it; what runs on by itself is left out.
struct KernelView: Hashable {
    var links: Set<String> = []
    var addresses: Set<String> = []
    var routes: Set<String> = []
    var rules: Set<String> = []
    var neighbors: Set<String> = []

    /// What ip says of those parts.
    init(of parts: NetworkParts = .all) throws {
        if !parts.isDisjoint(with: [.links, .addresses]) { try addLinksAndAddresses(parts) }
        if parts.contains(.routes) { try addRoutes() }
        if parts.contains(.rules) { try addRules() }
        if parts.contains(.neighbors) { try addNeighbors() }
    }

    init(_ state: NetworkState) {
        let names = Dictionary(state.links.map { ($0.index, $0.name) }) { first, _ in first }
        for rule in state.rules {
            rules.insert(
                "\(rule.family == .ipv4 ? "-4" : "-6") \(rule.priority ?? 0) \(rule.source.map { "\($0)" } ?? "all") "
                    + "\(rule.inputLink ?? "-") \(rule.flags.contains(.inputLinkAbsent)) "
                    + "\(rule.outputLink ?? "-") \(rule.flags.contains(.outputLinkAbsent)) "
                    + "\(Self.tableName(rule.table)) \(rule.target ?? 0) \(rule.flags.contains(.unresolved))")
        }
        for neighbor in state.neighbors {
            let device = names[neighbor.linkIndex] ?? "?"
            if neighbor.family == .bridge {
                neighbors.insert(
                    "fdb \(neighbor.macAddress.map { "\($0)" } ?? "-") \(device) "
                        + "\(neighbor.master.flatMap { names[$0] } ?? "-") \(neighbor.flags.contains(.own))")
            } else if neighbor.state != .incomplete {
                neighbors.insert(
                    "\(neighbor.address.map { "\($0)" } ?? "-") \(device) "
                        + "\(neighbor.macAddress.map { "\($0)" } ?? "-") \(neighbor.state == .delay ? .stale : neighbor.state)"
                )
            }
        }
        for link in state.links { links.insert("\(link.index) \(link.name) \(link.operationalState)") }
        for address in state.addresses {
            addresses.insert(
                "\(address.linkIndex) \(address.prefix) \(address.flags.contains(.tentative)) "
                    + "\(address.flags.contains(.secondary))")
        }
        for route in state.routes {
            let ways =
                route.hops.isEmpty
                ? [Self.way(route.gateway, route.linkIndex ?? 0, 0, route.flags)]
                : route.hops.map { Self.way($0.gateway, $0.linkIndex, $0.weight, $0.flags) }.sorted()
            let source = route.source.map { $0.length == 0 ? "-" : "\($0)" } ?? "-"
            let type = route.typeOfService == 0 ? "-" : "0x" + String(route.typeOfService, radix: 16)
            routes.insert(
                "\(route.destination) from \(source) \(type) \(route.table) \(route.metric) nhid \(route.nexthopID) "
                    + ways.joined(separator: ", "))
        }
    }

    private static func way(_ gateway: IPAddress?, _ link: Int32, _ weight: Int, _ flags: RouteFlags) -> String {
        "\(gateway.map { "\($0)" } ?? "-") \(link) \(weight) \(flags.contains(.dead)) \(flags.contains(.linkDown))"
    }

    private mutating func addLinksAndAddresses(_ parts: NetworkParts) throws {
        for link in try ip("address show") {
            let index = link["ifindex"]?.integer ?? 0
            if parts.contains(.links) {
                links.insert("\(index) \(link["ifname"]?.string ?? "") \(link["operstate"]?.string ?? "")")
            }
            for address in link["addr_info"]?.array ?? [] where parts.contains(.addresses) {
                addresses.insert(
                    "\(index) \(address["local"]?.string ?? "")/\(address["prefixlen"]?.integer ?? 0) "
                        + "\(address["tentative"] == true) \(address["secondary"] == true)")
            }
        }
    }

    private mutating func addRoutes() throws {
        let names = try ip("link show").reduce(into: [String: Int64]()) {
            $0[$1["ifname"]?.string ?? ""] = $1["ifindex"]?.integer
        }
        for family in ["-4", "-6"] {
            for route in try ip("\(family) route show table all") {
                // A way among several has a weight; IPv6's are in no order.
                let ways = (route["nexthops"]?.array ?? [route]).map { way in
                    let flags = way["flags"]?.array ?? []
                    return "\(way["gateway"]?.string ?? "-") \(way["dev"]?.string.flatMap { names[$0] } ?? 0) "
                        + "\(way["weight"]?.integer ?? 0) \(flags.contains("dead")) \(flags.contains("linkdown"))"
                }
                routes.insert(
                    "\(Self.prefix(route["dst"]?.string ?? "", family)) from \(route["from"]?.string ?? "-") "
                        + "\(route["tos"]?.string ?? "-") \(Self.table(route["table"]?.string)) "
                        + "\(route["metric"]?.integer ?? 0) nhid \(route["nhid"]?.integer ?? 0) "
                        + ways.sorted().joined(separator: ", "))
            }
        }
    }

    private mutating func addRules() throws {
        for family in ["-4", "-6"] {
            for rule in try ip("\(family) rule show") {
                let source = (rule["src"]?.string ?? "all")
                let length = rule["srclen"]?.integer.map { "/\($0)" } ?? (family == "-4" ? "/32" : "/128")
                rules.insert(
                    "\(family) \(rule["priority"]?.integer ?? 0) \(source == "all" ? source : source + length) "
                        + "\(rule["iif"]?.string ?? "-") \(rule["iif_detached"] != nil) "
                        + "\(rule["oif"]?.string ?? "-") \(rule["oif_detached"] != nil) "
                        + "\(rule["table"]?.string ?? "unspec") \(rule["goto"]?.integer ?? 0) "
                        + "\(rule["unresolved"] != nil)")
            }
        }
    }

    /// `bridge` lists the multicast addresses that devices listen to as entries of their own.
    private mutating func addNeighbors() throws {
        for neighbor in try ip("neigh show") {
            let words = (neighbor["state"]?.array ?? []).compactMap(\.string)
            if words == ["INCOMPLETE"] { continue }
            let state = words.reduce(into: NeighborState()) { $0.formUnion(Self.states[$1] ?? []) }
            neighbors.insert(
                "\(neighbor["dst"]?.string ?? "-") \(neighbor["dev"]?.string ?? "?") "
                    + "\(neighbor["lladdr"]?.string ?? "-") \(state == .delay ? .stale : state)")
        }
        let answer = try run("bridge -j fdb show").output
        let entries = answer.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer).array ?? []
        for entry in entries {
            let address = entry["mac"]?.string ?? "-"
            let isOwn = entry["flags"]?.array?.contains("self") == true
            if isOwn, entry["dst"] == nil, MACAddress(address)?.bytes.first.map({ $0 & 1 != 0 }) == true { continue }
            neighbors.insert(
                "fdb \(address) \(entry["ifname"]?.string ?? "?") \(entry["master"]?.string ?? "-") \(isOwn)")
        }
    }

    private static let states: [String: NeighborState] = [
        "INCOMPLETE": .incomplete, "REACHABLE": .reachable, "STALE": .stale, "DELAY": .delay, "PROBE": .probe,
        "FAILED": .failed, "NOARP": .noARP, "PERMANENT": .permanent,
    ]

    private static func tableName(_ table: UInt32) -> String {
        switch table {
        case 0: "unspec"
        case 253: "default"
        case 254: "main"
        case 255: "local"
        default: "\(table)"
        }
    }

    private static func prefix(_ text: String, _ family: String) -> String {
        if text == "default" { return family == "-4" ? "0.0.0.0/0" : "::/0" }
        return text.contains("/") ? text : text + (family == "-4" ? "/32" : "/128")
    }

    private static func table(_ name: String?) -> String {
        switch name {
        case nil, "main": "254"
        case "local": "255"
        case let name?: name
        }
    }

    func only(_ parts: NetworkParts) -> KernelView {
        var view = self
        if !parts.contains(.links) { view.links = [] }
        if !parts.contains(.addresses) { view.addresses = [] }
        if !parts.contains(.routes) { view.routes = [] }
        if !parts.contains(.rules) { view.rules = [] }
        if !parts.contains(.neighbors) { view.neighbors = [] }
        return view
    }

    /// What one has and the other has not, for the failure's words.
    func differences(from other: KernelView) -> String {
        [
            (links, other.links), (addresses, other.addresses), (routes, other.routes), (rules, other.rules),
            (neighbors, other.neighbors),
        ].map { mine, theirs in
            mine.subtracting(theirs).sorted().map { "+\($0)" } + theirs.subtracting(mine).sorted().map { "-\($0)" }
        }.joined().prefix(20).joined(separator: "; ")
    }
}
