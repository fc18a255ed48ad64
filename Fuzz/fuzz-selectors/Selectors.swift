import BlockDevices
import Driver
import Kernel
import SystemPackage

/// The text of a selector, matched against disks that have all keys and none.
@main
enum Selectors {
    static let disks: [Disk] = [
        Disk(named: "nvme0n1", in: HostRoot(replaying: Sysfs())), Disk(named: "bare", in: HostRoot(replaying: Sysfs())),
    ].compactMap { $0 }

    static func main() {
        fuzz { start, count in
            let text = String(decoding: bytes(start, count), as: UTF8.self)
            guard Selectors.disks.count == 2 else { fatalError("the disks are not read") }
            guard let selector = try? DiskSelector(text) else { return 0 }
            _ = selector.asksForContents
            for disk in Selectors.disks {
                for isSystemDisk in [false, true] {
                    let one = selector.matches(disk, isSystemDisk: isSystemDisk)
                    // What is denied twice is said.
                    guard text.utf8.count < 4000, let negated = try? DiskSelector("!(\(text))") else { continue }
                    if negated.matches(disk, isSystemDisk: isSystemDisk) == one {
                        fatalError("what does not match matches its opposite neither")
                    }
                }
            }
            return 0
        }
    }
}

private struct Sysfs: FileSource {
    private static let texts = [
        "nvme0n1/size": "2048", "nvme0n1/dev": "259:0", "nvme0n1/queue/logical_block_size": "512",
        "nvme0n1/queue/physical_block_size": "4096", "nvme0n1/queue/optimal_io_size": "0",
        "nvme0n1/queue/rotational": "0", "nvme0n1/device/model": "A Model*?", "nvme0n1/device/serial": "S1",
        "nvme0n1/wwid": "eui.0123",
        "nvme0n1/eui": "01 23 45", "nvme0n1/nguid": "89ab-cdef", "nvme0n1/device/firmware_rev": "1.0",
        "nvme0n1/queue/zoned": "none", "nvme0n1/ro": "1", "nvme0n1/removable": "1", "bare/size": "1", "bare/dev": "8:0",
    ]

    func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        let name = String(path.string.dropFirst("/sys/block/".count))
        guard let text = Self.texts[name] else { throw absent(path) }
        return Array(text.utf8)
    }
    func entries(of path: FilePath) throws(OSError) -> [String] { throw absent(path) }
    func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        guard path.string.hasSuffix("nvme0n1") else { throw absent(path) }
        return "../devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1"
    }
    private func absent(_ path: FilePath) -> OSError {
        OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: path.string)
    }
}
