internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    private static let onOff = ["off", "on"]

    static let bond = LinkVocabulary(
        "bond",
        [
            LinkOption(
                IFLA_BOND_MODE,
                .named(
                    .u8,
                    [
                        "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb",
                        "balance-alb",
                    ], unknown: "UNKNOWN"), "mode"),
            LinkOption(IFLA_BOND_ACTIVE_SLAVE, .link, "active_slave", shown: .unlessZero),
            LinkOption(IFLA_BOND_MIIMON, .integer(.u32), "miimon"),
            LinkOption(IFLA_BOND_UPDELAY, .integer(.u32), "updelay"),
            LinkOption(IFLA_BOND_DOWNDELAY, .integer(.u32), "downdelay"),
            LinkOption(IFLA_BOND_PEER_NOTIF_DELAY, .integer(.u32), "peer_notify_delay"),
            LinkOption(IFLA_BOND_USE_CARRIER, .bit, "use_carrier"),
            LinkOption(IFLA_BOND_ARP_INTERVAL, .integer(.u32), "arp_interval"),
            LinkOption(IFLA_BOND_MISSED_MAX, .integer(.u8), "arp_missed_max"),
            LinkOption(IFLA_BOND_ARP_IP_TARGET, .addresses(version6: false), "arp_ip_target"),
            LinkOption(IFLA_BOND_NS_IP6_TARGET, .addresses(version6: true), "ns_ip6_target"),
            LinkOption(IFLA_BOND_ARP_VALIDATE, validation, nil, words: ["arp_validate"]),
            LinkOption(
                IFLA_BOND_ARP_ALL_TARGETS, .named(.u32, ["any", "all"], unknown: "UNKNOWN"), "arp_all_targets"),
            LinkOption(IFLA_BOND_PRIMARY, .link, "primary", shown: .unlessZero),
            LinkOption(
                IFLA_BOND_PRIMARY_RESELECT, .named(.u8, ["always", "better", "failure"], unknown: "UNKNOWN"),
                "primary_reselect"),
            LinkOption(
                IFLA_BOND_FAIL_OVER_MAC, .named(.u8, ["none", "active", "follow"], unknown: "UNKNOWN"),
                "fail_over_mac"),
            LinkOption(
                IFLA_BOND_XMIT_HASH_POLICY,
                .named(
                    .u8, ["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"], unknown: "UNKNOWN"),
                "xmit_hash_policy"),
            LinkOption(IFLA_BOND_RESEND_IGMP, .integer(.u32), "resend_igmp"),
            LinkOption(
                IFLA_BOND_NUM_PEER_NOTIF, .integer(.u8), "num_peer_notif",
                words: ["num_grat_arp", "num_unsol_na", "num_peer_notif"]),
            LinkOption(IFLA_BOND_ALL_SLAVES_ACTIVE, .bit, "all_slaves_active"),
            LinkOption(IFLA_BOND_MIN_LINKS, .integer(.u32), "min_links"),
            LinkOption(IFLA_BOND_LP_INTERVAL, .integer(.u32), "lp_interval"),
            LinkOption(IFLA_BOND_PACKETS_PER_SLAVE, .integer(.u32), "packets_per_slave"),
            LinkOption(
                IFLA_BOND_AD_LACP_ACTIVE, .named(.u8, onOff, unknown: "UNKNOWN"), "ad_lacp_active",
                words: ["lacp_active", "ad_lacp_active"]),
            LinkOption(
                IFLA_BOND_AD_LACP_RATE, .named(.u8, ["slow", "fast"], unknown: "UNKNOWN"), "ad_lacp_rate",
                words: ["lacp_rate", "ad_lacp_rate"]),
            LinkOption(
                IFLA_BOND_AD_SELECT, .named(.u8, ["stable", "bandwidth", "count"], unknown: "UNKNOWN"), "ad_select"),
            LinkOption(IFLA_BOND_AD_ACTOR_SYS_PRIO, .integer(.u16), "ad_actor_sys_prio"),
            LinkOption(IFLA_BOND_AD_USER_PORT_KEY, .integer(.u16), "ad_user_port_key"),
            LinkOption(IFLA_BOND_AD_ACTOR_SYSTEM, .hardware, "ad_actor_system"),
            LinkOption(IFLA_BOND_TLB_DYNAMIC_LB, .bit, "tlb_dynamic_lb"),
            LinkOption(IFLA_BOND_COUPLED_CONTROL, .named(.u8, onOff, unknown: "UNKNOWN"), "coupled_control"),
        ],
        furtherWords: ["clear_active_slave"],
        printing: { attributes, _, members in
            if let value = attributes[IFLA_BOND_ARP_VALIDATE, as: UInt32.self] {
                // `none` is null in the document, and a word for people.
                members["arp_validate"] =
                    value == 0
                    ? .null : .string(Int(value) < validationNames.count ? validationNames[Int(value)] : "UNKNOWN")
            }
            guard let aggregation = attributes.nested(IFLA_BOND_AD_INFO) else { return }
            var inner: [String: JSONValue] = [:]
            for option in aggregationOptions { option.print(aggregation, LinkDirectory(), into: &inner) }
            members["ad_info"] = .object(inner)
        },
        parsing: { word, _, attributes, _ in
            guard word == "clear_active_slave" else { return false }
            attributes[IFLA_BOND_ACTIVE_SLAVE] = UInt32(0)
            return true
        })

    private static let validationNames = [
        "none", "active", "backup", "all", "filter", "filter_active", "filter_backup",
    ]
    private static let validation = LinkCoding.named(.u32, validationNames)

    private static let aggregationOptions = [
        LinkOption(IFLA_BOND_AD_INFO_AGGREGATOR, .integer(.u16), "aggregator"),
        LinkOption(IFLA_BOND_AD_INFO_NUM_PORTS, .integer(.u16), "num_ports"),
        LinkOption(IFLA_BOND_AD_INFO_ACTOR_KEY, .integer(.u16), "actor_key"),
        LinkOption(IFLA_BOND_AD_INFO_PARTNER_KEY, .integer(.u16), "partner_key"),
        LinkOption(IFLA_BOND_AD_INFO_PARTNER_MAC, .hardware, "partner_mac"),
    ]

    static let bondPort = LinkVocabulary(
        "bond",
        [
            LinkOption(
                IFLA_BOND_SLAVE_MII_STATUS, .named(.u8, ["UP", "GOING_DOWN", "DOWN", "GOING_BACK"]), "mii_status",
                words: []),
            LinkOption(IFLA_BOND_SLAVE_STATE, .named(.u8, ["ACTIVE", "BACKUP"]), "state", words: []),
            LinkOption(IFLA_BOND_SLAVE_LINK_FAILURE_COUNT, .integer(.u32), "link_failure_count", words: []),
            LinkOption(IFLA_BOND_SLAVE_PERM_HWADDR, .hardware, "perm_hwaddr", words: []),
            LinkOption(IFLA_BOND_SLAVE_QUEUE_ID, .integer(.u16), "queue_id"),
            LinkOption(IFLA_BOND_SLAVE_PRIO, .integer(.s32), "prio"),
            LinkOption(IFLA_BOND_SLAVE_AD_AGGREGATOR_ID, .integer(.u16), "ad_aggregator_id", words: []),
            LinkOption(
                IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE, .integer(.u8), "ad_actor_oper_port_state", words: []),
            LinkOption(
                IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE, .integer(.u16), "ad_partner_oper_port_state", words: []),
        ],
        printing: { attributes, _, members in
            for (attribute, width, key) in [
                (IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE, IntegerWidth.u8, "ad_actor_oper_port_state_str"),
                (IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE, .u16, "ad_partner_oper_port_state_str"),
            ] {
                guard let bits = attributes.integer(attribute, width) else { continue }
                members[key] = JSONValue(portStates.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
            }
        })

    /// The bits of an LACP port's state, IEEE 802.1AX.
    private static let portStates = [
        "active", "short_timeout", "aggregating", "in_sync", "collecting", "distributing", "defaulted", "expired",
    ]
}
