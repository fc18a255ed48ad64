import Documents
import Kernel
import RouteDocuments
import RouteNetlink
import SystemPackage
import TestSupport

/// What is in a network namespace, as `ip -j -d` and `bridge -j -d` print it, or as we do; the lists by the name of what they list.
struct NamespaceState: Sendable {
    var lists: [String: [JSONValue]] = [:]

    subscript(name: String) -> [JSONValue] { lists[name] ?? [] }

    /// The names of its links, loopback's first.
    var links: [String] { self["link"].compactMap { $0["ifname"]?.string } }

    private static let questions = [
        "route show table all", "rule show", "neighbor show", "neighbor show proxy", "address show",
    ]
    private static let familyless = ["nexthop show", "link show"]

    /// Four processes, whatever there is to ask.
    static func ofPeer(in namespace: Int32, _ batch: PeerBatch) throws -> NamespaceState {
        var state = NamespaceState()
        for family in ["-4", "-6"] {
            for (question, list) in zip(questions, try answers("\(family) -batch \(batch.byFamily)", namespace)) {
                guard question == "address show" else {
                    state.lists["\(family) \(question)"] = list
                    continue
                }
                for link in list {
                    let name = "address \(family) \(link["ifname"]?.string ?? "")"
                    state.lists[name] = link["addr_info"]?.array ?? []
                }
            }
        }
        for (question, list) in zip(familyless, try answers("-batch \(batch.familyless)", namespace)) {
            state.lists[String(question.dropLast(" show".count))] = list
        }
        let answer = try run("bridge -j -d fdb show", networkNamespace: namespace)
        state.lists["fdb"] =
            answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output).array ?? []
        // What a bridge learns from the packets that pass by, which go by the clock.
        state.lists["fdb"]?.removeAll { $0["state"]?.string == "" }
        return state
    }

    /// What `ip` answers to a batch: a list a line.
    private static func answers(_ words: String, _ namespace: Int32) throws -> [[JSONValue]] {
        try run("ip -j -d \(words)", networkNamespace: namespace).lines.map { line in
            try RoutePeer.decode(Array(line.utf8)).array ?? []
        }
    }

    /// The files that `ip` reads its questions from.
    struct PeerBatch: Sendable {
        let byFamily: String
        let familyless: String

        init(in directory: borrowing TemporaryDirectory) throws {
            byFamily = directory.path.appending("by-family").string
            familyless = directory.path.appending("familyless").string
            try directory.write("by-family", questions.joined(separator: "\n") + "\n")
            try directory.write("familyless", NamespaceState.familyless.joined(separator: "\n") + "\n")
        }
    }

    /// By our library.
    static func ofUs(_ connection: inout RouteConnection) throws -> NamespaceState {
        let deadline = Deadline(in: .seconds(30))
        var state = NamespaceState()
        let links = try connection.links(until: deadline)
        let directory = LinkDirectory(links)
        let nexthops = try connection.nexthops(until: deadline)
        let names = RouteNames(
            of: .live, links: Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }, nexthops: nexthops)
        state.lists["link"] = links.map { $0.document(directory) }
        state.lists["nexthop"] = nexthops.map { $0.document(names) }
        for (family, option) in [(AddressFamily.ipv4, "-4"), (.ipv6, "-6")] {
            var routes = RouteFilter()
            routes.family = family
            state.lists["\(option) route show table all"] = try connection.routes(routes, until: deadline).map {
                $0.document(names)
            }
            state.lists["\(option) rule show"] = try connection.rules(family: family, until: deadline).map {
                $0.document(names)
            }
            var neighbors = NeighborFilter(family: family)
            for question in ["neighbor show", "neighbor show proxy"] {
                neighbors.isProxy = question.hasSuffix("proxy")
                state.lists["\(option) \(question)"] = try connection.neighbors(neighbors, until: deadline).map {
                    $0.document(names)
                }
            }
            var filter = AddressFilter()
            filter.family = family
            for address in try connection.addresses(filter, until: deadline) {
                state.lists["address \(option) \(names.link(address.linkIndex))", default: []].append(
                    address.document(names))
            }
        }
        return state
    }

    /// Where ours lacks or has otherwise what the peer says of the same namespace; the lists' order counts.
    static func differences(ours: NamespaceState, peer: NamespaceState) -> [String] {
        Set(ours.lists.keys).union(peer.lists.keys).subtracting(["fdb"]).sorted().flatMap { name in
            RoutePeer.compare(ours[name], peer[name], name)
        }
    }

    /// Where two namespaces differ, both as the peer prints them.
    static func differences(_ left: NamespaceState, _ right: NamespaceState) -> [String] {
        Set(left.lists.keys).union(right.lists.keys).sorted().flatMap { name -> [String] in
            // The kernel lists neighbours by a hash.
            let isHashed = name.contains("neighbor") || name == "fdb"
            let (a, b) =
                isHashed
                ? (sorted(left[name]), sorted(right[name])) : (Self.settled(left[name]), Self.settled(right[name]))
            // A request that we refuse ourselves takes no number in the kernel.
            let found = RoutePeer.compare(a, b, "ours, \(name)", ignoring: ["ifindex"])
            return found.isEmpty ? RoutePeer.compare(b, a, "ip's, \(name)", ignoring: ["ifindex"]) : found
        }
    }

    /// The routes to IPv6's groups, which the kernel makes as links come up, in an order of ours; the others in the kernel's.
    private static func settled(_ list: [JSONValue]) -> [JSONValue] {
        let groups = list.filter { $0["type"] == "multicast" && $0["protocol"] == "kernel" }
        return sorted(groups) + list.filter { !groups.contains($0) }
    }

    /// A neighbour that was reachable is stale after a time that the kernel draws.
    private static func steady(_ entry: JSONValue) -> JSONValue {
        guard case .object(var members) = entry, members["state"] == ["REACHABLE"] else { return entry }
        members["state"] = ["STALE"]
        return .object(members)
    }

    private static func sorted(_ list: [JSONValue]) -> [JSONValue] {
        list.map { steady($0) }.map { ((try? JSONText.encode($0, as: .line)) ?? "", $0) }.sorted { $0.0 < $1.0 }.map {
            $0.1
        }
    }
}
