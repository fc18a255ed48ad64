#pragma once
/* How the tables are written. Names come from the preprocessor, and so cannot disagree with the numbers and offsets. */
#include "netlink_schema.h"

#include <stddef.h>

/* Kernel headers alone, none of glibc's: the two define the same structs. */
#include <linux/types.h>
#include <linux/socket.h>

/* Address families, which the kernel's own headers do not export. The numbers are those of glibc's bits/socket.h; registry.c,
 * which includes that, holds them against it. */
enum {
    SW_AF_INET = 2, SW_AF_BRIDGE = 7, SW_AF_INET6 = 10, SW_AF_MPLS = 28, SW_AF_MCTP = 45,
};

/* Entries of a table. */
#define A(attribute, value) [attribute] = {.name = #attribute, .kind = SW_NL_##value}
#define NEST(attribute, of) [attribute] = {.name = #attribute, .kind = SW_NL_NEST, .table = &sw_table_##of}
#define INDEXED_NEST(attribute, of) [attribute] = {.name = #attribute, .kind = SW_NL_INDEXED_NEST, .table = &sw_table_##of}
#define INDEXED(attribute, value) [attribute] = {.name = #attribute, .kind = SW_NL_INDEXED, .element = SW_NL_##value}
#define ARRAY(attribute, value) [attribute] = {.name = #attribute, .kind = SW_NL_ARRAY, .element = SW_NL_##value}
#define STRUCT(attribute, of) [attribute] = {.name = #attribute, .kind = SW_NL_STRUCT, .layout = &sw_layout_##of}
#define STRUCTS(attribute, of) [attribute] = {.name = #attribute, .kind = SW_NL_STRUCTS, .layout = &sw_layout_##of}
#define RECORD(attribute, of, then) \
    [attribute] = {.name = #attribute, .kind = SW_NL_RECORD, .layout = &sw_layout_##of, .table = &sw_table_##then}
#define RECORDS(attribute, of, then) \
    [attribute] = {.name = #attribute, .kind = SW_NL_RECORDS, .layout = &sw_layout_##of, .table = &sw_table_##then}
#define SELECT(attribute, by) [attribute] = {.name = #attribute, .kind = SW_NL_SELECT, .selector = &sw_selector_##by}

#define TABLE(called, ...) \
    static const struct sw_netlink_attribute called##_entries[] = {__VA_ARGS__}; \
    const struct sw_netlink_table sw_table_##called = { \
        .name = #called, .attributes = called##_entries, .count = sizeof called##_entries / sizeof called##_entries[0]}

/* Members of a struct: the integers' kinds come from the compiler. */
#define SW_NL_KIND_OF(x) \
    _Generic((x), unsigned char: SW_NL_U8, signed char: SW_NL_S8, char: SW_NL_S8, unsigned short: SW_NL_U16, short: SW_NL_S16, \
        unsigned int: SW_NL_U32, int: SW_NL_S32, unsigned long: SW_NL_U64, long: SW_NL_S64, unsigned long long: SW_NL_U64, \
        long long: SW_NL_S64)
#define SW_MEMBER(tag, field) (((struct tag *)0)->field)
#define SW_PLACE(tag, field) .offset = offsetof(struct tag, field), .size = sizeof SW_MEMBER(tag, field)
/* An integer; an array of integers; of another kind; a struct; each named as the member, the last three letters P: less a prefix. */
#define M(tag, field) {.name = #field, SW_PLACE(tag, field), .kind = SW_NL_KIND_OF(SW_MEMBER(tag, field))}
#define MA(tag, field) {.name = #field, SW_PLACE(tag, field), .kind = SW_NL_KIND_OF(SW_MEMBER(tag, field)[0])}
#define MK(tag, field, value) {.name = #field, SW_PLACE(tag, field), .kind = SW_NL_##value}
#define MS(tag, field, of) {.name = #field, SW_PLACE(tag, field), .kind = SW_NL_STRUCT, .layout = &sw_layout_##of}
#define MP(tag, prefix, field) {.name = #field, SW_PLACE(tag, prefix##field), .kind = SW_NL_KIND_OF(SW_MEMBER(tag, prefix##field))}
#define MKP(tag, prefix, field, value) {.name = #field, SW_PLACE(tag, prefix##field), .kind = SW_NL_##value}

#define SW_MEMBERS(tag) \
    .name = #tag, .members = tag##_members, .member_count = sizeof tag##_members / sizeof tag##_members[0]
#define LAYOUT(tag, ...) \
    static const struct sw_netlink_member tag##_members[] = {__VA_ARGS__}; \
    const struct sw_netlink_layout sw_layout_##tag = {SW_MEMBERS(tag), .size = sizeof(struct tag)}
/* A struct whose `rest` follows: `count` is the member that says how many, from 1. */
#define LAYOUT_THEN(tag, rest, value, of, count, extra, ...) \
    static const struct sw_netlink_member tag##_members[] = {__VA_ARGS__}; \
    const struct sw_netlink_layout sw_layout_##tag = {SW_MEMBERS(tag), .size = sizeof(struct tag), .rest_name = #rest, \
        .rest_kind = SW_NL_##value, .rest_layout = of, .rest_count = count, .rest_extra = extra}
/* Integers by index: `size` of each, members by AT. */
#define INDEXED_LAYOUT(tag, ...) \
    static const struct sw_netlink_member tag##_members[] = {__VA_ARGS__}; \
    const struct sw_netlink_layout sw_layout_##tag = {SW_MEMBERS(tag), .is_array = true, \
        .size = sizeof tag##_members / sizeof tag##_members[0] * SW_ELEMENT_SIZE}

/* Selectors. */
#define AS(value) {.kind = SW_NL_##value}
#define AS_NEST(of) {.kind = SW_NL_NEST, .table = &sw_table_##of}
#define AS_STRUCT(of) {.kind = SW_NL_STRUCT, .layout = &sw_layout_##of}
#define AS_STRUCTS(of) {.kind = SW_NL_STRUCTS, .layout = &sw_layout_##of}
#define AS_RECORD(of, then) {.kind = SW_NL_RECORD, .layout = &sw_layout_##of, .table = &sw_table_##then}
#define AS_INDEXED(value) {.kind = SW_NL_INDEXED, .element = SW_NL_##value}
#define AS_ARRAY(value) {.kind = SW_NL_ARRAY, .element = SW_NL_##value}
#define TEXT_CASE(word, ...) {.text = word, .form = __VA_ARGS__}
#define NUMBER_CASE(value, ...) {.number = value, .form = __VA_ARGS__}
#define SELECTOR(called, by, levels, beside, rest, ...) \
    static const struct sw_netlink_case called##_cases[] = {__VA_ARGS__}; \
    const struct sw_netlink_selector sw_selector_##called = {.source = by, .up = levels, .attribute = beside, \
        .cases = called##_cases, .count = sizeof called##_cases / sizeof called##_cases[0], .otherwise = rest}

#define SW_TABLES(X) \
    X(act_bpf) X(act_connmark) X(act_csum) X(act_ct) X(act_ctinfo) X(act_gact) X(act_mirred) X(act_mpls) X(act_nat) \
    X(act_pedit) X(act_sample) X(act_simple) X(act_skbedit) X(act_skbmod) X(act_tunnel_key) X(act_vlan) X(address) \
    X(af_spec) X(af_spec_bridge) X(amt) X(bareudp) X(basic) X(batadv) X(bond) X(bond_3ad_stats) X(bond_ad_info) \
    X(bond_slave) X(bond_xstats) X(bpf) X(bridge) X(bridge_xstats) X(brport) X(cake) X(cake_stats) X(cake_tin) X(can) \
    X(can_ctrlmode_ext) X(can_tdc) X(cbs) X(cfm) X(cgroup) X(choke) X(codel) X(devlink_port) X(dpll_pin) X(drr) X(dsa) X(enc_erspan) \
    X(enc_geneve) X(enc_gtp) X(enc_opts) X(enc_vxlan) X(encap_bpf) X(encap_ioam6) X(encap_ip) X(encap_ip6) X(encap_mpls) \
    X(encap_rpl) X(encap_seg6) X(encap_seg6_local) X(encap_xfrm) X(etf) X(ets) X(ets_bands) X(fdb_ext) X(flow) X(flower) \
    X(fq) X(fq_codel) X(fq_pie) X(fw) X(geneve) X(gre) X(gred) X(group_stats) X(group_stats_entry) X(gtp) X(hhf) X(hsr) \
    X(htb) X(hw_s_info) X(hw_s_info_list) X(inet) X(inet6) X(ip6tnl) X(ipoib) X(iptun) X(ipvlan) X(link) X(link_xstats) \
    X(linkinfo) X(lwt_bpf_prog) X(lwt_erspan) X(lwt_geneve) X(lwt_ip_opts) X(lwt_vxlan) X(macaddr_list) X(macsec) \
    X(macvlan) X(matchall) X(mctp) X(metrics) X(mpls) X(mpls_lse) X(mpls_opts) X(mqprio) X(mqprio_max) X(mqprio_min) \
    X(mrp) X(mrp_info) X(mst) X(mst_entry) X(neighbor) X(neighbor_parms) X(neighbor_table) X(netem) X(netem_loss) \
    X(netkit) X(nexthop) X(nsid) X(offload_xstats) X(ovpn) X(pedit_key_ex) X(pedit_keys_ex) X(pie) X(police) X(port) \
    X(ppp) X(prefix) X(prop_list) X(proto_down_reason) X(qfq) X(querier_state) X(red) X(res_bucket) X(res_group) X(rmnet) \
    X(route) X(route4) X(route_nexthop) X(rule) X(seg6_local_bpf) X(seg6_local_counters) X(seg6_local_flavors) X(sfb) \
    X(stats) X(stats_af_spec) X(taprio) X(taprio_admin) X(taprio_entries) X(taprio_entry) X(taprio_tc) X(tbf) X(tc) \
    X(tc_action) X(tc_ematch_tree) X(tc_no_options) X(tc_stab) X(tc_stats2) X(tun) X(tunnel_erspan) X(tunnel_geneve) \
    X(tunnel_opts) X(tunnel_vxlan) X(u32) X(veth) X(vf_ports) X(vf_stats) X(vf_vlan_list) X(vfinfo) X(vfinfo_list) X(vlan) \
    X(vlan_qos) X(vlan_tunnel) X(vrf) X(vrf_port) X(vti) X(vxcan) X(vxlan) X(wwan) X(xdp) X(xfrm)
#define SW_DECLARE_TABLE(t) extern const struct sw_netlink_table sw_table_##t;
SW_TABLES(SW_DECLARE_TABLE)

#define SW_LAYOUTS(X) \
    X(br_boolopt_multi) X(br_mcast_stats) X(bridge_stp_xstats) X(bridge_vlan_info) X(bridge_vlan_xstats) \
    X(can_berr_counter) X(can_bittiming) X(can_bittiming_const) X(can_clock) X(can_ctrlmode) X(can_device_stats) \
    X(fib_rule_hdr) X(fib_rule_port_range) X(fib_rule_uid_range) X(gnet_stats_basic) X(gnet_stats_queue) \
    X(gnet_stats_rate_est) X(gnet_stats_rate_est64) X(icmp6_mib) X(if_stats_msg) X(ifa_cacheinfo) X(ifaddrmsg) \
    X(ifinfomsg) X(ifla_bridge_id) X(ifla_cacheinfo) X(ifla_port_vsi) X(ifla_rmnet_flags) X(ifla_vf_broadcast) \
    X(ifla_vf_guid) X(ifla_vf_link_state) X(ifla_vf_mac) X(ifla_vf_rate) X(ifla_vf_rss_query_en) X(ifla_vf_spoofchk) \
    X(ifla_vf_trust) X(ifla_vf_tx_rate) X(ifla_vf_vlan) X(ifla_vf_vlan_info) X(ifla_vlan_flags) X(ifla_vlan_qos_mapping) \
    X(ifla_vxlan_port_range) X(ioam6_trace_hdr) X(ipstats_mib) X(ipv4_devconf) X(ipv6_devconf) X(ipv6_rpl_sr_hdr) \
    X(ipv6_sr_hdr) X(mpls_link_stats) X(nda_cacheinfo) X(ndmsg) X(ndt_config) X(ndt_stats) X(ndtmsg) X(nexthop_grp) \
    X(nhmsg) X(nla_bitfield32) X(prefix_cacheinfo) X(prefixmsg) X(rta_cacheinfo) X(rta_mfc_stats) X(rtgenmsg) X(rtmsg) \
    X(rtnexthop) X(rtnl_hw_stats64) X(rtnl_link_ifmap) X(rtnl_link_stats) X(rtnl_link_stats64) X(rtvia) X(tc_act_bpf) \
    X(tc_basic_pcnt) X(tc_cbs_qopt) X(tc_choke_qopt) X(tc_choke_xstats) X(tc_codel_xstats) X(tc_connmark) X(tc_csum) \
    X(tc_ct) X(tc_ctinfo) X(tc_defact) X(tc_drr_stats) X(tc_estimator) X(tc_etf_qopt) X(tc_fifo_qopt) \
    X(tc_fq_codel_xstats) X(tc_fq_pie_xstats) X(tc_fq_qd_stats) X(tc_gact) X(tc_gact_p) X(tc_gred_sopt) X(tc_hfsc_stats) \
    X(tc_hhf_xstats) X(tc_htb_glob) X(tc_htb_opt) X(tc_htb_xstats) X(tc_matchall_pcnt) X(tc_mirred) X(tc_mpls) \
    X(tc_mqprio_qopt) X(tc_multiq_qopt) X(tc_nat) X(tc_netem_corr) X(tc_netem_corrupt) X(tc_netem_gemodel) \
    X(tc_netem_gimodel) X(tc_netem_qopt) X(tc_netem_rate) X(tc_netem_reorder) X(tc_netem_slot) X(tc_pedit_key) \
    X(tc_pedit_sel) X(tc_pie_xstats) X(tc_police) X(tc_prio_qopt) X(tc_ratespec) X(tc_red_qopt) X(tc_red_xstats) \
    X(tc_sample) X(tc_sfb_qopt) X(tc_sfb_xstats) X(tc_sfq_qopt) X(tc_sfq_qopt_v1) X(tc_sfq_xstats) X(tc_sfqred_stats) \
    X(tc_sizespec) X(tc_skbedit) X(tc_skbmod) X(tc_stats) X(tc_tbf_qopt) X(tc_tunnel_key) X(tc_u32_key) X(tc_u32_mark) \
    X(tc_u32_pcnt) X(tc_u32_sel) X(tc_vlan) X(tcf_ematch_tree_hdr) X(tcf_t) X(tcmsg)
#define SW_DECLARE_LAYOUT(l) extern const struct sw_netlink_layout sw_layout_##l;
SW_LAYOUTS(SW_DECLARE_LAYOUT)

#define SW_SELECTORS(X) \
    X(af_spec) X(encap) X(inet_conf) X(info_data) X(info_slave_data) X(info_xstats) X(nexthop_encap) X(protinfo) \
    X(route_address) X(tc_action_options) X(tc_app) X(tc_options) X(tc_xstats)
#define SW_DECLARE_SELECTOR(s) extern const struct sw_netlink_selector sw_selector_##s;
SW_SELECTORS(SW_DECLARE_SELECTOR)
