import CTestSupport
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("What lists choose by ip's words", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct SelectionVerbTests {
    /// What `ip -j -d` prints. Links and addresses that it leaves out are empty objects of its.
    private static func ip(_ words: String) throws -> JSONValue {
        let answer = try run("ip -j -d \(words)")
        let all = answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output).array ?? []
        return .array(
            all.filter { $0 != [:] }.map { object in
                guard case .object(var members) = object, let addresses = members["addr_info"]?.array else {
                    return object
                }
                members["addr_info"] = .array(addresses.filter { $0 != [:] })
                return .object(members)
            })
    }

    /// What runs on between two readings.
    private static let clocks: Set<String> = [
        "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer",
        "forward_delay_timer", "valid_life_time", "preferred_life_time", "state", "bytes", "packets", "multicast",
        "expires", "confirmed", "updated", "used", "probes",
    ]

    private static func prepare() throws {
        #expect(sw_fresh_namespaces() == 1)
        for command in [
            "link set lo up", "link add br0 type bridge", "link add eth0 type veth peer name eth1",
            "link add eth2 type veth peer name eth3", "link set eth0 master br0", "link set eth3 group 7",
            "link set eth0 addrgenmode none", "link set eth1 addrgenmode none", "link set br0 addrgenmode none",
            "link set eth0 up", "link set eth1 up", "link set br0 up",
            "address add 192.0.2.7/24 brd + dev br0", "address add 192.0.2.8/24 dev br0",
            "address add 10.1.0.1/16 dev eth1 label eth1:a scope link",
            "address add 10.2.0.1/16 dev eth1 label eth1:b valid_lft 5000 preferred_lft 4000",
            "address add 2001:db8::7/64 dev br0 nodad", "address add 2001:db8:1::7/64 dev br0 nodad noprefixroute",
            "address add 2001:db8:2::7/64 dev br0 nodad preferred_lft 0 valid_lft 5000",
            "route add default via 192.0.2.1 metric 10", "route add default via 192.0.2.2 metric 20 proto static",
            "route add 198.51.100.0/24 via 192.0.2.9 src 192.0.2.7", "route add 198.51.0.0/16 via 192.0.2.1",
            "route add 198.51.100.128/25 via 192.0.2.1 tos 0x10", "route add blackhole 203.0.113.0/24",
            "route add 10.9.0.0/16 table 7 dev br0", "-6 route add 2001:db8:1::/48 via 2001:db8::1",
            "-6 route add 2001:db8:3::/48 from 2001:db8::/64 via 2001:db8::1", "-6 route add default via 2001:db8::1",
            "rule add from 10.0.0.0/8 fwmark 0x7/0xff table 7",
            "rule add from 10.1.0.0/16 iif eth1 table 8 priority 50",
            "rule add to 10.3.0.0/16 ipproto tcp dport 80-90 table 7", "rule add uidrange 5-9 prohibit priority 70",
            "rule add not from 10.4.0.0/16 table 9 protocol static",
            "-6 rule add to 2001:db8:2::/48 table 9 priority 77",
            "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:09 dev br0 nud permanent",
            "neighbor add 192.0.2.10 lladdr 02:00:00:00:00:0a dev br0 nud stale",
            "neighbor add 10.1.0.5 lladdr 02:00:00:00:00:0b dev eth1 nud noarp",
            "neighbor add 2001:db8::9 lladdr 02:00:00:00:00:0c dev br0 nud permanent",
            "neighbor add 10.1.0.6 lladdr 02:00:00:00:00:0d dev eth1 nud permanent",
            "neighbor add 10.1.0.7 lladdr 02:00:00:00:00:0e dev eth0 nud stale",
            "neighbor add 2001:db8::a lladdr 02:00:00:00:00:0f dev eth1 nud stale",
            "neighbor add proxy 192.0.2.99 dev br0",
        ] { try run("ip \(command)") }
        // The kernel's link watch tells of carrier up to a second later, and its address timer of an address that is preferred no more.
        let deadline = Deadline(in: .seconds(10))
        while !deadline.hasPassed {
            let links = try ip("link show up").array ?? []
            let isDeprecated = try ip("-6 address show deprecated").array?.isEmpty == false
            if isDeprecated, links.filter({ $0["operstate"] == "UP" }).count == 3 { return }
            usleep(50_000)
        }
        Issue.record("the namespace did not settle")
    }

    /// The words after the verb, for both. Each choice is to take some and to leave some.
    private static let choices: [(noun: String, flags: String, words: [String])] = [
        (
            "link", "",
            [
                "eth0", "dev eth0", "up", "type bridge", "type bridge_slave", "master br0", "group 7",
                "type veth nomaster", "up type veth",
            ]
        ),
        (
            "address", "",
            [
                "br0", "dev eth1", "up", "type veth", "master br0", "nomaster", "to 192.0.2.0/24",
                "to 10.1.0.1", "scope link", "scope host", "scope global", "permanent", "dynamic", "secondary",
                "primary",
                "deprecated", "-deprecated", "noprefixroute", "nodad", "label eth1:*", "label eth1:a",
                "dev br0 to 192.0.2.8", "up scope global",
            ]
        ),
        ("address", "-4 ", ["br0", "scope link", "up"]),
        ("address", "-6 ", ["br0", "deprecated", "dynamic", "scope global"]),
        (
            "route", "-4 ",
            [
                "default", "198.51.100.0/24", "to 198.51.100.0/24", "exact 198.51.0.0/16",
                "root 198.51.0.0/16", "match 198.51.100.7", "to match 198.51.100.0/24", "proto static", "proto kernel",
                "type blackhole", "scope link", "via 192.0.2.1", "src 192.0.2.7", "metric 20", "tos 0x10", "table 7",
                "table local type broadcast", "dev eth1", "dev br0 proto kernel", "table all dev lo",
            ]
        ),
        (
            "route", "-6 ",
            [
                "default", "root 2001:db8::/32", "match 2001:db8:1::5", "proto kernel", "via 2001:db8::1",
                "from 2001:db8::/64", "table local dev lo",
            ]
        ),
        (
            "rule", "",
            [
                "from 10.0.0.0/8", "from 10.1.0.0/16", "to 10.3.0.0/16", "iif eth1", "fwmark 7", "table 7",
                "lookup main", "priority 50", "ipproto tcp", "dport 80-90", "uidrange 5-9",
                "from 10.0.0.0/8 table 8",
            ]
        ),
        ("rule", "-6 ", ["to 2001:db8:2::/48", "priority 77"]),
        (
            "neighbor", "",
            [
                "dev br0", "nud permanent", "nud stale", "nud noarp", "to 192.0.2.0/24", "192.0.2.9",
                "to 192.0.2.10", "nomaster", "dev br0 nud permanent", "nud permanent nud stale", "proxy",
            ]
        ),
        ("neighbor", "-4 ", ["nud permanent"]), ("neighbor", "-6 ", ["dev br0", "nud permanent"]),
    ]

    @Test("each choice takes what ip takes, and something is left out")
    func judgedByIP() async {
        await #expect(processExitsWith: .success) {
            try SelectionVerbTests.prepare()
            for (noun, flags, list) in SelectionVerbTests.choices {
                let all = try slipway(
                    "\(noun) list \(flags)\(["route": "table all ", "neighbor": "nud all "][noun] ?? "")--json"
                ).document
                for words in list {
                    let peer = try SelectionVerbTests.ip("\(flags)\(noun) show \(words)")
                    #expect(peer.array?.isEmpty == false, "\(noun) \(flags)\(words): ip finds none")
                    let outcome = try slipway("\(noun) list \(flags)\(words) --json")
                    #expect(outcome.isSuccess, "\(noun) list \(words): \(outcome.errors)")
                    let ours = try outcome.document
                    #expect(ours.array?.count == peer.array?.count, "\(noun) list \(flags)\(words)")
                    #expect(
                        differences(
                            of: ours, from: peer,
                            ignoring: noun == "neighbor" ? ["confirmed", "updated", "used"] : SelectionVerbTests.clocks)
                            == [], "\(noun) list \(flags)\(words)")
                    if noun != "link", noun != "address", words != "proxy" {
                        #expect(ours != all, "\(noun) list \(flags)\(words) leaves none out")
                    }
                }
            }
            // ip 6.1 takes `protocol` and chooses all the same; of what it prints of all, these are the ones.
            let rules = try SelectionVerbTests.ip("rule show").array ?? []
            let chosen = rules.filter { $0["protocol"] == "static" }
            let ours = try slipway("rule list protocol static --json").document
            #expect(chosen.count == 1 && differences(of: ours, from: .array(chosen)) == [])
        }
    }

    @Test("a choice that takes nothing is an empty list, and a word that is none is told with what is near")
    func mistakes() async {
        await #expect(processExitsWith: .success) {
            try SelectionVerbTests.prepare()
            for words in [
                "link list type vxlan", "route list 172.16.0.0/12", "rule list priority 4711",
                "neighbor list nud failed",
            ] {
                #expect(try slipway("\(words) --json").document == [], "\(words)")
            }
            expectOneLine(try slipway("link list nosuch"), exit: 4, "nosuch", "br0", "eth0")
            expectOneLine(try slipway("link list mastr br0"), exit: 2, "mastr", "master")
            expectOneLine(try slipway("link list master"), exit: 2, "master", "value")
            expectOneLine(try slipway("link list master br0 nomaster"), exit: 2, "nomaster", "master")
            expectOneLine(try slipway("link list vrf br0"), exit: 2, "br0", "vrf")
            expectOneLine(try slipway("address list scop link"), exit: 2, "scop", "scope")
            expectOneLine(try slipway("address list permanent dynamic"), exit: 2, "permanent", "exclude")
            expectOneLine(try slipway("address list to 10.0.0.0/33"), exit: 2, "10.0.0.0/33")
            expectOneLine(try slipway("route list tabel 7"), exit: 2, "tabel", "table")
            expectOneLine(try slipway("route list -4 2001:db8::/32"), exit: 2, "2001:db8::/32", "family")
            expectOneLine(try slipway("route list type nosuch"), exit: 2, "nosuch", "blackhole")
            expectOneLine(try slipway("rule list form 10.0.0.0/8"), exit: 2, "form", "from")
            expectOneLine(try slipway("neighbor list nud stael"), exit: 2, "stael", "stale")
        }
    }

    @Test("a recording answers every choice as the kernel did")
    func replayed() async {
        await #expect(processExitsWith: .success) {
            try SelectionVerbTests.prepare()
            let folder = try TemporaryDirectory()
            let file = folder.path.appending("node.slipway")
            #expect(try slipway("record -o \(file)").isSuccess)
            for words in [
                "link list up type veth", "link list group 7", "address list up scope global",
                "address list -6 deprecated",
                "route list table all dev br0", "route list 198.51.100.0/24", "rule list table 7",
                "neighbor list nud permanent", "neighbor list dev eth1 nud noarp",
            ] {
                let live = try slipway("\(words) --json")
                let replay = try slipway("\(words) --json --replay \(file)")
                #expect(replay.isSuccess, "\(words): \(replay.errors)")
                let chosen = try live.document.array ?? []
                #expect(!chosen.isEmpty, "\(words)")
                let replayed = try replay.document
                #expect(replayed.array?.count == chosen.count, "\(words)")
                let found = differences(of: replayed, from: .array(chosen), ignoring: SelectionVerbTests.clocks)
                #expect(found == [], "\(words): \(found)")
            }
        }
    }
}
