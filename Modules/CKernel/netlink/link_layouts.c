/* Counters and other structs of links (linux/if_link.h, linux/mpls.h). */
#include "schema.h"

#include <linux/if_link.h>
#include <linux/mpls.h>
#include <linux/netlink.h>

#define F(field) M(rtnl_link_stats, field)
LAYOUT(rtnl_link_stats,
    F(rx_packets), F(tx_packets), F(rx_bytes), F(tx_bytes), F(rx_errors), F(tx_errors), F(rx_dropped), F(tx_dropped),
    F(multicast), F(collisions), F(rx_length_errors), F(rx_over_errors), F(rx_crc_errors), F(rx_frame_errors),
    F(rx_fifo_errors), F(rx_missed_errors), F(tx_aborted_errors), F(tx_carrier_errors), F(tx_fifo_errors),
    F(tx_heartbeat_errors), F(tx_window_errors), F(rx_compressed), F(tx_compressed), F(rx_nohandler));
#undef F

#define F(field) M(rtnl_link_stats64, field)
LAYOUT(rtnl_link_stats64,
    F(rx_packets), F(tx_packets), F(rx_bytes), F(tx_bytes), F(rx_errors), F(tx_errors), F(rx_dropped), F(tx_dropped),
    F(multicast), F(collisions), F(rx_length_errors), F(rx_over_errors), F(rx_crc_errors), F(rx_frame_errors),
    F(rx_fifo_errors), F(rx_missed_errors), F(tx_aborted_errors), F(tx_carrier_errors), F(tx_fifo_errors),
    F(tx_heartbeat_errors), F(tx_window_errors), F(rx_compressed), F(tx_compressed), F(rx_nohandler),
    F(rx_otherhost_dropped));
#undef F

#define F(field) M(rtnl_hw_stats64, field)
LAYOUT(rtnl_hw_stats64,
    F(rx_packets), F(tx_packets), F(rx_bytes), F(tx_bytes), F(rx_errors), F(tx_errors), F(rx_dropped), F(tx_dropped),
    F(multicast));
#undef F

#define F(field) M(rtnl_link_ifmap, field)
LAYOUT(rtnl_link_ifmap,
    F(mem_start), F(mem_end), F(base_addr), F(irq), F(dma), F(port));
#undef F

#define F(field) M(ifla_cacheinfo, field)
LAYOUT(ifla_cacheinfo,
    F(max_reasm_len), F(tstamp), F(reachable_time), F(retrans_time));
#undef F

#define F(field) M(mpls_link_stats, field)
LAYOUT(mpls_link_stats,
    F(rx_packets), F(tx_packets), F(rx_bytes), F(tx_bytes), F(rx_errors), F(tx_errors), F(rx_dropped), F(tx_dropped),
    F(rx_noroute));
#undef F

#define F(field) M(nla_bitfield32, field)
LAYOUT(nla_bitfield32,
    F(value), F(selector));
#undef F
