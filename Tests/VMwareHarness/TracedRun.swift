internal import CTestSupport
internal import Glibc
internal import Kernel
internal import SystemPackage

/// One run of a traced program: its stops, one after another.
struct TracedRun {
    private(set) var host: EmulatedVMX?
    private(set) var refused = 0
    private let refusesBulk: Bool
    private var breakpoints: Set<UInt64> = []
    private var threads: Set<Int32> = []
    private let vsock: EmulatedVsock?
    /// Threads in a system call of vsock's, and what it answers; nil is what the kernel answers.
    private var calls: [Int32: Int?] = [:]

    init(_ host: EmulatedVMX?, _ vsock: EmulatedVsock?, _ refusingBulk: Bool) {
        self.host = host
        self.vsock = vsock
        refusesBulk = refusingBulk
    }

    /// The file's addresses, moved to where the program was loaded.
    mutating func setBreakpoints(_ addresses: [UInt64], in path: FilePath, of pid: Int32) throws {
        guard !addresses.isEmpty else { return }
        let files = LiveFiles()
        let real = try files.linkTarget(of: FilePath("/proc/\(pid)/exe")).string
        let bytes = try files.contents(of: FilePath("/proc/\(pid)/maps"), limit: 1 << 20)
        let maps = String(decoding: bytes, as: UTF8.self)
        let first = maps.split(separator: "\n").first { $0.hasSuffix(real) && $0.contains(" 00000000 ") }
        guard let first, let base = UInt64(first.prefix { $0 != "-" }, radix: 16) else {
            throw TracedProgram.Failure(description: "\(path) is not in its own maps:\n\(maps)")
        }
        for address in addresses {
            guard sw_trace_break(pid, base + address) == 0 else {
                throw TracedProgram.Failure(description: "no breakpoint at \(address): \(Errno(rawValue: errno))")
            }
            breakpoints.insert(base + address)
        }
    }

    /// To the end: the exit status, or minus the signal.
    mutating func follow(_ pid: Int32) throws -> Int32 {
        threads = [pid]
        go(on: pid)
        while true {
            var event = sw_trace_event()
            guard unsafe sw_trace_next(&event) == 0 else {
                throw TracedProgram.Failure(description: "waiting: \(Errno(rawValue: errno))")
            }
            switch Int(event.kind) {
            case SW_TRACE_EXITED where event.thread == pid: return event.number
            case SW_TRACE_KILLED where event.thread == pid: return -event.number
            case SW_TRACE_EXITED, SW_TRACE_KILLED: threads.remove(event.thread)
            case SW_TRACE_BORN: go(on: event.thread)
            case SW_TRACE_CALL: takeCall(event.thread, pid)
            default: take(event, pid)
            }
        }
    }

    private func go(on thread: Int32, with signal: Int32 = 0) {
        _ = sw_trace_continue(thread, signal, vsock == nil ? 0 : 1)
    }

