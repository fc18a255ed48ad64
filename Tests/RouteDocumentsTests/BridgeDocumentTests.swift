import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport
import Testing

@Suite("Links as ip prints and takes them", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct BridgeDocumentTests {
    /// Options of a bridge with what is to be set: each differs from the default. VLANs take a kernel with CONFIG_BRIDGE_VLAN_FILTERING.
    private static let bridgeOptions = [
        "forward_delay 400", "hello_time 300", "max_age 3900", "ageing_time 12345", "stp_state 1", "priority 4096",
        "group_fwd_mask 0x8", "group_address 01:80:c2:00:00:0e", "mcast_snooping 0", "mcast_router 2",
        "mcast_query_use_ifaddr 1", "mcast_querier 1", "mcast_hash_max 1024", "mcast_last_member_count 7",
        "mcast_startup_query_count 5", "mcast_last_member_interval 110", "mcast_membership_interval 25000",
        "mcast_querier_interval 24000", "mcast_query_interval 12000", "mcast_query_response_interval 900",
        "mcast_startup_query_interval 3000", "mcast_stats_enabled 1", "mcast_igmp_version 3", "mcast_mld_version 2",
        "no_linklocal_learn 1",
    ]
    private static let portOptions = [
        "priority 5", "cost 77", "hairpin on", "guard on", "root_block on", "fastleave on", "learning off",
        "flood off", "proxy_arp on", "proxy_arp_wifi on", "mcast_router 2", "mcast_flood off",
        "mcast_to_unicast on", "group_fwd_mask 0x4008", "neigh_suppress on", "isolated on", "bcast_flood off",
        "locked on", "backup_port veth2",
    ]

    /// Bridges and pairs that differ from each other only in who made them: `maker` runs each command.
    private static func build(_ prefix: String, _ maker: (String) throws -> Void) throws {
        try maker("add \(prefix)br0 type bridge")
        try maker("add \(prefix)br1 type bridge \(bridgeOptions.joined(separator: " "))")
        try maker(
            "add \(prefix)v0 mtu 1400 txqueuelen 77 address 02:00:00:00:00:01 type veth peer name \(prefix)v1 mtu 1300")
        try maker("set \(prefix)v0 master \(prefix)br1 up promisc on")
        try maker("set \(prefix)v0 type bridge_slave \(portOptions.dropLast().joined(separator: " "))")
        try maker("set \(prefix)br1 up")
        try maker("set \(prefix)v1 alias some-words")
    }

    @Test("what ip makes is printed by us with every key and value that ip prints")
    func reading() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try Self.build("a") { try run("ip link \($0)") }
            try run("ip link set av1 up group 7")
            try run("ip link property add dev av1 altname another-rather-long-name altname short")
            try run("ip link set dev av0 addrgenmode none")
            #expect(try linkDifferences() == [])
        }
    }

    @Test("what we make is what ip makes with the same words")
    func writing() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try Self.build("a") { try run("ip link \($0)") }
            try Self.build("b") { try link($0) }
            #expect(try linkDifferences() == [])
            // Everything but the names, the numbers, and the addresses that the kernel draws.
            let own: Set = ["ifindex", "ifname", "link", "master", "address", "bridge_id", "root_id"]
            // The operational state follows on a work queue of the kernel's.
            var found = ["never looked"]
            for attempt in 0..<50 where !found.isEmpty {
                if attempt > 0 { usleep(20_000) }
                var peers: [String: JSONValue] = [:]
                for peer in try linksOfPeer() { peers[peer["ifname"]?.string ?? ""] = peer }
                found = try ["br0", "br1", "v0", "v1"].flatMap { name in
                    let made = try #require(peers["b\(name)"])
                    let wanted = try #require(peers["a\(name)"])
                    return [(made, wanted), (wanted, made)].flatMap {
                        differences(of: $0.0, from: $0.1, ignoring: own.union(moving), at: name)
                    }
                }
            }
            #expect(found == [])
        }
    }

    @Test("each option of a bridge and of its ports, set alone by us, is what ip reads, and changes no other")
    func options() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            for name in ["br0", "br1", "br2"] { try run("ip link add \(name) address 02:00:00:00:00:aa type bridge") }
            try run("ip link add veth0 type veth peer name veth1")
            try run("ip link add veth2 type veth peer name veth3")
            try run("ip link set veth2 master br2")
            for (words, name, other) in Self.bridgeOptions.map({ ("type bridge \($0)", "br0", "br1") })
                + Self.portOptions.map({ ("type bridge_slave \($0)", "veth0", "veth0") })
            {
                try run("ip link set veth0 nomaster")
                try run("ip link set veth0 master br2")
                let before = try #require(try linksOfPeer().first { $0["ifname"]?.string == name })
                try link("set \(name) \(words)")
                let ours = try #require(try linksOfPeer().first { $0["ifname"]?.string == name })
                let changes = [(ours, before), (before, ours)].flatMap {
                    differences(of: $0.0, from: $0.1, ignoring: moving)
                }
                #expect(!changes.isEmpty, "\(words)")
                if name == other {
                    try run("ip link set veth0 nomaster")
                    try run("ip link set veth0 master br2")
                }
                try run("ip link set \(other) \(words)")
                let theirs = try #require(try linksOfPeer().first { $0["ifname"]?.string == other })
                let own: Set = ["ifindex", "ifname"]
                let found = try differences(of: ours, from: theirs, ignoring: own.union(moving)) + linkDifferences()
                #expect(found == [], "\(words): \(found)")
            }
        }
    }
}
