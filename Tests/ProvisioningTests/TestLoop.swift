import Kernel
import SystemPackage
import TestSupport

/// An image on a loop device, as losetup makes it; it is detached with the value.
struct TestLoop: ~Copyable {
    let path: FilePath
    let image: FilePath

    /// - Parameter scansPartitions: whether the kernel keeps partitions of it.
    init(_ image: FilePath, sectorSize: Int = 512, scansPartitions: Bool = true) throws {
        self.image = image
        let scan = scansPartitions ? "-P " : ""
        path = FilePath(try run("losetup -f --show \(scan)-b \(sectorSize) \(image)").lines[0])
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
