#define _GNU_SOURCE 1
#include "CKernel.h"
#include <linux/module.h>
#include <linux/openat2.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <linux/if_bridge.h>

int sw_open_in_root(int root, const char *path, int flags) {
    struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}
int sw_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }
_Static_assert(SW_IFLA_BRIDGE_FLAGS == IFLA_BRIDGE_FLAGS && SW_IFLA_BRIDGE_VLAN_INFO == IFLA_BRIDGE_VLAN_INFO, "bridge's VLANs");
_Static_assert(SW_BRIDGE_FLAGS_MASTER == BRIDGE_FLAGS_MASTER && SW_BRIDGE_FLAGS_SELF == BRIDGE_FLAGS_SELF, "bridge's flags");
_Static_assert(SW_BRIDGE_VLAN_INFO_PVID == BRIDGE_VLAN_INFO_PVID && SW_BRIDGE_VLAN_INFO_UNTAGGED == BRIDGE_VLAN_INFO_UNTAGGED
    && SW_BRIDGE_VLAN_INFO_RANGE_BEGIN == BRIDGE_VLAN_INFO_RANGE_BEGIN
    && SW_BRIDGE_VLAN_INFO_RANGE_END == BRIDGE_VLAN_INFO_RANGE_END, "a VLAN's flags");
_Static_assert(sizeof(struct sw_bridge_vlan_info) == sizeof(struct bridge_vlan_info)
    && offsetof(struct sw_bridge_vlan_info, vid) == offsetof(struct bridge_vlan_info, vid), "struct bridge_vlan_info");
_Static_assert(010000000 == O_PATH, "SW_O_PATH");
const int SW_O_DIRECT = O_DIRECT;
_Static_assert(8 == UMOUNT_NOFOLLOW, "SW_UMOUNT_NOFOLLOW");
int sw_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int sw_unshare_network(void) { return unshare(CLONE_NEWNET); }
int sw_enter_network(int fd) { return setns(fd, CLONE_NEWNET); }
int sw_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int sw_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0);
}
int sw_finit_module(int fd, const char *parameters, int flags) {
    return (int)syscall(SYS_finit_module, fd, parameters, flags);
}
int sw_delete_module(const char *name, unsigned flags) { return (int)syscall(SYS_delete_module, name, flags); }
char *const *sw_environment(void) { return environ; }
long sw_gettid(void) { return syscall(SYS_gettid); }
int sw_ioctl(int fd, unsigned long request, void *argument) { return ioctl(fd, request, argument); }
int sw_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }

int sw_ethtool_driver(int fd, const char *name, struct ethtool_drvinfo *information) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memset(information, 0, sizeof *information);
    if (strlen(name) >= sizeof request.ifr_name) {
        errno = ENODEV;
        return -1;
    }
    strcpy(request.ifr_name, name);
    information->cmd = ETHTOOL_GDRVINFO;
    request.ifr_data = (char *)information;
    return ioctl(fd, SIOCETHTOOL, &request);
}

int sw_wait_pidfd(int pidfd, int options, int *code, int *status) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)3 /* P_PIDFD: missing from glibc 2.36's enum in C++ mode only, 3 in the UAPI */, (id_t)pidfd,
               &info, WEXITED | options) != 0)
        return -1;
    if (info.si_pid == 0) return 0;
    *code = info.si_code;
    *status = info.si_status;
    return 1;
}

struct sw_packet_auxdata sw_packet_auxdata_of(const struct msghdr *message) {
    struct sw_packet_auxdata result = {false, 0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR((struct msghdr *)message, c)) {
        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) continue;
        if (c->cmsg_len < CMSG_LEN(sizeof(struct tpacket_auxdata))) continue;
        struct tpacket_auxdata data;
        memcpy(&data, CMSG_DATA(c), sizeof data);
        result.present = true;
        result.status = data.tp_status;
    }
    return result;
}

