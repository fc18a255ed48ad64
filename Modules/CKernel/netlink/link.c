/* RTM_NEWLINK and its kin: struct ifinfomsg and IFLA_* (linux/if_link.h). */
#include "schema.h"

#include <linux/devlink.h>
#include <linux/if_link.h>

#include <linux/rtnetlink.h>

#include "newer_uapi.h"

#define I(field) MP(ifinfomsg, ifi_, field)
LAYOUT(ifinfomsg, I(family), I(type), I(index), I(flags), I(change));

TABLE(link,
    A(IFLA_ADDRESS, HWADDR), A(IFLA_BROADCAST, HWADDR), A(IFLA_IFNAME, TEXT), A(IFLA_MTU, U32), A(IFLA_LINK, U32),
    A(IFLA_QDISC, TEXT), STRUCT(IFLA_STATS, rtnl_link_stats), A(IFLA_COST, BYTES), A(IFLA_PRIORITY, BYTES), A(IFLA_MASTER, U32),
    A(IFLA_WIRELESS, BYTES), SELECT(IFLA_PROTINFO, protinfo), A(IFLA_TXQLEN, U32), STRUCT(IFLA_MAP, rtnl_link_ifmap),
    A(IFLA_WEIGHT, U32), A(IFLA_OPERSTATE, U8), A(IFLA_LINKMODE, U8), NEST(IFLA_LINKINFO, linkinfo), A(IFLA_NET_NS_PID, U32),
    A(IFLA_IFALIAS, TEXT), A(IFLA_NUM_VF, U32), NEST(IFLA_VFINFO_LIST, vfinfo_list), STRUCT(IFLA_STATS64, rtnl_link_stats64),
    NEST(IFLA_VF_PORTS, vf_ports), NEST(IFLA_PORT_SELF, port), SELECT(IFLA_AF_SPEC, af_spec), A(IFLA_GROUP, U32),
    A(IFLA_NET_NS_FD, U32), A(IFLA_EXT_MASK, U32), A(IFLA_PROMISCUITY, U32), A(IFLA_NUM_TX_QUEUES, U32),
    A(IFLA_NUM_RX_QUEUES, U32), A(IFLA_CARRIER, U8), A(IFLA_PHYS_PORT_ID, BYTES), A(IFLA_CARRIER_CHANGES, U32),
    A(IFLA_PHYS_SWITCH_ID, BYTES), A(IFLA_LINK_NETNSID, S32), A(IFLA_PHYS_PORT_NAME, TEXT), A(IFLA_PROTO_DOWN, U8),
    A(IFLA_GSO_MAX_SEGS, U32), A(IFLA_GSO_MAX_SIZE, U32), A(IFLA_PAD, BYTES), NEST(IFLA_XDP, xdp), A(IFLA_EVENT, U32),
    A(IFLA_NEW_NETNSID, S32), A(IFLA_TARGET_NETNSID, S32), A(IFLA_CARRIER_UP_COUNT, U32), A(IFLA_CARRIER_DOWN_COUNT, U32),
    A(IFLA_NEW_IFINDEX, S32), A(IFLA_MIN_MTU, U32), A(IFLA_MAX_MTU, U32), NEST(IFLA_PROP_LIST, prop_list),
    A(IFLA_ALT_IFNAME, TEXT), A(IFLA_PERM_ADDRESS, HWADDR), NEST(IFLA_PROTO_DOWN_REASON, proto_down_reason),
    A(IFLA_PARENT_DEV_NAME, TEXT), A(IFLA_PARENT_DEV_BUS_NAME, TEXT), A(IFLA_GRO_MAX_SIZE, U32), A(IFLA_TSO_MAX_SIZE, U32),
    A(IFLA_TSO_MAX_SEGS, U32), A(IFLA_ALLMULTI, U32), NEST(IFLA_DEVLINK_PORT, devlink_port), A(IFLA_GSO_IPV4_MAX_SIZE, U32),
    A(IFLA_GRO_IPV4_MAX_SIZE, U32), NEST(IFLA_DPLL_PIN, dpll_pin), A(IFLA_MAX_PACING_OFFLOAD_HORIZON, UINT),
    A(IFLA_NETNS_IMMUTABLE, U8), A(IFLA_HEADROOM, U16), A(IFLA_TAILROOM, U16));

TABLE(linkinfo,
    A(IFLA_INFO_KIND, TEXT), SELECT(IFLA_INFO_DATA, info_data), SELECT(IFLA_INFO_XSTATS, info_xstats),
    A(IFLA_INFO_SLAVE_KIND, TEXT), SELECT(IFLA_INFO_SLAVE_DATA, info_slave_data));

