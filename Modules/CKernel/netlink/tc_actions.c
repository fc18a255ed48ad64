/* Actions of filters: TCA_ACT_* by priority, TCA_ACT_OPTIONS by kind (linux/pkt_cls.h, linux/tc_act). */
#include "schema.h"

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>
#include <linux/tc_act/tc_connmark.h>
#include <linux/tc_act/tc_csum.h>
#include <linux/tc_act/tc_ct.h>
#include <linux/tc_act/tc_ctinfo.h>
#include <linux/tc_act/tc_defact.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_mpls.h>
#include <linux/tc_act/tc_nat.h>
#include <linux/tc_act/tc_pedit.h>
#include <linux/tc_act/tc_sample.h>
#include <linux/tc_act/tc_skbedit.h>
#include <linux/tc_act/tc_skbmod.h>
#include <linux/tc_act/tc_tunnel_key.h>
#include <linux/tc_act/tc_vlan.h>

TABLE(tc_action,
    A(TCA_ACT_KIND, TEXT), SELECT(TCA_ACT_OPTIONS, tc_action_options), A(TCA_ACT_INDEX, U32), NEST(TCA_ACT_STATS, tc_stats2),
    A(TCA_ACT_PAD, BYTES), A(TCA_ACT_COOKIE, BYTES), STRUCT(TCA_ACT_FLAGS, nla_bitfield32),
    STRUCT(TCA_ACT_HW_STATS, nla_bitfield32), STRUCT(TCA_ACT_USED_HW_STATS, nla_bitfield32), A(TCA_ACT_IN_HW_COUNT, U32));

LAYOUT(tcf_t, M(tcf_t, install), M(tcf_t, lastuse), M(tcf_t, expires), M(tcf_t, firstuse));

/* tc_gen, with which each action's parameters begin. */
#define GENERIC(tag) M(tag, index), M(tag, capab), M(tag, action), M(tag, refcnt), M(tag, bindcnt)

LAYOUT(tc_gact, GENERIC(tc_gact));
LAYOUT(tc_gact_p, M(tc_gact_p, ptype), M(tc_gact_p, pval), M(tc_gact_p, paction));
TABLE(act_gact, STRUCT(TCA_GACT_TM, tcf_t), STRUCT(TCA_GACT_PARMS, tc_gact), STRUCT(TCA_GACT_PROB, tc_gact_p), A(TCA_GACT_PAD, BYTES));
LAYOUT(tc_mirred, GENERIC(tc_mirred), M(tc_mirred, eaction), M(tc_mirred, ifindex));
TABLE(act_mirred, STRUCT(TCA_MIRRED_TM, tcf_t), STRUCT(TCA_MIRRED_PARMS, tc_mirred), A(TCA_MIRRED_PAD, BYTES));
LAYOUT(tc_nat,
    GENERIC(tc_nat), MK(tc_nat, old_addr, IPV4), MK(tc_nat, new_addr, IPV4), MK(tc_nat, mask, IPV4), M(tc_nat, flags));
TABLE(act_nat, STRUCT(TCA_NAT_PARMS, tc_nat), STRUCT(TCA_NAT_TM, tcf_t), A(TCA_NAT_PAD, BYTES));
LAYOUT(tc_vlan, GENERIC(tc_vlan), M(tc_vlan, v_action));
TABLE(act_vlan,
    STRUCT(TCA_VLAN_TM, tcf_t), STRUCT(TCA_VLAN_PARMS, tc_vlan), A(TCA_VLAN_PUSH_VLAN_ID, U16),
    A(TCA_VLAN_PUSH_VLAN_PROTOCOL, BE16), A(TCA_VLAN_PAD, BYTES), A(TCA_VLAN_PUSH_VLAN_PRIORITY, U8),
    A(TCA_VLAN_PUSH_ETH_DST, HWADDR), A(TCA_VLAN_PUSH_ETH_SRC, HWADDR));
LAYOUT(tc_act_bpf, GENERIC(tc_act_bpf));
TABLE(act_bpf,
    STRUCT(TCA_ACT_BPF_TM, tcf_t), STRUCT(TCA_ACT_BPF_PARMS, tc_act_bpf), A(TCA_ACT_BPF_OPS_LEN, U16), A(TCA_ACT_BPF_OPS, BYTES),
    A(TCA_ACT_BPF_FD, U32), A(TCA_ACT_BPF_NAME, TEXT), A(TCA_ACT_BPF_PAD, BYTES), A(TCA_ACT_BPF_TAG, BYTES), A(TCA_ACT_BPF_ID, U32));
