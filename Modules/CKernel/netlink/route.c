/* Routes, rules and nexthops (linux/rtnetlink.h, fib_rules.h, nexthop.h). */
#include "schema.h"

#include <linux/fib_rules.h>
#include <linux/lwtunnel.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include "newer_uapi.h"

#define F(field) MP(rtmsg, rtm_, field)
LAYOUT(rtmsg, F(family), F(dst_len), F(src_len), F(tos), F(table), F(protocol), F(scope), F(type), F(flags));
#undef F
#define F(field) MP(rta_cacheinfo, rta_, field)
LAYOUT(rta_cacheinfo, F(clntref), F(lastuse), F(expires), F(error), F(used), F(id), F(ts), F(tsage));
#undef F
#define F(field) MP(rta_mfc_stats, mfcs_, field)
LAYOUT(rta_mfc_stats, F(packets), F(bytes), F(wrong_if));
#undef F
/* rtnh_len is the first, by which the records are told apart. */
#define F(field) MP(rtnexthop, rtnh_, field)
LAYOUT(rtnexthop, F(len), F(flags), F(hops), F(ifindex));
#undef F
LAYOUT_THEN(rtvia, addr, ADDRESS, NULL, 0, 0, MP(rtvia, rtvia_, family));

/* An MPLS route's destination is a label. */
SELECTOR(route_address, SW_NL_BY_FAMILY, 0, 0, AS(ADDRESS), NUMBER_CASE(SW_AF_MPLS, AS_ARRAY(MPLS)));

#define ENCAP_CASES \
    NUMBER_CASE(LWTUNNEL_ENCAP_MPLS, AS_NEST(encap_mpls)), NUMBER_CASE(LWTUNNEL_ENCAP_IP, AS_NEST(encap_ip)), \
    NUMBER_CASE(LWTUNNEL_ENCAP_IP6, AS_NEST(encap_ip6)), NUMBER_CASE(LWTUNNEL_ENCAP_SEG6, AS_NEST(encap_seg6)), \
    NUMBER_CASE(LWTUNNEL_ENCAP_BPF, AS_NEST(encap_bpf)), NUMBER_CASE(LWTUNNEL_ENCAP_SEG6_LOCAL, AS_NEST(encap_seg6_local)), \
    NUMBER_CASE(LWTUNNEL_ENCAP_RPL, AS_NEST(encap_rpl)), NUMBER_CASE(LWTUNNEL_ENCAP_IOAM6, AS_NEST(encap_ioam6)), \
    NUMBER_CASE(LWTUNNEL_ENCAP_XFRM, AS_NEST(encap_xfrm))
SELECTOR(encap, SW_NL_BY_NUMBER, 0, RTA_ENCAP_TYPE, AS(BYTES), ENCAP_CASES);
SELECTOR(nexthop_encap, SW_NL_BY_NUMBER, 0, NHA_ENCAP_TYPE, AS(BYTES), ENCAP_CASES);

TABLE(metrics,
    A(RTAX_LOCK, U32), A(RTAX_MTU, U32), A(RTAX_WINDOW, U32), A(RTAX_RTT, U32), A(RTAX_RTTVAR, U32), A(RTAX_SSTHRESH, U32),
    A(RTAX_CWND, U32), A(RTAX_ADVMSS, U32), A(RTAX_REORDERING, U32), A(RTAX_HOPLIMIT, U32), A(RTAX_INITCWND, U32),
    A(RTAX_FEATURES, U32), A(RTAX_RTO_MIN, U32), A(RTAX_INITRWND, U32), A(RTAX_QUICKACK, U32), A(RTAX_CC_ALGO, TEXT),
    A(RTAX_FASTOPEN_NO_COOKIE, U32));

/* What a nexthop within RTA_MULTIPATH may hold. */
TABLE(route_nexthop,
    A(RTA_GATEWAY, ADDRESS), A(RTA_FLOW, U32), STRUCT(RTA_VIA, rtvia), ARRAY(RTA_NEWDST, MPLS), A(RTA_ENCAP_TYPE, U16),
    SELECT(RTA_ENCAP, encap));

