#define _GNU_SOURCE 1
#include "CTestSupport.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

int sw_memory_file(void) { return memfd_create("test", MFD_CLOEXEC); }

int sw_trace_start(const char *path, char *const argv[], char *const environment[], int output, int errors) {
    int pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, 0);
        for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
        if (dup2(output, 1) < 0 || dup2(errors, 2) < 0) _exit(126);
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) _exit(126);
        execve(path, argv, environment);
        _exit(127);
    }
    int status;
    while (waitpid(pid, &status, __WALL) < 0)
        if (errno != EINTR) return -1;
    if (!WIFSTOPPED(status)) {
        errno = ENOEXEC;
        return -1;
    }
    /* It dies with us, and its threads are traced from their first instruction on. */
    if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD) != 0) return -1;
    return pid;
}

int sw_trace_next(struct sw_trace_event *event) {
    memset(event, 0, sizeof *event);
    int status;
    /* __WNOTHREAD: of what this thread traces, and of no other thread's children, whose ends are not ours to take. */
    do event->thread = waitpid(-1, &status, __WALL | __WNOTHREAD);
    while (event->thread < 0 && errno == EINTR);
    if (event->thread < 0) return -1;
    if (WIFEXITED(status)) {
        event->kind = SW_TRACE_EXITED;
        event->number = WEXITSTATUS(status);
    } else if (WIFSIGNALED(status)) {
        event->kind = SW_TRACE_KILLED;
        event->number = WTERMSIG(status);
    } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
        event->kind = SW_TRACE_CALL;
    } else if (status >> 16) {
        event->kind = SW_TRACE_BORN;
    } else {
        event->kind = SW_TRACE_SIGNAL;
        event->number = WSTOPSIG(status);
        siginfo_t information;
        if (ptrace(PTRACE_GETSIGINFO, event->thread, 0, &information) == 0) event->code = information.si_code;
    }
    return 0;
}

int sw_trace_continue(int thread, int signal, int to_next_call) {
    return ptrace(to_next_call ? PTRACE_SYSCALL : PTRACE_CONT, thread, 0, (long)signal) == 0 ? 0 : -1;
}

int sw_listen_abstract(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length + 1 > sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 16) != 0) {
        int problem = errno;
        close(fd);
        errno = problem;
        return -1;
    }
    return fd;
}
int sw_accept(int fd) { return accept4(fd, 0, 0, SOCK_CLOEXEC); }

long sw_trace_read(int pid, uint64_t address, void *buffer, size_t size) {
    struct iovec here = {buffer, size}, there = {(void *)(uintptr_t)address, size};
    return process_vm_readv(pid, &here, 1, &there, 1, 0);
}

long sw_trace_write(int pid, uint64_t address, const void *buffer, size_t size) {
    struct iovec here = {(void *)(uintptr_t)buffer, size}, there = {(void *)(uintptr_t)address, size};
    return process_vm_writev(pid, &here, 1, &there, 1, 0);
}

#ifdef __x86_64__
int sw_trace_get(int thread, struct sw_traced_registers *to) {
    struct user_regs_struct all;
    if (ptrace(PTRACE_GETREGS, thread, 0, &all) != 0) return -1;
    to->rax = all.rax, to->rbx = all.rbx, to->rcx = all.rcx, to->rdx = all.rdx;
    to->rsi = all.rsi, to->rdi = all.rdi, to->rbp = all.rbp, to->rip = all.rip;
    to->rsp = all.rsp, to->call = all.orig_rax;
    return 0;
}

int sw_trace_set(int thread, const struct sw_traced_registers *from) {
    struct user_regs_struct all;
    if (ptrace(PTRACE_GETREGS, thread, 0, &all) != 0) return -1;
    all.rax = from->rax, all.rbx = from->rbx, all.rcx = from->rcx, all.rdx = from->rdx;
    all.rsi = from->rsi, all.rdi = from->rdi, all.rbp = from->rbp, all.rip = from->rip;
    all.orig_rax = from->call;
    return ptrace(PTRACE_SETREGS, thread, 0, &all) == 0 ? 0 : -1;
}

int sw_trace_break(int thread, uint64_t address) {
    errno = 0;
    long word = ptrace(PTRACE_PEEKTEXT, thread, (void *)(uintptr_t)address, 0);
    if (errno != 0) return -1;
    long changed = (word & ~0xffL) | 0xcc;
    return ptrace(PTRACE_POKETEXT, thread, (void *)(uintptr_t)address, (void *)changed) == 0 ? 0 : -1;
}

void sw_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
}
#else
/* The emulated ports are x86's. */
int sw_trace_get(int thread, struct sw_traced_registers *to) { (void)thread, (void)to, errno = ENOSYS; return -1; }
int sw_trace_set(int thread, const struct sw_traced_registers *from) { (void)thread, (void)from, errno = ENOSYS; return -1; }
int sw_trace_break(int thread, uint64_t address) { (void)thread, (void)address, errno = ENOSYS; return -1; }
void sw_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    (void)leaf, (void)subleaf;
    memset(registers, 0, 4 * sizeof *registers);
}
#endif
