#pragma once
/* UAPI that is newer than Debian 12's headers (6.1); each item names the kernel that brought it. Those that are enumerators upstream
 * have the same numbers there, so they may stand beside them. CKernel.c holds them against their neighbours in the enumeration. */
#include <linux/if_link.h>

/* linux/if_link.h */
#ifndef IFLA_BR_FDB_N_LEARNED
#define IFLA_BR_FDB_N_LEARNED 48 /* 6.7 */
#endif
#ifndef IFLA_BR_FDB_MAX_LEARNED
#define IFLA_BR_FDB_MAX_LEARNED 49 /* 6.7 */
#endif
#ifndef IFLA_BRPORT_MAB
#define IFLA_BRPORT_MAB 40 /* 6.2 */
#endif
#ifndef IFLA_BRPORT_MCAST_N_GROUPS
#define IFLA_BRPORT_MCAST_N_GROUPS 41 /* 6.3 */
#endif
#ifndef IFLA_BRPORT_MCAST_MAX_GROUPS
#define IFLA_BRPORT_MCAST_MAX_GROUPS 42 /* 6.3 */
#endif
#ifndef IFLA_BRPORT_NEIGH_VLAN_SUPPRESS
#define IFLA_BRPORT_NEIGH_VLAN_SUPPRESS 43 /* 6.4 */
#endif
#ifndef IFLA_BRPORT_BACKUP_NHID
#define IFLA_BRPORT_BACKUP_NHID 44 /* 6.5 */
#endif
#ifndef IFLA_VXLAN_LOCALBYPASS
#define IFLA_VXLAN_LOCALBYPASS 31 /* 6.5 */
#endif
#ifndef IFLA_DEVLINK_PORT
#define IFLA_DEVLINK_PORT 62 /* 6.2 */
#endif
#ifndef IFLA_GSO_IPV4_MAX_SIZE
#define IFLA_GSO_IPV4_MAX_SIZE 63 /* 6.3 */
#endif
#ifndef IFLA_GRO_IPV4_MAX_SIZE
#define IFLA_GRO_IPV4_MAX_SIZE 64 /* 6.3 */
#endif
#ifndef IFLA_NETNS_IMMUTABLE
#define IFLA_NETNS_IMMUTABLE 67 /* 6.15 */
#endif
#ifndef IFLA_MACVLAN_BC_CUTOFF
#define IFLA_MACVLAN_BC_CUTOFF 9 /* 6.4 */
#endif
#ifndef IFLA_GENEVE_PORT_RANGE
#define IFLA_GENEVE_PORT_RANGE 15 /* 6.16 */
#endif
#ifndef IFLA_GENEVE_GRO_HINT
#define IFLA_GENEVE_GRO_HINT 16 /* 7.0 */
#endif
#ifndef IFLA_GTP_LOCAL
#define IFLA_GTP_LOCAL 7 /* 6.9 */
#endif
#ifndef IFLA_GTP_LOCAL6
#define IFLA_GTP_LOCAL6 8 /* 6.10 */
#endif
#ifndef IFLA_HSR_INTERLINK
#define IFLA_HSR_INTERLINK 8 /* 6.10 */
#endif
/* netkit: 6.7, the scrub modes 6.10, the rooms 6.14 */
#ifndef IFLA_NETKIT_PEER_INFO
#define IFLA_NETKIT_PEER_INFO 1
#define IFLA_NETKIT_PRIMARY 2
#define IFLA_NETKIT_POLICY 3
#define IFLA_NETKIT_PEER_POLICY 4
#define IFLA_NETKIT_MODE 5
#define IFLA_NETKIT_SCRUB 6
#define IFLA_NETKIT_PEER_SCRUB 7
#define IFLA_NETKIT_HEADROOM 8
#define IFLA_NETKIT_TAILROOM 9
#endif
#ifndef NETKIT_L2
#define NETKIT_L2 0
#define NETKIT_L3 1
#define NETKIT_PASS 0
#define NETKIT_DROP 2
#endif
#ifndef NETKIT_SCRUB_NONE
#define NETKIT_SCRUB_NONE 0
#define NETKIT_SCRUB_DEFAULT 1
#endif
