import Documents
import TestSupport

extension OperationGenerator {
    mutating func linkOperation(_ kind: OperationKind) -> Operation {
        switch kind {
        case .linkBridge:
            var words = ["link", "add", "br\(random.number(0...3))", "address", hardwareAddress()]
            words += maybe(30) { ["mtu", $0.number(1000...2000)] } + maybe(30) { ["txqueuelen", $0.number(1...2000)] }
            words += maybe(20) { ["numtxqueues", $0.number(1...4), "numrxqueues", $0.number(1...4)] }
            words += maybe(40) { _ in ["up"] } + ["type", "bridge"]
            for _ in 0..<random.number(0...3) { words += bridgeOption() }
            return Operation(kind, words)
        case .linkVeth:
            let number = random.number(0...4)
            var words = ["link", "add", "v\(number)", "address", hardwareAddress()]
            words += maybe(20) { ["mtu", $0.number(1280...2000)] } + maybe(10) { ["index", $0.number(50...60)] }
            words += maybe(10) { ["group", $0.number(0...9)] }
            words += ["type", "veth", "peer", "name", "p\(number)", "address", hardwareAddress()]
            words += maybe(20) { ["mtu", $0.number(1280...2000)] }
            return Operation(kind, words)
        case .linkDelete: return Operation(kind, ["link", "delete", link()])
        case .linkMaster: return set(kind, link(ofKind: "veth"), ["master", link(ofKind: "bridge")])
        case .linkNoMaster: return set(kind, link { $0["master"] != nil }, ["nomaster"])
        case .linkBridgeOption: return set(kind, link(ofKind: "bridge"), ["type", "bridge"] + bridgeOption())
        case .linkPortOption:
            return set(kind, link(underKind: "bridge"), ["type", "bridge_slave"] + portOption())
        case .linkRename: return set(kind, link(), ["name", pick("v", "p", "br", "r") + number(0...4)])
        case .linkMTU:
            return set(kind, link(), ["mtu", random.chance(15) ? pick("40", "67", "70000", "1") : number(576...3000)])
        case .linkAddress:
            return set(kind, link(), [random.chance(80) ? "address" : "broadcast", hardwareAddress()])
        default: return set(kind, link(), property(kind))
        }
    }

    private func set(_ kind: OperationKind, _ link: String, _ words: [String]) -> Operation {
        Operation(kind, ["link", "set", link] + words)
    }

    private mutating func property(_ kind: OperationKind) -> [String] {
        switch kind {
        case .linkUpDown: [random.chance(65) ? "up" : "down"]
        case .linkAlias: ["alias", "a" + number(0...99)]
        case .linkQueue:
            [
                pick("txqueuelen", "gso_max_segs", "gso_max_size", "gro_max_size"),
                random.chance(20) ? pick("0", "2147483647") : number(1...65_535),
            ]
        case .linkFlags: [pick("promisc", "allmulticast", "multicast", "arp"), pick("on", "off")]
        case .linkGroup: ["group", random.chance(20) ? "default" : number(0...70_000)]
        default: ["addrgenmode", pick("eui64", "none", "stable_secret")]
        }
    }

    /// Timers no shorter than the test: what the kernel does by the clock is not compared.
    private mutating func bridgeOption() -> [String] {
        switch random.number(0...19) {
        case 0: ["forward_delay", number(200...3200)]
        case 1: ["hello_time", number(50...1200)]
        case 2: ["max_age", number(500...4200)]
        case 3: ["ageing_time", number(40_000...90_000)]
        case 4: ["priority", number(0...65_535)]
        case 5: ["group_fwd_mask", number(0...70_000)]
        case 6: ["group_address", "01:80:c2:00:00:0" + pick("0", "1", "4", "d", "f")]
        case 7: ["mcast_snooping", number(0...1)]
        case 8: ["mcast_router", number(0...3)]
        case 9: ["mcast_query_use_ifaddr", number(0...1)]
        case 10: ["mcast_querier", number(0...1)]
        case 11: ["mcast_hash_max", pick("16", "512", "1000", "4096")]
        case 12: ["mcast_last_member_count", number(0...9)]
        case 13: ["mcast_startup_query_count", number(0...9)]
        case 14: [pick("mcast_last_member_interval", "mcast_membership_interval"), number(100...99_999)]
        case 15: [pick("mcast_querier_interval", "mcast_query_interval"), number(100...99_999)]
        case 16: [pick("mcast_igmp_version", "mcast_mld_version"), number(0...4)]
        case 17: [pick("nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables"), number(0...1)]
        case 18: ["mcast_stats_enabled", number(0...1)]
        default: [pick("vlan_filtering", "vlan_stats_enabled", "vlan_stats_per_port"), number(0...1)]
        }
    }

    private mutating func portOption() -> [String] {
        switch random.number(0...6) {
        case 0: ["cost", number(0...70_000)]
        case 1: ["priority", number(0...70)]
        case 2: ["mcast_router", number(0...3)]
        case 3: ["group_fwd_mask", number(0...70_000)]
        case 4: ["backup_port", link(underKind: "bridge")]
        case 5: ["nobackup_port"]
        default:
            [
                pick(
                    "guard", "hairpin", "fastleave", "root_block", "learning", "flood", "proxy_arp", "proxy_arp_wifi",
                    "mcast_fast_leave", "mcast_flood", "bcast_flood", "mcast_to_unicast", "neigh_suppress", "isolated",
                    "locked"),
                pick("on", "off"),
            ]
        }
    }
}
