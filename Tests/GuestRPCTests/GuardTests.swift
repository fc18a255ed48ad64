import CKernel
import CTestSupport
import Glibc
import GuestRPC
import Kernel
import SystemPackage
import TestSupport
import Testing

/// On a machine where the processor refuses the ports. Each of them changes what a process has but one of, so it has a process.
@Suite("The guard of the ports", .enabled(if: !Hypervisor.isVMware, "VMware answers the ports here"))
struct GuardTests {
    @Test("a port without VMware is an error, and the process has its SIGSEGV as before")
    func noVMware() async {
        await #expect(processExitsWith: .success) {
            let handler = sw_fault_handler()
            let flags = sw_fault_flags()
            for highBandwidth in [true, false] {
                let transport = BackdoorGuestRPC(highBandwidth: highBandwidth)
                let error = #expect(throws: GuestRPCError.self) {
                    try transport.exchange(text("info-get guestinfo.x"), until: later)
                }
                #expect(error?.kind == .unavailable(.portFaulted) && error?.channel != nil)
                #expect(transport.channel == nil)
            }
            #expect(sw_fault_handler() == handler && sw_fault_flags() == flags)
        }
    }

    @Test("each of the three instructions is refused, with the registers as they were")
    func instructions() async {
        await #expect(processExitsWith: .success) {
            let ports = ProcessorPorts()
            var outside = PortRegisters()
            let error = #expect(throws: GuestRPCError.self) { try ports.read(&outside) }
            #expect(error?.kind == .system && error?.errno == .notPermitted, "outside of the guard nothing is tried")
            try ports.guarded { () throws(GuestRPCError) in
                var registers = PortRegisters()
                registers.rax = 1
                registers.rbp = 7
                registers.rdx = 0x5658
                let before = registers
                var bytes = [UInt8](repeating: 5, count: 4096)
                for _ in 0..<100 {
                    refused { () throws(GuestRPCError) in try ports.read(&registers) }
                    refused { () throws(GuestRPCError) in try ports.read(into: &bytes, &registers) }
                    refused { () throws(GuestRPCError) in try ports.write(bytes, &registers) }
                }
                #expect(registers == before && bytes == [UInt8](repeating: 5, count: 4096))
            }
        }
    }

    @Test("threads that are refused, and threads that recover from faults of their own, do not hinder one another")
    func threads() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_recovery_begin() == 0)
            let handler = sw_fault_handler()
            let flags = sw_fault_flags()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let isFaulting = try await WorkerThread.run { () throws -> Bool in
                            if number % 2 == 0 { return (0..<2000).allSatisfy { _ in sw_recovered_fault() == 1 } }
                            let ports = ProcessorPorts()
                            return (0..<2000).allSatisfy { _ in isRefused(ports) }
                        }
                        #expect(isFaulting)
                    }
                }
                try await group.waitForAll()
            }
            #expect(sw_fault_handler() == handler && sw_fault_flags() == flags)
        }
    }

    @Test("a thread that blocks SIGSEGV is guarded too, and blocks it afterwards")
    func blocked() async {
        await #expect(processExitsWith: .success) {
            try await WorkerThread.run {
                _ = sw_block_faults(1)
                #expect(isRefused(ProcessorPorts()))
                #expect(sw_block_faults(0) == 1)
                #expect(isRefused(ProcessorPorts()))
                #expect(sw_block_faults(1) == 0)
            }
        }
    }

    @Test("a fault that is not the port's ends the process by its signal, guard or none")
    func crash() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            try ProcessorPorts().guarded { () throws(GuestRPCError) in
                #expect(sw_fault_handler() > 1)
                sw_fault()
            }
        }
    }

    @Test("a SIGSEGV that somebody sends does what it would have done: by default it ends the process")
    func sent() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            try ProcessorPorts().guarded { () throws(GuestRPCError) in _ = raise(SIGSEGV) }
        }
    }

    @Test("ignored, it is still ignored")
    func ignored() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_ignore_faults() == 0)
            try ProcessorPorts().guarded { () throws(GuestRPCError) in
                #expect(raise(SIGSEGV) == 0 && kill(getpid(), SIGSEGV) == 0)
            }
            #expect(isRefused(ProcessorPorts()) && sw_fault_handler() == 1)
        }
    }

    @Test("a crash under the guard is reported by the crash handler, once, with the task, and by the signal")
    func reported() async {
        await #expect(processExitsWith: .success) {
            for isUnderGuard: Int32 in [0, 1] {
                var pair = try DescriptorPair.sockets(type: Int32(SOCK_SEQPACKET.rawValue))
                let ours = try pair.takeFirst()
                let theirs = try pair.takeSecond()
                let packed = theirs.rawValue << 1 | isUnderGuard
                let status = sw_in_fork(
                    { packed in
                        sw_set_current_task(4)
                        guard sw_report_crashes(packed >> 1) == 0 else { return 90 }
                        var guardian = sw_port_guard()
                        guard unsafe packed & 1 == 0 || sw_port_guard_begin(&guardian) == 0 else { return 91 }
                        if packed & 1 == 1 {
                            var registers = sw_port_registers()
                            guard unsafe sw_port_in(&registers) == EFAULT else { return 92 }
                        }
                        sw_fault()
                        return 93
                    }, packed)
                #expect(status & 0x7f == SIGSEGV, "\(status)")
                #expect(try ours.readOnce(limit: 64) == [1, 6, 4, 0, UInt8(SIGSEGV), 0, 0, 0])
                _ = theirs.release()
            }
        }
    }

    @Test("who puts a handler over ours has it called, and ours below; a guard after that lies over both")
    func overlaid() async {
        await #expect(processExitsWith: .success) {
            let original = sw_fault_handler()
            let ports = ProcessorPorts()
            try ports.guarded { () throws(GuestRPCError) in
                #expect(isRefusedInside(ports))
                #expect(sw_recovery_begin() == 0)
                // His handler hands on what it does not know: ours gets it.
                #expect(isRefusedInside(ports) && sw_recovered_fault() == 1)
            }
            // His is still the first, and one of ours is below it, for he may call it.
            let his = sw_fault_handler()
            #expect(sw_recovered_fault() == 1)
            for _ in 0..<100 {
                #expect(isRefused(ports) && sw_recovered_fault() == 1)
                #expect(sw_fault_handler() == his)
            }
            try ports.guarded { () throws(GuestRPCError) in
                #expect(isRefusedInside(ports) && sw_recovered_fault() == 1)
            }
            // He takes his away, and puts ours back, which nobody needs any more: the next guard takes it with it.
            #expect(sw_recovery_end() == 0 && isRefused(ports))
            #expect(sw_fault_handler() == original)
        }
    }
}

/// Runs it in a guard of its own.
private func isRefused(_ ports: ProcessorPorts) -> Bool {
    (try? ports.guarded { () throws(GuestRPCError) in isRefusedInside(ports) }) ?? false
}

private func isRefusedInside(_ ports: ProcessorPorts) -> Bool {
    var registers = PortRegisters()
    do throws(GuestRPCError) {
        try ports.read(&registers)
        return false
    } catch {
        return error.kind == .unavailable(.portFaulted)
    }
}

private func refused(_ body: () throws(GuestRPCError) -> Void) {
    do throws(GuestRPCError) {
        try body()
        Issue.record("nobody refused it")
    } catch {
        #expect(error.kind == .unavailable(.portFaulted))
    }
}
