/* RTM_NEWSTATS: struct if_stats_msg and IFLA_STATS_* (linux/if_link.h, if_bridge.h, if_bonding.h, mpls.h). */
#include "schema.h"

#include <linux/if_bonding.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/mpls.h>

#include "newer_uapi.h"

LAYOUT(if_stats_msg, M(if_stats_msg, family), M(if_stats_msg, ifindex), M(if_stats_msg, filter_mask));

#define F(field) M(bridge_vlan_xstats, field)
LAYOUT(bridge_vlan_xstats, F(rx_bytes), F(rx_packets), F(tx_bytes), F(tx_packets), F(vid), F(flags));
#undef F
/* Pairs: received, sent (BR_MCAST_DIR_RX, BR_MCAST_DIR_TX). */
#define P(field) MA(br_mcast_stats, field)
#define F(field) M(br_mcast_stats, field)
LAYOUT(br_mcast_stats,
    P(igmp_v1queries), P(igmp_v2queries), P(igmp_v3queries), P(igmp_leaves), P(igmp_v1reports), P(igmp_v2reports),
    P(igmp_v3reports), F(igmp_parse_errors), P(mld_v1queries), P(mld_v2queries), P(mld_leaves), P(mld_v1reports),
    P(mld_v2reports), F(mld_parse_errors), P(mcast_bytes), P(mcast_packets));
#undef F
#undef P
#define F(field) M(bridge_stp_xstats, field)
LAYOUT(bridge_stp_xstats, F(transition_blk), F(transition_fwd), F(rx_bpdu), F(tx_bpdu), F(rx_tcn), F(tx_tcn));
#undef F
TABLE(bridge_xstats,
    STRUCT(BRIDGE_XSTATS_VLAN, bridge_vlan_xstats), STRUCT(BRIDGE_XSTATS_MCAST, br_mcast_stats), A(BRIDGE_XSTATS_PAD, BYTES),
    STRUCT(BRIDGE_XSTATS_STP, bridge_stp_xstats));
TABLE(bond_3ad_stats,
    A(BOND_3AD_STAT_LACPDU_RX, U64), A(BOND_3AD_STAT_LACPDU_TX, U64), A(BOND_3AD_STAT_LACPDU_UNKNOWN_RX, U64),
    A(BOND_3AD_STAT_LACPDU_ILLEGAL_RX, U64), A(BOND_3AD_STAT_MARKER_RX, U64), A(BOND_3AD_STAT_MARKER_TX, U64),
    A(BOND_3AD_STAT_MARKER_RESP_RX, U64), A(BOND_3AD_STAT_MARKER_RESP_TX, U64), A(BOND_3AD_STAT_MARKER_UNKNOWN_RX, U64),
    A(BOND_3AD_STAT_PAD, BYTES));
TABLE(bond_xstats, NEST(BOND_XSTATS_3AD, bond_3ad_stats));
TABLE(link_xstats, NEST(LINK_XSTATS_TYPE_BRIDGE, bridge_xstats), NEST(LINK_XSTATS_TYPE_BOND, bond_xstats));

TABLE(hw_s_info, A(IFLA_OFFLOAD_XSTATS_HW_S_INFO_REQUEST, U8), A(IFLA_OFFLOAD_XSTATS_HW_S_INFO_USED, U8));
/* By the group that it is of. */
TABLE(hw_s_info_list, NEST(IFLA_OFFLOAD_XSTATS_L3_STATS, hw_s_info));
TABLE(offload_xstats,
    STRUCT(IFLA_OFFLOAD_XSTATS_CPU_HIT, rtnl_link_stats64), NEST(IFLA_OFFLOAD_XSTATS_HW_S_INFO, hw_s_info_list),
    STRUCT(IFLA_OFFLOAD_XSTATS_L3_STATS, rtnl_hw_stats64));

TABLE(mpls, STRUCT(MPLS_STATS_LINK, mpls_link_stats));
#ifndef AF_MPLS
#define AF_MPLS SW_AF_MPLS
#endif
TABLE(stats_af_spec, NEST(AF_MPLS, mpls));

TABLE(stats,
    STRUCT(IFLA_STATS_LINK_64, rtnl_link_stats64), NEST(IFLA_STATS_LINK_XSTATS, link_xstats),
    NEST(IFLA_STATS_LINK_XSTATS_SLAVE, link_xstats), NEST(IFLA_STATS_LINK_OFFLOAD_XSTATS, offload_xstats),
    NEST(IFLA_STATS_AF_SPEC, stats_af_spec));
