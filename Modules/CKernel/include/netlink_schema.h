#pragma once
/* What rtnetlink's attributes are, as data: for each set of attributes a table by number, each entry with the name that the header
 * gives it and how its payload is made; for each struct its members with their offsets. All of it is constant. */
#include <stdbool.h>
#include <stdint.h>

/* How a payload, or a member of a struct, is made. */
enum sw_netlink_value {
    SW_NL_BYTES, /* no structure that we know of */
    SW_NL_U8, SW_NL_U16, SW_NL_U32, SW_NL_U64, SW_NL_S8, SW_NL_S16, SW_NL_S32, SW_NL_S64, /* in the machine's order */
    SW_NL_BE16, SW_NL_BE32, SW_NL_BE64, /* in network order, whether or not NLA_F_NET_BYTEORDER says so */
    SW_NL_UINT, /* 32 or 64 bits, by its length (nla_put_uint, Linux 6.7) */
    SW_NL_TEXT, /* with or without the NUL at its end */
    SW_NL_FLAG, /* empty: being there is the value */
    SW_NL_HWADDR, /* a link-layer address of any length */
    SW_NL_IPV4, SW_NL_IPV6,
    SW_NL_ADDRESS, /* IPv4 or IPv6, by its length */
    SW_NL_MPLS, /* a label stack entry, RFC 3032 */
    SW_NL_NEST, /* attributes of `table` */
    SW_NL_INDEXED_NEST, /* attributes whose types are numbers, each holding attributes of `table` */
    SW_NL_INDEXED, /* attributes whose types are numbers, each holding an `element` */
    SW_NL_ARRAY, /* `element`s back to back */
    SW_NL_STRUCT, /* `layout` */
    SW_NL_STRUCTS, /* `layout`s back to back */
    SW_NL_RECORD, /* `layout`, then attributes of `table` */
    SW_NL_RECORDS, /* several such; the layout's first member is the length of each (struct rtnexthop) */
    SW_NL_SELECT, /* what `selector` says */
};

struct sw_netlink_layout;
struct sw_netlink_table;
struct sw_netlink_selector;

struct sw_netlink_member {
    const char *name;
    const struct sw_netlink_layout *layout; /* of SW_NL_STRUCT */
    uint16_t offset;
    uint16_t size; /* of an array: all of it */
    uint8_t kind;
};

struct sw_netlink_layout {
    const char *name;
    const struct sw_netlink_member *members; /* by rising offsets */
    uint16_t member_count;
    uint16_t size;
    bool is_array; /* integers by index, of which an older kernel sends fewer and a newer one more */
    /* What follows the struct in the same payload, if anything: elements of `rest_kind`. */
    const char *rest_name;
    const struct sw_netlink_layout *rest_layout;
    uint8_t rest_kind;
    uint8_t rest_count; /* the member that says how many, from 1; 0: one that takes all bytes that are left */
    uint8_t rest_extra; /* to be added to what that member says */
};

struct sw_netlink_attribute {
    const char *name; /* NULL: no attribute of this number is known */
    const struct sw_netlink_table *table;
    const struct sw_netlink_layout *layout;
    const struct sw_netlink_selector *selector;
    uint8_t kind;
    uint8_t element;
};

struct sw_netlink_table {
    const char *name;
    const struct sw_netlink_attribute *attributes; /* by number */
    uint16_t count;
};

/* What a payload's making hangs on. */
enum sw_netlink_source {
    SW_NL_BY_TEXT, /* an attribute beside it, which is text */
    SW_NL_BY_NUMBER, /* an attribute beside it, which is an integer */
    SW_NL_BY_FAMILY, /* the first byte of the fixed header */
    SW_NL_BY_NESTED_FLAG, /* its own NLA_F_NESTED: 1 or 0 */
};

struct sw_netlink_case {
    const char *text;
    uint32_t number;
    struct sw_netlink_attribute form; /* without a name */
};

struct sw_netlink_selector {
    uint8_t source;
    uint8_t up; /* 0: beside it; 1: beside the nest that it is in; … */
    uint16_t attribute;
    uint16_t count;
    const struct sw_netlink_case *cases;
    struct sw_netlink_attribute otherwise;
};

/* A kind of message: its fixed header and its attributes. */
struct sw_netlink_message_schema {
    const char *kind;
    const struct sw_netlink_layout *header;
    const struct sw_netlink_table *attributes;
};

/* The kind of that name, or NULL. */
const struct sw_netlink_message_schema *sw_netlink_schema_named(const char *kind);
/* The kinds, by number from 0; NULL past the last. */
const struct sw_netlink_message_schema *sw_netlink_schema_at(unsigned index);
