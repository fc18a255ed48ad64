internal import CTestSupport
internal import Glibc
internal import Kernel
public import SystemPackage

/// A program that runs under ptrace with an emulated VMware: its accesses to the two ports, which the processor refuses here, are
/// answered by an ``EmulatedVMX``, and its CPUID, where it is asked for, is VMware's.
public struct TracedProgram {
    /// How it ended, what it printed, and the host as it left it.
    public struct Outcome {
        /// The exit status, or minus the signal that killed it.
        public let status: Int32
        public let output: [UInt8]
        public let errors: String
        public let host: EmulatedVMX?
        /// Accesses that nobody answered: the program got its SIGSEGV.
        public let refused: Int

        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    public struct Failure: Error, CustomStringConvertible { public let description: String }

    /// The program, and the addresses of the CPUID instructions in its file that answer as VMware's.
    private let path: FilePath
    private let processorQuestions: [UInt64]

    /// - Parameter answeringProcessorQuestions: whether CPUID is answered too; by breakpoints on the instructions that objdump
    ///   finds in the file, for the processor's own answer cannot be caught.
    public init(_ path: FilePath, answeringProcessorQuestions: Bool = false) throws {
        self.path = path
        processorQuestions = answeringProcessorQuestions ? try Self.processorQuestions(in: path) : []
    }

    /// Runs it to its end, on this thread.
    ///
    /// - Parameters:
    ///   - host: who answers the ports; nil is a machine without VMware.
    ///   - vsock: who answers AF_VSOCK; nil is this machine's kernel.
    ///   - refusingBulk: whether the port 0x5659 faults all the same.
    public func run(
        _ arguments: [String], on host: EmulatedVMX?, vsock: EmulatedVsock? = nil, refusingBulk: Bool = false,
        timeout: Duration = .seconds(60)
    ) throws -> Outcome {
        let output = OwnedDescriptor(adopting: sw_memory_file())
        let errors = OwnedDescriptor(adopting: sw_memory_file())
        var run = TracedRun(host, vsock, refusingBulk)
        let pid = try start(arguments, output, errors)
        let ended = Monitor(false)
        try WorkerThread.start {
            _ = ended.wait(until: Deadline(in: timeout)) { $0 ? true : nil }
            // With the lock held, so that the pid is still that of the program.
            ended.with { if !$0 { kill(pid, SIGKILL) } }
        }
        defer { ended.with { $0 = true } }
        try run.setBreakpoints(processorQuestions, in: path, of: pid)
        let status = try run.follow(pid)
        return Outcome(
            status: status, output: try Self.contents(output),
            errors: String(decoding: try Self.contents(errors), as: UTF8.self), host: run.host, refused: run.refused)
    }

    private func start(
        _ arguments: [String], _ output: borrowing OwnedDescriptor, _ errors: borrowing OwnedDescriptor
    ) throws -> Int32 {
        let settings: [String] = ["PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no"]
        var words = unsafe ([path.string] + arguments).map { unsafe strdup($0) } + [nil]
        var environment = unsafe settings.map { unsafe strdup($0) } + [nil]
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe environment.indices { unsafe free(environment[index]) }
        }
        // SAFETY: the strings and both arrays, which end in nil, live through the call.
        let pid = unsafe sw_trace_start(
            path.string, &words, &environment, output.rawValue, errors.rawValue)
        if pid < 0 { throw Failure(description: "\(path): \(Errno(rawValue: errno))") }
        return pid
    }

    private static func contents(_ file: borrowing OwnedDescriptor) throws -> [UInt8] {
        lseek(file.rawValue, 0, SEEK_SET)
        return try file.readAll(limit: 64 << 20)
    }

    private static func processorQuestions(in path: FilePath) throws -> [UInt64] {
        let file = OwnedDescriptor(adopting: sw_memory_file())
        var options = ChildProcess.Options()
        let nothing = try OwnedDescriptor.open("/dev/null", O_RDWR)
        options.descriptors = [nothing.rawValue, file.rawValue, nothing.rawValue]
        let child = try ChildProcess.spawn("/usr/bin/objdump", ["objdump", "-d", path.string], options)
        guard try child.wait(until: Deadline(in: .seconds(60))) == .exited(0) else {
            throw Failure(description: "objdump -d \(path) failed")
        }
        let text = String(decoding: try contents(file), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            guard line.hasSuffix("cpuid"), let colon = line.firstIndex(of: ":") else { return nil }
            return UInt64(line[..<colon].drop { $0 == " " }, radix: 16)
        }
    }
}
