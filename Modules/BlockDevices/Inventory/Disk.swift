public import Kernel
public import SystemPackage

/// A whole disk as sysfs describes it (Documentation/ABI/stable/sysfs-block).
public struct Disk: Hashable, Sendable {
    public var name: String
    /// `/dev/NAME`.
    public var path: FilePath
    /// `major:minor`.
    public var device: String
    public var diskSequence: UInt64?
    public var sizeInBytes: UInt64
    public var logicalSectorInBytes: UInt64?
    public var physicalSectorInBytes: UInt64?
    public var optimalTransferInBytes: UInt64?
    public var isRotational: Bool?
    /// `nvme`, `virtio`, `sata`, `sas`, `scsi`, `usb`, `mmc`, `loop`, `dm`, `md`, …; nil where the bus is none that we know.
    public var transport: String?
    public var model: String?
    public var serial: String?
    public var wwid: String?
    /// NVMe's identifiers of the namespace, in hexadecimal; nil where it has none.
    public var eui: String?
    public var nguid: String?
    public var firmware: String?
    /// Where it hangs, from the root of the device tree: `pci0000:00/0000:00:04.0/virtio1`.
    public var busPath: String?
    public var numaNode: Int?
    /// `none`, `host-aware`, `host-managed`.
    public var zoned: String?
    /// What one discard, or one command that writes zeros, may cover, in bytes; 0 is that the device has none.
    public var discardLimit: UInt64?
    public var writeZeroesLimit: UInt64?
    /// Devices that stand on it: `dm-0`, `md127`.
    public var holders: [String]
    public var isReadOnly: Bool
    public var isRemovable: Bool
    public var partitions: [Partition]
    /// What is on the whole disk; nil where it was not probed.
    public var signature: ProbeReport?

    /// A partition that the kernel knows.
    public struct Partition: Hashable, Sendable {
        public var name: String
        public var path: FilePath
        public var device: String
        public var number: Int?
        /// In units of 512 bytes, whatever the sector size, as sysfs has it.
        public var start: UInt64?
        public var sizeInBytes: UInt64
        public var signature: ProbeReport?
    }
}

extension Disk {
    /// Whether it is one that people partition: no optical or floppy drive, and nothing that stands on other devices.
    public var holdsTables: Bool {
        let others = ["sr", "fd", "loop", "ram", "zram", "dm-", "md"]
        return !others.contains { name.hasPrefix($0) && !name.dropFirst($0.count).contains { $0.isLetter } }
    }

    /// Every disk that has a size, in the order of their names (digits as numbers: sda, sdb, …, sdaa).
    ///
    /// Empty loop and RAM devices and drives without a medium are no disks.
    public static func all(in root: HostRoot) -> [Disk] {
        root.entriesIfPresent(of: "/sys/block").compactMap { Disk(named: $0, in: root) }
            .sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
    }

    /// One disk of `/sys/block`; nil when it went away, or has no size.
    public init?(named name: String, in root: HostRoot) {
        let directory = FilePath("/sys/block").appending(name)
        func text(_ attribute: String) -> String? {
            root.textIfPresent(directory.appending(attribute)).flatMap { $0.isEmpty ? nil : $0 }
        }
        func number(_ attribute: String) -> UInt64? { text(attribute).flatMap { UInt64($0) } }
        guard let sectors = number("size"), sectors > 0, let device = text("dev") else { return nil }
        let link = (try? root.linkTarget(of: directory))?.string ?? ""
        self.name = name
        path = Self.node(of: name)
        self.device = device
        diskSequence = number("diskseq")
        sizeInBytes = sectors.multipliedReportingOverflow(by: 512).partialValue
        logicalSectorInBytes = number("queue/logical_block_size")
        physicalSectorInBytes = number("queue/physical_block_size")
        optimalTransferInBytes = number("queue/optimal_io_size")
        isRotational = number("queue/rotational").map { $0 != 0 }
        transport = Self.transport(of: name, at: link)
        model = text("device/model")
        serial = text("serial") ?? text("device/serial")
        wwid = text("wwid") ?? text("device/wwid")
        eui = Self.identifier(text("eui") ?? text("device/eui"))
        nguid = Self.identifier(text("nguid") ?? text("device/nguid"))
        firmware = text("device/firmware_rev") ?? text("device/rev")
        busPath = Self.busPath(of: link)
        numaNode = (text("device/numa_node") ?? text("device/device/numa_node")).flatMap { Int($0) }.flatMap {
            $0 < 0 ? nil : $0
        }
        zoned = text("queue/zoned")
        discardLimit = number("queue/discard_max_bytes")
        writeZeroesLimit = number("queue/write_zeroes_max_bytes")
        holders = root.entriesIfPresent(of: directory.appending("holders")).sorted()
        isReadOnly = number("ro") == 1
        isRemovable = number("removable") == 1
        partitions = root.directoriesIfPresent(of: directory).filter { $0.hasPrefix(name) }.compactMap { child in
            let place = directory.appending(child)
            guard let size = root.textIfPresent(place.appending("size")).flatMap({ UInt64($0) }) else { return nil }
            return Partition(
                name: child, path: Self.node(of: child),
                device: root.textIfPresent(place.appending("dev")) ?? "",
                number: root.textIfPresent(place.appending("partition")).flatMap { Int($0) },
                start: root.textIfPresent(place.appending("start")).flatMap { UInt64($0) },
                sizeInBytes: size.multipliedReportingOverflow(by: 512).partialValue)
        }.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
    }

