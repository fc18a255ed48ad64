public import Kernel
internal import Partitions
public import SystemPackage

/// What a node does with the tables of its disks before anything looks for a volume: a copy that is damaged is made whole from the other
/// one, and the partitions that the kernel did not find are added.
public struct TableMending: Sendable {
    /// What was done, for people; empty where all was well.
    public private(set) var notes: [String] = []
    /// What could not be done.
    public private(set) var problems: [String] = []

    /// Damage that costs a table its second copy. A backup that is only not at the end of a grown disk stays where it is: growing is for who
    /// plans the disk.
    private static let damage: Set<TableProblem.Code> = [
        .headerCRC, .headerInvalid, .headerMissing, .entriesCRC, .copiesDiffer, .protectiveMBRMissing,
    ]

    /// Looks at the disk at `path` of the live host.
    ///
    /// A disk without a GPT is left alone; one that is read-only has its partitions added, and nothing more.
    /// - Parameter backups: the directory for the old tables.
    public init(of path: FilePath, in root: HostRoot, backups: FilePath, until deadline: Deadline) {
        do throws(PartitionError) {
            let disk = try TableDisk(path, in: root)
            guard let device = disk.geometry.device else { return }
            let reading = try disk.read()
            guard let table = reading.table else {
                if reading.kind == .gpt { problems.append("\(path): neither copy of its GPT is intact") }
                return
            }
            let hasDamage = reading.problems.contains { Self.damage.contains($0.code) }
            if hasDamage, !disk.geometry.isReadOnly { try mend(path, in: root, backups, until: deadline) }
            let missing = KernelPartitions(of: device, in: root).steps(to: table).filter { step in
                if case .add = step { true } else { false }
            }
            if !missing.isEmpty { try add(missing, to: disk, until: deadline) }
        } catch {
            problems.append("\(path): \(error)")
        }
    }

    private mutating func mend(
        _ path: FilePath, in root: HostRoot, _ backups: FilePath, until deadline: Deadline
    ) throws(PartitionError) {
        let locked = try LockedTableDisk(path, in: root, until: deadline)
        // Once more, under the lock.
        let reading = try locked.disk.read()
        let repair: TableRepair
        do throws(PartitionError) { repair = try TableRepair(reading) } catch {
            problems.append("\(path): \(error)")
            return
        }
        let name = path.lastComponent?.string ?? "disk"
        let places = (0..<100).map { backups.appending("\(name)\($0 == 0 ? "" : "-\($0)").partition-table.json") }
        _ = try locked.commit(repair.table, over: reading, backups: places, until: deadline)
        for problem in repair.mended { notes.append("\(path): mended \(problem.code.rawValue): \(problem.message)") }
    }

    private mutating func add(
        _ steps: [KernelPartitions.Step], to disk: TableDisk, until deadline: Deadline
    ) throws(PartitionError) {
        do throws(OSError) {
            try KernelPartitions.apply(steps, to: disk.volume, until: deadline)
        } catch {
            throw .system(error)
        }
        notes.append(
            "\(disk.path): added partitions \(steps.map { "\($0.number)" }.joined(separator: ", ")), which the kernel had not found"
        )
    }
}
