internal import Glibc
internal import Kernel
internal import SystemPackage

/// The kernel's log, and the console where the kernel would not show a line there.
package struct KernelLog: ~Copyable {
    /// syslog's severities, as /dev/kmsg takes them.
    package enum Level: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    private let log: OwnedDescriptor?
    private let console: OwnedDescriptor?

    /// Neither device is needed: what is absent is left out.
    package init() {
        log = try? OwnedDescriptor.open("/dev/kmsg", O_WRONLY)
        console = try? OwnedDescriptor.open("/dev/console", O_WRONLY | O_NOCTTY)
    }

    /// One line. The kernel cuts a record at 1,024 bytes less its prefix, so a longer one goes in pieces.
    package borrowing func write(_ level: Level, _ text: String, from source: String = "slipway") {
        let line = "\(source): \(text)"
        var rest = line.utf8[...]
        repeat {
            let piece = rest.prefix(900)
            rest = rest.dropFirst(900)
            try? log?.writeAll(Array("<\(level.rawValue + 8 * 3)>".utf8) + Array(piece) + [0x0a])
        } while !rest.isEmpty
        // The console shows records below console_loglevel by itself (7 as built, 4 with `quiet`).
        guard level.rawValue >= consoleLevel else { return }
        let time = MonotonicTime.now().nanoseconds / 1_000_000
        let fraction = String(1_000 + time % 1_000).dropFirst()
        try? console?.writeAll(Array("[\(padded(time / 1_000)).\(fraction)] \(line)\r\n".utf8))
    }

    private var consoleLevel: Int {
        let text = HostRoot.live.textIfPresent("/proc/sys/kernel/printk") ?? ""
        return text.prefix { $0.isNumber }.isEmpty ? 7 : Int(text.prefix { $0.isNumber }) ?? 7
    }

    private func padded(_ seconds: Int64) -> String {
        let text = String(seconds)
        return String(repeating: " ", count: max(0, 5 - text.utf8.count)) + text
    }
}
