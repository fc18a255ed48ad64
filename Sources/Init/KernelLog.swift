internal import Glibc
internal import Kernel
internal import SystemPackage

/// The kernel's log, which is the console too: one writer, so that no line is torn by another (a write to the terminal
/// and a record of printk's share the wire byte by byte).
package struct KernelLog: ~Copyable {
    /// syslog's severities, as /dev/kmsg takes them.
    package enum Level: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    private let log: OwnedDescriptor?

    /// Where /dev/kmsg is not, there is nothing to tell it to.
    package init() { log = try? OwnedDescriptor.open("/dev/kmsg", O_WRONLY) }

    /// One record. The kernel cuts it at 1,024 bytes less its prefix, so a longer one goes in pieces.
    package borrowing func write(_ level: Level, _ text: String) {
        var rest = "slipway: \(text)".utf8[...]
        repeat {
            let piece = rest.prefix(900)
            rest = rest.dropFirst(900)
            // Facility 3 is syslog's daemon: the kernel keeps 0 for itself.
            try? log?.writeAll(Array("<\(level.rawValue + 8 * 3)>".utf8) + Array(piece) + [0x0a])
        } while !rest.isEmpty
    }

    /// Has the console show notices, as `quiet` would not, and the log take every line of ours.
    package static func openConsole() {
        let printk: FilePath = "/proc/sys/kernel/printk"
        let level = HostRoot.live.textIfPresent(printk)?.split(separator: "\t").first.flatMap { Int($0) } ?? 7
        if level <= Level.notice.rawValue {
            try? OwnedDescriptor.open(printk, O_WRONLY).writeAll(Array("\(Level.notice.rawValue + 1)".utf8))
        }
        // Without this the kernel takes ten lines of a process in five seconds. The newline belongs to the word:
        // devkmsg_sysctl_set_loglvl takes a length of one more than it, no other.
        try? OwnedDescriptor.open("/proc/sys/kernel/printk_devkmsg", O_WRONLY).writeAll(Array("on\n".utf8))
    }
}
