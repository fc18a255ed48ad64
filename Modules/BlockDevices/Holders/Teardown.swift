internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// Ends the uses of a disk, one after the other, those on top first.
public enum Teardown {
    /// Uses that are ended, at most: a bound where somebody makes new ones.
    private static let most = 512

    /// Whether there is a way to end `use` from here. A process is somebody's, and a mount in another namespace, too.
    public static func canEnd(_ use: DiskUse) -> Bool {
        switch use.kind {
        case .open: false
        case .mount: use.process == nil && use.name != "/"
        case .swap, .lvm, .crypt, .dm, .md, .loop: true
        }
    }

    /// Ends all that use `disk`, as the kernel tells after each.
    ///
    /// - Returns: what was ended, in that order.
    /// - Throws: ``DiskError/inUse(_:_:)`` before anything is ended, where something of it cannot be; the kernel's reason, with what it was
    ///   about, where an end fails. What was ended until then stays so.
    public static func run(on disk: Disk, in root: HostRoot) throws(DiskError) -> [DiskUse] {
        let all = HolderGraph(of: root).uses(of: disk)
        let obstacles = all.filter { !canEnd($0) }
        guard obstacles.isEmpty else { throw .inUse(disk.path, obstacles) }
        var ended: [DiskUse] = []
        while let next = HolderGraph(of: root).uses(of: disk).first {
            guard canEnd(next), ended.count < most else { throw .inUse(disk.path, [next]) }
            // Two mounts may be on one place; anything else that is still there after its end is held by somebody for a moment, or for good.
            if ended.last == next, next.kind != .mount {
                guard isGone(next, of: disk, root) else { throw .inUse(disk.path, [next]) }
                continue
            }
            do throws(OSError) { try end(next, root) } catch { throw .system(error) }
            ended.append(next)
        }
        return ended
    }

    private static func isGone(_ use: DiskUse, of disk: Disk, _ root: HostRoot) -> Bool {
        let deadline = Deadline(in: .seconds(2))
        while HolderGraph(of: root).uses(of: disk).contains(use) {
            if deadline.hasPassed { return false }
            Deadline(in: .milliseconds(20)).sleep()
        }
        return true
    }

    private static func end(_ use: DiskUse, _ root: HostRoot) throws(OSError) {
        switch use.kind {
        case .mount:
            try systemCall("umount", on: use.name) { unsafe umount2(use.name, SW_UMOUNT_NOFOLLOW) }
        case .swap:
            let node = try path(use.device, root)
            try systemCall("swapoff", on: node.string) { unsafe swapoff(node.string) }
        case .lvm, .crypt, .dm:
            let control = try OwnedDescriptor.open(try path("mapper/control", root), O_RDWR)
            let raw = control.rawValue
            try systemCall("DM_DEV_REMOVE", on: use.name) { unsafe sw_dm_remove(raw, use.name) }
        case .md:
            let array = try OwnedDescriptor.open(try path(use.name, root), O_RDONLY)
            let raw = array.rawValue
            try systemCall("STOP_ARRAY", on: use.name) { sw_md_stop(raw) }
        case .loop: try LoopDevice.detach(use.name, in: root)
        case .open: throw OSError(operation: "end", errno: .resourceBusy, subject: use.name)
        }
    }

    private static func path(_ name: String, _ root: HostRoot) throws(OSError) -> FilePath {
        guard root.isLive, let path = root.path(Disk.node(of: name)) else {
            throw OSError(operation: "end", errno: .notSupported, subject: name)
        }
        return path
    }
}
