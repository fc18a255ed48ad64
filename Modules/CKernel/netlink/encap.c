/* RTA_ENCAP by RTA_ENCAP_TYPE (linux/lwtunnel.h and the headers of each). */
#include "schema.h"

#include <linux/in6.h>
#include <linux/ioam6.h>
#include <linux/ioam6_iptunnel.h>
#include <linux/lwtunnel.h>
#include <linux/mpls_iptunnel.h>
#include <linux/rpl.h>
#include <linux/rpl_iptunnel.h>
#include <linux/seg6.h>
#include <linux/seg6_iptunnel.h>
#include <linux/seg6_local.h>

#include "newer_uapi.h"

TABLE(encap_mpls, ARRAY(MPLS_IPTUNNEL_DST, MPLS), A(MPLS_IPTUNNEL_TTL, U8));

TABLE(lwt_geneve,
    A(LWTUNNEL_IP_OPT_GENEVE_CLASS, BE16), A(LWTUNNEL_IP_OPT_GENEVE_TYPE, U8), A(LWTUNNEL_IP_OPT_GENEVE_DATA, BYTES));
TABLE(lwt_vxlan, A(LWTUNNEL_IP_OPT_VXLAN_GBP, U32));
TABLE(lwt_erspan,
    A(LWTUNNEL_IP_OPT_ERSPAN_VER, U8), A(LWTUNNEL_IP_OPT_ERSPAN_INDEX, BE32), A(LWTUNNEL_IP_OPT_ERSPAN_DIR, U8),
    A(LWTUNNEL_IP_OPT_ERSPAN_HWID, U8));
TABLE(lwt_ip_opts,
    NEST(LWTUNNEL_IP_OPTS_GENEVE, lwt_geneve), NEST(LWTUNNEL_IP_OPTS_VXLAN, lwt_vxlan), NEST(LWTUNNEL_IP_OPTS_ERSPAN, lwt_erspan));
TABLE(encap_ip,
    A(LWTUNNEL_IP_ID, BE64), A(LWTUNNEL_IP_DST, IPV4), A(LWTUNNEL_IP_SRC, IPV4), A(LWTUNNEL_IP_TTL, U8), A(LWTUNNEL_IP_TOS, U8),
    A(LWTUNNEL_IP_FLAGS, BE16), A(LWTUNNEL_IP_PAD, BYTES), NEST(LWTUNNEL_IP_OPTS, lwt_ip_opts));
TABLE(encap_ip6,
    A(LWTUNNEL_IP6_ID, BE64), A(LWTUNNEL_IP6_DST, IPV6), A(LWTUNNEL_IP6_SRC, IPV6), A(LWTUNNEL_IP6_HOPLIMIT, U8),
    A(LWTUNNEL_IP6_TC, U8), A(LWTUNNEL_IP6_FLAGS, BE16), A(LWTUNNEL_IP6_PAD, BYTES), NEST(LWTUNNEL_IP6_OPTS, lwt_ip_opts));

/* A segment routing header, RFC 8754: the segments that it says it has, then TLVs. */
#define F(field) M(ipv6_sr_hdr, field)
LAYOUT_THEN(ipv6_sr_hdr, segments, IPV6, NULL, 5, 1,
    F(nexthdr), F(hdrlen), F(type), F(segments_left), F(first_segment), F(flags), MK(ipv6_sr_hdr, tag, BE16));
#undef F
/* The same behind the mode of the tunnel. */
#define F(field, value) \
    {.name = #field, .offset = offsetof(struct seg6_iptunnel_encap, srh) + offsetof(struct ipv6_sr_hdr, field), \
        .size = sizeof SW_MEMBER(ipv6_sr_hdr, field), .kind = SW_NL_##value}
static const struct sw_netlink_member seg6_iptunnel_encap_members[] = {
    M(seg6_iptunnel_encap, mode), F(nexthdr, U8), F(hdrlen, U8), F(type, U8), F(segments_left, U8), F(first_segment, U8),
    F(flags, U8), F(tag, BE16),
};
#undef F
static const struct sw_netlink_layout sw_layout_seg6_iptunnel_encap = {SW_MEMBERS(seg6_iptunnel_encap),
    .size = sizeof(struct seg6_iptunnel_encap) + sizeof(struct ipv6_sr_hdr), .rest_name = "segments", .rest_kind = SW_NL_IPV6,
    .rest_count = 6, .rest_extra = 1};
TABLE(encap_seg6, STRUCT(SEG6_IPTUNNEL_SRH, seg6_iptunnel_encap));

TABLE(seg6_local_bpf, A(SEG6_LOCAL_BPF_PROG, U32), A(SEG6_LOCAL_BPF_PROG_NAME, TEXT));
TABLE(seg6_local_counters,
    A(SEG6_LOCAL_CNT_PAD, BYTES), A(SEG6_LOCAL_CNT_PACKETS, U64), A(SEG6_LOCAL_CNT_BYTES, U64), A(SEG6_LOCAL_CNT_ERRORS, U64));
TABLE(seg6_local_flavors,
    A(SEG6_LOCAL_FLV_OPERATION, U32), A(SEG6_LOCAL_FLV_LCBLOCK_BITS, U8), A(SEG6_LOCAL_FLV_LCNODE_FN_BITS, U8));
TABLE(encap_seg6_local,
    A(SEG6_LOCAL_ACTION, U32), STRUCT(SEG6_LOCAL_SRH, ipv6_sr_hdr), A(SEG6_LOCAL_TABLE, U32), A(SEG6_LOCAL_NH4, IPV4),
    A(SEG6_LOCAL_NH6, IPV6), A(SEG6_LOCAL_IIF, U32), A(SEG6_LOCAL_OIF, U32), NEST(SEG6_LOCAL_BPF, seg6_local_bpf),
    A(SEG6_LOCAL_VRFTABLE, U32), NEST(SEG6_LOCAL_COUNTERS, seg6_local_counters), NEST(SEG6_LOCAL_FLAVORS, seg6_local_flavors));

/* RFC 6554. The bytes after the fixed part are compressed addresses. */
#define F(field) M(ipv6_rpl_sr_hdr, field)
LAYOUT(ipv6_rpl_sr_hdr, F(nexthdr), F(hdrlen), F(type), F(segments_left));
#undef F
TABLE(encap_rpl, STRUCT(RPL_IPTUNNEL_SRH, ipv6_rpl_sr_hdr));

/* RFC 9197. Of the two bytes between, which are bit fields, none is named. */
LAYOUT(ioam6_trace_hdr, MK(ioam6_trace_hdr, namespace_id, BE16), MK(ioam6_trace_hdr, type_be32, BE32));
TABLE(encap_ioam6,
    A(IOAM6_IPTUNNEL_MODE, U8), A(IOAM6_IPTUNNEL_DST, IPV6), STRUCT(IOAM6_IPTUNNEL_TRACE, ioam6_trace_hdr),
    A(IOAM6_IPTUNNEL_FREQ_K, U32), A(IOAM6_IPTUNNEL_FREQ_N, U32));

TABLE(encap_xfrm, A(LWT_XFRM_IF_ID, U32), A(LWT_XFRM_LINK, U32));
TABLE(lwt_bpf_prog, A(LWT_BPF_PROG_FD, U32), A(LWT_BPF_PROG_NAME, TEXT));
TABLE(encap_bpf,
    NEST(LWT_BPF_IN, lwt_bpf_prog), NEST(LWT_BPF_OUT, lwt_bpf_prog), NEST(LWT_BPF_XMIT, lwt_bpf_prog),
    A(LWT_BPF_XMIT_HEADROOM, U32));
