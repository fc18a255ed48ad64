#define _GNU_SOURCE 1
#include "CKernel.h"

/* Between fork and exec: async-signal-safe calls only, for other threads of the parent may have held any lock. */
static void child(const struct sw_spawn_request *what, int parent, int report) {
    if (what->death_signal) {
        if (prctl(PR_SET_PDEATHSIG, what->death_signal) != 0) goto failed;
        if (getppid() != parent) _exit(127); /* it died before we asked */
    }
    for (int signal = 1; signal < NSIG; signal++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigaction(signal, &action, 0); /* SIGKILL, SIGSTOP and glibc's own refuse: nothing to reset there */
    }
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, 0) != 0) goto failed;
    if (what->new_session && setsid() < 0) goto failed;
    if (what->network_namespace >= 0 && setns(what->network_namespace, CLONE_NEWNET) != 0) goto failed;
    if (what->directory && chdir(what->directory) != 0) goto failed;

    /* Up and out of the way first: a source may be a number that is a target too. */
    enum { most = 16 };
    int moved[most];
    int count = what->descriptor_count;
    if (count > most) {
        errno = E2BIG;
        goto failed;
    }
    int high = fcntl(report, F_DUPFD_CLOEXEC, 64);
    if (high < 0) goto failed;
    report = high;
    for (int i = 0; i < count; i++) {
        int from = what->descriptors[i];
        moved[i] = from < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fcntl(from, F_DUPFD_CLOEXEC, 64);
        if (from < 0 && moved[i] >= 0 && moved[i] < 64) moved[i] = fcntl(moved[i], F_DUPFD_CLOEXEC, 64);
        if (moved[i] < 0) goto failed;
    }
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], i) < 0) goto failed;
    if (what->controlling_terminal) ioctl(0, TIOCSCTTY, 0); /* a pipe or a held terminal refuses: no reason to stop */
    syscall(SYS_close_range, (unsigned)count, ~0u, 4u /* CLOSE_RANGE_CLOEXEC, Linux 5.11 */);
    execve(what->path, what->argv, what->environment);
failed:;
    int code = errno;
    ssize_t ignored = write(report, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

int sw_spawn(const struct sw_spawn_request *what, int *pidfd) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    int parent = getpid();
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* no handler of the parent's may run in the child */
    int pid = fork();
    if (pid == 0) child(what, parent, report[1]);
    int failure = errno;
    sigprocmask(SIG_SETMASK, &before, 0);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        errno = failure;
        return -1;
    }
    int code = 0;
    ssize_t got;
    do got = read(report[0], &code, sizeof code);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    int fd = got == sizeof code ? -1 : sw_pidfd_open(pid);
    if (fd < 0) {
        if (got != sizeof code) {
            code = errno;
            kill(pid, SIGKILL);
        }
        while (waitpid(pid, 0, 0) < 0 && errno == EINTR) {}
        errno = code;
        return -1;
    }
    *pidfd = fd;
    return pid;
}
