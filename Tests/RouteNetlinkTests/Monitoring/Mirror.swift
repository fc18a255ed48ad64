import Documents
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

/// A consumer that knows nothing but the events: at the end it has to have what the kernel has.
struct Mirror {
    var links: Set<Link> = []
    var addresses: Set<InterfaceAddress> = []
    var routes: Set<Route> = []
    var overruns = 0
    var events = 0
    var isSynchronized = false

    mutating func apply(_ event: NetworkEvent) {
        events += 1
        switch event {
        case .link(let change): Self.apply(change, to: &links)
        case .address(let change): Self.apply(change, to: &addresses)
        case .route(let change): Self.apply(change, to: &routes)
        case .overrun(let count):
            #expect(count == overruns + 1)
            overruns = count
            isSynchronized = false
        case .resynchronized: isSynchronized = true
        }
    }

    private static func apply<Object>(_ change: NetworkChange<Object>, to objects: inout Set<Object>) {
        if let old = change.old { objects.remove(old) }
        if let new = change.new { #expect(objects.insert(new).inserted, "added twice: \(new)") }
    }
}

/// What identifies the kernel's objects, as ip says it; what runs on by itself is left out.
struct KernelView: Hashable {
    var links: Set<String> = []
    var addresses: Set<String> = []
    var routes: Set<String> = []

    init() throws {
        for link in try ip("address show") {
            let index = link["ifindex"]?.integer ?? 0
            links.insert("\(index) \(link["ifname"]?.string ?? "") \(link["operstate"]?.string ?? "")")
            for address in link["addr_info"]?.array ?? [] {
                addresses.insert(
                    "\(index) \(address["local"]?.string ?? "")/\(address["prefixlen"]?.integer ?? 0) "
                        + "\(address["tentative"] == true) \(address["secondary"] == true)")
            }
        }
        let names = try ip("link show").reduce(into: [String: Int64]()) {
            $0[$1["ifname"]?.string ?? ""] = $1["ifindex"]?.integer
        }
        for family in ["-4", "-6"] {
            for route in try ip("\(family) route show table all") where route["nexthops"] == nil {
                let target = route["dst"]?.string ?? ""
                let device = route["dev"]?.string.flatMap { names[$0] } ?? 0
                routes.insert(
                    "\(Self.prefix(target, family)) \(Self.table(route["table"]?.string)) "
                        + "\(route["metric"]?.integer ?? 0) \(route["gateway"]?.string ?? "-") \(device)")
            }
        }
    }

    init(_ state: NetworkState) {
        for link in state.links { links.insert("\(link.index) \(link.name) \(link.operationalState)") }
        for address in state.addresses {
            addresses.insert(
                "\(address.linkIndex) \(address.prefix) \(address.flags.contains(.tentative)) "
                    + "\(address.flags.contains(.secondary))")
        }
        for route in state.routes {
            routes.insert(
                "\(route.destination) \(route.table) \(route.metric) "
                    + "\(route.gateway.map { "\($0)" } ?? "-") \(route.linkIndex ?? 0)")
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

    /// What one has and the other has not, for the failure's words.
    func differences(from other: KernelView) -> String {
        [(links, other.links), (addresses, other.addresses), (routes, other.routes)].map { mine, theirs in
            mine.subtracting(theirs).sorted().map { "+\($0)" } + theirs.subtracting(mine).sorted().map { "-\($0)" }
        }.joined().prefix(20).joined(separator: "; ")
    }
}

extension NetworkMonitor {
    /// Reads on until the state is what ip says, for ten seconds at most.
    mutating func settle(_ mirror: inout Mirror, comment: Comment? = nil) throws {
        let deadline = soon
        var theirs = try KernelView()
        while !deadline.hasPassed {
            while let event = try next(until: Deadline(in: .milliseconds(150))) { mirror.apply(event) }
            theirs = try KernelView()
            if KernelView(state) == theirs { break }
        }
        #expect(
            KernelView(state) == theirs, "\(KernelView(state).differences(from: theirs)) \(comment?.rawValue ?? "")")
    }
}
