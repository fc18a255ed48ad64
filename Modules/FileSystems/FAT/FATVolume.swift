/// A FAT volume (Microsoft's FAT specification, 2000 and 2005) with VFAT's long names.
struct FATVolume: FileSystem {
    var volume: VolumeBytes
    let boot: BootSector
    let table: AllocationTable
    let root: FATNode
    private(set) var label: String?

    var uuid: String? { boot.serial }
    var foldsCase: Bool { true }
    var notes: Set<VolumeNote> { boot.isDirty ? [.notCleanlyUnmounted] : [] }

    var type: VolumeType {
        switch boot.width {
        case .fat12: .fat12
        case .fat16: .fat16
        case .fat32: .fat32
        }
    }

    /// The specification's limit of a directory: 65,536 entries of 32 bytes.
    private static let directorySize: UInt64 = 65_536 * 32
    private static let unnamed: StaticString = "NO NAME    "

    init(_ volume: VolumeBytes) throws(VolumeError) {
        self.volume = volume
        guard let boot = try BootSector(volume), boot.isPlausible else { throw VolumeError(.unrecognized) }
        self.boot = boot
        table = try AllocationTable(boot)
        root = FATNode(kind: .directory, firstCluster: boot.rootCluster ?? 0, size: 0)
        do {
            // Microsoft's: the root directory's entry is the label; the boot sector's copy may be stale.
            let listing = try listing(of: root)
            let own = VolumePiece(bytes: Array(boot.label), offset: 0, structure: .bootSector)
            if let entry = listing.label, !Self.isUnnamed(entry) {
                label = VolumeText.trimmed(FATName.decoded(entry[...]))
            } else if !own.has(Self.unnamed, at: 0) {
                label = VolumeText.trimmed(FATName.decoded(own.bytes[...]))
            }
        } catch { throw error.with(type: type, path: "/") }
    }

    private static func isUnnamed(_ name: [UInt8]) -> Bool {
        VolumePiece(bytes: name, offset: 0, structure: .directoryEntry).has(unnamed, at: 0)
    }

    func entries(of directory: FATNode) throws(VolumeError) -> [(name: String, reference: FATNode)] {
        try listing(of: directory).list.entries
    }

    func node(_ reference: FATNode) throws(VolumeError) -> FATNode { reference }

    func contents(of file: FATNode, limit: Int) throws(VolumeError) -> [UInt8] {
        guard file.size > 0 else { return [] }
        let size = UInt64(file.size)
        guard let count = Int(exactly: size), count <= limit else {
            throw VolumeError(.tooLarge(sizeInBytes: size, limit: limit))
        }
        let clusters = (size + boot.clusterSize - 1) / boot.clusterSize
        let map = try table.chain(
            from: file.firstCluster, count: clusters, limit: clusters, in: volume, .fileExtent)
        return try map.contents(count: count, of: volume, .fileExtent)
    }

    func target(of link: FATNode) throws(VolumeError) -> String { "" }

    private func listing(of directory: FATNode) throws(VolumeError) -> FATListing {
        var map = DataMap()
        if directory.firstCluster == 0, !boot.isFAT32 {
            guard map.append(.volume(boot.rootStart), count: boot.rootEntryCount * 32) else { return FATListing() }
        } else {
            let limit = max(1, Self.directorySize / boot.clusterSize)
            map = try table.chain(
                from: directory.firstCluster, count: nil, limit: limit, in: volume, .directoryEntry)
        }
        var listing = FATListing()
        reading: for run in map.runs {
            guard case .volume(let start) = run.place else { continue }
            var done: UInt64 = 0
            // A part at a time: behind the end of the entries there may be much that is none.
            while done < run.count {
                let step = min(run.count - done, 16_384)
                let piece = try volume.read(at: start + done, count: Int(step), .directoryEntry)
                if try !listing.read(piece) { break reading }
                done += step
            }
        }
        return listing
    }
}

/// What a path of a FAT volume leads to.
struct FATNode: VolumeNode, Hashable {
    let kind: VolumeEntry.Kind
    /// 0: none, or the root of FAT12 and FAT16.
    let firstCluster: UInt32
    let size: UInt32

    var sizeInBytes: UInt64 { UInt64(size) }
    var identity: UInt64 { UInt64(firstCluster) }
}
