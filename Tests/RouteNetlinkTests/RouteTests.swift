import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Routes", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RouteTests {
    /// A link that is up, with addresses of both families.
    static func prepare() throws {
        #expect(sw_fresh_namespaces() == 1)
        try run("ip link add eth0 type veth peer name eth1")
        try run("ip address add 10.0.0.2/24 dev eth0")
        try run("ip address add 2001:db8::2/64 dev eth0 nodad")
        try run("ip link set eth0 up")
        try run("ip link set eth1 up")
    }

    @Test("a namespace without routes has none, which is no error")
    func empty() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var routes = try RouteConnection.open()
            #expect(try routes.routes(until: soon).isEmpty)
            #expect(try routes.routes(table: 4711, until: soon).isEmpty)
        }
    }

    @Test("the routes that we set are what ip shows")
    func add() async {
        await #expect(processExitsWith: .success) {
            try RouteTests.prepare()
            var routes = try RouteConnection.open()
            let link = try routes.link(named: "eth0", until: soon).index
            let gateway = try #require(IPAddress("10.0.0.1"))
            let source = try #require(IPAddress("10.0.0.2"))
            var route = Route(
                to: .defaultIPv4, gateway: gateway, linkIndex: link, preferredSource: source, metric: 100,
                protocol: .dhcp)
            try routes.addRoute(route, until: soon)
            let shown = try #require(try ip("route show default").first)
            #expect(shown["gateway"] == "10.0.0.1" && shown["dev"] == "eth0" && shown["prefsrc"] == "10.0.0.2")
            #expect(shown["metric"] == 100 && shown["protocol"] == "dhcp" && shown["type"] == "unicast")
            #expect(try routes.routes(until: soon).contains(route))

            let error = #expect(throws: NetlinkError.self) { try routes.addRoute(route, until: soon) }
            #expect(error?.errno == .fileExists && error?.subject == "route default via 10.0.0.1 on eth0")
            route.gateway = IPAddress("10.0.0.254")
            try routes.addRoute(route, mode: .replace, until: soon)
            #expect(try ip("route show default").map { $0["gateway"]?.string } == ["10.0.0.254"])

            // A gateway outside of every network: only with the flag.
            var far = Route(
                to: try #require(IPPrefix("192.0.2.7/24")), gateway: IPAddress("203.0.113.1"), linkIndex: link)
            let unreachable = #expect(throws: NetlinkError.self) { try routes.addRoute(far, until: soon) }
            #expect(unreachable?.errno == .networkUnreachable && unreachable?.kernelMessage?.isEmpty == false)
            far.isOnLink = true
            try routes.addRoute(far, until: soon)
            let onLink = try #require(try ip("route show 192.0.2.0/24").first)
            #expect(onLink["flags"]?.array?.contains("onlink") == true && onLink["gateway"] == "203.0.113.1")
            #expect(
                try routes.routes(until: soon).contains { $0.isOnLink && $0.destination == IPPrefix("192.0.2.0/24") })

            try routes.addRoute(
                Route(to: try #require(IPPrefix("198.51.100.0/24")), linkIndex: link, protocol: .administrator),
                until: soon)
            let direct = try #require(try ip("route show 198.51.100.0/24").first)
            #expect(direct["scope"] == "link" && direct["protocol"] == "static")

            try routes.deleteRoute(route, until: soon)
            #expect(try ip("route show default").isEmpty)
            let gone = #expect(throws: NetlinkError.self) { try routes.deleteRoute(route, until: soon) }
            #expect(gone?.errno == .noSuchProcess)
        }
    }

    @Test("IPv6 routes, and IPv4 ones by way of an IPv6 router, are what ip shows")
    func version6() async {
        await #expect(processExitsWith: .success) {
            try RouteTests.prepare()
            var routes = try RouteConnection.open()
            let link = try routes.link(named: "eth0", until: soon).index
            let route = Route(
                to: .defaultIPv6, gateway: IPAddress("fe80::1"), linkIndex: link, metric: 512,
                protocol: .routerAdvertisement)
            try routes.addRoute(route, until: soon)
            let shown = try #require(try ip("-6 route show default").first)
            #expect(shown["gateway"] == "fe80::1" && shown["metric"] == 512 && shown["protocol"] == "ra")
            #expect(try routes.routes(until: soon).contains(route))
            let mixed = Route(
                to: try #require(IPPrefix("192.0.2.0/24")), gateway: IPAddress("2001:db8::1"), linkIndex: link)
            try routes.addRoute(mixed, until: soon)
            #expect(try ip("route show 192.0.2.0/24").first?["via"]?["host"] == "2001:db8::1")
            #expect(try routes.routes(until: soon).contains(mixed))
        }
    }

    @Test("the routes that ip sets in the main table are read as ip prints them")
    func list() async {
        await #expect(processExitsWith: .success) {
            try RouteTests.prepare()
            for text in [
                "default via 10.0.0.1 metric 7", "192.0.2.0/24 via 10.0.0.9 onlink dev eth0 src 10.0.0.2",
                "blackhole 198.51.100.0/24", "203.0.113.1 dev eth1 proto static", "192.0.2.0/25 via 10.0.0.9 table 99",
            ] { try run("ip route add \(text)") }
            try run("ip -6 route add 2001:db8:9::/48 via 2001:db8::9")
            var routes = try RouteConnection.open()
            let links = try routes.links(until: soon)
            let ours = try routes.routes(until: soon).map { route in
                let target = route.destination.isDefault ? "default" : "\(route.destination)"
                return "\(route.type.rawValue) \(target) \(route.gateway.map { "\($0)" } ?? "-") "
                    + "\(links.first { $0.index == route.linkIndex }?.name ?? "-") \(route.preferredSource.map { "\($0)" } ?? "-") "
                    + "\(route.metric) \(route.isOnLink)"
            }
            let types: [String: Int] = ["unicast": 1, "blackhole": 6]
            let theirs = try (ip("-4 route show table main") + ip("-6 route show table main")).map { route in
                var target = route["dst"]?.string ?? ""
                if target != "default", !target.contains("/") { target += target.contains(":") ? "/128" : "/32" }
                return "\(types[route["type"]?.string ?? ""] ?? -1) \(target) \(route["gateway"]?.string ?? "-") "
                    + "\(route["dev"]?.string ?? "-") \(route["prefsrc"]?.string ?? "-") "
                    + "\(route["metric"]?.integer ?? 0) \(route["flags"]?.array?.contains("onlink") == true)"
            }
            #expect(Set(ours) == Set(theirs) && ours.count == theirs.count && ours.count >= 7)
            #expect(try routes.routes(table: 99, until: soon).map { $0.destination } == [IPPrefix("192.0.2.0/25")])
        }
    }
}
