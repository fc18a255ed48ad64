#pragma once
/* What the kernel's UAPI has and Debian 12's headers (Linux 6.1) do not. Include it after them. The numbers are those of the
 * kernel's tag named beside; an enumerator of a newer header has the same number under the same name.
 *
 * What was checked, on 2026-11-25: the numbers of IFLA_* (links, bridges and their ports, macvlan, vxlan, geneve, gtp, bond, hsr,
 * mctp, ovpn, netkit) and the values NETKIT_* against a transcription of linux/if_link.h at commit d482bb509b7d, which is newer than
 * all that is here (it ends with IFLA_GENEVE_LOCAL6 18, IFLA_BOND_LACP_STRICT 34 and IFLA_NETKIT_PAIRING 10, which we do not have
 * yet); FRA_* and NHA_* against bindings and patches that show their order; RTA_FLOWLABEL, DEVCONF_FORCE_FORWARDING, TCA_FLOWER_*
 * and TCA_FQ_* by counting on from the last enumerator of Debian's header in the order of the patches. The tags are remarks, and no code
 * depends on them: they follow from when a patch was posted and merged, as far as that is known; no tagged tree was read for them.
 * DPLL_A_PIN_ID was not checked against a source. */

/* linux/if_link.h */
#ifndef IFLA_DEVLINK_PORT
#define IFLA_DEVLINK_PORT 62 /* v6.2 */
#endif
#ifndef IFLA_GSO_IPV4_MAX_SIZE
#define IFLA_GSO_IPV4_MAX_SIZE 63 /* v6.3 */
#endif
#ifndef IFLA_GRO_IPV4_MAX_SIZE
#define IFLA_GRO_IPV4_MAX_SIZE 64 /* v6.3 */
#endif
#ifndef IFLA_DPLL_PIN
#define IFLA_DPLL_PIN 65 /* v6.7 */
#endif
#ifndef IFLA_MAX_PACING_OFFLOAD_HORIZON
#define IFLA_MAX_PACING_OFFLOAD_HORIZON 66 /* v6.13 */
#endif
#ifndef IFLA_NETNS_IMMUTABLE
#define IFLA_NETNS_IMMUTABLE 67 /* v6.15 */
#endif
#ifndef IFLA_HEADROOM
#define IFLA_HEADROOM 68 /* v6.18 */
#endif
#ifndef IFLA_TAILROOM
#define IFLA_TAILROOM 69 /* v6.18 */
#endif
#ifndef IFLA_BR_FDB_N_LEARNED
#define IFLA_BR_FDB_N_LEARNED 48 /* v6.7 */
#endif
#ifndef IFLA_BR_FDB_MAX_LEARNED
#define IFLA_BR_FDB_MAX_LEARNED 49 /* v6.7 */
#endif
#ifndef IFLA_BR_STP_MODE
#define IFLA_BR_STP_MODE 50 /* v7.0 */
#endif
#ifndef IFLA_BRPORT_MAB
#define IFLA_BRPORT_MAB 40 /* v6.2 */
#endif
#ifndef IFLA_BRPORT_MCAST_N_GROUPS
#define IFLA_BRPORT_MCAST_N_GROUPS 41 /* v6.3 */
#endif
#ifndef IFLA_BRPORT_MCAST_MAX_GROUPS
#define IFLA_BRPORT_MCAST_MAX_GROUPS 42 /* v6.3 */
#endif
#ifndef IFLA_BRPORT_NEIGH_VLAN_SUPPRESS
#define IFLA_BRPORT_NEIGH_VLAN_SUPPRESS 43 /* v6.4 */
#endif
#ifndef IFLA_BRPORT_BACKUP_NHID
#define IFLA_BRPORT_BACKUP_NHID 44 /* v6.6 */
#endif
#ifndef IFLA_BRPORT_NEIGH_FORWARD_GRAT
#define IFLA_BRPORT_NEIGH_FORWARD_GRAT 45 /* v7.0 */
#endif
#ifndef IFLA_MACVLAN_BC_CUTOFF
#define IFLA_MACVLAN_BC_CUTOFF 9 /* v6.4 */
#endif
#ifndef IFLA_VXLAN_LOCALBYPASS
#define IFLA_VXLAN_LOCALBYPASS 31 /* v6.5 */
#endif
#ifndef IFLA_VXLAN_LABEL_POLICY
#define IFLA_VXLAN_LABEL_POLICY 32 /* v6.8 */
#endif
#ifndef IFLA_VXLAN_RESERVED_BITS
#define IFLA_VXLAN_RESERVED_BITS 33 /* v6.14 */
#endif
#ifndef IFLA_VXLAN_MC_ROUTE
#define IFLA_VXLAN_MC_ROUTE 34 /* v6.17 */
#endif
#ifndef IFLA_GENEVE_PORT_RANGE
#define IFLA_GENEVE_PORT_RANGE 15 /* v6.15 */
#endif
#ifndef IFLA_GENEVE_GRO_HINT
#define IFLA_GENEVE_GRO_HINT 16 /* v7.0 */
#endif
#ifndef IFLA_GTP_LOCAL
#define IFLA_GTP_LOCAL 7 /* v6.10 */
#endif
#ifndef IFLA_GTP_LOCAL6
#define IFLA_GTP_LOCAL6 8 /* v6.10 */
#endif
#ifndef IFLA_BOND_BROADCAST_NEIGH
#define IFLA_BOND_BROADCAST_NEIGH 33 /* v6.17 */
#endif
#ifndef IFLA_HSR_INTERLINK
#define IFLA_HSR_INTERLINK 8 /* v6.10 */
#endif
#ifndef IFLA_MCTP_PHYS_BINDING
#define IFLA_MCTP_PHYS_BINDING 2 /* v6.13 */
#endif
#ifndef IFLA_OVPN_MODE
#define IFLA_OVPN_MODE 1 /* v6.16 */
#endif
#ifndef DPLL_A_PIN_ID
#define DPLL_A_PIN_ID 1 /* linux/dpll.h, v6.7 */
#endif
/* netkit: v6.7, the scrub modes v6.13, the rooms v6.14 */
#ifndef IFLA_NETKIT_PEER_INFO
#define IFLA_NETKIT_PEER_INFO 1
#define IFLA_NETKIT_PRIMARY 2
#define IFLA_NETKIT_POLICY 3
#define IFLA_NETKIT_PEER_POLICY 4
#define IFLA_NETKIT_MODE 5
#define IFLA_NETKIT_SCRUB 6
#define IFLA_NETKIT_PEER_SCRUB 7
#define IFLA_NETKIT_HEADROOM 8
#define IFLA_NETKIT_TAILROOM 9
#endif