LAYOUT(tc_connmark, GENERIC(tc_connmark), M(tc_connmark, zone));
TABLE(act_connmark, STRUCT(TCA_CONNMARK_PARMS, tc_connmark), STRUCT(TCA_CONNMARK_TM, tcf_t), A(TCA_CONNMARK_PAD, BYTES));
LAYOUT(tc_csum, GENERIC(tc_csum), M(tc_csum, update_flags));
TABLE(act_csum, STRUCT(TCA_CSUM_PARMS, tc_csum), STRUCT(TCA_CSUM_TM, tcf_t), A(TCA_CSUM_PAD, BYTES));
LAYOUT(tc_ct, GENERIC(tc_ct));
TABLE(act_ct,
    STRUCT(TCA_CT_PARMS, tc_ct), STRUCT(TCA_CT_TM, tcf_t), A(TCA_CT_ACTION, U16), A(TCA_CT_ZONE, U16), A(TCA_CT_MARK, U32),
    A(TCA_CT_MARK_MASK, U32), A(TCA_CT_LABELS, BYTES), A(TCA_CT_LABELS_MASK, BYTES), A(TCA_CT_NAT_IPV4_MIN, IPV4),
    A(TCA_CT_NAT_IPV4_MAX, IPV4), A(TCA_CT_NAT_IPV6_MIN, IPV6), A(TCA_CT_NAT_IPV6_MAX, IPV6), A(TCA_CT_NAT_PORT_MIN, BE16),
    A(TCA_CT_NAT_PORT_MAX, BE16), A(TCA_CT_PAD, BYTES));
LAYOUT(tc_ctinfo, GENERIC(tc_ctinfo));
TABLE(act_ctinfo,
    A(TCA_CTINFO_PAD, BYTES), STRUCT(TCA_CTINFO_TM, tcf_t), STRUCT(TCA_CTINFO_ACT, tc_ctinfo), A(TCA_CTINFO_ZONE, U16),
    A(TCA_CTINFO_PARMS_DSCP_MASK, U32), A(TCA_CTINFO_PARMS_DSCP_STATEMASK, U32), A(TCA_CTINFO_PARMS_CPMARK_MASK, U32),
    A(TCA_CTINFO_STATS_DSCP_SET, U64), A(TCA_CTINFO_STATS_DSCP_ERROR, U64), A(TCA_CTINFO_STATS_CPMARK_SET, U64));
LAYOUT(tc_defact, GENERIC(tc_defact));
TABLE(act_simple,
    STRUCT(TCA_DEF_TM, tcf_t), STRUCT(TCA_DEF_PARMS, tc_defact), A(TCA_DEF_DATA, TEXT), A(TCA_DEF_PAD, BYTES));
LAYOUT(tc_mpls, GENERIC(tc_mpls), M(tc_mpls, m_action));
TABLE(act_mpls,
    STRUCT(TCA_MPLS_TM, tcf_t), STRUCT(TCA_MPLS_PARMS, tc_mpls), A(TCA_MPLS_PAD, BYTES), A(TCA_MPLS_PROTO, BE16),
    A(TCA_MPLS_LABEL, U32), A(TCA_MPLS_TC, U8), A(TCA_MPLS_TTL, U8), A(TCA_MPLS_BOS, U8));
#define F(field) M(tc_pedit_key, field)
LAYOUT(tc_pedit_key, F(mask), F(val), F(off), F(at), F(offmask), F(shift));
#undef F
LAYOUT_THEN(tc_pedit_sel, keys, STRUCT, &sw_layout_tc_pedit_key, 6, 0,
    GENERIC(tc_pedit_sel), M(tc_pedit_sel, nkeys), M(tc_pedit_sel, flags));
TABLE(pedit_key_ex, A(TCA_PEDIT_KEY_EX_HTYPE, U16), A(TCA_PEDIT_KEY_EX_CMD, U16));
TABLE(pedit_keys_ex, NEST(TCA_PEDIT_KEY_EX, pedit_key_ex));
TABLE(act_pedit,
    STRUCT(TCA_PEDIT_TM, tcf_t), STRUCT(TCA_PEDIT_PARMS, tc_pedit_sel), A(TCA_PEDIT_PAD, BYTES),
    STRUCT(TCA_PEDIT_PARMS_EX, tc_pedit_sel), NEST(TCA_PEDIT_KEYS_EX, pedit_keys_ex));
LAYOUT(tc_sample, GENERIC(tc_sample));
TABLE(act_sample,
    STRUCT(TCA_SAMPLE_TM, tcf_t), STRUCT(TCA_SAMPLE_PARMS, tc_sample), A(TCA_SAMPLE_RATE, U32), A(TCA_SAMPLE_TRUNC_SIZE, U32),
    A(TCA_SAMPLE_PSAMPLE_GROUP, U32), A(TCA_SAMPLE_PAD, BYTES));
LAYOUT(tc_skbedit, GENERIC(tc_skbedit));
TABLE(act_skbedit,
    STRUCT(TCA_SKBEDIT_TM, tcf_t), STRUCT(TCA_SKBEDIT_PARMS, tc_skbedit), A(TCA_SKBEDIT_PRIORITY, U32),
    A(TCA_SKBEDIT_QUEUE_MAPPING, U16), A(TCA_SKBEDIT_MARK, U32), A(TCA_SKBEDIT_PAD, BYTES), A(TCA_SKBEDIT_PTYPE, U16),
    A(TCA_SKBEDIT_MASK, U32), A(TCA_SKBEDIT_FLAGS, U64), A(TCA_SKBEDIT_QUEUE_MAPPING_MAX, U16));
