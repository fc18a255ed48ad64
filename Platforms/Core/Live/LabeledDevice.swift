internal import BlockDevices
internal import FileSystems
internal import Kernel
internal import SystemPackage

/// A block device that may hold a volume with a label: a disk, a partition or an optical drive.
struct LabeledDevice: Hashable {
    let path: FilePath
    /// `8:1`, as udev's database names it.
    let number: String

    /// What detection looks at: drives whose medium somebody puts in, and small disks, as hypervisors attach them for this very purpose.
    /// A machine's own disks are none of these, and are not waited for.
    static func attached(to host: HostRoot) -> [LabeledDevice] {
        disks(of: host).filter { $0.isRemovable || $0.transport == "usb" || $0.sizeInBytes <= smallDisk }
            .flatMap(devices)
    }

    /// Every disk and its partitions.
    static func all(of host: HostRoot) -> [LabeledDevice] { disks(of: host).flatMap(devices) }

    /// In bytes. Configuration drives have some MiB.
    private static let smallDisk: UInt64 = 1 << 30
    private static let limit = 256

    /// Not those that stand on other files or devices, nor floppy drives, whose kernel driver tries for seconds.
    private static func disks(of host: HostRoot) -> [Disk] {
        let others = ["loop", "ram", "zram", "fd", "nbd", "dm-", "md", "drbd"]
        return host.entriesIfPresent(of: "/sys/block").prefix(limit)
            .filter { name in
                !others.contains { name.hasPrefix($0) && !name.dropFirst($0.count).contains { $0.isLetter } }
            }
            .compactMap { Disk(named: $0, in: host) }
            .sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
    }

    private static func devices(of disk: Disk) -> [LabeledDevice] {
        [LabeledDevice(path: disk.path, number: disk.device)]
            + disk.partitions.prefix(limit).map { LabeledDevice(path: $0.path, number: $0.device) }
    }

    /// What udev knows of its label (ID_FS_LABEL of its database); nil where it knows nothing of the device, empty for no label.
    func labelByUdev(on host: HostRoot) -> String? {
        let file = FilePath("/run/udev/data").appending("b\(number)")
        guard let text = host.textIfPresent(file, limit: 65_536), text.contains("E:ID_FS_") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("E:ID_FS_LABEL=") {
            return String(line.dropFirst("E:ID_FS_LABEL=".count))
        }
        return ""
    }

    /// Its file system, where it has one that is read here.
    func open(on host: HostRoot) -> VolumeReader? {
        guard let source = try? DeviceVolume(path, in: host) else { return nil }
        return try? VolumeReader.open(source)
    }
}

/// Asks several devices at once, each on a thread of its own: one that hangs in its driver is given up, and holds nothing else up.
enum DeviceSurvey {
    static func ask<Answer: Sendable>(
        _ devices: [LabeledDevice], until deadline: Deadline, _ body: @escaping @Sendable (LabeledDevice) -> Answer?
    ) -> [Answer] {
        guard !devices.isEmpty else { return [] }
        let answers = Monitor<(found: [Int: Answer], ended: Int)>((found: [:], ended: 0))
        var started = 0
        for (place, device) in devices.enumerated() {
            do throws(OSError) {
                try WorkerThread.start {
                    let answer = body(device)
                    answers.with { state in
                        state.ended += 1
                        if let answer { state.found[place] = answer }
                    }
                }
                started += 1
            } catch {
                // Without a thread the device is left out, as one that does not answer is.
            }
        }
        let all = started
        _ = answers.wait(until: deadline) { $0.ended >= all ? true : nil }
        let found = answers.with { $0.found }
        return devices.indices.compactMap { found[$0] }
    }
}
