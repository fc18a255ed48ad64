internal import CKernel
internal import Glibc
internal import SystemPackage

/// The file systems that everything else stands on.
struct EarlyMount {
    let type: String
    let target: String
    let flags: UInt
    let options: String

    private static let strict = UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC)

    /// In order; /proc is there already (CInit), and is named so that a failure there shows.
    static let all = [
        EarlyMount(type: "proc", target: "/proc", flags: strict, options: ""),
        EarlyMount(type: "sysfs", target: "/sys", flags: strict, options: ""),
        EarlyMount(
            type: "devtmpfs", target: "/dev", flags: UInt(MS_NOSUID) | UInt(MS_NOEXEC),
            options: "mode=0755"),
        EarlyMount(
            type: "devpts", target: "/dev/pts", flags: UInt(MS_NOSUID) | UInt(MS_NOEXEC),
            options: "mode=0620,gid=5,ptmxmode=000"),
        EarlyMount(type: "tmpfs", target: "/dev/shm", flags: strict, options: "mode=1777"),
        EarlyMount(type: "tmpfs", target: "/run", flags: strict, options: "mode=0755"),
        EarlyMount(type: "cgroup2", target: "/sys/fs/cgroup", flags: strict, options: "nsdelegate"),
    ]

    /// nil when it is mounted now or was before.
    func mount() -> Errno? {
        unsafe _ = mkdir(target, 0o755)
        // SAFETY: five C strings that live through the call; the kernel copies them.
        if unsafe Glibc.mount(type, target, type, flags, options) == 0 { return nil }
        let code = Errno(rawValue: errno)
        return code == .resourceBusy ? nil : code
    }
}
