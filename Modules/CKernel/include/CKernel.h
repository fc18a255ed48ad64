#pragma once
/* The one C shim: what Swift cannot import from glibc and the kernel's headers (function-like macros, variadic
 * functions, headers that are missing from the Glibc module map). Constants are taken from headers, never retyped. */
/* No _GNU_SOURCE here: with it fd_set and rusage differ from those of Swift's Glibc module, and a file that imports both
 * does not compile. The C files define it for themselves; what hangs on it is exported by name below. */
/* glibc's net/if.h and netinet/in.h first: the kernel's headers then leave out what they have defined. */
#include <net/if.h>
#include <netinet/in.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/fib_rules.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/genetlink.h>
#include <linux/if_arp.h>
#include <linux/if_bonding.h>
#include <linux/if_ether.h>
#include <linux/if_macsec.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/if_tunnel.h>
#include <linux/in_route.h>
#include <linux/ipv6.h>
#include <linux/icmpv6.h>
#include <linux/lwtunnel.h>
#include <linux/mpls.h>
#include <linux/mpls_iptunnel.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_genl.h>
#include <linux/wireguard.h>
#include <linux/veth.h>
#include <linux/time_types.h>
#include <linux/seg6_iptunnel.h>
#include <linux/seg6_local.h>
#include <linux/ioam6_iptunnel.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of linux/xfrm.h, whose linux/in6.h is at odds with Glibc's netinet/in.h (ipsec.c): messages, attributes, sizes of structs. */
extern const unsigned short SW_XFRM_MSG_NEWSA, SW_XFRM_MSG_UPDSA, SW_XFRM_MSG_DELSA;
extern const unsigned short SW_XFRMA_ALG_AUTH, SW_XFRMA_ALG_CRYPT, SW_XFRMA_ALG_AEAD, SW_XFRMA_ALG_AUTH_TRUNC;
extern const int SW_XFRM_USERSA_INFO_SIZE, SW_XFRM_USERSA_ID_SIZE;
extern const int SW_XFRM_ALGO_SIZE, SW_XFRM_ALGO_AEAD_SIZE, SW_XFRM_ALGO_AUTH_SIZE;
#include "netlink_schema.h"
#include "newer_uapi.h"
#include "link_kinds.h"
#include "guest_rpc.h"
#include "block.h"

static const uint16_t SW_NLA_TYPE_MASK = (uint16_t)NLA_TYPE_MASK;

/* Of linux/if_bridge.h, which brings linux/in6.h, at odds with glibc's netinet/in.h; CKernel.c holds them against the header. */
enum {
    SW_BR_STATE_DISABLED, SW_BR_STATE_LISTENING, SW_BR_STATE_LEARNING, SW_BR_STATE_FORWARDING, SW_BR_STATE_BLOCKING,
};
enum { SW_BR_BOOLOPT_NO_LL_LEARN, SW_BR_BOOLOPT_MCAST_VLAN_SNOOPING, SW_BR_BOOLOPT_MST_ENABLE };
struct sw_br_boolopt_multi { uint32_t optval; uint32_t optmask; };
enum { SW_IFLA_BRIDGE_FLAGS, SW_IFLA_BRIDGE_MODE, SW_IFLA_BRIDGE_VLAN_INFO };
enum { SW_BRIDGE_FLAGS_MASTER = 1, SW_BRIDGE_FLAGS_SELF = 2 };
enum {
    SW_BRIDGE_VLAN_INFO_PVID = 2, SW_BRIDGE_VLAN_INFO_UNTAGGED = 4, SW_BRIDGE_VLAN_INFO_RANGE_BEGIN = 8,
    SW_BRIDGE_VLAN_INFO_RANGE_END = 16,
};
struct sw_bridge_vlan_info { uint16_t flags; uint16_t vid; };

/* Of a tunnel's header, in network order: macros with a swap in them, which Swift does not import. */
static const uint16_t SW_TUNNEL_CSUM = TUNNEL_CSUM;
static const uint16_t SW_TUNNEL_KEY = TUNNEL_KEY;
static const uint16_t SW_TUNNEL_SEQ = TUNNEL_SEQ;