SELECTOR(info_data, SW_NL_BY_TEXT, 0, IFLA_INFO_KIND, AS(BYTES),
    TEXT_CASE("amt", AS_NEST(amt)), TEXT_CASE("bareudp", AS_NEST(bareudp)), TEXT_CASE("batadv", AS_NEST(batadv)),
    TEXT_CASE("bond", AS_NEST(bond)), TEXT_CASE("bridge", AS_NEST(bridge)), TEXT_CASE("can", AS_NEST(can)),
    TEXT_CASE("dsa", AS_NEST(dsa)), TEXT_CASE("erspan", AS_NEST(gre)), TEXT_CASE("geneve", AS_NEST(geneve)),
    TEXT_CASE("gre", AS_NEST(gre)), TEXT_CASE("gretap", AS_NEST(gre)), TEXT_CASE("gtp", AS_NEST(gtp)),
    TEXT_CASE("hsr", AS_NEST(hsr)), TEXT_CASE("ip6erspan", AS_NEST(gre)), TEXT_CASE("ip6gre", AS_NEST(gre)),
    TEXT_CASE("ip6gretap", AS_NEST(gre)), TEXT_CASE("ip6tnl", AS_NEST(ip6tnl)), TEXT_CASE("ipip", AS_NEST(iptun)),
    TEXT_CASE("ipoib", AS_NEST(ipoib)), TEXT_CASE("ipvlan", AS_NEST(ipvlan)), TEXT_CASE("ipvtap", AS_NEST(ipvlan)),
    TEXT_CASE("macsec", AS_NEST(macsec)), TEXT_CASE("macvlan", AS_NEST(macvlan)), TEXT_CASE("macvtap", AS_NEST(macvlan)),
    TEXT_CASE("netkit", AS_NEST(netkit)), TEXT_CASE("ovpn", AS_NEST(ovpn)), TEXT_CASE("ppp", AS_NEST(ppp)),
    TEXT_CASE("rmnet", AS_NEST(rmnet)), TEXT_CASE("sit", AS_NEST(iptun)), TEXT_CASE("tun", AS_NEST(tun)),
    TEXT_CASE("veth", AS_NEST(veth)), TEXT_CASE("vlan", AS_NEST(vlan)), TEXT_CASE("vrf", AS_NEST(vrf)),
    TEXT_CASE("vti", AS_NEST(vti)), TEXT_CASE("vti6", AS_NEST(vti)), TEXT_CASE("vxcan", AS_NEST(vxcan)),
    TEXT_CASE("vxlan", AS_NEST(vxlan)), TEXT_CASE("wwan", AS_NEST(wwan)), TEXT_CASE("xfrm", AS_NEST(xfrm)));

SELECTOR(info_xstats, SW_NL_BY_TEXT, 0, IFLA_INFO_KIND, AS(BYTES), TEXT_CASE("can", AS_STRUCT(can_device_stats)));

SELECTOR(info_slave_data, SW_NL_BY_TEXT, 0, IFLA_INFO_SLAVE_KIND, AS(BYTES),
    TEXT_CASE("bond", AS_NEST(bond_slave)), TEXT_CASE("bridge", AS_NEST(brport)), TEXT_CASE("vrf", AS_NEST(vrf_port)));

/* Of AF_BRIDGE the bridge's own words, of all else the words of each family, by its number. */
SELECTOR(af_spec, SW_NL_BY_FAMILY, 0, 0, AS_NEST(af_spec), NUMBER_CASE(SW_AF_BRIDGE, AS_NEST(af_spec_bridge)));

/* The flag tells a bridge port's attributes from its bare state, which bridges sent before Linux 3.0; the number is the family. */
SELECTOR(protinfo, SW_NL_BY_FAMILY, 0, 0, AS(BYTES), NUMBER_CASE(SW_AF_BRIDGE, AS_NEST(brport)),
    NUMBER_CASE(SW_AF_INET6, AS_NEST(inet6)));

#ifndef AF_INET
#define AF_INET SW_AF_INET
#endif
#ifndef AF_INET6
#define AF_INET6 SW_AF_INET6
#endif
#ifndef AF_MCTP
#define AF_MCTP SW_AF_MCTP
#endif
TABLE(af_spec, NEST(AF_INET, inet), NEST(AF_INET6, inet6), NEST(AF_MCTP, mctp));
TABLE(mctp, A(IFLA_MCTP_NET, U32), A(IFLA_MCTP_PHYS_BINDING, U8));

TABLE(prop_list, A(IFLA_ALT_IFNAME, TEXT));
TABLE(proto_down_reason, A(IFLA_PROTO_DOWN_REASON_MASK, U32), A(IFLA_PROTO_DOWN_REASON_VALUE, U32));
TABLE(devlink_port,
    A(DEVLINK_ATTR_BUS_NAME, TEXT), A(DEVLINK_ATTR_DEV_NAME, TEXT), A(DEVLINK_ATTR_PORT_INDEX, U32));
