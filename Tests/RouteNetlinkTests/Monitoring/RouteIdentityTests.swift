import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Which route a notification means", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RouteIdentityTests {
    @Test(
        "type of service, source prefix and nexthop object keep routes of one destination apart; a lost carrier only changes them"
    )
    func apart() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try setUp()
            var monitor = try NetworkMonitor.open([.routes])
            try monitor.synchronize(until: soon)
            var mirror = Mirror(monitor.state)
            func step(_ words: String, _ kind: String) throws -> NetworkChange<Route>? {
                try run("ip \(words)")
                let changes = try told(words)
                #expect(changes.map(\.kind) == [kind], "after ip \(words): \(changes)")
                return changes.first
            }
            func told(_ comment: String) throws -> [NetworkChange<Route>] {
                let events = try monitor.settled([.routes], comment: "\(comment)")
                for event in events { mirror.apply(event) }
                return events.compactMap(\.route)
            }
            _ = try step("route add 10.9.0.0/16 via 10.0.0.2", "added")
            _ = try step("route add 10.9.0.0/16 tos 0x10 via 10.0.0.2", "added")
            _ = try step("route replace 10.9.0.0/16 tos 0x10 via 10.0.0.3", "changed")
            let gone = try step("route del 10.9.0.0/16 tos 0x10", "removed")
            #expect(gone?.object.typeOfService == 0x10)
            let target = try #require(IPPrefix("10.9.0.0/16"))
            #expect(monitor.state.routes.filter { $0.destination == target }.map(\.typeOfService) == [0])

            for source in ["2001:db8:1::/48", "2001:db8:2::/48"] {
                _ = try step("-6 route add 2001:db8:9::/48 from \(source) via 2001:db8::2", "added")
            }
            let other = try step("-6 route del 2001:db8:9::/48 from 2001:db8:1::/48", "removed")
            #expect(other?.object.source == IPPrefix("2001:db8:1::/48"))

            try run("ip nexthop add id 1 via 2001:db8::9 dev eth0")
            _ = try step("-6 route add 2001:db8:5::/48 nhid 1", "added")
            _ = try step("-6 route append 2001:db8:5::/48 via 2001:db8::2", "added")
            _ = try step("-6 route append 2001:db8:5::/48 via 2001:db8::3", "changed")
            let alone = try step("-6 route del 2001:db8:5::/48 nhid 1", "removed")
            #expect(alone?.object.nexthopID == 1)

            _ = try step("route add 10.8.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3", "added")
            try run("ip link set eth1 down")
            let shown: Set = ["10.0.0.0/24", "10.8.0.0/16", "10.9.0.0/16"]
            try awaitRoutesWithoutCarrier(shown)
            let lost = try told("after the carrier went").filter { $0.object.isIPv4 }
            #expect(Set(lost.map(\.kind)) == ["changed"], "\(lost)")
            let main = lost.filter { $0.object.table == Route.mainTable }
            #expect(Set(main.map { "\($0.object.destination)" }) == shown && main.count == shown.count, "\(main)")
            try run("ip link set eth1 up")
            try awaitRoutesWithoutCarrier([])
            let back = try told("after the carrier came").filter { $0.object.isIPv4 }
            #expect(Set(back.map(\.kind)) == ["changed"] && back.count == lost.count, "\(back)")
            #expect(mirror.routes == Set(monitor.state.routes))
        }
    }

    @Test("the hops of a multipath route of IPv6 have no order, and one that goes leaves the others")
    func multipath() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try setUp()
            var monitor = try NetworkMonitor.open([.routes])
            try monitor.synchronize(until: soon)
            let target = try #require(IPPrefix("2001:db8:7::/48"))
            func step(_ words: String) throws -> [NetworkChange<Route>] {
                try run("ip \(words)")
                return try monitor.settled([.routes], comment: "\(words)").compactMap(\.route).filter {
                    $0.object.destination == target
                }
            }
            let first = try step(
                "-6 route add 2001:db8:7::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3 nexthop via 2001:db8::4")
            #expect(first.map(\.kind) == ["added"], "\(first)")
            // The notification begins with the new one, a dump with the first.
            let second = try step("-6 route append 2001:db8:7::/48 via 2001:db8::5")
            #expect(second.map(\.kind) == ["changed"], "\(second)")
            let dumps = monitor.statistics.dumps
            #expect(try step("address add 10.77.0.1/24 dev eth0").isEmpty)
            #expect(try step("address del 10.77.0.1/24 dev eth0").isEmpty)
            let later = try monitor.events { $0.statistics.dumps > dumps }.compactMap(\.route)
            #expect(later.filter { $0.object.destination == target }.isEmpty)
            #expect(monitor.statistics.dumps > dumps, "they were read anew")
            for (gone, left) in [("3", 3), ("5", 2), ("2", 1)] {
                let changes = try step("-6 route del 2001:db8:7::/48 via 2001:db8::\(gone)")
                #expect(changes.map(\.kind) == ["changed"], "\(gone): \(changes)")
                let hops = changes.first?.new?.hops ?? []
                #expect(max(1, hops.count) == left, "\(gone): \(hops)")
                let shown = try ip("-6 route show 2001:db8:7::/48").first
                let gateways = (shown?["nexthops"]?.array ?? []).compactMap { $0["gateway"]?.string }
                #expect(
                    Set(hops.compactMap { $0.gateway.map { "\($0)" } }) == Set(gateways)
                        || changes.first?.new?.gateway.map { "\($0)" } == shown?["gateway"]?.string)
            }
            #expect(try step("-6 route del 2001:db8:7::/48").map(\.kind) == ["removed"])
        }
    }

    @Test("the lifetime of a route that a router advertised runs on, and a longer one is news")
    func lifetimes() throws {
        let kernel = ScriptedKernel()
        func route(_ ticks: UInt32) -> [UInt8] {
            var writer = MessageWriter()
            // AF_INET6, no prefixes, table 254, RTPROT_RA, RT_SCOPE_UNIVERSE, RTN_UNICAST.
            writer.append(bytes: [10, 0, 0, 0, 254, 9, 0, 1, 0, 0, 0, 0])
            writer.attribute(4, integer: UInt32(3))
            // RTA_CACHEINFO: rta_expires is the third of eight numbers.
            writer.attribute(
                12, bytes: [UInt8](repeating: 0, count: 8) + ticks.bytes + [UInt8](repeating: 0, count: 20))
            return writer.bytes
        }
        kernel.set(26, [route(180_000)])
        var monitor = NetworkMonitor([.routes], notifications: kernel.notifications, requests: kernel)
        try monitor.synchronize(until: soon)
        #expect(monitor.state.routes.map(\.lifetime) == [.seconds(1_800)])
        for (ticks, isNews) in [(170_000, false), (160_000, false), (190_000, true)] as [(UInt32, Bool)] {
            kernel.set(26, [route(ticks)])
            let dumps = kernel.dumps
            // A nexthop object's end has the routes read anew.
            kernel.notify(105, [0, 0, 0, 0, 0, 0, 0, 0])
            let changes = try monitor.events { _ in kernel.dumps > dumps }.compactMap(\.route)
            #expect(kernel.dumps > dumps && changes.map(\.kind) == (isNews ? ["changed"] : []), "\(ticks)")
        }
    }
}

private func setUp() throws {
    for step in [
        "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none", "link set eth1 addrgenmode none",
        "link set eth0 up", "link set eth1 up", "address add 10.0.0.1/24 dev eth0",
        "-6 address add 2001:db8::1/64 dev eth0 nodad",
    ] { try run("ip \(step)") }
    try awaitCarriers(["eth0", "eth1"])
}

/// The kernel sees to carriers a while later.
private func awaitRoutesWithoutCarrier(_ expected: Set<String>) throws {
    let deadline = soon
    var shown: Set<String> = []
    repeat {
        shown = Set(
            try ip("-4 route show").filter { ($0["flags"]?.array ?? []).contains("linkdown") }.compactMap {
                $0["dst"]?.string
            })
    } while shown != expected && !deadline.hasPassed
    #expect(shown == expected)
}

extension NetworkEvent {
    fileprivate var route: NetworkChange<Route>? { if case .route(let change) = self { change } else { nil } }
}

extension NetworkChange {
    var kind: String {
        switch self {
        case .added: "added"
        case .changed: "changed"
        case .removed: "removed"
        }
    }
}
