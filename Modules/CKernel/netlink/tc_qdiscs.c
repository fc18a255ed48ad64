/* TCA_OPTIONS and TCA_XSTATS of qdiscs and classes (linux/pkt_sched.h). */
#include "schema.h"

#include <linux/pkt_sched.h>

#include "newer_uapi.h"

#define F(field) M(tc_ratespec, field)
LAYOUT(tc_ratespec, F(cell_log), F(linklayer), F(overhead), F(cell_align), F(mpu), F(rate));
#undef F
LAYOUT(tc_fifo_qopt, M(tc_fifo_qopt, limit));
LAYOUT(tc_prio_qopt, M(tc_prio_qopt, bands), MA(tc_prio_qopt, priomap));
LAYOUT(tc_multiq_qopt, M(tc_multiq_qopt, bands), M(tc_multiq_qopt, max_bands));

#define F(field) M(tc_sfq_qopt, field)
LAYOUT(tc_sfq_qopt, F(quantum), F(perturb_period), F(limit), F(divisor), F(flows));
#undef F
#define F(field) M(tc_sfqred_stats, field)
LAYOUT(tc_sfqred_stats, F(prob_drop), F(forced_drop), F(prob_mark), F(forced_mark), F(prob_mark_head), F(forced_mark_head));
#undef F
#define F(field) M(tc_sfq_qopt_v1, field)
LAYOUT(tc_sfq_qopt_v1,
    MS(tc_sfq_qopt_v1, v0, tc_sfq_qopt), F(depth), F(headdrop), F(limit), F(qth_min), F(qth_max), F(Wlog), F(Plog), F(Scell_log),
    F(flags), F(max_P), MS(tc_sfq_qopt_v1, stats, tc_sfqred_stats));
#undef F
LAYOUT(tc_sfq_xstats, M(tc_sfq_xstats, allot));

#define F(field) M(tc_tbf_qopt, field)
LAYOUT(tc_tbf_qopt, MS(tc_tbf_qopt, rate, tc_ratespec), MS(tc_tbf_qopt, peakrate, tc_ratespec), F(limit), F(buffer), F(mtu));
#undef F
TABLE(tbf,
    STRUCT(TCA_TBF_PARMS, tc_tbf_qopt), A(TCA_TBF_RTAB, BYTES), A(TCA_TBF_PTAB, BYTES), A(TCA_TBF_RATE64, U64),
    A(TCA_TBF_PRATE64, U64), A(TCA_TBF_BURST, U32), A(TCA_TBF_PBURST, U32), A(TCA_TBF_PAD, BYTES));

#define F(field) M(tc_red_qopt, field)
LAYOUT(tc_red_qopt, F(limit), F(qth_min), F(qth_max), F(Wlog), F(Plog), F(Scell_log), F(flags));
#undef F
LAYOUT(tc_red_xstats, M(tc_red_xstats, early), M(tc_red_xstats, pdrop), M(tc_red_xstats, other), M(tc_red_xstats, marked));
TABLE(red,
    STRUCT(TCA_RED_PARMS, tc_red_qopt), A(TCA_RED_STAB, BYTES), A(TCA_RED_MAX_P, U32), STRUCT(TCA_RED_FLAGS, nla_bitfield32),
    A(TCA_RED_EARLY_DROP_BLOCK, U32), A(TCA_RED_MARK_BLOCK, U32));
#define F(field) M(tc_choke_qopt, field)
LAYOUT(tc_choke_qopt, F(limit), F(qth_min), F(qth_max), F(Wlog), F(Plog), F(Scell_log), F(flags));
#undef F
#define F(field) M(tc_choke_xstats, field)
LAYOUT(tc_choke_xstats, F(early), F(pdrop), F(other), F(marked), F(matched));
#undef F
TABLE(choke, STRUCT(TCA_CHOKE_PARMS, tc_choke_qopt), A(TCA_CHOKE_STAB, BYTES), A(TCA_CHOKE_MAX_P, U32));
LAYOUT(tc_gred_sopt, M(tc_gred_sopt, DPs), M(tc_gred_sopt, def_DP), M(tc_gred_sopt, grio), M(tc_gred_sopt, flags));
TABLE(gred,
    A(TCA_GRED_PARMS, BYTES), A(TCA_GRED_STAB, BYTES), STRUCT(TCA_GRED_DPS, tc_gred_sopt), ARRAY(TCA_GRED_MAX_P, U32),
    A(TCA_GRED_LIMIT, U32), A(TCA_GRED_VQ_LIST, BYTES));

#define F(field) M(tc_htb_opt, field)
LAYOUT(tc_htb_opt,
    MS(tc_htb_opt, rate, tc_ratespec), MS(tc_htb_opt, ceil, tc_ratespec), F(buffer), F(cbuffer), F(quantum), F(level), F(prio));
