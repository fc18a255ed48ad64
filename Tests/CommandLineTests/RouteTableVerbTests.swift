import CTestSupport
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Lists of addresses, routes, rules and neighbours", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RouteTableVerbTests {
    /// What `ip -j -d` prints; nothing is an empty list.
    private static func ip(_ words: String) throws -> JSONValue {
        let answer = try run("ip -j -d \(words)")
        return answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output)
    }

    private static func prepare() throws {
        #expect(sw_fresh_namespaces() == 1)
        for command in [
            "link set lo up", "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none",
            "link set eth1 addrgenmode none", "address add 192.0.2.7/24 brd + dev eth0",
            "address add 2001:db8::7/64 dev eth0 nodad", "link set eth0 up", "link set eth1 up",
            "route add default via 192.0.2.1 metric 10",
            "route add 198.51.100.0/24 via 192.0.2.9 src 192.0.2.7 mtu 1400",
            "route add blackhole 203.0.113.0/24", "route add 10.9.0.0/16 table 7 dev eth0",
            "route add 10.7.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3",
            "-6 route add 2001:db8:1::/48 via 2001:db8::1", "rule add from 10.0.0.0/8 fwmark 0x7/0xff table 7",
            "-6 rule add to 2001:db8:2::/48 table 9 priority 77",
            "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent",
        ] { try run("ip \(command)") }
    }

    @Test("every key and value that ip prints is ours, by family, table and link")
    func judgedByIP() async {
        await #expect(processExitsWith: .success) {
            try RouteTableVerbTests.prepare()
            for (ours, theirs) in [
                ("address list", "address show"), ("address list dev eth0", "address show dev eth0"),
                ("route list -4", "-4 route show"), ("route list -6", "-6 route show"),
                ("route list -4 table 7", "-4 route show table 7"),
                ("rule list", "rule show"),
                ("rule list -6", "-6 rule show"), ("neighbor list dev eth0", "neighbor show dev eth0"),
            ] {
                let peer = try RouteTableVerbTests.ip(theirs)
                #expect(peer.array?.isEmpty == false, "\(theirs)")
                let outcome = try slipway("\(ours) --json")
                #expect(outcome.isSuccess, "\(ours): \(outcome.errors)")
                #expect(differences(of: try outcome.document, from: peer) == [], "\(ours)")
            }
            // Of a route with several ways ip says nothing here; it does go by the link.
            let ours = try slipway("route list -4 dev eth0 --json").document.array ?? []
            let single = ours.filter { $0["nexthops"] == nil }
            #expect(single.count == ours.count - 1)
            #expect(differences(of: .array(single), from: try RouteTableVerbTests.ip("-4 route show dev eth0")) == [])
            let all = try slipway("route list table all --json").document.array ?? []
            let main = try slipway("route list --json").document.array ?? []
            #expect(all.count > main.count && main.count >= 6)
        }
    }

    @Test("tables for people have a line an object, and what is not there is told with what is")
    func people() async {
        await #expect(processExitsWith: .success) {
            try RouteTableVerbTests.prepare()
            let routes = try slipway("route list -4").lines
            #expect(routes.count == (try slipway("route list -4 --json").document.array?.count ?? 0) + 1)
            #expect(routes.contains { $0.hasPrefix("default") && $0.contains("192.0.2.1") && $0.contains("eth0") })
            #expect(try slipway("neighbor list").text.contains("02:00:00:00:00:09"))
            #expect(try slipway("rule list").text.contains("10.0.0.0/8"))
            #expect(try slipway("address list").text.contains("2001:db8::7/64"))
            for noun in ["address", "route", "neighbor"] {
                expectOneLine(try slipway("\(noun) list dev nosuch"), exit: 4, "nosuch", "eth0")
            }
            expectOneLine(try slipway("route list table nosuch"), exit: 2, "nosuch", "main")
            for words in ["route list -4 -6", "rule list -4 -6", "route list --family 4"] {
                #expect(try slipway(words).status == .exited(2))
            }
        }
    }
}
