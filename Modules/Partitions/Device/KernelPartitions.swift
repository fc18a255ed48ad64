internal import CKernel
public import Kernel
public import SystemPackage

/// The partitions that the kernel keeps of a disk, and what brings them to those of a table: BLKPG for what differs, nothing for the rest.
public struct KernelPartitions: Sendable {
    /// One, as sysfs has it.
    public struct Partition: Hashable, Sendable {
        public let number: Int
        /// `sda1`
        public let name: String
        /// In bytes, as the two below are.
        public let start: UInt64
        public let length: UInt64

        /// `/dev/sda1`
        public var path: FilePath { FilePath("/dev").appending(String(name.map { $0 == "!" ? "/" : $0 })) }
    }

    /// One step.
    public enum Step: Hashable, Sendable {
        case delete(Partition)
        case add(number: Int, start: UInt64, length: UInt64)
        case resize(Partition, length: UInt64)

        public var number: Int {
            switch self {
            case .delete(let partition), .resize(let partition, _): partition.number
            case .add(let number, _, _): number
            }
        }

        /// Whose user would lose something: the kernel refuses to delete what is in use, but shrinks it with success.
        public var endangered: Partition? {
            switch self {
            case .delete(let partition): partition
            case .resize(let partition, let length): length < partition.length ? partition : nil
            case .add: nil
            }
        }
    }

    public let partitions: [Partition]
    /// Whether the kernel keeps partitions of this disk at all: of a loop device only where it was asked to.
    public let isKept: Bool
    private let device: String

    /// Of the disk `major:minor`.
    public init(of device: String, in root: HostRoot) {
        self.device = device
        let directory = FilePath("/sys/dev/block").appending(device)
        isKept = root.textIfPresent(directory.appending("loop/partscan")).map { $0 == "1" } ?? true
        partitions = root.directoriesIfPresent(of: directory).compactMap { name in
            func number(_ attribute: String) -> UInt64? {
                root.textIfPresent(directory.appending(name).appending(attribute)).flatMap { UInt64($0) }
            }
            // sysfs counts in 512 bytes, whatever the sector size.
            guard let slot = number("partition").flatMap({ Int(exactly: $0) }), let start = number("start"),
                let size = number("size"), start < 1 << 54, size < 1 << 54
            else { return nil }
            return Partition(number: slot, name: name, start: start * 512, length: size * 512)
        }.sorted { $0.number < $1.number }
    }

    /// What makes them those of `table`, deletions first and then what shrinks, so that there is room for the rest.
    public func steps(to table: GPTTable) -> [Step] {
        guard isKept else { return [] }
        var wanted: [Int: (start: UInt64, length: UInt64)] = [:]
        for partition in table.partitions {
            // The kernel reads no others (is_pte_valid), nor more than 256 (DISK_MAX_PARTS).
            guard let count = partition.entry.sectorCount, partition.number < 256 else { continue }
            wanted[partition.number] = (partition.entry.firstLBA * table.sectorSize, count * table.sectorSize)
        }
        var deletions: [Step] = []
        var sizes: [Step] = []
        for partition in partitions {
            guard let place = wanted[partition.number], place.start == partition.start else {
                deletions.append(.delete(partition))
                continue
            }
            wanted[partition.number] = nil
            if place.length != partition.length { sizes.append(.resize(partition, length: place.length)) }
        }
        let additions = wanted.sorted { $0.key < $1.key }.map { number, place in
            Step.add(number: number, start: place.start, length: place.length)
        }
        let shrinking = sizes.filter { $0.endangered != nil }
        return deletions + shrinking + additions + sizes.filter { $0.endangered == nil }
    }

    /// Carries `steps` out on the disk, and waits for who holds a partition until `deadline`.
    /// - Throws: the kernel's error with the partition as its subject. What was done until then stays.
    public static func apply(_ steps: [Step], to disk: DeviceVolume, until deadline: Deadline) throws(OSError) {
        for step in steps {
            while true {
                do throws(OSError) {
                    try apply(step, to: disk)
                    break
                } catch {
                    // udevd and whoever else looks at a new partition has it open for a moment.
                    guard error.errno == .resourceBusy, !deadline.hasPassed else { throw error }
                    Deadline(in: .milliseconds(50)).sleep()
                }
            }
        }
    }

    private static func apply(_ step: Step, to disk: DeviceVolume) throws(OSError) {
        let place: (operation: sw_blkpg_operation, start: UInt64, length: UInt64) =
            switch step {
            case .delete: (SW_BLKPG_DELETE, 0, 0)
            case .add(_, let start, let length): (SW_BLKPG_ADD, start, length)
            case .resize(let partition, let length): (SW_BLKPG_RESIZE, partition.start, length)
            }
        _ = try disk.withDescriptor { (descriptor) throws(OSError) in
            try systemCall("BLKPG", on: "partition \(step.number)") {
                sw_blkpg(
                    descriptor, place.operation, Int32(clamping: step.number), Int64(clamping: place.start),
                    Int64(clamping: place.length))
            }
        }
    }
}
