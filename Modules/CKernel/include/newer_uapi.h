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