#undef F
#define F(field) M(tc_htb_glob, field)
LAYOUT(tc_htb_glob, F(version), F(rate2quantum), F(defcls), F(debug), F(direct_pkts));
#undef F
#define F(field) M(tc_htb_xstats, field)
LAYOUT(tc_htb_xstats, F(lends), F(borrows), F(giants), F(tokens), F(ctokens));
#undef F
TABLE(htb,
    STRUCT(TCA_HTB_PARMS, tc_htb_opt), STRUCT(TCA_HTB_INIT, tc_htb_glob), A(TCA_HTB_CTAB, BYTES), A(TCA_HTB_RTAB, BYTES),
    A(TCA_HTB_DIRECT_QLEN, U32), A(TCA_HTB_RATE64, U64), A(TCA_HTB_CEIL64, U64), A(TCA_HTB_PAD, BYTES), A(TCA_HTB_OFFLOAD, FLAG));
LAYOUT(tc_hfsc_stats, M(tc_hfsc_stats, work), M(tc_hfsc_stats, rtwork), M(tc_hfsc_stats, period), M(tc_hfsc_stats, level));
TABLE(drr, A(TCA_DRR_QUANTUM, U32));
LAYOUT(tc_drr_stats, M(tc_drr_stats, deficit));
TABLE(qfq, A(TCA_QFQ_WEIGHT, U32), A(TCA_QFQ_LMAX, U32));
TABLE(ets_bands, A(TCA_ETS_QUANTA_BAND, U32), A(TCA_ETS_PRIOMAP_BAND, U8));
TABLE(ets,
    A(TCA_ETS_NBANDS, U8), A(TCA_ETS_NSTRICT, U8), NEST(TCA_ETS_QUANTA, ets_bands), A(TCA_ETS_QUANTA_BAND, U32),
    NEST(TCA_ETS_PRIOMAP, ets_bands), A(TCA_ETS_PRIOMAP_BAND, U8));

TABLE(codel,
    A(TCA_CODEL_TARGET, U32), A(TCA_CODEL_LIMIT, U32), A(TCA_CODEL_INTERVAL, U32), A(TCA_CODEL_ECN, U32),
    A(TCA_CODEL_CE_THRESHOLD, U32));
#define F(field) M(tc_codel_xstats, field)
LAYOUT(tc_codel_xstats,
    F(maxpacket), F(count), F(lastcount), F(ldelay), F(drop_next), F(drop_overlimit), F(ecn_mark), F(dropping), F(ce_mark));
#undef F
TABLE(fq_codel,
    A(TCA_FQ_CODEL_TARGET, U32), A(TCA_FQ_CODEL_LIMIT, U32), A(TCA_FQ_CODEL_INTERVAL, U32), A(TCA_FQ_CODEL_ECN, U32),
    A(TCA_FQ_CODEL_FLOWS, U32), A(TCA_FQ_CODEL_QUANTUM, U32), A(TCA_FQ_CODEL_CE_THRESHOLD, U32),
    A(TCA_FQ_CODEL_DROP_BATCH_SIZE, U32), A(TCA_FQ_CODEL_MEMORY_LIMIT, U32), A(TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR, U8),
    A(TCA_FQ_CODEL_CE_THRESHOLD_MASK, U8));
/* Of the union that follows the type, the qdisc's side; a class's is told by the type and is in the same bytes. */
#define F(field) {.name = #field, .offset = offsetof(struct tc_fq_codel_xstats, qdisc_stats.field), .size = 4, .kind = SW_NL_U32}
LAYOUT(tc_fq_codel_xstats,
    M(tc_fq_codel_xstats, type), F(maxpacket), F(drop_overlimit), F(ecn_mark), F(new_flow_count), F(new_flows_len),
    F(old_flows_len), F(ce_mark), F(memory_usage), F(drop_overmemory));
#undef F
TABLE(fq,
    A(TCA_FQ_PLIMIT, U32), A(TCA_FQ_FLOW_PLIMIT, U32), A(TCA_FQ_QUANTUM, U32), A(TCA_FQ_INITIAL_QUANTUM, U32),
    A(TCA_FQ_RATE_ENABLE, U32), A(TCA_FQ_FLOW_DEFAULT_RATE, U32), A(TCA_FQ_FLOW_MAX_RATE, U32), A(TCA_FQ_BUCKETS_LOG, U32),
    A(TCA_FQ_FLOW_REFILL_DELAY, U32), A(TCA_FQ_ORPHAN_MASK, U32), A(TCA_FQ_LOW_RATE_THRESHOLD, U32),
    A(TCA_FQ_CE_THRESHOLD, U32), A(TCA_FQ_TIMER_SLACK, U32), A(TCA_FQ_HORIZON, U32), A(TCA_FQ_HORIZON_DROP, U8),
    STRUCT(TCA_FQ_PRIOMAP, tc_prio_qopt), ARRAY(TCA_FQ_WEIGHTS, S32), A(TCA_FQ_OFFLOAD_HORIZON, U32));
