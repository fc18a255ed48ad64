/// The numbers of the words that the conformance set has for them, by the header's member or the attribute; from the kernel's
/// headers (6.18), not from what we print.
enum MeaningWords {
    static let numbers: [String: [String: UInt64]] = [
        // AF_*, IFF_* of linux/if.h, ARPHRD_* of linux/if_arp.h
        "family": ["Unspec": 0, "Inet": 2, "Bridge": 7, "Inet6": 10, "Mpls": 28],
        "link.flags": linkFlags, "link.change": linkFlags,
        "link.type": [
            "Netrom": 0, "Ether": 1, "Can": 280, "Mctp": 290, "Rawip": 519, "Tunnel": 768, "Tunnel6": 769,
            "Loopback": 772,
            "Sit": 776, "None": 0xfffe,
        ],
        // RTPROT_*, RT_SCOPE_*, RTN_*, RTM_F_*; FR_ACT_*; NUD_*, NTF_*
        "route.protocol": ["Unspec": 0, "Kernel": 2, "Boot": 3], "route.scope": ["Universe": 0, "Link": 253],
        "route.type": ["Unicast": 1, "Local": 2, "Broadcast": 3], "route.flags": ["Cloned": 0x200],
        "rule.action": ["ToTable": 1, "Goto": 2], "FRA_PROTOCOL": ["Unspec": 0, "Kernel": 2],
        "FRA_IP_PROTO": ["Udp": 17],
        "neighbor.state": ["None": 0, "Permanent": 0x80], "neighbor.flags": ["Own": 2], "neighbor.type": ["Unspec": 0],
        "NDA_FLAGS_EXT": ["Managed": 1],
        "stats.filter_mask": [
            "Link64": 1, "LinkXstats": 2, "LinkXstatsPort": 4, "LinkOffloadXstats": 8, "AfSpec": 16,
        ],
        "IFLA_OPERSTATE": ["Down": 2, "Up": 6], "IFLA_LINKMODE": ["Default": 0], "IFLA_XDP_ATTACHED": ["None": 0],
        "mode": ["Inline": 0],
        "IFLA_INET6_FLAGS": ["RsSent": 0x10, "RaManaged": 0x40, "Otherconf": 0x80, "Ready": 0x8000_0000],
        "IFLA_INET6_ADDR_GEN_MODE": ["Eui64": 0],
        "IFLA_MCTP_PHYS_BINDING": ["Smbus": 1],
        // linux/if_tunnel.h: GRE_KEY, GRE_SEQ; TUNNEL_ENCAP_*
        "IFLA_GRE_IFLAGS": ["Key": 0x2000, "Seq": 0x1000], "IFLA_GRE_OFLAGS": ["Key": 0x2000, "Seq": 0x1000],
        "IFLA_GRE_ENCAP_TYPE": ["None": 0], "IFLA_GRE_ENCAP_FLAGS": ["Checksum6": 2],
        "IFLA_GRE_ERSPAN_DIR": ["Ingress": 0],
        "IFLA_IPTUN_ENCAP_TYPE": ["None": 0], "IFLA_IPTUN_PROTO": ["Ipip": 4, "Ipv6": 41],
        "IFLA_IPTUN_FLAGS": ["CapXmit": 0x10000, "CapRcv": 0x20000], "IFLA_GENEVE_DF": ["Set": 1],
        "IFLA_BAREUDP_ETHERTYPE": ["MplsUc": 0x8847], "IFLA_GTP_ROLE": ["Sgsn": 1],
        "IFLA_VLAN_PROTOCOL": ["Ieee8021Q": 0x8100], "IFLA_BR_VLAN_PROTOCOL": ["Ieee8021Q": 0x8100],
        "IFLA_BR_STP_STATE": ["Disabled": 0], "IFLA_BR_MCAST_ROUTER": ["TempQuery": 1],
        "IFLA_BR_STP_MODE": ["Kernel": 2],
        "IFLA_BRPORT_STATE": ["Disabled": 0], "IFLA_BRPORT_MULTICAST_ROUTER": ["TempQuery": 1],
        "optmask": [
            "NoLinkLocalLearn": 1, "VlanMulticastSnooping": 2, "MstEnable": 4, "MdbOffloadFailNotif": 8,
            "FdbLocalVlan0": 16,
        ],
        "optval": [:],
        "VlanFlags": [
            "ReorderHdr": 1, "Gvrp": 2, "LooseBinding": 4, "Mvrp": 8, "BridgeBinding": 16,
        ],
        "IFLA_MACVLAN_MODE": ["Private": 1], "IFLA_MACVLAN_MACADDR_MODE": ["Add": 0], "IFLA_IPVLAN_MODE": ["L2": 0],
        "IFLA_BOND_MODE": ["BalanceRr": 0], "IFLA_BOND_XMIT_HASH_POLICY": ["Layer2": 0],
        "IFLA_BOND_PRIMARY_RESELECT": ["Always": 0], "IFLA_BOND_FAIL_OVER_MAC": ["None": 0],
        "IFLA_BOND_ARP_VALIDATE": ["None": 0], "IFLA_BOND_ARP_ALL_TARGETS": ["Any": 0],
        "IFLA_BOND_ALL_SLAVES_ACTIVE": ["Dropped": 0], "IFLA_BOND_AD_SELECT": ["Stable": 0],
        "IFLA_BOND_AD_LACP_RATE": ["Slow": 0], "IFLA_BOND_SLAVE_STATE": ["Active": 0],
        "IFLA_BOND_SLAVE_MII_STATUS": ["Up": 0],
        // AD_STATE_*, net/bond_3ad.h; churn states, include/net/bond_3ad.h
        "IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE": ["LACP_ACTIVITY": 1, "AGGREGATION": 4, "DEFAULTED": 64],
        "IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE": ["Monitor": 0],
        "IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE": ["Monitor": 0],
        "IFLA_RMNET_FLAGS": [
            "IngressDeaggregation": 1, "IngressCommands": 2, "IngressMapCksumV4": 4, "EgressMapCksumV4": 8,
            "IngressMapCksumV5": 16, "EgressMapCksumV5": 32,
        ],
        "RTA_TTL_PROPAGATE": ["Enabled": 1], "RTA_ENCAP_TYPE": ["Mpls": 1, "Ip6": 4, "Seg6": 5],
        "LWTUNNEL_IP6_FLAGS": ["Checksum": 1],
        "TCA_BPF_FLAGS": ["DirectAction": 1], "TCA_BPF_FLAGS_GEN": ["NotInHw": 8],
        // TC_ACT_*, linux/pkt_cls.h; TCA_EGRESS_*, linux/tc_act/tc_mirred.h
        "action": ["Pipe": 3, "Stolen": 4], "eaction": ["EgressRedir": 1, "EgressMirror": 2],
    ]

