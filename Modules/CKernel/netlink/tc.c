/* Traffic control: struct tcmsg and TCA_* (linux/rtnetlink.h), statistics (linux/gen_stats.h). */
#include "schema.h"

#include <linux/gen_stats.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "newer_uapi.h"

#define F(field) MP(tcmsg, tcm_, field)
LAYOUT(tcmsg, F(family), F(ifindex), F(handle), F(parent), F(info));
#undef F

#define F(field) M(tc_stats, field)
LAYOUT(tc_stats, F(bytes), F(packets), F(drops), F(overlimits), F(bps), F(pps), F(qlen), F(backlog));
#undef F
LAYOUT(tc_estimator, M(tc_estimator, interval), M(tc_estimator, ewma_log));
#define F(field) M(tc_sizespec, field)
LAYOUT(tc_sizespec,
    F(cell_log), F(size_log), F(cell_align), F(overhead), F(linklayer), F(mpu), F(mtu), F(tsize));
#undef F
LAYOUT(gnet_stats_basic, M(gnet_stats_basic, bytes), M(gnet_stats_basic, packets));
LAYOUT(gnet_stats_rate_est, M(gnet_stats_rate_est, bps), M(gnet_stats_rate_est, pps));
LAYOUT(gnet_stats_rate_est64, M(gnet_stats_rate_est64, bps), M(gnet_stats_rate_est64, pps));
#define F(field) M(gnet_stats_queue, field)
LAYOUT(gnet_stats_queue, F(qlen), F(backlog), F(drops), F(requeues), F(overlimits));
#undef F

TABLE(tc_stab, STRUCT(TCA_STAB_BASE, tc_sizespec), ARRAY(TCA_STAB_DATA, U16));
TABLE(tc_stats2,
    STRUCT(TCA_STATS_BASIC, gnet_stats_basic), STRUCT(TCA_STATS_RATE_EST, gnet_stats_rate_est),
    STRUCT(TCA_STATS_QUEUE, gnet_stats_queue), SELECT(TCA_STATS_APP, tc_app), STRUCT(TCA_STATS_RATE_EST64, gnet_stats_rate_est64),
    A(TCA_STATS_PAD, BYTES), STRUCT(TCA_STATS_BASIC_HW, gnet_stats_basic), A(TCA_STATS_PKT64, U64));
TABLE(tc,
    A(TCA_KIND, TEXT), SELECT(TCA_OPTIONS, tc_options), STRUCT(TCA_STATS, tc_stats), SELECT(TCA_XSTATS, tc_xstats),
    STRUCT(TCA_RATE, tc_estimator), A(TCA_FCNT, U32), NEST(TCA_STATS2, tc_stats2), NEST(TCA_STAB, tc_stab), A(TCA_PAD, BYTES),
    A(TCA_DUMP_INVISIBLE, FLAG), A(TCA_CHAIN, U32), A(TCA_HW_OFFLOAD, U8), A(TCA_INGRESS_BLOCK, U32),
    A(TCA_EGRESS_BLOCK, U32), STRUCT(TCA_DUMP_FLAGS, nla_bitfield32), A(TCA_EXT_WARN_MSG, TEXT));

TABLE(tc_no_options, [0] = {0});
SELECTOR(tc_options, SW_NL_BY_TEXT, 0, TCA_KIND, AS(BYTES),
    /* qdiscs */
    TEXT_CASE("bfifo", AS_STRUCT(tc_fifo_qopt)), TEXT_CASE("cake", AS_NEST(cake)), TEXT_CASE("cbs", AS_NEST(cbs)),
    TEXT_CASE("choke", AS_NEST(choke)), TEXT_CASE("clsact", AS_NEST(tc_no_options)), TEXT_CASE("codel", AS_NEST(codel)),
    TEXT_CASE("drr", AS_NEST(drr)), TEXT_CASE("etf", AS_NEST(etf)), TEXT_CASE("ets", AS_NEST(ets)), TEXT_CASE("fq", AS_NEST(fq)),
    TEXT_CASE("fq_codel", AS_NEST(fq_codel)), TEXT_CASE("fq_pie", AS_NEST(fq_pie)), TEXT_CASE("gred", AS_NEST(gred)),
    TEXT_CASE("hhf", AS_NEST(hhf)), TEXT_CASE("htb", AS_NEST(htb)), TEXT_CASE("ingress", AS_NEST(tc_no_options)),
    TEXT_CASE("mqprio", AS_RECORD(tc_mqprio_qopt, mqprio)), TEXT_CASE("multiq", AS_STRUCT(tc_multiq_qopt)),
    TEXT_CASE("netem", AS_RECORD(tc_netem_qopt, netem)), TEXT_CASE("pfifo", AS_STRUCT(tc_fifo_qopt)),
    TEXT_CASE("pfifo_fast", AS_STRUCT(tc_prio_qopt)), TEXT_CASE("pfifo_head_drop", AS_STRUCT(tc_fifo_qopt)),
    TEXT_CASE("pie", AS_NEST(pie)), TEXT_CASE("prio", AS_STRUCT(tc_prio_qopt)), TEXT_CASE("qfq", AS_NEST(qfq)),
    TEXT_CASE("red", AS_NEST(red)), TEXT_CASE("sfb", AS_NEST(sfb)), TEXT_CASE("sfq", AS_STRUCT(tc_sfq_qopt_v1)),
    TEXT_CASE("taprio", AS_NEST(taprio)), TEXT_CASE("tbf", AS_NEST(tbf)),
    /* filters */
    TEXT_CASE("basic", AS_NEST(basic)), TEXT_CASE("bpf", AS_NEST(bpf)), TEXT_CASE("cgroup", AS_NEST(cgroup)),
    TEXT_CASE("flow", AS_NEST(flow)), TEXT_CASE("flower", AS_NEST(flower)), TEXT_CASE("fw", AS_NEST(fw)),
    TEXT_CASE("matchall", AS_NEST(matchall)), TEXT_CASE("route", AS_NEST(route4)), TEXT_CASE("u32", AS_NEST(u32)));

#define XSTATS_CASES \
    TEXT_CASE("cake", AS_NEST(cake_stats)), TEXT_CASE("choke", AS_STRUCT(tc_choke_xstats)), \
    TEXT_CASE("codel", AS_STRUCT(tc_codel_xstats)), TEXT_CASE("drr", AS_STRUCT(tc_drr_stats)), \
    TEXT_CASE("fq", AS_STRUCT(tc_fq_qd_stats)), TEXT_CASE("fq_codel", AS_STRUCT(tc_fq_codel_xstats)), \
    TEXT_CASE("fq_pie", AS_STRUCT(tc_fq_pie_xstats)), TEXT_CASE("hfsc", AS_STRUCT(tc_hfsc_stats)), \
    TEXT_CASE("hhf", AS_STRUCT(tc_hhf_xstats)), TEXT_CASE("htb", AS_STRUCT(tc_htb_xstats)), \
    TEXT_CASE("pie", AS_STRUCT(tc_pie_xstats)), TEXT_CASE("red", AS_STRUCT(tc_red_xstats)), \
    TEXT_CASE("sfb", AS_STRUCT(tc_sfb_xstats)), TEXT_CASE("sfq", AS_STRUCT(tc_sfq_xstats))
/* The same twice: the older attribute beside the kind, and in the statistics, one level down. */
SELECTOR(tc_xstats, SW_NL_BY_TEXT, 0, TCA_KIND, AS(BYTES), XSTATS_CASES);
SELECTOR(tc_app, SW_NL_BY_TEXT, 1, TCA_KIND, AS(BYTES), XSTATS_CASES);
