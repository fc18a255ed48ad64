internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

extension Disk {
    /// The disk that somebody means: `sda`, `/dev/sda`, or on this machine any other node or link of it, like those of `/dev/disk/by-id`.
    public static func find(_ text: String, in root: HostRoot) -> Disk? {
        guard !text.isEmpty else { return nil }
        let name = text.hasPrefix("/dev/") ? String(text.dropFirst(5)) : text
        if let disk = Disk(named: String(name.map { $0 == "/" ? "!" : $0 }), in: root) { return disk }
        guard let number = deviceNumber(text, in: root) else { return nil }
        let entry = FilePath("/sys/dev/block").appending(number)
        // It leads to the device's folder; a partition's is none of /sys/block.
        guard let folder = try? root.linkTarget(of: entry), let last = folder.lastComponent?.string else { return nil }
        return Disk(named: last, in: root)
    }

    /// `8:0`, of a block device's node.
    private static func deviceNumber(_ path: String, in root: HostRoot) -> String? {
        guard root.isLive, path.hasPrefix("/"), !path.utf8.contains(0), let node = root.path(FilePath(path)) else {
            return nil
        }
        var status = stat()
        // SAFETY: the struct lives through the call, which fills it in.
        guard unsafe stat(node.string, &status) == 0, status.st_mode & S_IFMT == S_IFBLK else { return nil }
        return "\(gnu_dev_major(status.st_rdev)):\(gnu_dev_minor(status.st_rdev))"
    }
}
