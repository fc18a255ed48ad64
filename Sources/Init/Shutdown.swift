internal import CKernel
internal import Glibc
internal import Kernel
internal import SystemPackage

/// The way down: every process is asked, then killed; a child unmounts (it reads mount tables, PID 1 does not); reboot(2).
/// Each step has its limit, so that the machine goes down whatever hangs.
struct Shutdown: ~Copyable {
    enum Kind: Sendable {
        case powerOff
        case reboot
        case halt

        var words: String {
            switch self {
            case .powerOff: "powering off"
            case .reboot: "rebooting"
            case .halt: "halting"
            }
        }
        var command: UInt32 {
            switch self {
            case .powerOff: UInt32(LINUX_REBOOT_CMD_POWER_OFF)
            case .reboot: UInt32(LINUX_REBOOT_CMD_RESTART)
            case .halt: UInt32(LINUX_REBOOT_CMD_HALT)
            }
        }
    }

    static let termination = Duration.seconds(5)
    static let killing = Duration.seconds(3)
    static let unmounting = Duration.seconds(20)

    let log: KernelLog
    let signals: Int32

    init(log: borrowing KernelLog, signals: Int32) {
        self.log = KernelLog()
        self.signals = signals
    }

    borrowing func run(_ kind: Kind) -> Never {
        _ = kill(-1, SIGTERM)
        _ = kill(-1, SIGCONT)  // one that is stopped cannot end
        if !reapAll(until: Deadline(in: Self.termination)) {
            log.write(.warning, "some processes did not end in 5 s: killing them")
            _ = kill(-1, SIGKILL)
            _ = reapAll(until: Deadline(in: Self.killing))
        }
        bringDown()
        log.write(.notice, "\(kind.words) now")
        _ = sw_reboot(kind.command)
        log.write(.error, "reboot: \(Errno(rawValue: errno).description)")
        _ = sw_reboot(Kind.reboot.command)
        while true { pause() }
    }

    /// Whether no child is left.
    private borrowing func reapAll(until deadline: Deadline) -> Bool {
        while true {
            let pid = waitpid(-1, nil, WNOHANG)
            if pid < 0 && errno == ECHILD { return true }
            if pid > 0 { continue }
            if deadline.hasPassed { return false }
            usleep(10_000)
        }
    }

    private borrowing func bringDown() {
        var options = ChildProcess.Options()
        options.environment = ["PATH=/sbin:/bin"]
        do {
            let child = try ChildProcess.spawn("/proc/self/exe", ["slipway", "bring-down"], options)
            let deadline = Deadline(in: Self.unmounting)
            while true {
                var status: Int32 = 0
                // SAFETY: the status lives through the call.
                let pid = unsafe waitpid(-1, &status, WNOHANG)
                if pid == child.pid {
                    if status != 0 { log.write(.error, "not everything was unmounted") }
                    return
                }
                if pid < 0 && errno == ECHILD { return }
                if pid > 0 { continue }
                if deadline.hasPassed { break }
                usleep(10_000)
            }
            log.write(.error, "unmounting took longer than 20 s: going down without it")
            try? child.send(signal: SIGKILL)
        } catch {
            log.write(.error, "bring-down does not start: \(error)")
            sync()
        }
    }
}
