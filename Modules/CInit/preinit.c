#include "CInit.h"
#include <linux/magic.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool is_kernel_init;
bool sw_is_kernel_init(void) { return is_kernel_init; }

/* Swift's runtime reads /proc/self before main, so as the kernel's init /proc must be there earlier still.
 * PID 1 of a container is told apart: its / is no ramfs, or its /proc is mounted already. */
static void mount_proc(int argc, char **argv, char **environment) {
    (void)argc, (void)argv, (void)environment;
    struct statfs root;
    if (getpid() != 1 || access("/proc/self", F_OK) == 0 || statfs("/", &root) != 0) return;
    if (root.f_type != RAMFS_MAGIC && root.f_type != TMPFS_MAGIC) return;
    is_kernel_init = true;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0); /* inherited by every thread; PID 1 reads signals from a descriptor */
    mkdir("/proc", 0555);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
}

__attribute__((section(".preinit_array"), used, retain)) static void (*const entry)(int, char **, char **) = mount_proc;
