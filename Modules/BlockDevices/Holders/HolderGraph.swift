public import Kernel
internal import SystemPackage

/// Who uses which block device: mounts in every mount namespace, swap, device mapper, RAID, loop devices, and open descriptors.
public struct HolderGraph: Sendable {
    /// Processes that are looked at, at most.
    private static let mostProcesses = 65_536
    /// Of one mount table, in bytes.
    private static let largestTable = 16 << 20
    /// Devices that stand on one another, at most.
    private static let mostLevels = 16

    private struct Mounts: Sendable {
        let process: Int?
        let list: [MountInfo]
    }

    private let root: HostRoot
    private let mounts: [Mounts]
    private let swaps: [String]
    /// By the device's name.
    private let loops: [(loop: String, file: String)]
    /// Who has devices open, where that is known already.
    private let openers: [DiskUse]?

    /// Reads what the host says now.
    /// - Parameter openers: who has devices open, of a host that was asked before; nil is to ask, where it is this machine.
    public init(of root: HostRoot, openers: [DiskUse]? = nil) {
        self.root = root
        self.openers = openers
        mounts = Self.namespaces(root)
        swaps = (root.textIfPresent("/proc/swaps", limit: 1 << 20) ?? "").split(separator: "\n").dropFirst().compactMap
        { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map { MountInfo.unescaped($0) }
        }
        loops = LoopDevice.all(in: root).map { ($0.name, $0.backingFile) }
    }

    /// One table of each mount namespace, ours first.
    private static func namespaces(_ root: HostRoot) -> [Mounts] {
        let own = root.textIfPresent("/proc/self/mountinfo", limit: largestTable) ?? ""
        var all = [Mounts(process: nil, list: MountInfo.parse(own))]
        var seen: Set<String> = []
        if let link = root.linkName(of: "/proc/self/ns/mnt") { seen.insert(link) }
        for process in processes(root) {
            let folder = FilePath("/proc").appending("\(process)")
            guard let link = root.linkName(of: folder.appending("ns/mnt")), seen.insert(link).inserted,
                let text = root.textIfPresent(folder.appending("mountinfo"), limit: largestTable)
            else { continue }
            all.append(Mounts(process: process, list: MountInfo.parse(text)))
        }
        return all
    }

    private static func processes(_ root: HostRoot) -> [Int] {
        root.entriesIfPresent(of: "/proc").compactMap { Int($0) }.sorted().prefix(mostProcesses).map { $0 }
    }

    /// Who uses `disk` or a partition of it, and what stands on them; what has to end first comes first.
    public func uses(of disk: Disk) -> [DiskUse] {
        var found: [DiskUse] = []
        for (name, device) in [(disk.name, disk.device)] + disk.partitions.map({ ($0.name, $0.device) }) {
            collect(name, device, into: &found, level: 0)
        }
        let devices = Set([disk.name] + disk.partitions.map(\.name))
        if let openers {
            found += openers.filter { devices.contains($0.device) }
        } else if root.isLive {
            found += Self.openers(of: [disk], in: root)
        }
        var seen: Set<DiskUse> = []
        return found.filter { seen.insert($0).inserted }
    }

    private func collect(_ name: String, _ device: String, into found: inout [DiskUse], level: Int) {
        guard level < Self.mostLevels else { return }
        let node = Disk.node(of: name).string
        for holder in root.entriesIfPresent(of: FilePath("/sys/class/block").appending(name).appending("holders")) {
            let folder = FilePath("/sys/class/block").appending(holder)
            let number = root.textIfPresent(folder.appending("dev")) ?? ""
            collect(holder, number, into: &found, level: level + 1)
            found.append(stacked(holder, folder, on: name))
        }
        for (loop, file) in loops where file == node {
            let number = root.textIfPresent(FilePath("/sys/class/block").appending(loop).appending("dev")) ?? ""
            collect(loop, number, into: &found, level: level + 1)
            found.append(DiskUse(.loop, of: name, loop))
        }
        for table in mounts {
            // btrfs and others mount under a number of their own; their source names the device.
            for mount in table.list where mount.device == device || mount.source == node {
                let isThere = found.contains { $0.kind == .mount && $0.device == name && $0.name == mount.mountPoint }
                if !isThere { found.append(DiskUse(.mount, of: name, mount.mountPoint, process: table.process)) }
            }
        }
        if swaps.contains(where: { isNode($0, name, node) }) { found.append(DiskUse(.swap, of: name, node)) }
    }

    /// /proc/swaps names a device-mapper volume by its link.
    private func isNode(_ path: String, _ name: String, _ node: String) -> Bool {
        if path == node { return true }
        guard name.hasPrefix("dm-"), path.hasPrefix("/dev/mapper/") else { return false }
        let title = root.textIfPresent(FilePath("/sys/class/block").appending(name).appending("dm/name"))
        return title.map { path == "/dev/mapper/\($0)" } ?? false
    }

    private func stacked(_ holder: String, _ folder: FilePath, on name: String) -> DiskUse {
        if let title = root.textIfPresent(folder.appending("dm/name")) {
            let uuid = root.textIfPresent(folder.appending("dm/uuid")) ?? ""
            let kind: DiskUse.Kind = uuid.hasPrefix("LVM-") ? .lvm : uuid.hasPrefix("CRYPT-") ? .crypt : .dm
            return DiskUse(kind, of: name, title)
        }
        return DiskUse(holder.hasPrefix("md") ? .md : .dm, of: name, holder)
    }

    /// Processes that have a node of one of the disks open, besides us.
    public static func openers(of disks: [Disk], in root: HostRoot) -> [DiskUse] {
        var nodes: [String: String] = [:]
        for disk in disks {
            nodes[disk.path.string] = disk.name
            for partition in disk.partitions { nodes[partition.path.string] = partition.name }
        }
        let own = root.linkName(of: "/proc/self")
        var found: [DiskUse] = []
        for process in processes(root) where "\(process)" != own {
            let folder = FilePath("/proc").appending("\(process)")
            var devices: Set<String> = []
            for entry in root.entriesIfPresent(of: folder.appending("fd")).prefix(4096) {
                guard let target = try? root.linkTarget(of: folder.appending("fd").appending(entry)),
                    let device = nodes[target.string]
                else { continue }
                devices.insert(device)
            }
            let name = devices.isEmpty ? "" : root.textIfPresent(folder.appending("comm")) ?? "?"
            found += devices.sorted().map { DiskUse(.open, of: $0, name, process: process) }
        }
        return found
    }
}
