internal import CKernel
internal import Glibc
internal import Kernel
internal import SystemPackage

/// What PID 1's child does at the end: swap off, mounts away leaf first, everything on disk.
package enum BringDown {
    /// Kernel interfaces and the root itself stay: they hold nothing that a power cut could lose.
    private static let kept: Set<String> = ["/", "/proc", "/sys", "/dev", "/run"]

    /// 0 when nothing with data is left mounted, 1 otherwise.
    package static func run() -> Int32 {
        let log = KernelLog()
        sync()
        for device in swapDevices() where unsafe swapoff(device) != 0 {
            log.write(.error, "swapoff \(device): \(Errno(rawValue: errno).description)")
        }
        var clean = true
        // The table lists a mount after those it stands on: backwards is leaf first.
        for target in mountPoints(HostRoot.live.textIfPresent("/proc/self/mountinfo", limit: 4 << 20) ?? "").reversed()
        {
            guard !kept.contains(target), !isBelowKernelInterface(target) else { continue }
            if unsafe umount2(target, SW_UMOUNT_NOFOLLOW) == 0 {
                log.write(.notice, "unmounted \(target)")
                continue
            }
            let code = Errno(rawValue: errno)
            // Whoever still holds it is in the kernel, or cannot be killed: what is dirty goes to disk all the same.
            let readOnly = UInt(MS_REMOUNT) | UInt(MS_RDONLY)
            let saved = unsafe mount(nil, target, nil, readOnly, nil) == 0
            log.write(.error, "unmount \(target): \(code.description)\(saved ? "; made read-only" : "")")
            if !saved { clean = false }
        }
        sync()
        return clean ? 0 : 1
    }

    /// The fifth field of each line of mountinfo (proc_pid_mountinfo(5)), its octal escapes undone.
    package static func mountPoints(_ mountinfo: String) -> [String] {
        mountinfo.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
            return fields.count > 5 ? unescaped(fields[4]) : nil
        }
    }

    private static func unescaped(_ field: Substring) -> String {
        String(decoding: undoingOctalEscapes(field), as: UTF8.self)
    }

    private static func isBelowKernelInterface(_ target: String) -> Bool {
        ["/proc/", "/sys/", "/dev/"].contains { target.hasPrefix($0) }
    }

    private static func swapDevices() -> [String] {
        let table = HostRoot.live.textIfPresent("/proc/swaps") ?? ""
        return table.split(separator: "\n").dropFirst().compactMap { line in
            line.split(separator: " ").first.map { unescaped($0) }
        }
    }
}
