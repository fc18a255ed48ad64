#define _GNU_SOURCE 1
#include "CTestSupport.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Thread_local sigjmp_buf way_back;
static _Thread_local volatile int is_expecting;
static struct sigaction before;

static void recover(int signal, siginfo_t *information, void *context) {
    if (is_expecting) siglongjmp(way_back, 1);
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(signal, information, context);
    else _exit(99);
}

int sw_recovery_begin(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = recover;
    sigaddset(&action.sa_mask, SIGUSR1);
    return sigaction(SIGSEGV, &action, &before);
}
int sw_recovery_end(void) { return sigaction(SIGSEGV, &before, 0); }

int sw_recovered_fault(void) {
    if (sigsetjmp(way_back, 1)) {
        is_expecting = 0;
        return 1;
    }
    is_expecting = 1;
    (void)*(const volatile char *)0;
    is_expecting = 0;
    return 0;
}

void sw_fault(void) { *(volatile char *)0 = 1; }

uintptr_t sw_fault_handler(void) {
    struct sigaction now;
    return sigaction(SIGSEGV, 0, &now) == 0 ? (uintptr_t)now.sa_sigaction : ~(uintptr_t)0;
}
unsigned long sw_fault_flags(void) {
    struct sigaction now;
    if (sigaction(SIGSEGV, 0, &now) != 0) return ~0UL;
    return (unsigned long)now.sa_flags & (SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND);
}
int sw_ignore_faults(void) { return signal(SIGSEGV, SIG_IGN) == SIG_ERR ? -1 : 0; }

int sw_block_faults(int block) {
    sigset_t fault, was;
    sigemptyset(&fault);
    sigaddset(&fault, SIGSEGV);
    pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &fault, &was);
    return sigismember(&was, SIGSEGV);
}

int sw_in_fork(int (*body)(int), int argument) {
    pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) _exit(body(argument));
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return status;
}
