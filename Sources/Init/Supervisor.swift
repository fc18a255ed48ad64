internal import CKernel
internal import Glibc
internal import Kernel
internal import SystemPackage

/// PID 1: it starts the bring-up, watches it, reaps what ends, and takes the machine down in order.
///
/// Synchronous, one thread, one epoll loop; it parses no foreign byte, and every wait has an end. It never returns: a PID 1
/// that ends is a kernel panic.
package struct Supervisor: ~Copyable {
    /// The bring-up speaks each second: so many without a word and it is killed.
    static let heartbeatLimit = Duration.seconds(10)
    static let rebootCountdown = 10

    let log: KernelLog
    private let words: CommandLineWords
    private let epoll: Int32
    private let signals: Int32
    private var child: Child?
    private var payload: Payload?
    private var budget = RestartBudget()
    private var spent: [Fault] = []
    private var lastEnd: (reason: String, tasks: TaskSet)?
    /// Set when the budget is used up.
    private var rebootAt: MonotonicTime?
    private var countdown = Supervisor.rebootCountdown

    private struct Child: ~Copyable {
        let process: ChildProcess
        let messages: OwnedDescriptor
        var heard = MonotonicTime.now()
        var running: TaskSet = []
        var crash: (task: TaskName?, signal: UInt8)?
        var wasKilled = false
    }

    /// Entered by main when the kernel started us.
    package static func run() -> Never {
        var supervisor = Supervisor()
        supervisor.prepare()
        supervisor.startChild()
        while true { supervisor.turn() }
    }

    private init() {
        signals = sw_signal_descriptor()
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        // Before /dev and /proc are complete the log may have no device: they are mounted first.
        let failures = EarlyMount.all.compactMap { mount in mount.mount().map { "\(mount.target): \($0.description)" } }
        log = KernelLog()
        words = CommandLineWords(of: .live)
        for failure in failures { log.write(.error, "mount \(failure)") }
    }

    private borrowing func prepare() {
        // Ctrl-Alt-Del comes to us as SIGINT instead of rebooting on the spot.
        _ = sw_reboot(UInt32(LINUX_REBOOT_CMD_CAD_OFF))
        _ = sw_set_open_files(65_536, 524_288)
        KernelLog.openConsole()
        if signals < 0 || epoll < 0 { log.write(.error, "no signalfd or epoll: \(Errno(rawValue: errno).description)") }
        _ = sw_epoll_add(epoll, signals, signals)
        log.write(.notice, "PID 1 up")
    }

    // MARK: - The loop

    /// One event, or a second without one.
    private mutating func turn() {
        let ready = sw_epoll_wait_one(epoll, 1_000)
        if ready == signals {
            takeSignals()
        } else if ready >= 0 {
            takeMessages()
        } else if ready == -1, errno != EINTR {
            usleep(100_000)  // a loop that cannot wait must not burn the processor
        }
        checkHeartbeat()
        checkCountdown()
        checkPayload()
    }

    private mutating func takeSignals() {
        while case let signal = sw_next_signal(signals), signal != 0 {
            switch signal {
            case SIGCHLD: reap()
            case SIGINT, SIGTERM: shutDown(.reboot, because: signal == SIGINT ? "Ctrl-Alt-Del" : "SIGTERM")
            case SIGUSR2, SIGPWR: shutDown(.powerOff, because: signal == SIGPWR ? "SIGPWR" : "SIGUSR2")
            case SIGUSR1: shutDown(.halt, because: "SIGUSR1")
            default: break
            }
        }
    }

    /// The one reaper: whatever is PID 1's child, ours or an orphan.
    private mutating func reap() {
        while true {
            var status: Int32 = 0
            // SAFETY: the status lives through the call.
            let pid = unsafe waitpid(-1, &status, WNOHANG)
            if pid == 0 || (pid < 0 && errno != EINTR) { return }
            if pid < 0 { continue }
            let ended = ChildProcess.Status(waitStatus: status)
            if pid == child?.process.pid { childEnded(ended) }
            if payload?.end(pid: pid) == true { log.write(.warning, "payload \(payload?.path ?? "") \(ended.words)") }
        }
    }

    // MARK: - The bring-up

    private mutating func startChild() {
        do {
            var pair = try DescriptorPair.sockets(type: Int32(SOCK_SEQPACKET.rawValue))
            let ours = try pair.takeFirst()
            let theirs = try pair.takeSecond()
            var options = ChildProcess.Options()
            options.descriptors = [-1, 1, 2, theirs.rawValue]
            options.environment = ["PATH=/sbin:/bin:/usr/sbin:/usr/bin", "TERM=linux", "HOME=/"]
            options.newSession = true
            var arguments = ["slipway", "bring-up", "--report-descriptor", "3", "--restarts", "\(budget.restarts)"]
            if !spent.isEmpty { arguments += ["--spent-faults", spent.map(\.text).joined(separator: ",")] }
            if let lastEnd { arguments += ["--last-end", lastEnd.reason, "--last-tasks", "\(lastEnd.tasks.rawValue)"] }
            let process = try ChildProcess.spawn("/proc/self/exe", arguments, options)
            try ours.setNonblocking(true)
            let descriptor = ours.rawValue
            child = Child(process: process, messages: ours)
            _ = sw_epoll_add(epoll, descriptor, descriptor)
        } catch {
            log.write(.error, "bring-up does not start: \(error)")
            giveUp()
        }
    }

    private mutating func takeMessages() {
        while let descriptor = child?.messages.rawValue {
            var buffer = [UInt8](repeating: 0, count: ChildMessage.sizeInBytes + 1)
            let size = buffer.count
            // SAFETY: the buffer is as long as is said.
            let count = unsafe recv(descriptor, &buffer, size, Int32(MSG_DONTWAIT))
            // The end of the stream comes with the child's own, which SIGCHLD tells.
            if count <= 0 {
                if count == 0 { _ = forget(descriptor) }
                return
            }
            guard let message = ChildMessage(Array(buffer.prefix(count))) else { continue }
            child?.heard = .now()
            switch message {
            case .heartbeat(let running): child?.running = running
            case .faultFired(let fault): spent.append(fault)
            case .crashed(let task, let signal): child?.crash = (task, signal)
            case .ready(let degraded): becomeReady(degraded: degraded)
            case .powerOff: shutDown(.powerOff, because: "the bring-up asked for it")
            case .reboot: shutDown(.reboot, because: "the bring-up asked for it")
            }
        }
    }

    private func forget(_ descriptor: Int32) -> Int32 {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    private mutating func checkHeartbeat() {
        guard let heard = child?.heard, let running = child?.running, child?.wasKilled == false else { return }
        guard MonotonicTime.now().since(heard) > Self.heartbeatLimit else { return }
        log.write(.error, "bring-up has said nothing for 10 s, at work on \(running.description): killing it")
        child?.wasKilled = true
        try? child?.process.send(signal: SIGKILL)
    }

    private mutating func childEnded(_ status: ChildProcess.Status) {
        takeMessages()  // what it said last: the crash's task, the spent fault
        guard let ended = child.take() else { return }
        let suspects = ended.crash?.task.map { TaskSet($0) } ?? ended.running
        let reason =
            if ended.wasKilled {
                "stopped answering"
            } else if let crash = ended.crash {
                "crashed by \(signalName(Int32(crash.signal)))"
            } else {
                status.words
            }
        lastEnd = (reason, suspects)
        log.write(.error, "bring-up \(reason) in \(suspects.description)")
        if budget.take(for: suspects) {
            log.write(.warning, "bring-up restarts (\(budget.restarts) of \(RestartBudget.perBoot) in this boot)")
            startChild()
        } else {
            log.write(.error, "no restart left for \(suspects.description) after \(budget.restarts) in this boot")
            giveUp()
        }
    }

    // MARK: - What comes after

    private mutating func becomeReady(degraded: Bool) {
        log.write(degraded ? .warning : .notice, degraded ? "node degraded: not every task ended well" : "node ready")
        if words["ready"] == "poweroff" { shutDown(.powerOff, because: "slipway.ready=poweroff") }
        if payload == nil, let path = words["payload"] { payload = Payload(path: path) }
    }

    private mutating func checkPayload() {
        guard payload?.isDue == true else { return }
        if let failure = payload?.start() { log.write(.error, "payload: \(failure)") }
    }

    /// The failure policy: a countdown that can be read, then a reboot. Never a hang, never a shell.
    private mutating func giveUp() { if rebootAt == nil { rebootAt = .now() } }

    private mutating func checkCountdown() {
        guard let due = rebootAt, MonotonicTime.now() >= due else { return }
        if countdown == 0 { shutDown(.reboot, because: "the bring-up failed") }
        log.write(.error, "rebooting in \(countdown) s")
        countdown -= 1
        rebootAt = due.advanced(by: .seconds(1))
    }

    private borrowing func shutDown(_ how: Shutdown.Kind, because reason: String) -> Never {
        log.write(.notice, "\(how.words): \(reason)")
        Shutdown(log: log, signals: signals).run(how)
    }
}

extension ChildProcess.Status {
    var words: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signaled(let signal): "was killed by \(signalName(signal))"
        }
    }
}

func signalName(_ signal: Int32) -> String {
    switch signal {
    case SIGILL: "SIGILL"
    case SIGTRAP: "SIGTRAP"
    case SIGABRT: "SIGABRT"
    case SIGBUS: "SIGBUS"
    case SIGFPE: "SIGFPE"
    case SIGKILL: "SIGKILL"
    case SIGSEGV: "SIGSEGV"
    case SIGTERM: "SIGTERM"
    default: "signal \(signal)"
    }
}