/* linux/rtnetlink.h */
#ifndef RTA_FLOWLABEL
#define RTA_FLOWLABEL 31 /* v6.14 */
#endif

/* linux/fib_rules.h */
#ifndef FRA_DSCP
#define FRA_DSCP 25 /* v6.12 */
#endif
#ifndef FRA_FLOWLABEL
#define FRA_FLOWLABEL 26 /* v6.14 */
#endif
#ifndef FRA_FLOWLABEL_MASK
#define FRA_FLOWLABEL_MASK 27 /* v6.14 */
#endif
#ifndef FRA_SPORT_MASK
#define FRA_SPORT_MASK 28 /* v6.15 */
#endif
#ifndef FRA_DPORT_MASK
#define FRA_DPORT_MASK 29 /* v6.15 */
#endif
#ifndef FRA_DSCP_MASK
#define FRA_DSCP_MASK 30 /* v6.15 */
#endif

/* linux/nexthop.h */
#ifndef NHA_OP_FLAGS
#define NHA_OP_FLAGS 14 /* v6.9, as the three below */
#define NHA_GROUP_STATS 15
#define NHA_HW_STATS_ENABLE 16
#define NHA_HW_STATS_USED 17
#endif
#ifndef NHA_GROUP_STATS_ENTRY
#define NHA_GROUP_STATS_ENTRY 1
#define NHA_GROUP_STATS_ENTRY_ID 1
#define NHA_GROUP_STATS_ENTRY_PACKETS 2
#define NHA_GROUP_STATS_ENTRY_PACKETS_HW 3
#endif

/* linux/ipv6.h: indexes of IFLA_INET6_CONF */
#ifndef DEVCONF_FORCE_FORWARDING
#define DEVCONF_FORCE_FORWARDING 59 /* v6.17 */
#endif

/* linux/pkt_cls.h, linux/pkt_sched.h */
#ifndef TCA_FLOWER_L2_MISS
#define TCA_FLOWER_L2_MISS 106 /* v6.5 */
#endif
#ifndef TCA_FLOWER_KEY_CFM
#define TCA_FLOWER_KEY_CFM 107 /* v6.5 */
#define TCA_FLOWER_KEY_CFM_MD_LEVEL 1
#define TCA_FLOWER_KEY_CFM_OPCODE 2
#endif
#ifndef TCA_FLOWER_KEY_SPI
#define TCA_FLOWER_KEY_SPI 108 /* v6.6 */
#define TCA_FLOWER_KEY_SPI_MASK 109
#endif
#ifndef TCA_FLOWER_KEY_ENC_FLAGS
#define TCA_FLOWER_KEY_ENC_FLAGS 110 /* v6.11 */
#define TCA_FLOWER_KEY_ENC_FLAGS_MASK 111
#endif
#ifndef TCA_FQ_PRIOMAP
#define TCA_FQ_PRIOMAP 16 /* v6.7 */
#define TCA_FQ_WEIGHTS 17
#endif
#ifndef TCA_FQ_OFFLOAD_HORIZON
#define TCA_FQ_OFFLOAD_HORIZON 18 /* v6.13 */
#endif

/* Values of attributes of links. */
#ifndef NETKIT_L2
#define NETKIT_L2 0
#define NETKIT_L3 1
#define NETKIT_PASS 0
#define NETKIT_DROP 2
#endif
#ifndef NETKIT_SCRUB_NONE
#define NETKIT_SCRUB_NONE 0
#define NETKIT_SCRUB_DEFAULT 1
#endif