#define F(field) M(tc_fq_qd_stats, field)
LAYOUT(tc_fq_qd_stats,
    F(gc_flows), F(highprio_packets), F(tcp_retrans), F(throttled), F(flows_plimit), F(pkts_too_long), F(allocation_errors),
    F(time_next_delayed_flow), F(flows), F(inactive_flows), F(throttled_flows), F(unthrottle_latency_ns), F(ce_mark),
    F(horizon_drops), F(horizon_caps));
#undef F
TABLE(hhf,
    A(TCA_HHF_BACKLOG_LIMIT, U32), A(TCA_HHF_QUANTUM, U32), A(TCA_HHF_HH_FLOWS_LIMIT, U32), A(TCA_HHF_RESET_TIMEOUT, U32),
    A(TCA_HHF_ADMIT_BYTES, U32), A(TCA_HHF_EVICT_TIMEOUT, U32), A(TCA_HHF_NON_HH_WEIGHT, U32));
#define F(field) M(tc_hhf_xstats, field)
LAYOUT(tc_hhf_xstats, F(drop_overlimit), F(hh_overlimit), F(hh_tot_count), F(hh_cur_count));
#undef F
TABLE(pie,
    A(TCA_PIE_TARGET, U32), A(TCA_PIE_LIMIT, U32), A(TCA_PIE_TUPDATE, U32), A(TCA_PIE_ALPHA, U32), A(TCA_PIE_BETA, U32),
    A(TCA_PIE_ECN, U32), A(TCA_PIE_BYTEMODE, U32), A(TCA_PIE_DQ_RATE_ESTIMATOR, U32));
#define F(field) M(tc_pie_xstats, field)
LAYOUT(tc_pie_xstats,
    F(prob), F(delay), F(avg_dq_rate), F(dq_rate_estimating), F(packets_in), F(dropped), F(overlimit), F(maxq), F(ecn_mark));
#undef F
TABLE(fq_pie,
    A(TCA_FQ_PIE_LIMIT, U32), A(TCA_FQ_PIE_FLOWS, U32), A(TCA_FQ_PIE_TARGET, U32), A(TCA_FQ_PIE_TUPDATE, U32),
    A(TCA_FQ_PIE_ALPHA, U32), A(TCA_FQ_PIE_BETA, U32), A(TCA_FQ_PIE_QUANTUM, U32), A(TCA_FQ_PIE_MEMORY_LIMIT, U32),
    A(TCA_FQ_PIE_ECN_PROB, U32), A(TCA_FQ_PIE_ECN, U32), A(TCA_FQ_PIE_BYTEMODE, U32), A(TCA_FQ_PIE_DQ_RATE_ESTIMATOR, U32));
#define F(field) M(tc_fq_pie_xstats, field)
LAYOUT(tc_fq_pie_xstats,
    F(packets_in), F(dropped), F(overlimit), F(overmemory), F(ecn_mark), F(new_flow_count), F(new_flows_len), F(old_flows_len),
    F(memory_usage));
#undef F
#define F(field) M(tc_sfb_qopt, field)
LAYOUT(tc_sfb_qopt,
    F(rehash_interval), F(warmup_time), F(max), F(bin_size), F(increment), F(decrement), F(limit), F(penalty_rate),
    F(penalty_burst));
#undef F
TABLE(sfb, STRUCT(TCA_SFB_PARMS, tc_sfb_qopt));
#define F(field) M(tc_sfb_xstats, field)
LAYOUT(tc_sfb_xstats,
    F(earlydrop), F(penaltydrop), F(bucketdrop), F(queuedrop), F(childdrop), F(marked), F(maxqlen), F(maxprob), F(avgprob));
#undef F
LAYOUT(tc_cbs_qopt,
    M(tc_cbs_qopt, offload), M(tc_cbs_qopt, hicredit), M(tc_cbs_qopt, locredit), M(tc_cbs_qopt, idleslope), M(tc_cbs_qopt, sendslope));
TABLE(cbs, STRUCT(TCA_CBS_PARMS, tc_cbs_qopt));
LAYOUT(tc_etf_qopt, M(tc_etf_qopt, delta), M(tc_etf_qopt, clockid), M(tc_etf_qopt, flags));
TABLE(etf, STRUCT(TCA_ETF_PARMS, tc_etf_qopt));
