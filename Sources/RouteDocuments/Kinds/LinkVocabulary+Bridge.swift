internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let bridge = LinkVocabulary(
        "bridge",
        [
            LinkOption(IFLA_BR_FDB_FLUSH, .presence, nil, words: ["fdb_flush"]),
            LinkOption(IFLA_BR_FORWARD_DELAY, .integer(.u32), "forward_delay"),
            LinkOption(IFLA_BR_HELLO_TIME, .integer(.u32), "hello_time"),
            LinkOption(IFLA_BR_MAX_AGE, .integer(.u32), "max_age"),
            LinkOption(IFLA_BR_AGEING_TIME, .integer(.u32), "ageing_time"),
            LinkOption(IFLA_BR_STP_STATE, .integer(.u32), "stp_state"),
            LinkOption(IFLA_BR_PRIORITY, .integer(.u16), "priority"),
            LinkOption(IFLA_BR_VLAN_FILTERING, .bit, "vlan_filtering"),
            LinkOption(IFLA_BR_VLAN_PROTOCOL, .vlanProtocol, "vlan_protocol"),
            LinkOption(IFLA_BR_BRIDGE_ID, .bridgeIdentity, "bridge_id", words: []),
            LinkOption(IFLA_BR_ROOT_ID, .bridgeIdentity, "root_id", words: []),
            LinkOption(IFLA_BR_ROOT_PORT, .integer(.u16), "root_port", words: []),
            LinkOption(IFLA_BR_ROOT_PATH_COST, .integer(.u32), "root_path_cost", words: []),
            LinkOption(IFLA_BR_TOPOLOGY_CHANGE, .integer(.u8), "topology_change", words: []),
            LinkOption(IFLA_BR_TOPOLOGY_CHANGE_DETECTED, .integer(.u8), "topology_change_detected", words: []),
            LinkOption(IFLA_BR_HELLO_TIMER, .timer, "hello_timer", words: []),
            LinkOption(IFLA_BR_TCN_TIMER, .timer, "tcn_timer", words: []),
            LinkOption(IFLA_BR_TOPOLOGY_CHANGE_TIMER, .timer, "topology_change_timer", words: []),
            LinkOption(IFLA_BR_GC_TIMER, .timer, "gc_timer", words: []),
            LinkOption(IFLA_BR_VLAN_DEFAULT_PVID, .integer(.u16, 0...4094), "vlan_default_pvid"),
            LinkOption(IFLA_BR_VLAN_STATS_ENABLED, .bit, "vlan_stats_enabled"),
            LinkOption(IFLA_BR_VLAN_STATS_PER_PORT, .bit, "vlan_stats_per_port"),
            LinkOption(IFLA_BR_GROUP_FWD_MASK, .hexadecimal(.u16), "group_fwd_mask"),
            LinkOption(IFLA_BR_GROUP_ADDR, .hardware, "group_addr", words: ["group_address"]),
            LinkOption(IFLA_BR_MCAST_SNOOPING, .bit, "mcast_snooping"),
            LinkOption(IFLA_BR_MCAST_ROUTER, .integer(.u8), "mcast_router"),
            LinkOption(IFLA_BR_MCAST_QUERY_USE_IFADDR, .bit, "mcast_query_use_ifaddr"),
            LinkOption(IFLA_BR_MCAST_QUERIER, .bit, "mcast_querier"),
            LinkOption(IFLA_BR_MCAST_HASH_ELASTICITY, .integer(.u32), "mcast_hash_elasticity"),
            LinkOption(IFLA_BR_MCAST_HASH_MAX, .integer(.u32), "mcast_hash_max"),
            LinkOption(
                IFLA_BR_MCAST_LAST_MEMBER_CNT, .integer(.u32), "mcast_last_member_cnt",
                words: ["mcast_last_member_count"]),
            LinkOption(
                IFLA_BR_MCAST_STARTUP_QUERY_CNT, .integer(.u32), "mcast_startup_query_cnt",
                words: ["mcast_startup_query_count"]),
            LinkOption(
                IFLA_BR_MCAST_LAST_MEMBER_INTVL, .integer(.u64), "mcast_last_member_intvl",
                words: ["mcast_last_member_interval"]),
            LinkOption(
                IFLA_BR_MCAST_MEMBERSHIP_INTVL, .integer(.u64), "mcast_membership_intvl",
                words: ["mcast_membership_interval"]),
            LinkOption(
                IFLA_BR_MCAST_QUERIER_INTVL, .integer(.u64), "mcast_querier_intvl", words: ["mcast_querier_interval"]),
            LinkOption(
                IFLA_BR_MCAST_QUERY_INTVL, .integer(.u64), "mcast_query_intvl", words: ["mcast_query_interval"]),
            LinkOption(
                IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, .integer(.u64), "mcast_query_response_intvl",
                words: ["mcast_query_response_interval"]),
            LinkOption(
                IFLA_BR_MCAST_STARTUP_QUERY_INTVL, .integer(.u64), "mcast_startup_query_intvl",
                words: ["mcast_startup_query_interval"]),
            LinkOption(IFLA_BR_MCAST_STATS_ENABLED, .bit, "mcast_stats_enabled"),
            LinkOption(IFLA_BR_MCAST_IGMP_VERSION, .integer(.u8, 2...3), "mcast_igmp_version"),
            LinkOption(IFLA_BR_MCAST_MLD_VERSION, .integer(.u8, 1...2), "mcast_mld_version"),
            LinkOption(IFLA_BR_NF_CALL_IPTABLES, .bit, "nf_call_iptables"),
            LinkOption(IFLA_BR_NF_CALL_IP6TABLES, .bit, "nf_call_ip6tables"),
            LinkOption(IFLA_BR_NF_CALL_ARPTABLES, .bit, "nf_call_arptables"),
            LinkOption(IFLA_BR_FDB_N_LEARNED, .integer(.u32), "fdb_n_learned", words: []),
            LinkOption(IFLA_BR_FDB_MAX_LEARNED, .integer(.u32), "fdb_max_learned"),
        ],
        furtherWords: switches.map(\.key),
        printing: { attributes, _, members in
            let bridge = Bridge(attributes: attributes)
            for (key, bit) in switches where bridge.saidSwitches.contains(bit) {
                members[key] = .integer(bridge.switches?.contains(bit) == true ? 1 : 0)
            }
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            guard let bit = switches.first(where: { $0.key == word })?.bit else { return false }
            let text = try reader.value(of: word)
            var bridge = Bridge(attributes: attributes)
            bridge.set(bit, try LinkOption.number(word, text, 0...255) != 0)
            attributes = bridge.attributes
            return true
        })

    private static let switches: [(key: String, bit: BridgeSwitches)] = [
        ("no_linklocal_learn", .noLinkLocalLearning), ("mcast_vlan_snooping", .vlanSnooping),
        ("mst_enabled", .multipleTrees),
    ]

    static let bridgePort = LinkVocabulary(
        "bridge",
        [
            LinkOption(IFLA_BRPORT_FLUSH, .presence, nil, words: ["fdb_flush"]),
            LinkOption(
                IFLA_BRPORT_STATE, .named(.u8, ["disabled", "listening", "learning", "forwarding", "blocking"]), "state"
            ),
            LinkOption(IFLA_BRPORT_PRIORITY, .integer(.u16, 0...63), "priority"),
            LinkOption(IFLA_BRPORT_COST, .integer(.u32, 1...65535), "cost"),
            LinkOption(IFLA_BRPORT_MODE, .onOff, "hairpin"),
            LinkOption(IFLA_BRPORT_GUARD, .onOff, "guard"),
            LinkOption(IFLA_BRPORT_PROTECT, .onOff, "root_block"),
            LinkOption(IFLA_BRPORT_FAST_LEAVE, .onOff, "fastleave", words: ["fastleave", "mcast_fast_leave"]),
            LinkOption(IFLA_BRPORT_LEARNING, .onOff, "learning"),
            LinkOption(IFLA_BRPORT_UNICAST_FLOOD, .onOff, "flood"),
            LinkOption(IFLA_BRPORT_ID, .hexadecimal(.u16), "id", words: []),
            LinkOption(IFLA_BRPORT_NO, .hexadecimal(.u16), "no", words: []),
            LinkOption(IFLA_BRPORT_DESIGNATED_PORT, .integer(.u16), "designated_port", words: []),
            LinkOption(IFLA_BRPORT_DESIGNATED_COST, .integer(.u16), "designated_cost", words: []),
            LinkOption(IFLA_BRPORT_BRIDGE_ID, .bridgeIdentity, "bridge_id", words: []),
            LinkOption(IFLA_BRPORT_ROOT_ID, .bridgeIdentity, "root_id", words: []),
            LinkOption(IFLA_BRPORT_HOLD_TIMER, .timer, "hold_timer", words: []),
            LinkOption(IFLA_BRPORT_MESSAGE_AGE_TIMER, .timer, "message_age_timer", words: []),
            LinkOption(IFLA_BRPORT_FORWARD_DELAY_TIMER, .timer, "forward_delay_timer", words: []),
            LinkOption(IFLA_BRPORT_TOPOLOGY_CHANGE_ACK, .integer(.u8), "topology_change_ack", words: []),
            LinkOption(IFLA_BRPORT_CONFIG_PENDING, .integer(.u8), "config_pending", words: []),
            LinkOption(IFLA_BRPORT_PROXYARP, .onOff, "proxy_arp"),
            LinkOption(IFLA_BRPORT_PROXYARP_WIFI, .onOff, "proxy_arp_wifi"),
            LinkOption(IFLA_BRPORT_MULTICAST_ROUTER, .integer(.u8), "multicast_router", words: ["mcast_router"]),
            LinkOption(IFLA_BRPORT_MCAST_FLOOD, .onOff, "mcast_flood"),
            LinkOption(IFLA_BRPORT_BCAST_FLOOD, .onOff, "bcast_flood"),
            LinkOption(IFLA_BRPORT_MCAST_TO_UCAST, .onOff, "mcast_to_unicast"),
            LinkOption(IFLA_BRPORT_NEIGH_SUPPRESS, .onOff, "neigh_suppress"),
            LinkOption(IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, .onOff, "neigh_vlan_suppress"),
            LinkOption(IFLA_BRPORT_GROUP_FWD_MASK, .hexadecimal(.u16), "group_fwd_mask"),
            LinkOption(IFLA_BRPORT_VLAN_TUNNEL, .onOff, "vlan_tunnel"),
            LinkOption(IFLA_BRPORT_ISOLATED, .onOff, "isolated"),
            LinkOption(IFLA_BRPORT_LOCKED, .onOff, "locked"),
            LinkOption(IFLA_BRPORT_MAB, .onOff, "mab"),
            LinkOption(IFLA_BRPORT_BACKUP_PORT, .link, "backup_port"),
            LinkOption(IFLA_BRPORT_BACKUP_NHID, .integer(.u32), "backup_nhid"),
            LinkOption(IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, .integer(.u32), "mcast_eht_hosts_limit"),
            LinkOption(IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, .integer(.u32), "mcast_eht_hosts_cnt", words: []),
            LinkOption(IFLA_BRPORT_MCAST_N_GROUPS, .integer(.u32), "mcast_n_groups", words: []),
            LinkOption(IFLA_BRPORT_MCAST_MAX_GROUPS, .integer(.u32), "mcast_max_groups"),
        ],
        furtherWords: ["nobackup_port"],
        printing: { attributes, _, members in
            guard let mask = attributes[IFLA_BRPORT_GROUP_FWD_MASK, as: UInt16.self] else { return }
            members["group_fwd_mask_str"] = .string(forwardWords(mask))
        },
        parsing: { word, _, attributes, _ in
            guard word == "nobackup_port" else { return false }
            attributes[IFLA_BRPORT_BACKUP_PORT] = UInt32(0)
            return true
        })

    /// The protocols behind the bits of a forwarding mask; those without a name by their bit.
    private static func forwardWords(_ mask: UInt16) -> String {
        let names = [0: "stp", 2: "lacp", 14: "lldp"]
        let words = (0..<16).filter { mask >> $0 & 1 == 1 }.map { names[$0] ?? "0x" + String(1 << $0, radix: 16) }
        return words.isEmpty ? "0x0" : words.joined(separator: ",")
    }
}
