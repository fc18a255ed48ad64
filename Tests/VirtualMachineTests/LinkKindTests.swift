import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

/// The links of every kind that Debian's generic kernel has, made and changed by ip in one network namespace and by slipway in another.
@Suite("Links of every kind, made in a virtual machine", .machines)
struct LinkKindTests {
    /// After kinds.batch: kinds that this machine's kernel has too, and their ports.
    private static let further = [
        "link add br1 address 02:00:00:00:06:01 type bridge vlan_filtering 1 stp_state 0 ageing_time 20000 mcast_snooping 1",
        "link add p1 address 02:00:00:00:06:02 type dummy", "link set p1 master br1",
        "link set p1 type bridge_slave cost 7 priority 3 hairpin on guard on learning off",
        "link add bond1 address 02:00:00:00:06:03 type bond mode active-backup miimon 100 fail_over_mac active",
        "link add vx1 address 02:00:00:00:06:04 type vxlan id 7 local 192.0.2.1 remote 192.0.2.90 dstport 4789 tos 10 ttl 5 nolearning",
        "link add link eth9 name eth9.5 type vlan id 5 protocol 802.1ad",
        "link add vrf1 address 02:00:00:00:06:05 type vrf table 77",
    ]
    /// Each says one or two options; whatever else the link has is to stay. ip turns the bytes of a wrapping's port around when it takes
    /// over the one that is there (iproute2 6.1), so those changes say it.
    private static let changes = [
        "gre1 type gre ttl 12", "gre2 type gre okey 9", "gretap1 type gretap ttl 11 encap-dport 5555",
        "erspan1 type erspan ttl 10",
        "ip6gre1 type ip6gre hoplimit 9", "ip6gretap1 type ip6gretap fwmark 0x8",
        "ip6erspan1 type ip6erspan hoplimit 8",
        "ipip1 type ipip tos 0x30", "ipip4 type ipip ttl 7 encap-dport 5556", "sit1 type sit ttl 6",
        "sit3 type sit ttl 5",
        "ip6tnl1 type ip6tnl hoplimit 4", "ip6tnl2 type ip6tnl tclass 0x20", "vti1 type vti fwmark 3",
        "vti61 type vti6 fwmark 9", "vx1 type vxlan ttl 9", "vx1 type vxlan learning ageing 77",
        "br1 type bridge stp_state 1 forward_delay 700", "bond1 type bond miimon 200 updelay 400",
        "gnv1 type geneve id 100 ttl 3",
        "p1 type bridge_slave cost 9",
    ]

    /// What differs between any two links: numbers that the kernel counts, addresses that it draws.
    private static let ignored: Set = ["ifindex", "permaddr"]

    @Test("links are as ip makes them and as ip changes them, and 'link list' has what ip prints")
    func likeIP() async throws {
        let batch = try LiveFiles().contents(
            of: Lab.repository.appending("Tests/Fixtures/links/kinds.batch"), limit: 1 << 20)
        let lines = String(decoding: batch, as: UTF8.self).split(separator: "\n").map(String.init) + Self.further
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.timeout = .seconds(500)
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            for module in [
                "fou", "fou6", "ip_gre", "ip6_gre", "ipip", "sit", "ip6_tunnel", "ip_vti", "ip6_vti", "ifb", "tun",
            ] {
                let answer = try agent.run("/usr/lib/peers/modprobe", module)
                #expect(answer.status == 0, "\(module): \(answer.errors)")
            }
            for name in ["a", "b"] { #expect(try agent.run("ip", "netns", "add", name).status == 0) }
            try agent.put(Array(lines.joined(separator: "\n").utf8) + [10], to: "/run/all.batch")
            let made = try agent.run("ip", "-n", "a", "-batch", "/run/all.batch")
            #expect(made.status == 0, "\(made.errors)")
            for line in lines { try Self.repeatByUs(line, &agent) }
            try Self.compare("made", &agent)
            for change in Self.changes {
                let words = change.split(separator: " ").map(String.init)
                let theirs = try agent.run(["ip", "-n", "a", "link", "set"] + words)
                #expect(theirs.status == 0, "ip: \(change): \(theirs.errors)")
                let ours = try agent.run(["ip", "netns", "exec", "b", "/sbin/slipway", "link", "set"] + words)
                #expect(ours.status == 0, "\(change): \(ours.errors)")
            }
            try Self.compare("changed", &agent)
        }
    }

    /// A line of ip's batch with our words; what is no verb of ours is ip's here too.
    private static func repeatByUs(_ line: String, _ agent: inout Agent) throws {
        var words = line.split(separator: " ").map(String.init)
        var command = ["ip", "-n", "b"]
        if words.first == "link" {
            command = ["ip", "netns", "exec", "b", "/sbin/slipway"]
            // ip reads 'link dev' before the link's name as a link below, which a change has no use for.
            if words.starts(with: ["link", "set", "link", "dev"]) { words.removeSubrange(2..<4) }
        }
        let answer = try agent.run(command + words)
        #expect(answer.status == 0, "\(line): \(answer.errors)")
    }

    private static func compare(_ moment: String, _ agent: inout Agent) throws {
        func links(_ words: [String]) throws -> [String: JSONValue] {
            let answer = try agent.run(words)
            #expect(answer.status == 0, "\(words): \(answer.errors)")
            let all = try JSONText.decode(JSONValue.self, from: Array(answer.output.utf8)).array ?? []
            return Dictionary(all.map { ($0["ifname"]?.string ?? "", $0) }) { first, _ in first }
        }
        let (a, b) = (
            try links(["ip", "-n", "a", "-j", "-d", "link", "show"]),
            try links(["ip", "-n", "b", "-j", "-d", "link", "show"])
        )
        #expect(a.count > 90)
        for name in Set(a.keys).union(b.keys).sorted() {
            // The kernel draws the address of a tap.
            let ignored = Self.ignored.union(name.hasPrefix("tap") ? ["address"] : []).union(Self.timers)
            guard let left = a[name], let right = b[name] else {
                Issue.record("\(moment): \(name) is in one namespace only")
                continue
            }
            #expect(differences(of: right, from: left, ignoring: ignored) == [], "\(moment): \(name)")
            #expect(differences(of: left, from: right, ignoring: ignored) == [], "\(moment): \(name)")
        }
        for (space, theirs) in [("a", a), ("b", b)] {
            let ours = try links(["ip", "netns", "exec", space, "/sbin/slipway", "link", "list", "--json"])
            #expect(ours.count == theirs.count)
            for (name, link) in theirs {
                #expect(
                    differences(of: ours[name], from: link, ignoring: Self.timers) == [],
                    "\(moment) in \(space): \(name)")
            }
        }
    }

    private static let timers: Set = [
        "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer",
        "forward_delay_timer",
    ]
}