    /// Hexadecimal digits alone; zeros are none (nvme_ns_id_attrs, drivers/nvme/host/sysfs.c).
    private static func identifier(_ text: String?) -> String? {
        guard let text else { return nil }
        // What a recording took out is no number.
        guard !text.hasPrefix("<") else { return text }
        let digits = text.filter(\.isHexDigit).lowercased()
        return digits.contains { $0 != "0" } ? digits : nil
    }

    /// `../devices/pci0000:00/0000:00:04.0/virtio1/block/vda` without its ends.
    private static func busPath(of link: String) -> String? {
        let parts = link.split(separator: "/")
        guard let start = parts.firstIndex(of: "devices"), let end = parts.lastIndex(of: "block") ?? parts.indices.last,
            end > start + 1
        else { return nil }
        let path = parts[(start + 1)..<end].joined(separator: "/")
        return path.hasPrefix("virtual") ? nil : path
    }

    /// From the bus in the device's path: `../devices/pci0000:00/0000:00:04.0/virtio1/block/vda`.
    private static func transport(of name: String, at link: String) -> String? {
        let parts = link.split(separator: "/")
        func has(_ prefix: String) -> Bool { parts.dropLast().contains { $0.hasPrefix(prefix) } }
        if name.hasPrefix("loop") { return "loop" }
        if name.hasPrefix("dm-") { return "dm" }
        if name.hasPrefix("md") { return "md" }
        if has("usb") { return "usb" }
        if has("virtio") { return "virtio" }
        if name.hasPrefix("nvme") || has("nvme") { return "nvme" }
        if has("mmc") { return "mmc" }
        if has("session") { return "iscsi" }
        if has("end_device-") { return "sas" }
        if has("ata") { return "sata" }
        if has("vmbus") || has("host") { return "scsi" }
        if has("vbd-") { return "xen" }
        return nil
    }

    /// Probes the disk and its partitions with libblkid. What cannot be read is told by `problem` and left out.
    public mutating func probe(_ nodes: DeviceNodes, problem: (OSError) -> Void) {
        // libblkid opens the whole disk for each of its partitions, too, and a device's last close drops its page cache.
        let held = nodes.holding(path)
        defer { withExtendedLifetime(held) {} }
        signature = Self.probe(path, nodes, through: held, problem)
        for index in partitions.indices {
            partitions[index].signature = Self.probe(partitions[index].path, nodes, problem)
        }
    }

    private static func probe(
        _ path: FilePath, _ nodes: DeviceNodes, through held: DeviceVolume? = nil, _ problem: (OSError) -> Void
    ) -> ProbeReport? {
        guard nodes.areThere else { return nil }
        do throws(OSError) {
            return try nodes.probe(path, through: held)
        } catch {
            problem(error)
            return nil
        }
    }
}

extension Disk {
    /// `/dev/NAME`: sysfs writes `!` for the slash of a device's name (cciss!c0d0).
    static func node(of name: String) -> FilePath {
        FilePath("/dev").appending(String(name.map { $0 == "!" ? "/" : $0 }))
    }
}
