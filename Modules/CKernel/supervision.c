#define _GNU_SOURCE 1
#include "CKernel.h"
#include <string.h>
#include <sys/resource.h>

static int crash_descriptor = -1;
static _Thread_local uint8_t current_task = 0xff;

void sw_set_current_task(uint8_t task) { current_task = task; }
void sw_trap(void) { __builtin_trap(); }

static void report_crash(int signal) {
    uint8_t message[8] = {1, 6, current_task, 0, (uint8_t)signal, 0, 0, 0};
    ssize_t ignored = send(crash_descriptor, message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    /* SA_RESETHAND has put the default back: returning runs the faulting instruction again, abort() raises again, and
     * the process ends by this very signal. One that somebody sent does not come again by itself. */
    raise(signal);
}

int sw_report_crashes(int fd) {
    static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    crash_descriptor = fd;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = report_crash;
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], &action, 0) != 0) return -1;
    return 0;
}

int sw_reboot(unsigned command) { return reboot((int)command); }

int sw_signal_descriptor(void) {
    sigset_t all;
    sigfillset(&all);
    /* What the processor raises cannot wait: blocked, the kernel kills at once all the same. */
    sigdelset(&all, SIGILL), sigdelset(&all, SIGTRAP), sigdelset(&all, SIGSEGV), sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    if (sigprocmask(SIG_SETMASK, &all, 0) != 0) return -1;
    return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

int sw_block_interrupts(void) {
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGINT), sigaddset(&some, SIGTERM), sigaddset(&some, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &some, 0) != 0) return -1;
    return signalfd(-1, &some, SFD_CLOEXEC | SFD_NONBLOCK);
}

int sw_next_signal(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    return got == sizeof info ? (int)info.ssi_signo : 0;
}

int sw_epoll_wait_one(int epoll, int timeout_ms) {
    struct epoll_event event;
    int count = epoll_wait(epoll, &event, 1, timeout_ms);
    return count == 1 ? event.data.fd : count == 0 ? -2 : -1;
}

int sw_epoll_add(int epoll, int fd, int data) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = data}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int sw_set_open_files(uint64_t soft, uint64_t hard) {
    struct rlimit limit = {soft, hard};
    return setrlimit(RLIMIT_NOFILE, &limit);
}
