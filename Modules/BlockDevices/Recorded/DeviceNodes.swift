public import Kernel
public import Partitions
public import SystemPackage

/// The devices of a host, for reading: its nodes, or what was recorded of them.
public enum DeviceNodes: Sendable {
    /// The nodes of this machine, or image files in their places in a directory.
    case host(HostRoot)
    case recorded(DeviceRecords)

    public init(of root: HostRoot) { self = .host(root) }

    /// Whether there are any: a directory tree's disks have names and no contents.
    var areThere: Bool {
        switch self {
        case .host(let root): root.isLive
        case .recorded: true
        }
    }

    /// The device, held open so that its page cache stays while its partitions are looked at; nil for a recording's, or where it cannot be.
    func holding(_ path: FilePath) -> DeviceVolume? {
        guard case .host(let root) = self else { return nil }
        return try? DeviceVolume(path, in: root)
    }

    /// Looks at a device, or an image, through what holds it open where somebody does.
    /// - Throws: ENOENT and its like; of a recording what ``DeviceRecord/probe(_:)`` does, or the failure that was recorded.
    public func probe(
        _ path: FilePath, _ options: ProbeOptions = ProbeOptions(), through held: DeviceVolume? = nil
    ) throws(OSError) -> ProbeReport {
        switch self {
        case .host(let root):
            let volume = if let held { held } else { try DeviceVolume(path, in: root) }
            return try Probe(adopting: try volume.duplicate(), subject: path.string, options).report()
        case .recorded(let records): return try records.record(of: path).probe(options)
        }
    }

    /// Opens a device, or an image, to read its partition table.
    public func open(_ path: FilePath) throws(OSError) -> (volume: DeviceVolume, geometry: BlockGeometry) {
        switch self {
        case .host(let root):
            let volume = try DeviceVolume(path, in: root)
            return (volume, try BlockGeometry(volume))
        case .recorded(let records):
            let record = try records.record(of: path)
            return (try record.tableVolume(), record.geometry)
        }
    }
}
