import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport
import Testing

/// Our view and ip's of the namespace that the thread is in.
struct RoutePeer: ~Copyable {
    var connection: RouteConnection
    private let deadline = Deadline(in: .seconds(60))

    init() throws { connection = try RouteConnection.open() }

    mutating func names() throws -> RouteNames {
        let links = try connection.links(until: deadline)
        return RouteNames(
            of: .live, links: Dictionary(uniqueKeysWithValues: links.map { ($0.index, $0.name) }),
            nexthops: try connection.nexthops(until: deadline))
    }

    mutating func index(_ name: String) throws -> Int32 { try connection.link(named: name, until: deadline).index }

    /// What `ip -j -d <command>` says; nothing is an empty list.
    static func ip(_ command: String) throws -> [JSONValue] {
        let answer = try run("ip -j -d \(command)")
        return answer.output.isEmpty ? [] : try decode(answer.output).array ?? []
    }

    /// What `ip` prints; where it says a key twice, with both.
    static func decode(_ bytes: [UInt8]) throws -> JSONValue {
        let hasEncapsulation = String(decoding: bytes, as: UTF8.self).contains("\"encap\"")
        return try hasEncapsulation ? DoubledKeys.decode(bytes) : JSONText.decode(JSONValue.self, from: bytes)
    }

    /// Every key and value that ip prints of routes, rules, neighbours, addresses and nexthops is ours; the places that differ.
    mutating func differences() throws -> [String] {
        let names = try names()
        var problems: [String] = []
        for (family, option) in [(AddressFamily.ipv4, "-4"), (.ipv6, "-6")] {
            var filter = RouteFilter()
            filter.family = family
            let routes = try connection.routes(filter, until: deadline).map { $0.document(names) }
            problems += Self.compare(routes, try Self.ip("\(option) route show table all"), "\(option) route")
            let rules = try connection.rules(family: family, until: deadline).map { $0.document(names) }
            problems += Self.compare(rules, try Self.ip("\(option) rule show"), "\(option) rule")
        }
        var proxies = NeighborFilter()
        proxies.isProxy = true
        let proxied = try connection.neighbors(proxies, until: deadline).map { $0.document(names) }
        problems += Self.compare(proxied, try Self.ip("neighbor show proxy"), "proxy")
        let neighbors = try connection.neighbors(until: deadline).map { $0.document(names) }
        problems += Self.compare(neighbors, try Self.ip("neighbor show"), "neighbor")
        let nexthops = try connection.nexthops(until: deadline).map { $0.document(names) }
        problems += Self.compare(nexthops, try Self.ip("nexthop show"), "nexthop")
        var addresses: [JSONValue] = []
        let own = try connection.addresses(until: deadline)
        var theirs: [JSONValue] = []
        for link in try Self.ip("address show") {
            let index = Int32(clamping: link["ifindex"]?.integer ?? 0)
            addresses += own.filter { $0.linkIndex == index }.map { $0.document(names) }
            theirs += link["addr_info"]?.array ?? []
        }
        return problems + Self.compare(addresses, theirs, "address")
    }

    /// Lists must have the same length and order.
    static func compare(
        _ ours: [JSONValue], _ theirs: [JSONValue], _ place: String, ignoring: Set<String> = []
    ) -> [String] {
        guard ours.count == theirs.count else {
            func missing(_ left: [JSONValue], _ right: [JSONValue]) -> [String] {
                left.filter { one in !right.contains { compare($0, one, "", ignoring) == [] } }.map { text($0) }
            }
            return [
                "\(place): \(ours.count) of ours, \(theirs.count) of theirs: we lack \(missing(theirs, ours)), "
                    + "and they \(missing(ours, theirs))"
            ]
        }
        return zip(ours, theirs).enumerated().flatMap { index, pair in
            compare(pair.0, pair.1, "\(place)[\(index)]", ignoring).map { "\($0) in \(text(pair.1))" }
        }
    }

    private static func text(_ value: JSONValue) -> String { (try? JSONText.encode(value, as: .line)) ?? "\(value)" }

    private static func compare(
        _ ours: JSONValue?, _ theirs: JSONValue, _ place: String, _ ignoring: Set<String>
    ) -> [String] {
        guard let ours else { return ["\(place): we lack it"] }
        if case .object(let members) = theirs, case .object = ours {
            return members.flatMap { key, value -> [String] in
                // A second may pass between the two looks.
                let isTime = ["expires", "valid_life_time", "preferred_life_time"].contains(key)
                if isTime, let left = ours[key]?.integer, let right = value.integer, abs(left - right) <= 3 {
                    return []
                }
                if moving.contains(key) || ignoring.contains(key), ours[key] != nil { return [] }
                return compare(ours[key], value, "\(place).\(key)", ignoring)
            }
        }
        if case .array(let right) = theirs, case .array(let left) = ours, right.count == left.count {
            return zip(left, right).flatMap { compare($0, $1, place, ignoring) }
        }
        return ours == theirs ? [] : ["\(place): \(text(ours)) is not \(text(theirs))"]
    }
}