uint64_t sw_random_seed(void) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_INSECURE) == sizeof seed) return seed;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec) * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid();
}

/* newer_uapi.h: what follows the last enumerator of 6.1. */
_Static_assert(IFLA_BR_FDB_N_LEARNED == IFLA_BR_MCAST_QUERIER_STATE + 1, "IFLA_BR_FDB_N_LEARNED");
_Static_assert(IFLA_BR_FDB_MAX_LEARNED == IFLA_BR_MCAST_QUERIER_STATE + 2, "IFLA_BR_FDB_MAX_LEARNED");
_Static_assert(IFLA_BRPORT_MAB == IFLA_BRPORT_LOCKED + 1, "IFLA_BRPORT_MAB");
_Static_assert(IFLA_BRPORT_MCAST_N_GROUPS == IFLA_BRPORT_LOCKED + 2, "IFLA_BRPORT_MCAST_N_GROUPS");
_Static_assert(IFLA_BRPORT_MCAST_MAX_GROUPS == IFLA_BRPORT_LOCKED + 3, "IFLA_BRPORT_MCAST_MAX_GROUPS");
_Static_assert(IFLA_BRPORT_NEIGH_VLAN_SUPPRESS == IFLA_BRPORT_LOCKED + 4, "IFLA_BRPORT_NEIGH_VLAN_SUPPRESS");
_Static_assert(IFLA_BRPORT_BACKUP_NHID == IFLA_BRPORT_LOCKED + 5, "IFLA_BRPORT_BACKUP_NHID");
_Static_assert(IFLA_VXLAN_LOCALBYPASS == IFLA_VXLAN_VNIFILTER + 1, "IFLA_VXLAN_LOCALBYPASS");
_Static_assert(IFLA_DEVLINK_PORT == IFLA_ALLMULTI + 1, "IFLA_DEVLINK_PORT");
_Static_assert(IFLA_GSO_IPV4_MAX_SIZE == IFLA_ALLMULTI + 2, "IFLA_GSO_IPV4_MAX_SIZE");
_Static_assert(IFLA_GRO_IPV4_MAX_SIZE == IFLA_ALLMULTI + 3, "IFLA_GRO_IPV4_MAX_SIZE");
_Static_assert(IFLA_NETNS_IMMUTABLE == IFLA_ALLMULTI + 6, "IFLA_NETNS_IMMUTABLE");
_Static_assert((int)SW_BR_STATE_DISABLED == (int)BR_STATE_DISABLED, "BR_STATE_DISABLED");
_Static_assert((int)SW_BR_STATE_LISTENING == (int)BR_STATE_LISTENING, "BR_STATE_LISTENING");
_Static_assert((int)SW_BR_STATE_LEARNING == (int)BR_STATE_LEARNING, "BR_STATE_LEARNING");
_Static_assert((int)SW_BR_STATE_FORWARDING == (int)BR_STATE_FORWARDING, "BR_STATE_FORWARDING");
_Static_assert((int)SW_BR_STATE_BLOCKING == (int)BR_STATE_BLOCKING, "BR_STATE_BLOCKING");
_Static_assert((int)SW_BR_BOOLOPT_NO_LL_LEARN == (int)BR_BOOLOPT_NO_LL_LEARN, "BR_BOOLOPT_NO_LL_LEARN");
_Static_assert((int)SW_BR_BOOLOPT_MCAST_VLAN_SNOOPING == (int)BR_BOOLOPT_MCAST_VLAN_SNOOPING, "BR_BOOLOPT_MCAST_VLAN_SNOOPING");
_Static_assert((int)SW_BR_BOOLOPT_MST_ENABLE == (int)BR_BOOLOPT_MST_ENABLE, "BR_BOOLOPT_MST_ENABLE");
_Static_assert(sizeof(struct sw_br_boolopt_multi) == sizeof(struct br_boolopt_multi), "br_boolopt_multi");
