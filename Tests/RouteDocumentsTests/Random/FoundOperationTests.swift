import CTestSupport
import Glibc
import TestSupport
import Testing

/// What random operations found, each for itself.
@Suite("What ip takes, leaves and refuses, so do we", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct FoundOperationTests {
    /// A name for what they are about, and lines in their order; of those after `!` something is refused.
    static let cases: [(String, [String])] = [
        (
            "bits past a prefix are a rule's own, and no IPv4 route's",
            [
                "-4 rule add priority 27 from 10.1.2.3/16 nop", "!-4 rule delete priority 27 from 10.1.0.0/16",
                "-4 rule delete priority 27 from 10.1.2.3/16", "!-4 route add 10.6.6.6/16 dev v0",
                "-6 rule add priority 28 to 2001:db8:1::7/48 table 7", "-6 rule delete to 2001:db8:1::7/48",
                "-6 route add 2001:db8:6::6/48 dev v0",
            ]
        ),
        (
            "a broadcast address by + and -, of the peer's network",
            [
                "address add 10.0.0.9/8 dev v1 brd -", "address add 10.3.0.9/16 dev v1 brd +",
                "address add 10.4.0.2 peer 10.5.0.9/24 dev v1 brd +", "address add 10.4.0.3/31 dev v1 brd +",
                "!address add 2001:db8:9::1/64 dev v1 brd +",
            ]
        ),
        (
            "neighbours of other programs are shown in every state",
            [
                "neighbor add 10.0.0.51 dev v0 lladdr 02:00:00:00:00:51 nud noarp extern_learn",
                "neighbor add 10.0.0.52 dev v0 nud none extern_learn", "neighbor delete 10.0.0.51 dev v0",
            ]
        ),
        (
            "a route's addresses are of its family",
            [
                "!-4 route add 10.4.4.4 from 2001:db8:7::/64 dev v0", "!-4 route add 10.4.4.4 dev v0 src 2001:db8::2",
                "!-4 route add 10.4.4.4 dev v0 src 2001:db8::2 src 10.0.0.1",
                "!-4 route add 10.4.4.4 via 2001:db8::9 via 10.0.0.9 dev v0",
                "!-4 route add 10.4.4.4 via 2001:db8::9 dev v0", "-4 route add 10.4.4.4 via inet6 2001:db8::9 dev v0",
                "!-6 route add 2001:db8:9::/48 via 10.0.0.9",
                "!-4 route add 10.7.0.0/16 nexthop via 2001:db8::9 dev v0",
                "!-6 route add 10.7.0.0/16 dev v0",
            ]
        ),
        (
            "a type of service is hexadecimal and of one byte",
            [
                "!-4 route add 10.4.4.4 tos 107 dev v0", "-4 route add 10.4.4.4 tos 10 dev v0",
                "!-4 rule add tos 200 table 7",
                "!-6 route add 2001:db8:9::/48 encap ip6 id 7 dst 2001:db8::6 tc 107 dev v0",
            ]
        ),
        (
            "a hop limit is a byte",
            ["!-4 route add 10.4.4.4 dev v0 hoplimit 256", "-4 route add 10.4.4.4 dev v0 hoplimit 255"]
        ),
        (
            "a rule of which nothing is said is neither made nor deleted",
            ["!-4 rule delete", "!-6 rule delete", "!-4 rule add", "!-6 rule add"]
        ),
        (
            "a group is joined by a group's address",
            ["!address add 10.3.3.3/24 dev v0 autojoin", "address add 224.0.1.7/32 dev v0 autojoin"]
        ),
        (
            "tunnels' encapsulations",
            [
                "-4 route add 10.7.0.0/16 encap ip id 77 dst 10.0.0.9 src 10.0.0.2 ttl 7 tos 10 key csum seq dev v0",
                "-4 route add 10.8.0.0/16 tos 10 encap ip id 0x7 dst 10.0.0.9 dev v0",
                "-6 route add 2001:db8:7::/48 encap ip6 id 77 dst 2001:db8::9 src 2001:db8::2 hoplimit 7 tc 10 dev v0",
                "-4 route add 10.9.0.0/16 nexthop encap ip id 7 dst 10.0.0.9 dev v0 nexthop via 10.0.0.4 dev v0",
                "!-4 route add 10.10.0.0/16 encap ip id 7 dst 2001:db8::9 dev v0",
            ]
        ),
        (
            "segment routing's encapsulations",
            ["inline", "encap", "l2encap", "encap.red", "l2encap.red"].enumerated().map { place, mode in
                "-6 route add 2001:db8:\(place)00::/48 encap seg6 mode \(mode) segs fc00::1,fc00::2 dev v0"
            } + [
                "-6 route add 2001:db8:600::/48 encap seg6 mode encap segs fc00::1 hmac 171 dev v0",
                "-4 route add 10.7.0.0/16 encap seg6 mode encap segs fc00::1 dev v0",
                "!-6 route add 2001:db8:700::/48 encap seg6 segs fc00::1 dev v0",
                "!-6 route add 2001:db8:700::/48 encap seg6 mode nosuch segs fc00::1 dev v0",
            ]
        ),
        (
            "segments of this node",
            [
                "End", "End.X nh6 2001:db8::9", "End.T table 100", "End.DX2 oif v0", "End.DX6 nh6 2001:db8::9",
                "End.DX4 nh4 10.0.0.9", "End.DT6 table main", "End.B6 srh segs fc00::1,fc00::2",
                "End.B6.Encaps srh segs fc00::1", "End.B6.Encaps srh segs fc00::1 hmac 9", "End count",
                "End flavors psp",
                "End flavors next-csid lblen 48 nflen 16", "End.X nh6 2001:db8::9 flavors next-csid",
            ].enumerated().map { place, words in
                "-6 route add fc00:\(place + 1)::/64 encap seg6local action \(words) dev v0"
            } + [
                "!-6 route add fc00:99::/64 encap seg6local action End.DX4 dev v0",
                "!-6 route add fc00:99::/64 encap seg6local action End.T dev v0",
                "!-6 route add fc00:99::/64 encap seg6local action Nosuch dev v0",
            ]
        ),
    ]

    @Test("each for itself", arguments: cases.indices)
    func each(_ place: Int) async {
        await #expect(processExitsWith: .success) { [place = place as Int] in
            #expect(sw_fresh_namespaces() == 1)
            var twins = try TwinNamespaces.opened()
            for line in FoundOperationTests.cases[place].1 {
                var words = line.drop { $0 == "!" }.split(separator: " ").map { String($0) }
                let family = words[0].hasPrefix("-") ? words.removeFirst() : nil
                let operation = Operation(.route4, family: family, words)
                let (ours, peer) = try twins.perform(operation)
                let title = "\(FoundOperationTests.cases[place].0): \(operation)"
                #expect((peer == .done) == !line.hasPrefix("!"), "\(title): ip: \(peer)")
                #expect(ours.matches(peer), "\(title): we: \(ours); ip: \(peer)")
                let found = try twins.differences()
                #expect(found == [], "\(title): \(found.prefix(4).joined(separator: "\n"))")
            }
        }
    }

    @Test("questions that the kernel answers with one route or neighbour")
    func questions() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var twins = try TwinNamespaces.opened()
            for question in [
                "route get 2001:db8::9", "route get 2001:db8::9 oif v0 mark 7", "route get 2001:db8::9 fibmatch",
                "route get 2001:db8:ffff::7", "route get 10.0.0.9", "route get 10.0.0.9 fibmatch",
                "route get 10.0.0.9 ipproto tcp sport 7 dport 80 uid 7", "route get 198.51.100.7",
                "neighbor get 10.0.0.99 dev v0",
            ] {
                let found = try twins.differences(of: question.split(separator: " ").map { String($0) })
                #expect(found == [], "\(question): \(found.joined(separator: "\n"))")
            }
        }
    }
}
