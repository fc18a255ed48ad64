import GuestRPC
import Kernel
import VMwareHarness

/// Ports that an emulated host answers in this process: what the processor does is left out, and nothing else.
final class TestPorts: BackdoorPorts {
    private struct State {
        var host: EmulatedVMX
        var faults: Set<EmulatedVMX.Instruction> = []
    }
    private let state: Monitor<State>
    private static let address: UInt64 = 0x7000_0000_1000

    init(_ host: EmulatedVMX = EmulatedVMX(), faulting: Set<EmulatedVMX.Instruction> = []) {
        state = Monitor(State(host: host, faults: faulting))
    }

    var host: EmulatedVMX { state.with { $0.host } }
    func change(_ body: (inout EmulatedVMX) -> Void) { state.with { body(&$0.host) } }

    func guarded<Answer>(_ body: () throws(GuestRPCError) -> Answer) throws(GuestRPCError) -> Answer { try body() }

    func read(_ registers: inout PortRegisters) throws(GuestRPCError) {
        let nothing = EmulatedVMX.Memory(read: { _, _ in nil }, write: { _, _ in false })
        try pass(.word, &registers, nothing)
    }

    func write(_ bytes: [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError) {
        registers.rsi = Self.address
        registers.rcx = UInt64(bytes.count)
        let memory = EmulatedVMX.Memory(
            read: { $0 == Self.address && $1 <= bytes.count ? Array(bytes.prefix($1)) : nil },
            write: { _, _ in false })
        try pass(.bytesOut, &registers, memory)
    }

    func read(into bytes: inout [UInt8], _ registers: inout PortRegisters) throws(GuestRPCError) {
        registers.rdi = Self.address
        registers.rcx = UInt64(bytes.count)
        let taken = Monitor(bytes)
        let memory = EmulatedVMX.Memory(
            read: { _, _ in nil },
            write: { address, new in
                taken.with {
                    guard address == Self.address, new.count <= $0.count else { return false }
                    $0.replaceSubrange(0..<new.count, with: new)
                    return true
                }
            })
        try pass(.bytesIn, &registers, memory)
        bytes = taken.with { $0 }
    }

    private func pass(
        _ instruction: EmulatedVMX.Instruction, _ registers: inout PortRegisters, _ memory: EmulatedVMX.Memory
    ) throws(GuestRPCError) {
        var values = EmulatedVMX.Registers()
        (values.rax, values.rbx, values.rcx, values.rdx) = (
            registers.rax, registers.rbx, registers.rcx, registers.rdx
        )
        (values.rsi, values.rdi, values.rbp) = (registers.rsi, registers.rdi, registers.rbp)
        let isAnswered = state.with {
            !$0.faults.contains(instruction) && $0.host.access(instruction, &values, memory)
        }
        guard isAnswered else { throw GuestRPCError(.unavailable(.portFaulted), operation: "in") }
        (registers.rax, registers.rbx, registers.rcx, registers.rdx) = (values.rax, values.rbx, values.rcx, values.rdx)
        (registers.rsi, registers.rdi, registers.rbp) = (values.rsi, values.rdi, values.rbp)
    }
}

/// A minute: what no test waits for.
var later: Deadline { Deadline(in: .seconds(60)) }

func text(_ string: String) -> [UInt8] { Array(string.utf8) }

/// Bytes that differ from their neighbours, without a zero among them.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(1 + ($0 &* 31 &+ $0 >> 8) % 255) } }
