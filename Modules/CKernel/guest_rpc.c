#define _GNU_SOURCE 1
#include "CKernel.h"
#include "guest_rpc.h"
#include <linux/vm_sockets.h>
#include <string.h>

const uint32_t SW_VMADDR_CID_HYPERVISOR = VMADDR_CID_HYPERVISOR, SW_VMADDR_PORT_ANY = VMADDR_PORT_ANY;

static struct sockaddr_vm vsock_address(uint32_t context, uint32_t port) {
    struct sockaddr_vm address = {.svm_family = AF_VSOCK, .svm_port = port, .svm_cid = context};
    return address;
}
int sw_vsock_bind(int fd, uint32_t port) {
    struct sockaddr_vm address = vsock_address(VMADDR_CID_ANY, port);
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}
int sw_vsock_connect(int fd, uint32_t context, uint32_t port) {
    struct sockaddr_vm address = vsock_address(context, port);
    return connect(fd, (struct sockaddr *)&address, sizeof address);
}

#ifdef __x86_64__
#include <cpuid.h>
#include <pthread.h>
#include <ucontext.h>

/* The three instructions. Each function takes the registers in rdi, keeps the pointer on the stack while the hypervisor has all
 * of them, and answers 0. Where the instruction faults, the signal's handler goes on at the label behind: the stack is as it was
 * before the instruction, so that end takes the same two steps back and answers 1.
 * As one block of assembly, and not within a C function, so that there is exactly one of each: the handler knows them by address. */
#define LOADED \
    "    movq 40(%rdi), %r8\n" /* rdi itself is last */ \
    "    movq   (%rdi), %rax\n    movq  8(%rdi), %rbx\n    movq 16(%rdi), %rcx\n    movq 24(%rdi), %rdx\n" \
    "    movq 32(%rdi), %rsi\n    movq 48(%rdi), %rbp\n    movq %r8, %rdi\n    cld\n"
#define STORED \
    "    xchgq %rax, (%rsp)\n" /* the pointer, for what came in rax */ \
    "    movq %rbx,  8(%rax)\n    movq %rcx, 16(%rax)\n    movq %rdx, 24(%rax)\n    movq %rsi, 32(%rax)\n" \
    "    movq %rdi, 40(%rax)\n    movq %rbp, 48(%rax)\n    popq (%rax)\n    .cfi_adjust_cfa_offset -8\n"
#define INSTRUCTION(name, text) \
    "    .p2align 4\n    .globl " name "\n    .hidden " name "\n    .type " name ", @function\n" \
    "    .globl " name "_at, " name "_failed\n    .hidden " name "_at, " name "_failed\n" \
    name ":\n    .cfi_startproc\n    endbr64\n" \
    "    pushq %rbp\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset %rbp, 0\n" \
    "    pushq %rbx\n    .cfi_adjust_cfa_offset 8\n    .cfi_rel_offset %rbx, 0\n" \
    "    pushq %rdi\n    .cfi_adjust_cfa_offset 8\n" \
    LOADED name "_at:\n    " text "\n" STORED \
    "    xorl %eax, %eax\n    popq %rbx\n    .cfi_adjust_cfa_offset -8\n    popq %rbp\n    .cfi_adjust_cfa_offset -8\n    retq\n" \
    "    .cfi_adjust_cfa_offset 24\n" \
    name "_failed:\n    addq $8, %rsp\n    .cfi_adjust_cfa_offset -8\n" \
    "    movl $1, %eax\n    popq %rbx\n    .cfi_adjust_cfa_offset -8\n    popq %rbp\n    .cfi_adjust_cfa_offset -8\n    retq\n" \
    "    .cfi_endproc\n    .size " name ", . - " name "\n"

__asm__("    .text\n"
        INSTRUCTION("sw_raw_in", "inl %dx, %eax")
        INSTRUCTION("sw_raw_in_bytes", "rep insb")
        INSTRUCTION("sw_raw_out_bytes", "rep outsb"));