    private static let linkFlags: [String: UInt64] = [
        "Up": 1, "Broadcast": 2, "Debug": 4, "Loopback": 8, "Pointopoint": 0x10, "Notrailers": 0x20, "Running": 0x40,
        "Noarp": 0x80, "Promisc": 0x100, "Allmulti": 0x200, "Controller": 0x400, "Port": 0x800, "Multicast": 0x1000,
        "Portsel": 0x2000, "Automedia": 0x4000, "Dynamic": 0x8000, "LowerUp": 0x1_0000, "Dormant": 0x2_0000,
        "Echo": 0x4_0000,
    ]

    /// The sum of flags, or the one word; nil where a word is not known of that attribute.
    static func number(_ words: [String], of name: String) -> UInt64? {
        var sum: UInt64 = 0
        for word in words {
            if word.hasPrefix("0x"), let bits = UInt64(word.dropFirst(2), radix: 16) {
                sum |= bits
            } else if let bits = numbers[name]?[word] {
                sum |= bits
            } else {
                return nil
            }
        }
        return sum
    }

    /// Their words for names that are not spelt as ours.
    static let names: [String: Set<String>] = [
        "interface_family": ["family"], "address_family": ["family"], "prefix_family": ["family"],
        "prefix_type": ["type"],
        "prefix_len": ["len"], "link_layer_type": ["type"], "change_mask": ["change"], "kind": ["type"],
        "index": ["ifindex"],
        "destination_prefix_length": ["dst_len"], "source_prefix_length": ["src_len"], "memory_start": ["mem_start"],
        "memory_end": ["mem_end"], "base_address": ["base_addr"], "priority": ["prio"], "address": ["addr"],
        "value": ["optval"], "mask": ["optmask"], "hash_rand": ["hash_rnd"], "last_use": ["lastuse"],
        "ts_age": ["tsage"],
        "multicast_probes_received": ["rcv_probes_mcast"], "unicast_probes_received": ["rcv_probes_ucast"],
        "TxQueueLen": ["IFLA_TXQLEN"], "AllMulticast": ["IFLA_ALLMULTI"], "AfSpecUnspec": ["IFLA_AF_SPEC"],
        "DevConf": ["IFLA_INET_CONF", "IFLA_INET6_CONF"], "SourcePort": ["IFLA_GRE_ENCAP_SPORT"],
        "DestinationPort": ["IFLA_GRE_ENCAP_DPORT"], "FwMask": ["IFLA_GRE_FWMARK"], "Protocol": ["IFLA_IPTUN_PROTO"],
        "PathMTUDiscovery": ["IFLA_GRE_PMTUDISC"], "FlowLabel": ["IFLA_GRE_FLOWINFO"],
        "Destination": ["RTA_DST", "FRA_DST", "NDA_DST", "LWTUNNEL_IP6_DST", "MPLS_IPTUNNEL_DST"],
        "Source": ["FRA_SRC", "LWTUNNEL_IP6_SRC"], "PrefSource": ["RTA_PREFSRC"], "NewDestination": ["RTA_NEWDST"],
        "ReferenceCount": ["NDTPA_REFCNT"], "Threshold1": ["NDTA_THRESH1"], "Threshold2": ["NDTA_THRESH2"],
        "Threshold3": ["NDTA_THRESH3"], "PortKind": ["IFLA_INFO_SLAVE_KIND"], "PortData": ["IFLA_INFO_SLAVE_DATA"],
        "SourcePortRange": ["FRA_SPORT_RANGE"], "DestinationPortRange": ["FRA_DPORT_RANGE"], "Realm": ["FRA_FLOW"],
        "LinkXstatsPort": ["IFLA_STATS_LINK_XSTATS_SLAVE"], "LinkLayerAddress": ["NDA_LLADDR"],
        "ExtFlags": ["NDA_FLAGS_EXT"], "ProtoInfoBridge": ["IFLA_PROTINFO"],
        "HwStatsInfo": ["IFLA_OFFLOAD_XSTATS_HW_S_INFO"],
        "Ipv6Flags": ["IFLA_IPTUN_FLAGS"], "Ipv6SitFlags": ["IFLA_IPTUN_FLAGS"], "PMtuDisc": ["IFLA_IPTUN_PMTUDISC"],
        "AllPortsActive": ["IFLA_BOND_ALL_SLAVES_ACTIVE"], "PacketsPerPort": ["IFLA_BOND_PACKETS_PER_SLAVE"],
        "BondPortState": ["IFLA_BOND_SLAVE_STATE"], "HairpinMode": ["IFLA_BRPORT_MODE"],
        "MulticastToUnicast": ["IFLA_BRPORT_MCAST_TO_UCAST"], "PortNumber": ["IFLA_BRPORT_NO"],
        "NeighSupress": ["IFLA_BRPORT_NEIGH_SUPPRESS"], "IpProtocol": ["FRA_IP_PROTO"],
        "ProgFd": ["TCA_BPF_FD"], "ProgName": ["TCA_BPF_NAME"], "ProgTag": ["TCA_BPF_TAG"], "ProgId": ["TCA_BPF_ID"],
        "FlagsGeneric": ["TCA_BPF_FLAGS_GEN"], "Actions": ["TCA_FLOWER_ACT"], "Action": ["TCA_MATCHALL_ACT"],
        "McRoute": ["IFLA_VXLAN_MC_ROUTE"], "Pnct": ["TCA_MATCHALL_PCNT"], "Seg6": ["SEG6_IPTUNNEL_SRH"],
    ]

    static func same(_ theirs: String, _ ours: String) -> Bool {
        if names[theirs]?.contains(ours) ?? false { return true }
        let mine = plain(ours)
        // Flower's EncKeyIpTos is TCA_FLOWER_KEY_ENC_IP_TOS.
        if theirs.hasPrefix("EncKey"), mine.hasSuffix("keyenc" + plain(String(theirs.dropFirst(6)))) { return true }
        return mine.hasSuffix(plain(theirs)) || mine.hasSuffix(abbreviated(plain(theirs)))
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static func abbreviated(_ word: String) -> String {
        var word = word
        for (long, short) in [("multicast", "mcast"), ("broadcast", "bcast"), ("interval", "intvl"), ("count", "cnt")] {
            word = word.replacing(long, with: short)
        }
        return word
    }
}
