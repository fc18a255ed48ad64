import Documents
import Glibc
import Kernel
import TestSupport
import Testing

/// Refusals by the kernel that runs, in a network namespace of each test's own.
@Suite("What the kernel refuses on the command line", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RefusalVerbTests {
    /// The words of a shell in a fresh namespace with a pair of links; `$S` is the program.
    private func fresh(_ command: String, under wrapper: [String] = ["unshare", "-n"]) throws -> CommandOutput {
        let program = try builtProduct(named: "slipway")
        let pair =
            "ip link add eth0 type veth peer name eth1 && ip link set eth0 up && ip address add 192.0.2.7/24 dev eth0"
            + " && ip rule add from 10.3.0.0/16 pref 77 table 7"
        return try attempt(wrapper[0], Array(wrapper.dropFirst()) + ["sh", "-c", "S=\(program); \(pair); \(command)"])
    }

    /// How often `word` stands in what was said.
    private func count(_ word: String, _ outcome: CommandOutput) -> Int {
        outcome.errors.split(separator: word, omittingEmptySubsequences: false).count - 1
    }

    @Test(
        "each refusal says its object once, with the kernel's reason, the step that follows and one exit status",
        arguments: [
            ("address add 192.0.2.7/24 dev eth0", 1, "192.0.2.7/24", "File exists", "address replace"),
            ("address delete 192.0.2.8/24 dev eth0", 4, "192.0.2.8/24", "Cannot assign", "address list"),
            (
                "route add 192.0.2.0/24 dev eth0 scope link src 192.0.2.7", 1, "192.0.2.0/24", "File exists",
                "route replace"
            ),
            ("route delete 198.51.100.0/24", 4, "198.51.100.0/24", "No such process", "route list"),
            ("rule add from 10.3.0.0/16 pref 77 lookup 7", 1, "10.3.0.0/16", "File exists", "rule list"),
            ("rule delete from 10.9.9.9", 4, "10.9.9.9", "No such file", "rule list"),
            ("neighbor delete 192.0.2.99 dev eth0", 4, "192.0.2.99", "No such file", "neighbor list"),
            ("link add eth0 type bridge", 1, "eth0", "File exists", "link list"),
            ("route add 10.0.0.0/8 via 203.0.113.1", 1, "10.0.0.0/8", "unreachable", "invalid gateway"),
        ] as [(String, Int32, String, String, String)])
    func object(_ words: String, _ exit: Int32, _ object: String, _ reason: String, _ next: String) throws {
        let outcome = try fresh("$S \(words)")
        expectOneLine(outcome, exit: exit, object, reason, next)
        #expect(count(object, outcome) == 1, "\(outcome.errors)")
        let error = try #require(try fresh("$S \(words) --json").errorDocument)
        #expect(error["message"]?.string?.contains(object) == false && error["errno"]?.integer != nil)
    }

    @Test(
        "a missing capability is named once, to a user as to a root of another namespace; nothing of it is for EACCES")
    func capability() throws {
        let without = "setpriv --bounding-set=-net_admin --inh-caps=-net_admin"
        let user = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        for words in [
            "link add br7 type bridge", "link set eth0 down", "link delete eth0", "address add 192.0.2.9/24 dev eth0",
            "route add 10.0.0.0/8 dev eth0", "rule add table 7",
            "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:01 dev eth0",
        ] {
            let outcome = try fresh("\(without) $S \(words)")
            expectOneLine(outcome, exit: 1, "Operation not permitted", "CAP_NET_ADMIN", "without CAP_NET_ADMIN")
            // The build's folder may be root's alone.
            let copied = "cp $S /tmp/slipway-$$; \(user) /tmp/slipway-$$ \(words); s=$?; rm /tmp/slipway-$$; exit $s"
            expectOneLine(try fresh(copied), exit: 1, "CAP_NET_ADMIN", "run this as root")
        }
        // The root of a user namespace that does not own the network namespace.
        expectOneLine(
            try fresh("unshare -Ur $S link set eth0 down"), exit: 1, "CAP_NET_ADMIN", "as in a container")
        let off = try fresh("sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1; $S address add 2001:db8::1/64 dev eth0")
        expectOneLine(off, exit: 1, "Permission denied", "IPv6 is disabled on this device", "disable_ipv6=0")
        #expect(!off.errors.contains("CAP_"))
    }

    @Test(
        "a link that is not there is exit 4, with those that are, for whichever verb",
        arguments: [
            "link show nosuch", "link set nosuch up", "link delete nosuch", "link list master nosuch",
            "link add link nosuch name v7 type vlan id 7", "link set eth0 master nosuch", "address list dev nosuch",
            "address add 192.0.2.9/24 dev nosuch", "route list dev nosuch", "route add 10.0.0.0/8 dev nosuch",
            "neighbor list dev nosuch", "neighbor add 192.0.2.9 lladdr 02:00:00:00:00:01 dev nosuch",
        ])
    func link(_ words: String) throws {
        expectOneLine(try fresh("$S \(words)"), exit: 4, "nosuch", "the links are eth0, eth1, lo")
    }

    @Test("a feature that this kernel lacks is named by its module and its option; another kind's options by the kind")
    func feature() throws {
        expectOneLine(
            try fresh("$S link add x7 type nosuch7"), exit: 1, "no links of kind nosuch7", "modprobe rtnl-link-nosuch7")
        expectOneLine(
            try fresh("$S link set eth0 type bridge stp_state 1"), exit: 1, "eth0", "not supported",
            "eth0 is of kind veth")
        let bond = try fresh("$S link add x7 type bond && ip link show x7")
        // Kernels that have it make it.
        if !bond.text.contains("x7") { expectOneLine(bond, exit: 1, "bonding (CONFIG_BONDING)", "Unknown device type") }
    }

    @Test("a namespace that is not there, and one that is none, are told apart from all else")
    func namespace() throws {
        expectOneLine(
            try fresh("$S link set eth0 netns nosuch7"), exit: 4, "netns nosuch7", "No such file", "ip netns list")
        let none = try fresh(
            "mkdir -p /run/netns; touch /run/netns/slipway-none-$$; $S link set eth0 netns slipway-none-$$; s=$?;"
                + " rm /run/netns/slipway-none-$$; exit $s")
        expectOneLine(none, exit: 1, "Invalid argument")
        expectOneLine(try fresh("$S link set eth0 netns 4194305"), exit: 4, "No such process")
    }

    @Test("letters that changed places are one change")
    func words() throws {
        for (wrong, right) in [
            ("route add 10.0.0.0/8 vai 192.0.2.1", "via"), ("route add 10.0.0.0/8 dve eth0", "dev"),
            ("rule add form 10.0.0.0/8", "from"), ("link set eth0 mut 1400", "mtu"),
        ] { expectOneLine(try fresh("$S \(wrong)"), exit: 2, "did you mean '\(right)'?") }
    }
}
