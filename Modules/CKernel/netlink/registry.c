/* The kinds of messages that there are schemas for. */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "netlink_schema.h"

#include <stddef.h>
#include <string.h>

#define X(t) extern const struct sw_netlink_table sw_table_##t;
X(link) X(address) X(route) X(rule) X(neighbor) X(neighbor_table) X(nsid) X(prefix) X(stats) X(tc) X(nexthop)
#undef X
#define X(l) extern const struct sw_netlink_layout sw_layout_##l;
X(ifinfomsg) X(ifaddrmsg) X(rtmsg) X(fib_rule_hdr) X(ndmsg) X(ndtmsg) X(rtgenmsg) X(prefixmsg) X(if_stats_msg) X(tcmsg) X(nhmsg)
#undef X

_Static_assert(AF_INET == 2 && AF_BRIDGE == 7 && AF_INET6 == 10 && AF_MPLS == 28 && AF_MCTP == 45, "SW_AF_*, netlink/schema.h");

static const struct sw_netlink_message_schema schemas[] = {
    {"link", &sw_layout_ifinfomsg, &sw_table_link},
    {"address", &sw_layout_ifaddrmsg, &sw_table_address},
    {"route", &sw_layout_rtmsg, &sw_table_route},
    {"rule", &sw_layout_fib_rule_hdr, &sw_table_rule},
    {"neighbor", &sw_layout_ndmsg, &sw_table_neighbor},
    {"neighbor-table", &sw_layout_ndtmsg, &sw_table_neighbor_table},
    {"nsid", &sw_layout_rtgenmsg, &sw_table_nsid},
    {"prefix", &sw_layout_prefixmsg, &sw_table_prefix},
    {"stats", &sw_layout_if_stats_msg, &sw_table_stats},
    {"tc", &sw_layout_tcmsg, &sw_table_tc},
    {"nexthop", &sw_layout_nhmsg, &sw_table_nexthop},
};

const struct sw_netlink_message_schema *sw_netlink_schema_at(unsigned index) {
    return index < sizeof schemas / sizeof schemas[0] ? &schemas[index] : NULL;
}

const struct sw_netlink_message_schema *sw_netlink_schema_named(const char *kind) {
    const struct sw_netlink_message_schema *schema;
    for (unsigned index = 0; (schema = sw_netlink_schema_at(index)); index++)
        if (strcmp(schema->kind, kind) == 0) return schema;
    return NULL;
}
