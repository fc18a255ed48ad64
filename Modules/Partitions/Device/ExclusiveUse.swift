internal import Glibc
public import Kernel
internal import SystemPackage

/// Who would lose something by a change of the kernel's partitions.
public enum ExclusiveUse {
    /// Those that `steps` would take away or shrink while somebody uses them, in whatever mount namespace: an exclusive opening fails then
    /// (bd_prepare_to_claim, block/bdev.c), whether it is a mount, swap, dm, md or another exclusive opening.
    public static func of(_ steps: [KernelPartitions.Step], in root: HostRoot) -> [KernelPartitions.Partition] {
        guard root.isLive else { return [] }
        return steps.compactMap(\.endangered).filter { partition in
            guard let node = root.path(partition.path) else { return false }
            do throws(OSError) {
                _ = try OwnedDescriptor.open(node, O_RDONLY | O_EXCL | O_NONBLOCK)
                return false
            } catch {
                return error.errno == .resourceBusy
            }
        }
    }
}