#define DECLARED(name) \
    __attribute__((visibility("hidden"))) int name(struct sw_port_registers *registers); \
    __attribute__((visibility("hidden"))) extern const char name##_at[], name##_failed[];
DECLARED(sw_raw_in)
DECLARED(sw_raw_in_bytes)
DECLARED(sw_raw_out_bytes)

/* The guard. While a thread is between sw_port_guard_begin and its end, SIGSEGV is caught by a handler of ours that knows three
 * addresses. At one of them it moves the thread's instruction pointer to the label behind and returns. All else it passes to the
 * handler that was there before, as the kernel would have: so a crash is reported as ever, and who recovers from faults of his own
 * still does. When the last guard ends, what was there before is there again.
 *
 * It holds for all threads at once: a handler is the process's, what it decides by (the thread's own instruction pointer) is the
 * thread's. There is no jump out of a signal, no state of a thread to get out of step, and nothing that the handler locks.
 *
 * Somebody may put a handler of his own over ours while a guard is held. Then ours is not taken away at the end, for his may call
 * it; and the next guard lies over his, in a layer of its own that knows what lies below: one handler over all would come to call
 * itself. */
enum { LAYERS = 4 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users;                            /* guards held, under the lock */
static struct { bool in_place; struct sigaction below; } layers[LAYERS]; /* written under the lock while not in place */

static void pass_on(int layer, int signal, siginfo_t *info, void *context) {
    struct sigaction below = layers[layer].below;
    bool is_fault = info->si_code > 0; /* the processor's; SI_USER, SI_QUEUE and SI_TKILL are not */
    if (below.sa_handler == SIG_IGN && !is_fault) return;
    struct sigaction nothing = {.sa_handler = SIG_DFL};
    if (below.sa_handler == SIG_DFL || below.sa_handler == SIG_IGN) {
        /* By default it ends the process (and the kernel ignores no fault): the instruction runs again, with nobody to catch it. A
         * signal that was sent does not come again by itself; it is blocked here, so that it comes when this returns. */
        sigaction(signal, &nothing, 0);
        if (!is_fault) syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), signal, info);
        return;
    }
    if (below.sa_flags & (int)SA_RESETHAND) sigaction(signal, &nothing, 0);
    /* The signals to block, the stack to run on and the rest of the flags are those that it asked for: ours were set from them. */
    if (below.sa_flags & SA_SIGINFO) below.sa_sigaction(signal, info, context);
    else below.sa_handler(signal);
}

static void caught(int layer, int signal, siginfo_t *info, void *context) {
    greg_t *next = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    /* A fault only: a SIGSEGV that somebody sends may find the thread at that very instruction. */
    if (info->si_code > 0) {
        if (*next == (greg_t)sw_raw_in_at) { *next = (greg_t)sw_raw_in_failed; return; }
        if (*next == (greg_t)sw_raw_in_bytes_at) { *next = (greg_t)sw_raw_in_bytes_failed; return; }
        if (*next == (greg_t)sw_raw_out_bytes_at) { *next = (greg_t)sw_raw_out_bytes_failed; return; }
    }
    int saved = errno;
    pass_on(layer, signal, info, context);
    errno = saved;
}

static void caught_0(int signal, siginfo_t *info, void *context) { caught(0, signal, info, context); }
static void caught_1(int signal, siginfo_t *info, void *context) { caught(1, signal, info, context); }
static void caught_2(int signal, siginfo_t *info, void *context) { caught(2, signal, info, context); }
static void caught_3(int signal, siginfo_t *info, void *context) { caught(3, signal, info, context); }
static void (*const handlers[LAYERS])(int, siginfo_t *, void *) = {caught_0, caught_1, caught_2, caught_3};

static int layer_of(const struct sigaction *action) {
    if (!(action->sa_flags & SA_SIGINFO)) return -1;
    for (int layer = 0; layer < LAYERS; layer++)
        if (action->sa_sigaction == handlers[layer]) return layer;
    return -1;
}

