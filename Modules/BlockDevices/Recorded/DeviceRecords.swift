internal import Glibc
public import Kernel
public import SystemPackage

/// What was recorded of a host's devices.
public struct DeviceRecords: Hashable, Sendable {
    /// By their paths: disks and their partitions.
    public var devices: [String: DeviceRecord] = [:]
    /// Devices that could not be opened or read.
    public var failures: [String: OSError] = [:]
    /// Who had them open.
    public var openers: [DiskUse] = []

    public init() {}

    /// - Throws: the failure that was recorded; ENODATA, operation `replay`, for what was not.
    public func record(of path: FilePath) throws(OSError) -> DeviceRecord {
        if let record = devices[path.string] { return record }
        throw failures[path.string] ?? OSError(operation: "replay", errno: .noData, subject: path.string)
    }
}

extension DeviceRecords {
    /// The records, and what is to be told of them.
    public struct Capture: Sendable {
        public var records = DeviceRecords()
        /// Devices of which something was taken out, for it may be secret.
        public var redacted: [String] = []
        /// What the records cannot answer as the devices did, in words.
        public var doubtful: [String] = []
    }

    /// Of a host whose disks have names and no contents, as a directory's: each is ENODEV.
    public static func none(of disks: [Disk]) -> Capture {
        var capture = Capture()
        for path in disks.flatMap({ [$0.path] + $0.partitions.map(\.path) }) {
            capture.records.failures[path.string] = OSError(
                operation: "open", errno: Errno(rawValue: ENODEV), subject: path.string)
        }
        return capture
    }

    /// Captures each of `disks` and its partitions, on this machine.
    public static func capture(_ disks: [Disk], in root: HostRoot) -> Capture {
        var capture = Capture()
        capture.records.openers = HolderGraph.openers(of: disks, in: root)
        for path in disks.flatMap({ [$0.path] + $0.partitions.map(\.path) }) {
            do throws(OSError) {
                let found = try SparseProbe.capture(path, in: root)
                capture.records.devices[path.string] = found.record
                if found.isRedacted { capture.redacted.append(path.string) }
                capture.doubtful += found.doubts
            } catch {
                capture.records.failures[path.string] = error
            }
        }
        return capture
    }
}
