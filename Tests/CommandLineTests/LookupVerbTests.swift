import CTestSupport
import Documents
import Glibc
import Kernel
import TestSupport
import Testing

@Suite("Look-ups on the command line, judged by ip", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct LookupVerbTests {
    private static func ip(_ words: String) throws -> JSONValue {
        let answer = try run("ip -j -d \(words)")
        return answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output)
    }

    private static func prepare() throws {
        for command in [
            "link set lo up", "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none",
            "link set eth1 addrgenmode none", "link set eth0 up", "link set eth1 up",
            "address add 192.0.2.7/24 dev eth0", "address add 2001:db8::7/64 dev eth0 nodad",
            "route add default via 192.0.2.1", "route add 10.0.0.0/8 via 192.0.2.2 table 9",
            "rule add uidrange 7-7 table 9",
            "rule add fwmark 5 table 9", "rule add ipproto tcp dport 443 table 9", "rule add tos 0x10 table 9",
            "-6 route add 2001:db8:9::/48 via 2001:db8::1 metric 7",
            "-6 route add 2001:db8:9::/48 via 2001:db8::2 table 9", "-6 rule add fwmark 5 table 9",
            "-6 rule add ipproto udp sport 53 table 9",
        ] { try run("ip \(command)") }
        for (type, number) in [("unreachable", 1), ("prohibit", 2), ("blackhole", 3), ("throw", 4)] {
            try run("ip route add \(type) 198.51.\(number).0/24")
            try run("ip -6 route add \(type) 2001:db8:e\(number)::/48")
        }
        try run("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0 net.ipv4.ip_forward=1")
        try run("sysctl -qw net.ipv6.conf.all.forwarding=1")
    }

    /// After `route get`: ours is ip's, key for key.
    private static let questions = [
        "192.0.2.9", "10.1.2.3", "10.1.2.3 mark 5", "10.1.2.3 mark 0x17", "10.1.2.3 uid 7", "10.1.2.3 uid 8",
        "10.1.2.3 ipproto tcp dport 443", "10.1.2.3 ipproto 6 sport 9 dport 443", "10.1.2.3 ipproto udp dport 443",
        "10.1.2.3 tos 0x10", "10.1.2.3 oif eth0", "10.1.2.3 from 192.0.2.7", "10.1.2.3 from 192.0.2.99 iif eth1",
        "to 127.0.0.1", "127.0.0.1", "192.0.2.255", "fibmatch 10.1.2.3", "fibmatch 10.1.2.3 mark 5", "2001:db8::9",
        "2001:db8:9::1", "2001:db8:9::1 mark 5", "2001:db8:9::1 ipproto udp sport 53", "fibmatch 2001:db8:9::1",
        "2001:db8::9 from 2001:db8::7", "2001:db8:9::1 oif eth0", "::1", "224.0.0.1", "ff02::1 oif eth0",
    ]

    @Test("route get has ip's keys and values, whatever the question")
    func ways() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try LookupVerbTests.prepare()
            for question in LookupVerbTests.questions {
                let theirs = try LookupVerbTests.ip("route get \(question)")
                let outcome = try slipway("route get \(question) --json")
                #expect(outcome.isSuccess, "\(question): \(outcome.errors)")
                // A source that was not said is '::' to ip, and a scope of IPv6's is printed where ip has it.
                #expect(differences(of: try outcome.document, from: theirs, ignoring: ["from"]) == [], "\(question)")
                #expect(try outcome.document.array?.count == 1)
                #expect(try slipway("route get \(question)").lines.count == 2)
            }
        }
    }

    @Test(
        "no way is exit 4 with the kernel's reason, in both families; a blackhole's reason is no more than that of a wrong value"
    )
    func noWay() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try LookupVerbTests.prepare()
            try run("ip route del default")
            for (address, exit, reason) in [
                ("203.0.113.1", 4, "Network is unreachable"), ("2001:db9::1", 4, "Network is unreachable"),
                ("198.51.1.1", 4, "No route to host"), ("2001:db8:e1::1", 4, "No route to host"),
                ("198.51.2.1", 4, "Permission denied"), ("2001:db8:e2::1", 4, "Permission denied"),
                ("198.51.3.1", 1, "Invalid argument"), ("2001:db8:e3::1", 1, "Invalid argument"),
                ("198.51.4.1", 4, "Network is unreachable"), ("2001:db8:e4::1", 4, "Network is unreachable"),
            ] as [(String, Int32, String)] {
                let theirs = try attempt("ip", ["route", "get", address])
                #expect(theirs.errors.contains(reason), "\(address): \(theirs.errors)")
                let own = try slipway("route get \(address)")
                expectOneLine(own, exit: exit, address, reason)
                #expect(!own.errors.contains("CAP_"), "\(own.errors)")
                // The next step that is told is one that can be taken.
                if exit == 4 {
                    let quoted = own.errors.split(separator: "'").map(String.init).first { $0.hasPrefix("slipway ") }
                    let step = try #require(quoted)
                    #expect(try slipway(String(step.dropFirst("slipway ".count))).isSuccess, "\(step)")
                }
            }
            expectOneLine(try slipway("route get 10.0.0.1 oif nosuch"), exit: 4, "nosuch", "the links are")
            expectOneLine(try slipway("route get 10.0.0.1 vrf eth0"), exit: 2, "a link of kind vrf")
            expectOneLine(try slipway("route get 10.0.0.1 from ::1"), exit: 2, "of the destination's family")
            expectOneLine(try slipway("route get 10.0.0.1 makr 7"), exit: 2, "did you mean 'mark'?")
            expectOneLine(try slipway("route get mark 7"), exit: 2, "needs an address")
        }
    }

    @Test("neighbor get has ip's keys; what is not there is exit 4")
    func neighbor() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try LookupVerbTests.prepare()
            for line in [
                "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0",
                "neighbor add 2001:db8::9 lladdr 02:00:00:00:00:09 dev eth0 router nud stale",
                "neighbor add proxy 192.0.2.10 dev eth0",
            ] { try run("ip \(line)") }
            for (question, list) in [
                ("192.0.2.9 dev eth0", "to 192.0.2.9 dev eth0"), ("2001:db8::9 dev eth0", "to 2001:db8::9 dev eth0"),
                ("proxy 192.0.2.10 dev eth0", "proxy dev eth0"),
            ] {
                let outcome = try slipway("neighbor get \(question) --json")
                #expect(outcome.isSuccess, "\(outcome.errors)")
                // 'ip neighbor get' has no JSON (iproute2 6.1).
                let theirs = try LookupVerbTests.ip("-s neighbor show \(list)")
                // A list of one link leaves it out.
                let moving: Set = ["used", "confirmed", "updated", "refcnt", "probes", "dev"]
                #expect(differences(of: try outcome.document, from: theirs, ignoring: moving) == [], "\(question)")
            }
            expectOneLine(try slipway("neighbor get 192.0.2.77 dev eth0"), exit: 4, "192.0.2.77", "No such file")
            expectOneLine(try slipway("neighbor get 192.0.2.77 dev nosuch"), exit: 4, "the links are")
            expectOneLine(try slipway("neighbor get 192.0.2.77 dev eth0 lladdr 02:00:00:00:00:01"), exit: 2, "lladdr")
        }
    }

    /// Each is said to ip and to us, and ip shows the same of both.
    private static let encapsulations = [
        "10.1.0.0/16 encap ip id 7 src 192.0.2.7 dst 203.0.113.9 ttl 7 tos 4 key csum seq dev eth0",
        "10.1.0.0/16 encap ip id 0x100000007 dst 203.0.113.9 via 192.0.2.1 mtu lock 1400 hoplimit 9 congctl reno",
        "10.1.0.0/16 encap ip6 id 7 src 2001:db8::7 dst 2001:db8::9 hoplimit 7 tc 4 key dev eth0",
        "2001:db8:1::/48 encap seg6 mode encap segs 2001:db8::1,2001:db8::2 dev eth0",
        "2001:db8:1::/48 encap seg6 mode inline segs 2001:db8::1 dev eth0 metric 9",
        "2001:db8:1::/48 encap seg6 mode l2encap.red segs 2001:db8::1,2001:db8::2 hmac 7 dev eth0",
        "2001:db8:1::/48 encap seg6local action End dev eth0",
        "2001:db8:1::/48 encap seg6local action End count dev eth0",
        "2001:db8:1::/48 encap seg6local action End flavors next-csid lblen 32 nflen 16 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.X nh6 2001:db8::1 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.T table 7 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.DX2 oif eth1 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.DX4 nh4 192.0.2.1 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.DT6 table main dev eth0",
        "2001:db8:1::/48 encap seg6local action End.B6 srh segs 2001:db8::1,2001:db8::2 dev eth0",
        "2001:db8:1::/48 encap seg6local action End.B6.Encaps srh segs 2001:db8::1 hmac 7 dev eth0",
        "10.1.0.0/16 nexthop encap ip id 7 dst 203.0.113.9 via 192.0.2.1 weight 2 nexthop via 192.0.2.2",
        "10.1.0.0/16 dev eth0 ttl-propagate disabled features ecn quickack 1 realms 3/4",
    ]

    @Test("routes with an encapsulation are made as ip makes them, and deleted by the same words")
    func encapsulation() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try LookupVerbTests.prepare()
            for words in LookupVerbTests.encapsulations {
                let list =
                    "\(words.contains("2001:db8:1::/48 ") ? "-6" : "-4") route show \(words.split(separator: " ")[0])"
                try run("ip route add \(words)")
                let theirs = try run("ip -d \(list)").text
                let document = try slipway("\(list.hasPrefix("-6") ? "route list -6" : "route list -4") --json")
                    .document
                let judge = try LookupVerbTests.ip(list).array?.first
                try run("ip \(list.hasPrefix("-6") ? "-6" : "-4") route del \(words.split(separator: " ")[0])")
                let made = try slipway("route add \(words)")
                #expect(made.isSuccess, "\(words): \(made.errors)")
                #expect(try run("ip -d \(list)").text == theirs, "\(words)")
                let own = document.array?.first { $0["dst"] == judge?["dst"] || $0["encap_dst"] == judge?["dst"] }
                for key in [
                    "encap", "mode", "segs", "hmac", "action", "nh4", "nh6", "oif", "srh", "flavors", "lblen", "nflen",
                ] {
                    if let value = judge?[key] { #expect(own?[key] == value, "\(key) of \(words)") }
                }
                let deleted = try slipway("route delete \(words)")
                #expect(deleted.isSuccess, "\(words): \(deleted.errors)")
            }
            // What this kernel may lack is sent as ip sends it: by labels, or refused with the module.
            let mpls = try slipway("route add 10.7.0.0/16 encap mpls 100/200 ttl 7 via 192.0.2.1")
            if !mpls.isSuccess { expectOneLine(mpls, exit: 1, "mpls_iptunnel", "lwt encapsulation type not supported") }
            expectOneLine(try slipway("route add 10.7.0.0/16 encap mlps 100 dev eth0"), exit: 2, "did you mean 'mpls'?")
            expectOneLine(try slipway("route add 10.7.0.0/16 encap mpls 1048576 dev eth0"), exit: 2, "1048575")
            expectOneLine(try slipway("route add 2001:db8:7::/48 encap seg6local dev eth0"), exit: 2, "action")
            expectOneLine(try slipway("route add 2001:db8:7::/48 encap seg6 dev eth0"), exit: 2, "segs")
        }
    }
}
