internal import Kernel
public import SystemPackage

/// An image on a loop device, as losetup makes it; it is detached with the value.
public struct TestLoop: ~Copyable {
    public let path: FilePath
    public let image: FilePath

    /// - Parameters:
    ///   - scansPartitions: whether the kernel keeps partitions of it.
    ///   - number: of the device; nil is the first that is free.
    public init(
        _ image: FilePath, sectorSize: Int = 512, scansPartitions: Bool = true, isReadOnly: Bool = false,
        number: Int32? = nil
    ) throws {
        let options = "\(scansPartitions ? "-P " : "")\(isReadOnly ? "-r " : "")-b \(sectorSize)"
        let wanted = number.map { "/dev/loop\($0)" }
        let printed = try run("losetup \(wanted ?? "-f --show") \(options) \(image)").lines
        path = FilePath(wanted ?? printed[0])
        self.image = image
    }

    /// A value goes after its last use: said at the end of a test, the device is there until then.
    public func keep() {}

    deinit { _ = try? attempt("losetup -d \(path)") }

    /// The partitions that the kernel has, as lsblk-like tools read them: `1 2048 16384`, in units of 512 bytes.
    public var kernelPartitions: [String] {
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
