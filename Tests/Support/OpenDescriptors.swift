public import Kernel
internal import SystemPackage

/// The descriptors that this process has, as `/proc/self/fd` counts them: for a suite that holds resources, to compare before
/// and after. Tests run side by side in one process: count in an exit test, which has a process of its own.
public func openDescriptorCount() throws(OSError) -> Int {
    // One of them is the listing's own.
    try HostRoot.live.entries(of: "/proc/self/fd").count - 1
}