static const int SW_O_PATH = 010000000; /* O_PATH, which needs _GNU_SOURCE; CKernel.c holds it against the header */
extern const int SW_O_DIRECT; /* needs _GNU_SOURCE, and differs by architecture */
static const int SW_UMOUNT_NOFOLLOW = 8; /* UMOUNT_NOFOLLOW, likewise */
int sw_pipe(int ends[2]); /* pipe2 with O_CLOEXEC */

/* unshare(2) of the calling thread's network namespace, setns(2) into one. */
int sw_unshare_network(void);
int sw_enter_network(int fd);

/* openat2(path, flags, RESOLVE_IN_ROOT) below `root`: absolute links and ".." stay inside. Descriptor or -1 and errno. */
int sw_open_in_root(int root, const char *path, int flags);

/* open(2) without its variadic mode. */
int sw_open(const char *path, int flags, unsigned mode);

int sw_pidfd_open(int pid);
int sw_pidfd_send_signal(int pidfd, int signal);
int sw_finit_module(int fd, const char *parameters, int flags);
int sw_delete_module(const char *name, unsigned flags);
long sw_gettid(void);
/* ioctl with a pointer argument: Swift does not import variadic functions. */
int sw_ioctl(int fd, unsigned long request, void *argument);
/* ETHTOOL_GDRVINFO of the link `name` in the network namespace of the socket `fd`: 0, or -1 and errno. */
int sw_ethtool_driver(int fd, const char *name, struct ethtool_drvinfo *information);
/* fcntl with an int argument. */
int sw_fcntl(int fd, int command, int argument);
/* waitid(P_PIDFD, …, WEXITED | options): 1 and the status filled in, 0 when it still runs, -1 and errno. */
int sw_wait_pidfd(int pidfd, int options, int *code, int *status);

/* The CMSG_* macros, for the one control message that a receive of ours expects. */
struct sw_packet_auxdata { bool present; uint32_t status; };
struct sw_packet_auxdata sw_packet_auxdata_of(const struct msghdr *message);

/* Numbers that differ between machines and boots, for transaction ids and jitter; never for secrets. It never blocks, not even
 * before the kernel's pool is seeded (getrandom(2) with GRND_INSECURE, Linux 5.6; the clock before). */
uint64_t sw_random_seed(void);

/* environ(7), which two of Swift's modules name. */
char *const *sw_environment(void);

/* What a child is to be. Every spawn resets the signal mask and the dispositions, closes what is not listed. */
struct sw_spawn_request {
    const char *path;
    char *const *argv;
    char *const *environment;
    const char *directory;       /* or NULL: the parent's */
    const int *descriptors;      /* descriptors[i] becomes i in the child; -1 is /dev/null */
    int descriptor_count;
    int network_namespace;       /* a descriptor to setns to, or -1 */
    int death_signal;            /* sent to the child when the *thread* that spawned it ends; 0: none */
    bool new_session;
    bool controlling_terminal;   /* descriptor 0 becomes it (with new_session) */
};
/* The pid (and *pidfd, close-on-exec), or -1 with errno: that of the step in the child that failed. */
int sw_spawn(const struct sw_spawn_request *what, int *pidfd);

/* Crash reports of a supervised child: SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE and SIGABRT write the 8 bytes
 * {1, 6, task, 0, signal, 0, 0, 0} (Sources/Init/ChildMessage.swift) to `fd`, then kill the process by the same signal. */
int sw_report_crashes(int fd);
/* The task that the calling thread works for; 0xff: none. */
void sw_set_current_task(uint8_t task);
/* What a Swift trap is, for fault injection. */
void sw_trap(void) __attribute__((noreturn));

/* reboot(2). It returns only on failure. */
int sw_reboot(unsigned command);
/* sigprocmask(SIG_BLOCK, everything) for the calling thread, and a signalfd of it. */
int sw_signal_descriptor(void);
/* SIGINT, SIGTERM and SIGHUP blocked for the calling thread (and those that it starts), and a signalfd of them. */
int sw_block_interrupts(void);
/* The next signal of that descriptor, or 0 where there is none. */
int sw_next_signal(int fd);
/* epoll_wait for one event: its data, -1 and errno, or -2 when the timeout struck. */
int sw_epoll_wait_one(int epoll, int timeout_ms);
int sw_epoll_add(int epoll, int fd, int data);
/* The soft and hard limit of a resource. */
int sw_set_open_files(uint64_t soft, uint64_t hard);