LAYOUT(tc_skbmod, GENERIC(tc_skbmod), M(tc_skbmod, flags));
TABLE(act_skbmod,
    STRUCT(TCA_SKBMOD_TM, tcf_t), STRUCT(TCA_SKBMOD_PARMS, tc_skbmod), A(TCA_SKBMOD_DMAC, HWADDR), A(TCA_SKBMOD_SMAC, HWADDR),
    A(TCA_SKBMOD_ETYPE, U16), A(TCA_SKBMOD_PAD, BYTES));
LAYOUT(tc_tunnel_key, GENERIC(tc_tunnel_key), M(tc_tunnel_key, t_action));
TABLE(tunnel_geneve,
    A(TCA_TUNNEL_KEY_ENC_OPT_GENEVE_CLASS, BE16), A(TCA_TUNNEL_KEY_ENC_OPT_GENEVE_TYPE, U8),
    A(TCA_TUNNEL_KEY_ENC_OPT_GENEVE_DATA, BYTES));
TABLE(tunnel_vxlan, A(TCA_TUNNEL_KEY_ENC_OPT_VXLAN_GBP, U32));
TABLE(tunnel_erspan,
    A(TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_VER, U8), A(TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_INDEX, BE32),
    A(TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_DIR, U8), A(TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_HWID, U8));
TABLE(tunnel_opts,
    NEST(TCA_TUNNEL_KEY_ENC_OPTS_GENEVE, tunnel_geneve), NEST(TCA_TUNNEL_KEY_ENC_OPTS_VXLAN, tunnel_vxlan),
    NEST(TCA_TUNNEL_KEY_ENC_OPTS_ERSPAN, tunnel_erspan));
TABLE(act_tunnel_key,
    STRUCT(TCA_TUNNEL_KEY_TM, tcf_t), STRUCT(TCA_TUNNEL_KEY_PARMS, tc_tunnel_key), A(TCA_TUNNEL_KEY_ENC_IPV4_SRC, IPV4),
    A(TCA_TUNNEL_KEY_ENC_IPV4_DST, IPV4), A(TCA_TUNNEL_KEY_ENC_IPV6_SRC, IPV6), A(TCA_TUNNEL_KEY_ENC_IPV6_DST, IPV6),
    A(TCA_TUNNEL_KEY_ENC_KEY_ID, BE32), A(TCA_TUNNEL_KEY_PAD, BYTES), A(TCA_TUNNEL_KEY_ENC_DST_PORT, BE16),
    A(TCA_TUNNEL_KEY_NO_CSUM, U8), NEST(TCA_TUNNEL_KEY_ENC_OPTS, tunnel_opts), A(TCA_TUNNEL_KEY_ENC_TOS, U8),
    A(TCA_TUNNEL_KEY_ENC_TTL, U8));

/* A policer was a filter's own before it was an action. */
#define F(field) M(tc_police, field)
LAYOUT(tc_police,
    F(index), F(action), F(limit), F(burst), F(mtu), MS(tc_police, rate, tc_ratespec), MS(tc_police, peakrate, tc_ratespec),
    F(refcnt), F(bindcnt), F(capab));
#undef F
TABLE(police,
    STRUCT(TCA_POLICE_TBF, tc_police), A(TCA_POLICE_RATE, BYTES), A(TCA_POLICE_PEAKRATE, BYTES), A(TCA_POLICE_AVRATE, U32),
    A(TCA_POLICE_RESULT, U32), STRUCT(TCA_POLICE_TM, tcf_t), A(TCA_POLICE_PAD, BYTES), A(TCA_POLICE_RATE64, U64),
    A(TCA_POLICE_PEAKRATE64, U64), A(TCA_POLICE_PKTRATE64, U64), A(TCA_POLICE_PKTBURST64, U64));

SELECTOR(tc_action_options, SW_NL_BY_TEXT, 0, TCA_ACT_KIND, AS(BYTES),
    TEXT_CASE("bpf", AS_NEST(act_bpf)), TEXT_CASE("connmark", AS_NEST(act_connmark)), TEXT_CASE("csum", AS_NEST(act_csum)),
    TEXT_CASE("ct", AS_NEST(act_ct)), TEXT_CASE("ctinfo", AS_NEST(act_ctinfo)), TEXT_CASE("gact", AS_NEST(act_gact)),
    TEXT_CASE("mirred", AS_NEST(act_mirred)), TEXT_CASE("mpls", AS_NEST(act_mpls)), TEXT_CASE("nat", AS_NEST(act_nat)),
    TEXT_CASE("pedit", AS_NEST(act_pedit)), TEXT_CASE("police", AS_NEST(police)), TEXT_CASE("sample", AS_NEST(act_sample)),
    TEXT_CASE("simple", AS_NEST(act_simple)), TEXT_CASE("skbedit", AS_NEST(act_skbedit)), TEXT_CASE("skbmod", AS_NEST(act_skbmod)),
    TEXT_CASE("tunnel_key", AS_NEST(act_tunnel_key)), TEXT_CASE("vlan", AS_NEST(act_vlan)));