static int put_in_place(void) {
    struct sigaction now;
    if (sigaction(SIGSEGV, 0, &now) != 0) return errno;
    if (layer_of(&now) >= 0) return 0;
    for (int layer = 0; layer < LAYERS; layer++) {
        if (layers[layer].in_place) continue;
        layers[layer].below = now;
        layers[layer].in_place = true;
        struct sigaction ours = {.sa_mask = now.sa_mask};
        ours.sa_sigaction = handlers[layer];
        /* SA_RESETHAND would take ours away at the first fault that it is there for. */
        bool is_handler = now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN;
        ours.sa_flags = SA_SIGINFO | (is_handler ? now.sa_flags & (SA_ONSTACK | SA_RESTART | SA_NODEFER) : 0);
        if (sigaction(SIGSEGV, &ours, 0) == 0) return 0;
        layers[layer].in_place = false;
        return errno;
    }
    return EBUSY;
}

int sw_port_guard_begin(struct sw_port_guard *guard) {
    pthread_mutex_lock(&lock);
    int status = put_in_place();
    if (status == 0) __atomic_add_fetch(&users, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
    if (status != 0) return status;
    /* A fault of a thread that blocks SIGSEGV ends the process, whoever would catch it. */
    sigset_t fault, before;
    sigemptyset(&fault);
    sigaddset(&fault, SIGSEGV);
    pthread_sigmask(SIG_UNBLOCK, &fault, &before);
    guard->was_blocked = sigismember(&before, SIGSEGV) == 1;
    return 0;
}

void sw_port_guard_end(const struct sw_port_guard *guard) {
    if (guard->was_blocked) {
        sigset_t fault;
        sigemptyset(&fault);
        sigaddset(&fault, SIGSEGV);
        pthread_sigmask(SIG_BLOCK, &fault, 0);
    }
    pthread_mutex_lock(&lock);
    if (__atomic_sub_fetch(&users, 1, __ATOMIC_RELAXED) == 0) {
        struct sigaction now;
        int layer;
        /* Taking one away may show another that lay below somebody else's, who has taken his away by now. */
        while (sigaction(SIGSEGV, 0, &now) == 0 && (layer = layer_of(&now)) >= 0 && layers[layer].in_place) {
            if (sigaction(SIGSEGV, &layers[layer].below, 0) != 0) break;
            layers[layer].in_place = false;
        }
    }
    pthread_mutex_unlock(&lock);
}

static int guarded(int (*instruction)(struct sw_port_registers *), struct sw_port_registers *registers) {
    if (__atomic_load_n(&users, __ATOMIC_RELAXED) == 0) return EPERM;
    return instruction(registers) == 0 ? 0 : EFAULT;
}
int sw_port_in(struct sw_port_registers *registers) { return guarded(sw_raw_in, registers); }
int sw_port_in_bytes(struct sw_port_registers *registers) { return guarded(sw_raw_in_bytes, registers); }
int sw_port_out_bytes(struct sw_port_registers *registers) { return guarded(sw_raw_out_bytes, registers); }

void sw_hypervisor_signature(char text[13]) {
    unsigned a, b, c, d;
    memset(text, 0, 13);
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 31)) return;
    /* Not __get_cpuid, which asks for the highest basic leaf: this range has one of its own. */
    __cpuid(0x40000000, a, b, c, d);
    memcpy(text, &b, 4), memcpy(text + 4, &c, 4), memcpy(text + 8, &d, 4);
}

#else

/* VMware's ports are x86's. On arm64 its guest RPC goes by vsock. */
int sw_port_guard_begin(struct sw_port_guard *guard) { guard->was_blocked = false; return ENOSYS; }
void sw_port_guard_end(const struct sw_port_guard *guard) { (void)guard; }
int sw_port_in(struct sw_port_registers *registers) { (void)registers; return ENOSYS; }
int sw_port_in_bytes(struct sw_port_registers *registers) { (void)registers; return ENOSYS; }
int sw_port_out_bytes(struct sw_port_registers *registers) { (void)registers; return ENOSYS; }
void sw_hypervisor_signature(char text[13]) { memset(text, 0, 13); }
#endif
