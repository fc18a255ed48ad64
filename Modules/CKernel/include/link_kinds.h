#pragma once
/* The headers that the kinds of links take their numbers from, and of those what Swift does not import: casts, and macros that
 * turn the order of bytes. */
#include <linux/can/netlink.h>
#include <linux/if_link.h>
#include <linux/if_macsec.h>
#include <linux/if_tun.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <stdint.h>

#include "newer_uapi.h"

/* GRE_*, in the machine's order; they are __be16 in the header. */
static const uint16_t SW_GRE_CSUM = __be16_to_cpu(GRE_CSUM);
static const uint16_t SW_GRE_ROUTING = __be16_to_cpu(GRE_ROUTING);
static const uint16_t SW_GRE_KEY = __be16_to_cpu(GRE_KEY);
static const uint16_t SW_GRE_SEQ = __be16_to_cpu(GRE_SEQ);
static const uint16_t SW_GRE_STRICT = __be16_to_cpu(GRE_STRICT);