    /// A system call begins, or has ended: those of AF_VSOCK are the emulated one's.
    private mutating func takeCall(_ thread: Int32, _ pid: Int32) {
        defer { go(on: thread) }
        var registers = sw_traced_registers()
        guard let vsock, unsafe sw_trace_get(thread, &registers) == 0 else { return }
        if let answer = calls.removeValue(forKey: thread) {
            guard let answer else { return }
            registers.rax = UInt64(bitPattern: Int64(answer))
        } else {
            calls[thread] = .some(nil)
            switch Int(registers.call) {
            case 41 where registers.rdi == 40:  // socket(AF_VSOCK, …)
                registers.rdi = 1
            case 49, 42:  // bind, connect
                guard let address = Self.memory(of: pid).read(registers.rsi, 16), address[0] == 40, address[1] == 0
                else { return }
                let words = stride(from: 4, to: 16, by: 4).map { place in
                    address[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                }
                let isBind = registers.call == 49
                guard
                    let status = vsock.status(
                        of: isBind ? .bind(port: words[0]) : .connect(context: words[1], port: words[0]))
                else {
                    // Below what the program may use below its stack.
                    let place = registers.rsp &- 1024
                    guard Self.memory(of: pid).write(place, vsock.address) else { return }
                    registers.rsi = place
                    registers.rdx = UInt64(vsock.address.count)
                    break
                }
                calls[thread] = status
                registers.call = UInt64.max
            default: return
            }
        }
        unsafe _ = sw_trace_set(thread, &registers)
    }

    private static func memory(of pid: Int32) -> EmulatedVMX.Memory {
        EmulatedVMX.Memory(
            read: { address, count in
                var bytes = [UInt8](repeating: 0, count: count)
                // SAFETY: `count` bytes are written into the array, which has as many.
                return unsafe sw_trace_read(pid, address, &bytes, count) == count ? bytes : nil
            },
            // SAFETY: all of the array is read, which lives through the call.
            write: { unsafe sw_trace_write(pid, $0, $1, $1.count) == $1.count })
    }

    private mutating func take(_ event: sw_trace_event, _ pid: Int32) {
        if event.number == SIGSTOP, threads.insert(event.thread).inserted {
            return go(on: event.thread)  // a new thread begins with one
        }
        var registers = sw_traced_registers()
        guard unsafe sw_trace_get(event.thread, &registers) == 0 else { return go(on: event.thread) }
        // si_code of a fault, and not of a signal that somebody sent.
        if event.number == SIGSEGV, event.code > 0, answer(&registers, pid) {
            unsafe _ = sw_trace_set(event.thread, &registers)
            return go(on: event.thread)
        }
        if event.number == SIGTRAP, breakpoints.contains(registers.rip &- 1) {
            Self.answerProcessorQuestion(&registers)
            unsafe _ = sw_trace_set(event.thread, &registers)
            return go(on: event.thread)
        }
        go(on: event.thread, with: event.number)
    }

    /// Does what the instruction would have done with VMware behind it; false where it is none of the three, or there is no VMware.
    private mutating func answer(_ registers: inout sw_traced_registers, _ pid: Int32) -> Bool {
        let memory = Self.memory(of: pid)
        guard let code = memory.read(registers.rip, 2) else { return false }
        let instruction: EmulatedVMX.Instruction
        switch (code[0], code[1]) {
        case (0xed, _): instruction = .word
        case (0xf3, 0x6c): instruction = .bytesIn
        case (0xf3, 0x6e): instruction = .bytesOut
        default: return false
        }
        var values = EmulatedVMX.Registers()
        values.rax = registers.rax
        values.rbx = registers.rbx
        values.rcx = registers.rcx
        values.rdx = registers.rdx
        values.rsi = registers.rsi
        values.rdi = registers.rdi
        values.rbp = registers.rbp
        guard !(refusesBulk && instruction != .word), host?.access(instruction, &values, memory) == true else {
            refused += 1
            return false
        }
        registers = sw_traced_registers(
            rax: values.rax, rbx: values.rbx, rcx: values.rcx, rdx: values.rdx, rsi: values.rsi, rdi: values.rdi,
            rbp: values.rbp, rip: registers.rip + (instruction == .word ? 1 : 2), rsp: registers.rsp,
            call: registers.call)
        return true
    }

    /// The processor's own answer, but that there is a hypervisor and that it is VMware.
    private static func answerProcessorQuestion(_ registers: inout sw_traced_registers) {
        let leaf = UInt32(truncatingIfNeeded: registers.rax)
        var answer: [UInt32] = [0, 0, 0, 0]
        // SAFETY: four words are written.
        unsafe sw_cpuid(leaf, UInt32(truncatingIfNeeded: registers.rcx), &answer)
        if leaf == 1 { answer[2] |= 1 << 31 }
        if leaf == 0x4000_0000 {
            let letters = Array("VMwareVMware".utf8).map { UInt32($0) }
            func word(_ start: Int) -> UInt32 { (0..<4).reduce(0) { $0 | letters[start + $1] << UInt32(8 * $1) } }
            answer = [0x4000_0010, word(0), word(4), word(8)]
        }
        registers.rax = UInt64(answer[0])
        registers.rbx = UInt64(answer[1])
        registers.rcx = UInt64(answer[2])
        registers.rdx = UInt64(answer[3])
        registers.rip += 1  // past the int3: the second byte of the instruction that it stands on
    }
}
