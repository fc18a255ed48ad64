internal import CKernel
internal import Glibc
internal import Kernel
internal import SystemPackage

/// The nodes of loop devices.
enum LoopNodes {
    static func open(_ path: FilePath, _ flags: Int32) throws(OSError) -> OwnedDescriptor {
        try OwnedDescriptor.open(path, flags | O_NOCTTY)
    }

    /// The device's node, made where it is missing: without devtmpfs nobody else does.
    static func node(_ name: String, in root: HostRoot) throws(OSError) -> FilePath {
        guard name.hasPrefix("loop"), name.dropFirst(4).allSatisfy({ $0.isASCII && $0.isNumber }), name.utf8.count < 12,
            let node = root.path(Disk.node(of: name))
        else { throw OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: name) }
        if unsafe access(node.string, F_OK) == 0 { return node }
        let text = try root.text(FilePath(LoopDevice.sysfs).appending(name).appending("dev"))
        let numbers = text.split(separator: ":").compactMap { UInt32($0) }
        guard numbers.count == 2 else {
            throw OSError(operation: "mknod", errno: .operationNotSupportedByDevice, subject: name)
        }
        let device = gnu_dev_makedev(numbers[0], numbers[1])
        do throws(OSError) {
            try systemCall("mknod", on: node.string) { unsafe mknod(node.string, S_IFBLK | 0o600, device) }
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
        return node
    }
}
