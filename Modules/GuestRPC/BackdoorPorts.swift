internal import CKernel
internal import Glibc
internal import SystemPackage

/// The processor's registers around an access to one of VMware's ports.
package struct PortRegisters: Hashable, Sendable {
    package var rax: UInt64 = 0
    package var rbx: UInt64 = 0
    package var rcx: UInt64 = 0
    package var rdx: UInt64 = 0
    package var rsi: UInt64 = 0
    package var rdi: UInt64 = 0
    package var rbp: UInt64 = 0

    package init() {}
}

/// VMware's two I/O ports: the processor's, or a test's that stands for them.
package protocol BackdoorPorts: Sendable {
    /// Runs `body`, in which the calling thread may touch the ports.
    func guarded<Answer>(
        _ body: () throws(GuestRPCError) -> Answer
    ) throws(GuestRPCError) -> Answer

    /// `in eax, dx`.
    func read(_ registers: inout PortRegisters) throws(GuestRPCError)
    /// `rep outsb` of all of `bytes`, which must not be none; rsi is set to where they are, rcx to how many.
    func write(_ bytes: [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError)
    /// `rep insb` into all of `bytes`, which must not be none; rdi is set to where they are, rcx to how many.
    func read(into bytes: inout [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError)
}

/// The processor's ports. Where it refuses them (no hypervisor that answers is behind them), its fault is caught and thrown as
/// ``GuestRPCError/Absence/portFaulted``; `guest_rpc.c` tells how.
package struct ProcessorPorts: BackdoorPorts {
    package init() {}

    package func guarded<Answer>(
        _ body: () throws(GuestRPCError) -> Answer
    ) throws(GuestRPCError) -> Answer {
        var guardian = sw_port_guard()
        // SAFETY: it is written by the call, and read by the one that ends it.
        try Self.check(unsafe sw_port_guard_begin(&guardian))
        defer { unsafe sw_port_guard_end(&guardian) }
        return try body()
    }

    package func read(_ registers: inout PortRegisters) throws(GuestRPCError) {
        var raw = sw_port_registers(registers)
        // SAFETY: the instruction touches the registers alone, which live through the call.
        let status = unsafe sw_port_in(&raw)
        try Self.check(status)
        registers = PortRegisters(raw)
    }

    package func write(_ bytes: [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError) {
        var raw = sw_port_registers(registers)
        let status = unsafe bytes.withUnsafeBytes { buffer in
            raw.rsi = UInt64(UInt(bitPattern: buffer.baseAddress))
            raw.rcx = UInt64(buffer.count)
            // SAFETY: rcx bytes are read from rsi on, all of the buffer, which lives through the call.
            return unsafe sw_port_out_bytes(&raw)
        }
        try Self.check(status)
        registers = PortRegisters(raw)
    }

    package func read(into bytes: inout [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError) {
        var raw = sw_port_registers(registers)
        let status = unsafe bytes.withUnsafeMutableBytes { buffer in
            raw.rdi = UInt64(UInt(bitPattern: buffer.baseAddress))
            raw.rcx = UInt64(buffer.count)
            // SAFETY: rcx bytes are written from rdi on, all of the buffer, which lives through the call.
            return unsafe sw_port_in_bytes(&raw)
        }
        try Self.check(status)
        registers = PortRegisters(raw)
    }

    private static func check(_ code: Int32) throws(GuestRPCError) {
        switch code {
        case 0: return
        case EFAULT: throw GuestRPCError(.unavailable(.portFaulted), operation: "in")
        case ENOSYS: throw GuestRPCError(.unavailable(.architecture), operation: "in")
        default: throw GuestRPCError(.system, operation: "guard", errno: Errno(rawValue: code))
        }
    }
}

extension sw_port_registers {
    fileprivate init(_ registers: PortRegisters) {
        self.init(
            rax: registers.rax, rbx: registers.rbx, rcx: registers.rcx, rdx: registers.rdx, rsi: registers.rsi,
            rdi: registers.rdi, rbp: registers.rbp)
    }
}

extension PortRegisters {
    fileprivate init(_ raw: sw_port_registers) {
        rax = raw.rax
        rbx = raw.rbx
        rcx = raw.rcx
        rdx = raw.rdx
        rsi = raw.rsi
        rdi = raw.rdi
        rbp = raw.rbp
    }
}
