import Kernel
import SystemPackage
import TestSupport

/// An image on a loop device, as losetup makes it; it is detached with the value.
struct TestLoop: ~Copyable {
    let path: FilePath
    let image: FilePath

    /// - Parameter scansPartitions: whether the kernel keeps partitions of it.
    /// - Parameter number: of the device; nil is the first that is free.
    init(
        _ image: FilePath, sectorSize: Int = 512, scansPartitions: Bool = true, number: Int32? = nil
    ) throws {
        let scan = scansPartitions ? "-P " : ""
        let options = "\(scan)-b \(sectorSize)"
        let node =
            if let number { "/dev/loop\(number)" } else { "" }
        let printed = try run("losetup \(node.isEmpty ? "-f --show" : "") \(options) \(node) \(image)").lines
        self.image = image
        path = FilePath(node.isEmpty ? printed[0] : node)
    }

    deinit { _ = try? attempt("losetup -d \(path)") }

    /// The partitions that the kernel has, as lsblk-like tools read them: `1 2048 16384`, in units of 512 bytes.
    var kernelPartitions: [String] {
        get throws {
            let name = path.lastComponent?.string ?? ""
            return try HostRoot.live.directoriesIfPresent(of: FilePath("/sys/block/\(name)")).filter {
                $0.hasPrefix(name)
            }
            .map { child in
                let folder = FilePath("/sys/block/\(name)/\(child)")
                return try ["partition", "start", "size"].map { try HostRoot.live.text(folder.appending($0)) }
                    .joined(separator: " ")
            }.sorted()
        }
    }
}