TABLE(dpll_pin, A(DPLL_A_PIN_ID, U32));
TABLE(xdp,
    A(IFLA_XDP_FD, S32), A(IFLA_XDP_ATTACHED, U8), A(IFLA_XDP_FLAGS, U32), A(IFLA_XDP_PROG_ID, U32),
    A(IFLA_XDP_DRV_PROG_ID, U32), A(IFLA_XDP_SKB_PROG_ID, U32), A(IFLA_XDP_HW_PROG_ID, U32), A(IFLA_XDP_EXPECTED_FD, S32));

/* Virtual functions. */
LAYOUT(ifla_vf_mac, M(ifla_vf_mac, vf), MK(ifla_vf_mac, mac, HWADDR));
LAYOUT(ifla_vf_broadcast, MK(ifla_vf_broadcast, broadcast, HWADDR));
LAYOUT(ifla_vf_vlan, M(ifla_vf_vlan, vf), M(ifla_vf_vlan, vlan), M(ifla_vf_vlan, qos));
LAYOUT(ifla_vf_vlan_info,
    M(ifla_vf_vlan_info, vf), M(ifla_vf_vlan_info, vlan), M(ifla_vf_vlan_info, qos), MK(ifla_vf_vlan_info, vlan_proto, BE16));
LAYOUT(ifla_vf_tx_rate, M(ifla_vf_tx_rate, vf), M(ifla_vf_tx_rate, rate));
LAYOUT(ifla_vf_rate, M(ifla_vf_rate, vf), M(ifla_vf_rate, min_tx_rate), M(ifla_vf_rate, max_tx_rate));
LAYOUT(ifla_vf_spoofchk, M(ifla_vf_spoofchk, vf), M(ifla_vf_spoofchk, setting));
LAYOUT(ifla_vf_guid, M(ifla_vf_guid, vf), M(ifla_vf_guid, guid));
LAYOUT(ifla_vf_link_state, M(ifla_vf_link_state, vf), M(ifla_vf_link_state, link_state));
LAYOUT(ifla_vf_rss_query_en, M(ifla_vf_rss_query_en, vf), M(ifla_vf_rss_query_en, setting));
LAYOUT(ifla_vf_trust, M(ifla_vf_trust, vf), M(ifla_vf_trust, setting));
TABLE(vf_stats,
    A(IFLA_VF_STATS_RX_PACKETS, U64), A(IFLA_VF_STATS_TX_PACKETS, U64), A(IFLA_VF_STATS_RX_BYTES, U64),
    A(IFLA_VF_STATS_TX_BYTES, U64), A(IFLA_VF_STATS_BROADCAST, U64), A(IFLA_VF_STATS_MULTICAST, U64),
    A(IFLA_VF_STATS_PAD, BYTES), A(IFLA_VF_STATS_RX_DROPPED, U64), A(IFLA_VF_STATS_TX_DROPPED, U64));
TABLE(vf_vlan_list, STRUCT(IFLA_VF_VLAN_INFO, ifla_vf_vlan_info));
TABLE(vfinfo,
    STRUCT(IFLA_VF_MAC, ifla_vf_mac), STRUCT(IFLA_VF_VLAN, ifla_vf_vlan), STRUCT(IFLA_VF_TX_RATE, ifla_vf_tx_rate),
    STRUCT(IFLA_VF_SPOOFCHK, ifla_vf_spoofchk), STRUCT(IFLA_VF_LINK_STATE, ifla_vf_link_state),
    STRUCT(IFLA_VF_RATE, ifla_vf_rate), STRUCT(IFLA_VF_RSS_QUERY_EN, ifla_vf_rss_query_en), NEST(IFLA_VF_STATS, vf_stats),
    STRUCT(IFLA_VF_TRUST, ifla_vf_trust), STRUCT(IFLA_VF_IB_NODE_GUID, ifla_vf_guid),
    STRUCT(IFLA_VF_IB_PORT_GUID, ifla_vf_guid), NEST(IFLA_VF_VLAN_LIST, vf_vlan_list),
    STRUCT(IFLA_VF_BROADCAST, ifla_vf_broadcast));
TABLE(vfinfo_list, NEST(IFLA_VF_INFO, vfinfo));

LAYOUT(ifla_port_vsi,
    M(ifla_port_vsi, vsi_mgr_id), MK(ifla_port_vsi, vsi_type_id, BYTES), M(ifla_port_vsi, vsi_type_version));
TABLE(port,
    A(IFLA_PORT_VF, U32), A(IFLA_PORT_PROFILE, TEXT), STRUCT(IFLA_PORT_VSI_TYPE, ifla_port_vsi),
    A(IFLA_PORT_INSTANCE_UUID, BYTES), A(IFLA_PORT_HOST_UUID, BYTES), A(IFLA_PORT_REQUEST, U8), A(IFLA_PORT_RESPONSE, U16));
TABLE(vf_ports, NEST(IFLA_VF_PORT, port));
