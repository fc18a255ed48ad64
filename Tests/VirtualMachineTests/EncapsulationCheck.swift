import Documents
import TestSupport
import Testing
import VirtualMachine

/// MPLS, and the encapsulations that Debian's 6.1 has and this machine's kernel lacks: routes made by `ip` in the namespace `a`, by
/// slipway in `b`, and by labels in the first namespace.
enum EncapsulationCheck {
    private static let routes = [
        "10.7.0.0/16 encap mpls 100 via 10.0.0.9 dev base",
        "10.8.0.0/16 encap mpls 100/200/300 ttl 5 via 10.0.0.9 dev base",
        "10.9.0.0/16 nexthop encap mpls 16 via 10.0.0.9 dev base nexthop encap mpls 17/18 via 10.0.0.8 dev base weight 3",
        "2001:db8:7::/48 encap mpls 1048575 via 2001:db8:f::9 dev base",
        "10.10.0.0/16 encap ip id 7 dst 10.0.0.9 ttl 9 tos 10 key dev base",
        "2001:db8:8::/48 encap ip6 id 7 dst 2001:db8:f::9 hoplimit 9 dev base",
        "2001:db8:9::/48 encap seg6 mode encap segs fc00::1,fc00::2 dev base",
        "2001:db8:a::/48 encap seg6 mode encap.red segs fc00::1,fc00::2 dev base",
        "fc00:1::/64 encap seg6local action End flavors psp dev base",
        "fc00:2::/64 encap seg6local action End.DT6 vrftable 7 dev vrf7",
        "fc00:3::/64 encap seg6local action End.DT46 vrftable 7 dev vrf7",
        "fc00:4::/64 encap seg6local action End.X nh6 2001:db8:f::9 count dev base",
        // Refused: no such label, a label too many.
        "10.11.0.0/16 encap mpls 3 via 10.0.0.9 dev base", "10.12.0.0/16 encap mpls 16 ttl 5 dev nosuch",
    ]
    private static let labels = [
        "100 as to 200/300 via inet 10.0.0.9 dev base", "101 via inet 10.0.0.9 dev base",
        "102 as to 16 via inet6 2001:db8:f::9 dev base ttl-propagate disabled", "103 dev lo",
        "104 nexthop as to 20 via inet 10.0.0.9 dev base nexthop as to 21/22 via inet 10.0.0.8 dev base",
    ]

    static func run(_ agent: inout Agent) throws {
        for module in ["mpls_router", "mpls_iptunnel"] {
            #expect(try agent.run("/usr/lib/peers/modprobe", module).status == 0)
        }
        for name in ["a", "b"] {
            for words in [
                "link add vrf7 type vrf table 7", "link set vrf7 up", "link set base up", "link set lo up",
                "address add 10.0.0.2/24 dev base", "address add 2001:db8:f::2/64 dev base nodad",
            ] { #expect(try agent.run(["ip", "-n", name] + split(words)).status == 0, "\(words)") }
        }
        for route in routes {
            let theirs = try agent.run(["ip", "-n", "a", "route", "add"] + split(route))
            let ours = try agent.run(["ip", "netns", "exec", "b", "/sbin/slipway", "route", "add"] + split(route))
            #expect((ours.status == 0) == (theirs.status == 0), "\(route): we: \(ours.errors); ip: \(theirs.errors)")
        }
        for family in ["-4", "-6"] {
            let theirs = try list(&agent, ["ip", "-n", "a", family, "-j", "-d", "route", "show", "table", "main"])
            let made = try list(&agent, ["ip", "-n", "b", family, "-j", "-d", "route", "show", "table", "main"])
            let read = try list(
                &agent, ["ip", "netns", "exec", "b", "/sbin/slipway", "route", "list", family, "--json"])
            #expect(theirs.count >= 5)
            #expect(theirs.contains { $0["encap"] != nil || $0["nexthops"] != nil })
            compare(made, theirs, "made, \(family)")
            compare(theirs, made, "made by ip, \(family)")
            compare(read, made, "read, \(family)")
        }
        try byLabel(&agent)
        for name in ["a", "b"] {
            for words in ["link delete vrf7", "link set base down"] {
                _ = try agent.run(["ip", "-n", name] + split(words))
            }
        }
    }

    /// In the first namespace, whose settings the agent can write.
    private static func byLabel(_ agent: inout Agent) throws {
        try agent.put(Array("1000\n".utf8), to: "/proc/sys/net/mpls/platform_labels")
        for words in [
            "link add base address 02:00:00:00:00:0b type dummy", "link set base up",
            "address add 10.0.0.2/24 dev base",
            "address add 2001:db8:f::2/64 dev base nodad",
        ] { #expect(try agent.run(["ip"] + split(words)).status == 0, "\(words)") }
        for label in labels {
            let answer = try agent.run(["ip", "-f", "mpls", "route", "add"] + split(label))
            #expect(answer.status == 0, "\(label): \(answer.errors)")
        }
        let theirs = try list(&agent, ["ip", "-f", "mpls", "-j", "-d", "route", "show"])
        #expect(theirs.count == labels.count)
        let ours = try JSONText.decode(JSONValue.self, from: try agent.mplsRoutes()).array ?? []
        compare(ours, theirs, "by label")
        _ = try agent.run("ip", "link", "delete", "base")
    }

    private static func split(_ words: String) -> [String] { words.split(separator: " ").map { String($0) } }

    private static func list(_ agent: inout Agent, _ words: [String]) throws -> [JSONValue] {
        let answer = try agent.run(words)
        #expect(answer.status == 0, "\(words): \(answer.errors)")
        return try DoubledKeys.decode(Array(answer.output.utf8)).array ?? []
    }

    private static func compare(_ ours: [JSONValue], _ theirs: [JSONValue], _ place: String) {
        #expect(ours.count == theirs.count, "\(place): \(ours.count) routes of ours, \(theirs.count) of theirs")
        for (left, right) in zip(ours, theirs) {
            #expect(TestSupport.differences(of: left, from: right) == [], "\(place): \(right["dst"]?.string ?? "")")
        }
    }
}