TABLE(route,
    SELECT(RTA_DST, route_address), SELECT(RTA_SRC, route_address), A(RTA_IIF, U32), A(RTA_OIF, U32), A(RTA_GATEWAY, ADDRESS),
    A(RTA_PRIORITY, U32), A(RTA_PREFSRC, ADDRESS), NEST(RTA_METRICS, metrics), RECORDS(RTA_MULTIPATH, rtnexthop, route_nexthop),
    A(RTA_PROTOINFO, BYTES), A(RTA_FLOW, U32), STRUCT(RTA_CACHEINFO, rta_cacheinfo), A(RTA_SESSION, BYTES),
    A(RTA_MP_ALGO, BYTES), A(RTA_TABLE, U32), A(RTA_MARK, U32), STRUCT(RTA_MFC_STATS, rta_mfc_stats), STRUCT(RTA_VIA, rtvia),
    ARRAY(RTA_NEWDST, MPLS), A(RTA_PREF, U8), A(RTA_ENCAP_TYPE, U16), SELECT(RTA_ENCAP, encap), A(RTA_EXPIRES, U32),
    A(RTA_PAD, BYTES), A(RTA_UID, U32), A(RTA_TTL_PROPAGATE, U8), A(RTA_IP_PROTO, U8), A(RTA_SPORT, BE16), A(RTA_DPORT, BE16),
    A(RTA_NH_ID, U32), A(RTA_FLOWLABEL, BE32));

#define F(field) M(fib_rule_hdr, field)
LAYOUT(fib_rule_hdr, F(family), F(dst_len), F(src_len), F(tos), F(table), F(res1), F(res2), F(action), F(flags));
#undef F
LAYOUT(fib_rule_uid_range, M(fib_rule_uid_range, start), M(fib_rule_uid_range, end));
LAYOUT(fib_rule_port_range, M(fib_rule_port_range, start), M(fib_rule_port_range, end));
TABLE(rule,
    A(FRA_DST, ADDRESS), A(FRA_SRC, ADDRESS), A(FRA_IIFNAME, TEXT), A(FRA_GOTO, U32), A(FRA_PRIORITY, U32), A(FRA_FWMARK, U32),
    A(FRA_FLOW, U32), A(FRA_TUN_ID, BE64), A(FRA_SUPPRESS_IFGROUP, U32), A(FRA_SUPPRESS_PREFIXLEN, U32), A(FRA_TABLE, U32),
    A(FRA_FWMASK, U32), A(FRA_OIFNAME, TEXT), A(FRA_PAD, BYTES), A(FRA_L3MDEV, U8), STRUCT(FRA_UID_RANGE, fib_rule_uid_range),
    A(FRA_PROTOCOL, U8), A(FRA_IP_PROTO, U8), STRUCT(FRA_SPORT_RANGE, fib_rule_port_range),
    STRUCT(FRA_DPORT_RANGE, fib_rule_port_range), A(FRA_DSCP, U8), A(FRA_FLOWLABEL, BE32), A(FRA_FLOWLABEL_MASK, BE32),
    A(FRA_SPORT_MASK, U16), A(FRA_DPORT_MASK, U16), A(FRA_DSCP_MASK, U8));

#define F(field) MP(nhmsg, nh_, field)
LAYOUT(nhmsg, F(family), F(scope), F(protocol), F(flags));
#undef F
/* resvd1 became the weight's upper byte in Linux 6.12. */
LAYOUT(nexthop_grp, M(nexthop_grp, id), M(nexthop_grp, weight), M(nexthop_grp, resvd1));
TABLE(res_group,
    A(NHA_RES_GROUP_PAD, BYTES), A(NHA_RES_GROUP_BUCKETS, U16), A(NHA_RES_GROUP_IDLE_TIMER, U32),
    A(NHA_RES_GROUP_UNBALANCED_TIMER, U32), A(NHA_RES_GROUP_UNBALANCED_TIME, U64));
TABLE(res_bucket,
    A(NHA_RES_BUCKET_PAD, BYTES), A(NHA_RES_BUCKET_INDEX, U16), A(NHA_RES_BUCKET_IDLE_TIME, U64), A(NHA_RES_BUCKET_NH_ID, U32));
TABLE(group_stats_entry,
    A(NHA_GROUP_STATS_ENTRY_ID, U32), A(NHA_GROUP_STATS_ENTRY_PACKETS, UINT), A(NHA_GROUP_STATS_ENTRY_PACKETS_HW, UINT));
TABLE(group_stats, NEST(NHA_GROUP_STATS_ENTRY, group_stats_entry));
TABLE(nexthop,
    A(NHA_ID, U32), STRUCTS(NHA_GROUP, nexthop_grp), A(NHA_GROUP_TYPE, U16), A(NHA_BLACKHOLE, FLAG), A(NHA_OIF, U32),
    A(NHA_GATEWAY, ADDRESS), A(NHA_ENCAP_TYPE, U16), SELECT(NHA_ENCAP, nexthop_encap), A(NHA_GROUPS, FLAG), A(NHA_MASTER, U32),
    A(NHA_FDB, FLAG), NEST(NHA_RES_GROUP, res_group), NEST(NHA_RES_BUCKET, res_bucket), A(NHA_OP_FLAGS, U32),
    NEST(NHA_GROUP_STATS, group_stats), A(NHA_HW_STATS_ENABLE, U32), A(NHA_HW_STATS_USED, U32));
