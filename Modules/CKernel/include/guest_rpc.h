#pragma once
/* VMware's ports: reads and writes of the I/O ports 0x5658 and 0x5659, which the hypervisor answers for any program, whatever
 * its privilege, and the processor refuses (#GP, SIGSEGV) where there is no such hypervisor. guest_rpc.c tells how that is caught. */
#include <stdbool.h>
#include <stdint.h>

/* What the processor's registers hold before, and after. */
struct sw_port_registers { uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp; };

/* A stretch of the calling thread's run in which the instructions below may fault. */
struct sw_port_guard { bool was_blocked; };

/* 0, or an errno: ENOSYS on another architecture, EBUSY where others' handlers lie over ours too often. Each beginning has its
 * end, on the same thread. */
int sw_port_guard_begin(struct sw_port_guard *guard);
void sw_port_guard_end(const struct sw_port_guard *guard);

/* `in eax, dx`; `rep insb` to rdi; `rep outsb` from rsi; each of rcx bytes, all of which the caller owns. 0, or an errno: EFAULT
 * where the processor refused it, EPERM outside of a guard, ENOSYS on another architecture. */
int sw_port_in(struct sw_port_registers *registers);
int sw_port_in_bytes(struct sw_port_registers *registers);
int sw_port_out_bytes(struct sw_port_registers *registers);

/* The hypervisor's twelve letters and a zero (CPUID 0x40000000: EBX, ECX, EDX), where CPUID 1 says that there is one (bit 31 of ECX); else
 * an empty string, as on another architecture. */
void sw_hypervisor_signature(char text[13]);

/* bind(2) of an AF_VSOCK socket to a port on whatever context id we have, and connect(2) to a port of another's: 0, or -1 and errno. */
int sw_vsock_bind(int fd, uint32_t port);
int sw_vsock_connect(int fd, uint32_t context, uint32_t port);
/* Of linux/vm_sockets.h: the hypervisor's context id, and any port. */
extern const uint32_t SW_VMADDR_CID_HYPERVISOR, SW_VMADDR_PORT_ANY;
