public import Kernel
public import Partitions
public import SystemPackage

/// What looking at a device needs of it: its size, what the kernel says of it (ioctl(2)), and the few sectors that decide the answers.
public struct DeviceRecord: Hashable, Sendable {
    /// A part of the device that was probed, in bytes from its beginning.
    public struct Look: Hashable, Sendable {
        public var offset: UInt64
        /// nil is to the end.
        public var size: UInt64?

        public init(offset: UInt64 = 0, size: UInt64? = nil) {
            self.offset = offset
            self.size = size
        }
    }

    /// `/dev/vda`
    public var path: FilePath
    public var geometry: BlockGeometry
    /// Where a probe of the record says what one of the device said.
    public var looks: [Look]
    /// Where it says something else: the sectors that it would take are too many, or libblkid asks the kernel of a device what no file has.
    public var doubtfulLooks: [Look]
    /// Whether its partition table reads as on the device.
    public var hasTable: Bool
    /// What is not here is zeros.
    public var windows: SparseBytes

    public init(
        path: FilePath, geometry: BlockGeometry, looks: [Look], doubtfulLooks: [Look] = [], hasTable: Bool,
        windows: SparseBytes
    ) {
        self.path = path
        self.geometry = geometry
        self.looks = looks
        self.doubtfulLooks = doubtfulLooks
        self.hasTable = hasTable
        self.windows = windows
    }

    /// Whether all of it answers as the device did.
    public var isFaithful: Bool { hasTable && doubtfulLooks.isEmpty }

    /// The device again, as a sparse file in memory.
    public func volume() throws(OSError) -> DeviceVolume {
        let file = try WritableDevice(inMemory: geometry.sizeInBytes, subject: path.string)
        for piece in windows.pieces { try file.write(piece.bytes, at: piece.offset) }
        return file.reader
    }

    /// Probes the record as the device was.
    /// - Throws: ENODATA for a part that was not probed then, EOPNOTSUPP for one whose recorded sectors do not answer as the device did.
    public func probe(_ options: ProbeOptions) throws(OSError) -> ProbeReport {
        try require(Look(offset: options.offset, size: options.size))
        let own = geometry.logicalSector.flatMap { UInt32(exactly: $0) }
        guard options.sessionOffset == nil, options.sectorSize == nil || options.sectorSize == own else {
            throw OSError(operation: "replay", errno: .noData, subject: path.string)
        }
        return try Self.probe(try volume(), path, options, sectorSize: own)
    }

    /// For reading its partition table.
    /// - Throws: EOPNOTSUPP where that is not as on the device.
    public func tableVolume() throws(OSError) -> DeviceVolume {
        guard hasTable else { throw Self.doubt(path) }
        return try volume()
    }

    private func require(_ look: Look) throws(OSError) {
        if looks.contains(look) { return }
        if doubtfulLooks.contains(look) { throw Self.doubt(path) }
        throw OSError(operation: "replay", errno: .noData, subject: path.string)
    }

    private static func doubt(_ path: FilePath) -> OSError {
        OSError(operation: "replay what the record holds too little of", errno: .notSupported, subject: path.string)
    }

    /// A file has no sectors of its own: libblkid and the table are told those of the device.
    static func probe(
        _ volume: DeviceVolume, _ path: FilePath, _ options: ProbeOptions, sectorSize: UInt32?
    ) throws(OSError) -> ProbeReport {
        var options = options
        options.sectorSize = sectorSize ?? options.sectorSize
        return try Probe(adopting: try volume.duplicate(), subject: path.string, options).report()
    }
}
