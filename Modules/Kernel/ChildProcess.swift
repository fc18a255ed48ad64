internal import CKernel
internal import Glibc
public import SystemPackage

/// A child that we started: its signal mask and dispositions are the defaults, it has only the descriptors it was given.
///
/// Dropping the value closes the pidfd and leaves the child as it is; it neither kills nor reaps.
public struct ChildProcess: ~Copyable, Sendable {
    public let pid: Int32
    /// Readable when the child has ended.
    public let pidfd: OwnedDescriptor

    /// How a child ended.
    public enum Status: Hashable, Sendable {
        case exited(Int32)
        case signaled(Int32)

        /// From waitpid(2)'s status word.
        public init(waitStatus status: Int32) {
            let signal = status & 0x7f
            self = signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
        }
    }

    /// What is not simply inherited.
    public struct Options: Sendable {
        /// Element `i` is descriptor `i` in the child; -1 is `/dev/null`.
        public var descriptors: [Int32] = [-1, 1, 2]
        /// `KEY=value`; nil for the parent's.
        public var environment: [String]?
        public var directory: FilePath?
        /// A descriptor of the network namespace to enter, or -1.
        public var networkNamespace: Int32 = -1
        /// Sent to the child when the *thread* that spawned it ends (prctl(2), PR_SET_PDEATHSIG); 0 for none.
        public var deathSignal: Int32 = 0
        public var newSession = false
        /// With `newSession`: descriptor 0 becomes the controlling terminal.
        public var controllingTerminal = false
        public init() {}
    }

    private init(pid: Int32, pidfd: consuming OwnedDescriptor) {
        self.pid = pid
        self.pidfd = pidfd
    }

    /// Starts `executable` with `arguments` (argv[0] included). A failure is the errno of the step that failed, execve's included.
    public static func spawn(
        _ executable: FilePath, _ arguments: [String], _ options: Options = Options()
    ) throws(OSError) -> ChildProcess {
        var pidfd: Int32 = -1
        let path = executable.string
        let outcome = Result<Int32, any Error> {
            // SAFETY: the C strings and arrays live through `body`, and sw_spawn keeps none of them.
            try unsafe withCStrings(arguments) { argv in
                try unsafe withCStrings(options.environment ?? currentEnvironment()) { environment in
                    try unsafe path.withCString { path in
                        try unsafe withOptionalCString(options.directory?.string) { directory in
                            try unsafe options.descriptors.withUnsafeBufferPointer { descriptors in
                                var what = unsafe sw_spawn_request(
                                    path: path, argv: argv, environment: environment, directory: directory,
                                    descriptors: descriptors.baseAddress, descriptor_count: Int32(descriptors.count),
                                    network_namespace: options.networkNamespace, death_signal: options.deathSignal,
                                    new_session: options.newSession, controlling_terminal: options.controllingTerminal)
                                return try systemCall("spawn", on: executable.string) {
                                    unsafe sw_spawn(&what, &pidfd)
                                }
                            }
                        }
                    }
                }
            }
        }
        switch outcome {
        case .success(let pid): return ChildProcess(pid: pid, pidfd: OwnedDescriptor(adopting: pidfd))
        case .failure(let error as OSError): throw error
        case .failure: throw OSError(operation: "spawn", errno: .ioError, subject: path)
        }
    }

    /// Sends a signal to this very process, never to another that took its number.
    public func send(signal: Int32) throws(OSError) {
        try systemCall("pidfd_send_signal", on: "pid \(pid)") { sw_pidfd_send_signal(pidfd.rawValue, signal) }
    }

    /// Reaps the child if it has ended by `deadline`; nil when it still runs. Never in PID 1, which has one reaper.
    public func wait(until deadline: Deadline) throws(OSError) -> Status? {
        var entry = pollfd(fd: pidfd.rawValue, events: Int16(POLLIN), revents: 0)
        repeat {
            // SAFETY: one entry, which lives through the call.
            let ready = try systemCall("poll") { unsafe poll(&entry, 1, deadline.pollTimeout) }
            var code: Int32 = 0
            var status: Int32 = 0
            guard ready > 0 else { continue }
            let ended = try systemCall("waitid", on: "pid \(pid)") {
                unsafe sw_wait_pidfd(pidfd.rawValue, WNOHANG, &code, &status)
            }
            if ended == 1 { return code == CLD_EXITED ? .exited(status) : .signaled(status) }
        } while !deadline.hasPassed
        return nil
    }
}

private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Result
) rethrows -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
    defer {
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    }
    unsafe pointers.append(nil)
    // SAFETY: the array ends in nil and lives, with its strings, through `body`.
    return try unsafe pointers.withUnsafeBufferPointer { try unsafe body($0.baseAddress!) }
}

private func withOptionalCString<Result>(
    _ string: String?, _ body: (UnsafePointer<CChar>?) throws -> Result
) rethrows -> Result {
    guard let string else { return try body(nil) }
    return try unsafe string.withCString(body)
}

private func currentEnvironment() -> [String] {
    var result: [String] = []
    guard var next = unsafe sw_environment() else { return [] }
    // SAFETY: this is an array of C strings that ends in nil; nothing of ours changes it after start.
    while let entry = unsafe next.pointee {
        result.append(unsafe String(cString: entry))
        unsafe next += 1
    }
    return result
}
