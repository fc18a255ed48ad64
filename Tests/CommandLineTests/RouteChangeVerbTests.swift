import CTestSupport
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Changes of addresses, routes, rules and neighbours", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RouteChangeVerbTests {
    private static func ip(_ words: String) throws -> JSONValue {
        let answer = try run("ip -j -d \(words)")
        return answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output)
    }

    /// What the namespace holds, as ip prints it, without what moves by itself.
    private static func state() throws -> [JSONValue] {
        try ["-4 route show table all", "-6 route show table all", "-4 rule show", "-6 rule show", "neighbor show"].map
        {
            try ip($0)
        } + [.array(try ip("address show dev eth0").array?.first?["addr_info"]?.array ?? [])]
    }

    /// Each is a line of ip's and of ours, in this order; the second half undoes the first.
    private static let lines = [
        "address add 192.0.2.7/24 dev eth0", "address add 2001:db8::7/64 dev eth0 nodad",
        "route add default via 192.0.2.1 metric 10", "route add 198.51.100.0/24 via 192.0.2.9 src 192.0.2.7 mtu 1400",
        "route add blackhole 203.0.113.0/24", "route add 10.9.0.0/16 table 7 dev eth0",
        "route add 10.7.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3",
        "route add 2001:db8:1::/48 via 2001:db8::1", "route append 198.51.100.0/24 via 192.0.2.8",
        "route replace default via 192.0.2.2 metric 10", "rule add from 10.0.0.0/8 fwmark 0x7/0xff table 7",
        "rule add iif eth0 lookup 9 priority 77",
        "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent",
        "neighbor replace 192.0.2.9 lladdr 02:00:00:00:00:0a dev eth0 nud permanent",
        "neighbor delete 192.0.2.9 dev eth0", "rule delete priority 77", "route delete 10.7.0.0/16",
        "route delete blackhole 203.0.113.0/24", "route delete default via 192.0.2.2",
        "address delete 192.0.2.7/24 dev eth0",
    ]

    private static func prepare() throws {
        for command in [
            "link add eth0 address 02:00:00:00:00:01 type veth peer name eth1 address 02:00:00:00:00:02",
            "link set eth0 addrgenmode none", "link set eth1 addrgenmode none", "link set eth0 up", "link set eth1 up",
        ] { try run("ip \(command)") }
    }

    @Test("each line of ip's, said to us, leaves what ip leaves of it")
    func sameAsIP() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try RouteChangeVerbTests.prepare()
            var theirs: [[JSONValue]] = []
            for line in RouteChangeVerbTests.lines {
                try run("ip \(line)")
                theirs.append(try RouteChangeVerbTests.state())
            }
            try run("ip link del eth0")
            try run("ip rule del from 10.0.0.0/8 fwmark 0x7/0xff table 7")
            try RouteChangeVerbTests.prepare()
            let numbers: Set<String> = ["ifindex", "cache_info", "expires", "used", "confirmed", "updated"]
            for (line, state) in zip(RouteChangeVerbTests.lines, theirs) {
                let outcome = try slipway(line)
                #expect(outcome.isSuccess, "\(line): \(outcome.errors)")
                for (own, peer) in zip(try RouteChangeVerbTests.state(), state) {
                    #expect(differences(of: own, from: peer, ignoring: numbers) == [], "\(line)")
                    #expect(own.array?.count == peer.array?.count, "\(line)")
                }
            }
        }
    }

    @Test("what is there, what is not, a link and a word that nobody knows are told with the next step")
    func refusals() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try RouteChangeVerbTests.prepare()
            #expect(try slipway("address add 192.0.2.7/24 dev eth0").isSuccess)
            expectOneLine(try slipway("address add 192.0.2.7/24 dev eth0"), exit: 1, "192.0.2.7/24", "File exists")
            expectOneLine(try slipway("route delete 198.51.100.0/24"), exit: 4, "198.51.100.0/24", "No such process")
            expectOneLine(try slipway("route add 198.51.100.0/24 dev nosuch"), exit: 4, "nosuch", "eth0")
            expectOneLine(try slipway("route add 198.51.100.0/24 metrik 7"), exit: 2, "metrik", "metric")
            expectOneLine(try slipway("route add 198.51.100.0/240 dev eth0"), exit: 2, "198.51.100.0/240")
            #expect(try RouteChangeVerbTests.ip("-4 route show").array?.count == 1)
        }
    }
}
