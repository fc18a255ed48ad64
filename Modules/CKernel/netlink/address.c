/* Addresses, neighbours and their tables, namespace ids, prefixes (linux/if_addr.h, neighbour.h, net_namespace.h, rtnetlink.h). */
#include "schema.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>

#include "newer_uapi.h"

#define F(field) MP(ifaddrmsg, ifa_, field)
LAYOUT(ifaddrmsg, F(family), F(prefixlen), F(flags), F(scope), F(index));
#undef F
LAYOUT(ifa_cacheinfo,
    MP(ifa_cacheinfo, ifa_, prefered), MP(ifa_cacheinfo, ifa_, valid), M(ifa_cacheinfo, cstamp), M(ifa_cacheinfo, tstamp));
TABLE(address,
    A(IFA_ADDRESS, ADDRESS), A(IFA_LOCAL, ADDRESS), A(IFA_LABEL, TEXT), A(IFA_BROADCAST, ADDRESS), A(IFA_ANYCAST, ADDRESS),
    STRUCT(IFA_CACHEINFO, ifa_cacheinfo), A(IFA_MULTICAST, ADDRESS), A(IFA_FLAGS, U32), A(IFA_RT_PRIORITY, U32),
    A(IFA_TARGET_NETNSID, S32), A(IFA_PROTO, U8));

#define F(field) MP(ndmsg, ndm_, field)
LAYOUT(ndmsg, F(family), F(ifindex), F(state), F(flags), F(type));
#undef F
#define F(field) MP(nda_cacheinfo, ndm_, field)
LAYOUT(nda_cacheinfo, F(confirmed), F(used), F(updated), F(refcnt));
#undef F
TABLE(fdb_ext, A(NFEA_ACTIVITY_NOTIFY, U8), A(NFEA_DONT_REFRESH, FLAG));
TABLE(neighbor,
    A(NDA_DST, ADDRESS), A(NDA_LLADDR, HWADDR), STRUCT(NDA_CACHEINFO, nda_cacheinfo), A(NDA_PROBES, U32), A(NDA_VLAN, U16),
    A(NDA_PORT, BE16), A(NDA_VNI, U32), A(NDA_IFINDEX, U32), A(NDA_MASTER, U32), A(NDA_LINK_NETNSID, S32), A(NDA_SRC_VNI, U32),
    A(NDA_PROTOCOL, U8), A(NDA_NH_ID, U32), NEST(NDA_FDB_EXT_ATTRS, fdb_ext), A(NDA_FLAGS_EXT, U32),
    A(NDA_NDM_STATE_MASK, U16), A(NDA_NDM_FLAGS_MASK, U8));

LAYOUT(ndtmsg, MP(ndtmsg, ndtm_, family));
#define F(field) MP(ndt_config, ndtc_, field)
LAYOUT(ndt_config,
    F(key_len), F(entry_size), F(entries), F(last_flush), F(last_rand), F(hash_rnd), F(hash_mask), F(hash_chain_gc), F(proxy_qlen));
#undef F
#define F(field) MP(ndt_stats, ndts_, field)
LAYOUT(ndt_stats,
    F(allocs), F(destroys), F(hash_grows), F(res_failed), F(lookups), F(hits), F(rcv_probes_mcast), F(rcv_probes_ucast),
    F(periodic_gc_runs), F(forced_gc_runs), F(table_fulls));
#undef F
TABLE(neighbor_parms,
    A(NDTPA_IFINDEX, U32), A(NDTPA_REFCNT, U32), A(NDTPA_REACHABLE_TIME, U64), A(NDTPA_BASE_REACHABLE_TIME, U64),
    A(NDTPA_RETRANS_TIME, U64), A(NDTPA_GC_STALETIME, U64), A(NDTPA_DELAY_PROBE_TIME, U64), A(NDTPA_QUEUE_LEN, U32),
    A(NDTPA_APP_PROBES, U32), A(NDTPA_UCAST_PROBES, U32), A(NDTPA_MCAST_PROBES, U32), A(NDTPA_ANYCAST_DELAY, U64),
    A(NDTPA_PROXY_DELAY, U64), A(NDTPA_PROXY_QLEN, U32), A(NDTPA_LOCKTIME, U64), A(NDTPA_QUEUE_LENBYTES, U32),
    A(NDTPA_MCAST_REPROBES, U32), A(NDTPA_PAD, BYTES), A(NDTPA_INTERVAL_PROBE_TIME_MS, U64));
TABLE(neighbor_table,
    A(NDTA_NAME, TEXT), A(NDTA_THRESH1, U32), A(NDTA_THRESH2, U32), A(NDTA_THRESH3, U32), STRUCT(NDTA_CONFIG, ndt_config),
    NEST(NDTA_PARMS, neighbor_parms), STRUCT(NDTA_STATS, ndt_stats), A(NDTA_GC_INTERVAL, U64), A(NDTA_PAD, BYTES));

LAYOUT(rtgenmsg, MP(rtgenmsg, rtgen_, family));
TABLE(nsid,
    A(NETNSA_NSID, S32), A(NETNSA_PID, U32), A(NETNSA_FD, U32), A(NETNSA_TARGET_NSID, S32), A(NETNSA_CURRENT_NSID, S32));

#define F(field) MP(prefixmsg, prefix_, field)
LAYOUT(prefixmsg, F(family), F(ifindex), F(type), F(len), F(flags));
#undef F
LAYOUT(prefix_cacheinfo, M(prefix_cacheinfo, preferred_time), M(prefix_cacheinfo, valid_time));
TABLE(prefix, A(PREFIX_ADDRESS, ADDRESS), STRUCT(PREFIX_CACHEINFO, prefix_cacheinfo));
