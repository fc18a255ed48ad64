#pragma once
#include <stddef.h>
#include <stdint.h>

/* 1: this process entered network and mount namespaces of its own before main; 0: it did not; -1: unshare failed. */
int sw_fresh_namespaces(void);

/* memfd_create(2), close-on-exec. */
int sw_memory_file(void);

/* ptrace(2). All of it is for one thread, which starts the program and sees to its end: 0, or -1 and errno. */

/* Starts a program that stops at its first instruction; its standard output and errors are those descriptors. The pid, or -1 and errno. */
int sw_trace_start(const char *path, char *const argv[], char *const environment[], int output, int errors);

enum { SW_TRACE_SIGNAL = 1, SW_TRACE_BORN, SW_TRACE_EXITED, SW_TRACE_KILLED, SW_TRACE_CALL };
struct sw_trace_event {
    int thread;
    int kind;   /* SW_TRACE_BORN: the thread has started another; SW_TRACE_CALL: a system call begins, or has ended */
    int number; /* the signal, or the exit status */
    int code;   /* si_code of a signal */
};
/* Waits for what any thread of it does next. */
int sw_trace_next(struct sw_trace_event *event);
/* Lets a stopped thread go on, with that signal or 0; to its next system call, or past them all. */
int sw_trace_continue(int thread, int signal, int to_next_call);

/* `call` is the number of the system call that begins, -1 for none to be made; what it answers is in rax. */
struct sw_traced_registers { uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rip, rsp, call; };
int sw_trace_get(int thread, struct sw_traced_registers *to);
int sw_trace_set(int thread, const struct sw_traced_registers *from);

/* Its memory: how many bytes were moved, or -1 and errno. */
long sw_trace_read(int pid, uint64_t address, void *buffer, size_t size);
long sw_trace_write(int pid, uint64_t address, const void *buffer, size_t size);
/* Puts an int3 over the byte there. */
int sw_trace_break(int thread, uint64_t address);
/* The processor's own answer: EAX, EBX, ECX, EDX. */
void sw_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

/* Faults of the test's own, and a handler that recovers from them: a stranger that our guard of the ports has to live with. */

/* Puts the handler in place; what it does not know it hands to the one that was there. Taking it away puts that one back. */
int sw_recovery_begin(void);
int sw_recovery_end(void);
/* Reads address 0: 1 where the handler recovered from it, 0 where nothing happened. */
int sw_recovered_fault(void);
/* Writes to address 0. */
void sw_fault(void);
/* What takes SIGSEGV now: its address, 0 the default, 1 ignored; and sigaction's flags, without those that glibc adds. */
uintptr_t sw_fault_handler(void);
unsigned long sw_fault_flags(void);
int sw_ignore_faults(void);
/* SIGSEGV of the calling thread: blocks or unblocks it, answers whether it was blocked. */
int sw_block_faults(int block);
/* Runs `body` in a fork of this process, whose exit status is its answer; the status that waitpid gives, or -1. */
int sw_in_fork(int (*body)(int), int argument);

/* open-vm-tools' own code (Debian's libvmtools.so.0): whether it is there; none of what follows may be called without. */
int sw_vmtools(void);
struct sw_datamap { uintptr_t map; uint64_t cookie; };
/* 0, or its error code (DMERR_*). */
int sw_datamap_new(struct sw_datamap *map);
void sw_datamap_free(struct sw_datamap *map);
int sw_datamap_set_number(struct sw_datamap *map, uint32_t id, int64_t value);
int sw_datamap_set_string(struct sw_datamap *map, uint32_t id, const uint8_t *bytes, size_t size);
int sw_datamap_set_numbers(struct sw_datamap *map, uint32_t id, const int64_t *numbers, size_t count);
/* `bytes` has the strings one behind the other. */
int sw_datamap_set_strings(struct sw_datamap *map, uint32_t id, const uint8_t *bytes, const int32_t *sizes, size_t count);
/* The packet, its length first: how many bytes it has, or -1. */
long sw_datamap_bytes(const struct sw_datamap *map, uint8_t *to, size_t room);
/* Makes a map of a packet without its length. A failure leaves none to free. */
int sw_datamap_read(struct sw_datamap *map, const uint8_t *content, size_t size);
/* One packet over a connected socket, blocking: the payload's size, or -1; 0 or -1. */
long sw_vmtools_receive(int fd, uint8_t *to, size_t room);
int sw_vmtools_send(int fd, const uint8_t *bytes, size_t size);

/* A listening AF_UNIX socket of that name, which no file has, and one connection to it: descriptors, or -1 and errno. */
int sw_listen_abstract(const char *name);
int sw_accept(int fd);
