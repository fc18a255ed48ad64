public import BlockDevices
internal import Glibc
public import Kernel
public import Partitions
public import SystemPackage

/// A disk, or an image in its place, whose partition table is worked on.
public struct TableDisk: Sendable {
    public let path: FilePath
    public let geometry: BlockGeometry
    /// Of the device, or what somebody says of an image; 512 where nobody does.
    public let sectorSize: UInt64
    public let volume: DeviceVolume

    /// Opens it for reading.
    /// - Parameter sectorSize: of an image; a device has its own, and another one is refused.
    public init(_ path: FilePath, sectorSize: UInt64? = nil, in root: HostRoot) throws(PartitionError) {
        try self.init(path, sectorSize: sectorSize, DeviceNodes(of: root))
    }

    /// Opens it, or its record, for reading.
    public init(_ path: FilePath, sectorSize: UInt64? = nil, _ nodes: DeviceNodes) throws(PartitionError) {
        do throws(OSError) {
            let (volume, geometry) = try nodes.open(path)
            self.init(path, volume, geometry, sectorSize)
        } catch {
            throw .system(error)
        }
        if let own = geometry.logicalSector, let sectorSize, own != sectorSize {
            throw .invalid("\(path) has sectors of \(own) bytes, not of \(sectorSize)")
        }
    }

    fileprivate init(_ path: FilePath, _ volume: DeviceVolume, _ geometry: BlockGeometry, _ sectorSize: UInt64?) {
        self.path = path
        self.volume = volume
        self.geometry = geometry
        self.sectorSize = geometry.logicalSector ?? sectorSize ?? 512
    }

    /// What stands on the whole disk in the place of a table, for people: `an ext4`; nil is nothing that anybody knows.
    public func contents(_ reading: TableReading) throws(PartitionError) -> String? {
        guard reading.kind == .none, reading.table == nil else { return nil }
        do throws(OSError) {
            var options = ProbeOptions()
            // A record's file does not know what the device's sectors were.
            if geometry.isDevice { options.sectorSize = UInt32(exactly: sectorSize) }
            let report = try Probe(adopting: try volume.duplicate(), subject: path.string, options).report()
            if report.isAmbivalent { return "signatures that contradict each other" }
            return report.type ?? report.partitionTable.map { "a partition table (\($0))" }
        } catch {
            throw .system(error)
        }
    }

    public func read() throws(PartitionError) -> TableReading {
        do throws(OSError) { return try TableReading(volume, sectorSize: sectorSize) } catch { throw .system(error) }
    }
}

/// The same, to be changed: locked against udevd, and whoever else heeds the lock, from the first look to the last write.
public struct LockedTableDisk: ~Copyable {
    public let disk: TableDisk
    public let device: WritableDevice
    let root: HostRoot

    /// - Parameter deadline: until when a lock of somebody else is waited for.
    public init(
        _ path: FilePath, sectorSize: UInt64? = nil, in root: HostRoot, until deadline: Deadline
    ) throws(PartitionError) {
        // Its refusals first: no device is opened for writing for nothing.
        _ = try TableDisk(path, sectorSize: sectorSize, in: root)
        do throws(OSError) {
            let device = try WritableDevice(path)
            let disk = TableDisk(path, device.reader, try BlockGeometry(device.reader), sectorSize)
            if disk.geometry.isReadOnly {
                throw OSError(operation: "open", errno: .readOnlyFileSystem, subject: path.string)
            }
            try device.lock(until: deadline)
            self.device = device
            self.disk = disk
        } catch {
            throw .system(error)
        }
        self.root = root
    }

    /// What a commit did.
    public struct Outcome: Sendable {
        /// Where the old tables are; nil where nothing was written.
        public var backup: FilePath?
        public var writes = 0
        /// What the kernel was told.
        public var kernelSteps: [KernelPartitions.Step] = []
        /// Why the kernel was not told; nil where it was, or need not be.
        public var kernelNote: String?
        public var wiped = 0
    }

    /// Wipes what `wipes` names, writes `table`, and tells the kernel. The old tables are saved before the first write.
    ///
    /// - Parameters:
    ///   - wipes: sectors whose signatures go before the table says that a partition begins there.
    ///   - backups: files for the old tables, of which the first that is not there is taken.
    public func commit(
        _ table: GPTTable, over reading: TableReading, wipes: [ClosedRange<UInt64>] = [], backups: [FilePath],
        until deadline: Deadline
    ) throws(PartitionError) -> Outcome {
        let commit = try TableCommit(table, over: reading, on: device)
        let kernel = disk.geometry.device.map { KernelPartitions(of: $0, in: root) }
        let steps = kernel?.steps(to: table) ?? []
        if let used = ExclusiveUse.of(steps, in: root).first {
            throw .refused(
                "partition \(used.number) (\(used.path)) is in use, and would go away or shrink; unmount it, or stop what uses it, first"
            )
        }
        var outcome = Outcome()
        do throws(OSError) {
            if !commit.isEmpty {
                outcome.backup = try TableBackup(
                    of: reading, before: commit, on: device, device: disk.path.string
                ).save(to: backups)
            }
            for sectors in wipes { outcome.wiped += try wipe(sectors) }
            try commit.run(on: device)
            outcome.writes = commit.writes
            if let kernel, !kernel.isKept {
                outcome.kernelNote =
                    "the kernel keeps no partitions of this loop device; attach it with partitions scanned"
            }
            try KernelPartitions.apply(steps, to: device.reader, until: deadline)
            outcome.kernelSteps = steps
        } catch {
            throw .system(error)
        }
        try verify(table)
        return outcome
    }

    /// The kernel's word for it: BLKPG may have done something else than was asked.
    private func verify(_ table: GPTTable) throws(PartitionError) {
        guard let device = disk.geometry.device, root.isLive else { return }
        let rest = KernelPartitions(of: device, in: root).steps(to: table)
        guard let step = rest.first else { return }
        throw .invalid("the table is written, but the kernel's partition \(step.number) is another than in the table")
    }

    private func wipe(_ sectors: ClosedRange<UInt64>) throws(OSError) -> Int {
        let range = sectors.lowerBound * disk.sectorSize..<(sectors.upperBound + 1) * disk.sectorSize
        return try SignatureWipe.run(on: device, range: range, subject: disk.path.string).count
    }
}
