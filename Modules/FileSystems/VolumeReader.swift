public import Kernel

/// The file tree of a volume, read without mounting it.
///
/// Mounting gives the bytes of whoever made the volume to the kernel, wants its module and the privilege, and leaves nothing to
/// replay. This reads what a path asks for and no more, within limits, and whatever the bytes are the answer is a value or a
/// ``VolumeError``.
///
/// A path is apart by `/`; a slash at its start changes nothing. `..` and symbolic links stay in the volume. On FAT, with Joliet, and on
/// plain ISO 9660, case makes no difference where no name has that very case.
public struct VolumeReader: Sendable {
    /// Directories in directories, the root aside.
    public static let depthLimit = 16
    /// Entries in a directory.
    public static let entryLimit = 4096
    /// Symbolic links on one path.
    public static let linkLimit = 16
    /// How long a directory can be, in bytes.
    static let directoryLimit = 4 << 20

    private let tree: any VolumeTree
    /// Beyond the file system's own.
    private let fallback: VolumeNote?

    public var type: VolumeType { tree.type }
    /// As `blkid` has it: LABEL; nil where there is none.
    public var label: String? { tree.label }
    /// As `blkid` has it: UUID, which is a serial number or a date on some file systems.
    public var uuid: String? { tree.uuid }
    public var notes: Set<VolumeNote> { fallback.map { tree.notes.union([$0]) } ?? tree.notes }

    private init(_ tree: any VolumeTree, fallback: VolumeNote? = nil) {
        self.tree = tree
        self.fallback = fallback
    }

    /// Finds out what file system there is, and reads its top.
    ///
    /// A disc with UDF and ISO 9660 is read as UDF, as blkid and mount have it, and as ISO 9660 where its UDF cannot be read: `notes` then
    /// says so.
    /// - Throws: `.unrecognized` where it is none, `.ambiguous` where there are marks of several, and what the top has wrong.
    public static func open(_ source: any VolumeSource) throws(VolumeError) -> VolumeReader {
        let volume = VolumeBytes(source)
        var families: [Family] = []
        for family in Family.allCases where try family.isMarked(volume) { families.append(family) }
        switch families {
        case [.disc]: return try disc(volume)
        case [.fat]: return VolumeReader(PathWalker(try FATVolume(volume)))
        case []: throw VolumeError(.unrecognized)
        default: throw VolumeError(.ambiguous(families.flatMap(\.types)))
        }
    }

    private static func disc(_ volume: VolumeBytes) throws(VolumeError) -> VolumeReader {
        guard try UDFVolumeDescriptors.isMarked(volume) else {
            return VolumeReader(PathWalker(try ISOVolume(volume)))
        }
        do throws(VolumeError) {
            return VolumeReader(PathWalker(try UDFVolume(volume)))
        } catch {
            guard try ISOVolume.isMarked(volume), let bridged = try? ISOVolume(volume) else { throw error }
            return VolumeReader(PathWalker(bridged), fallback: .readAsISO9660(insteadOf: error.problem))
        }
    }

    /// What stands at `path`, links followed.
    public func entry(at path: String) throws(VolumeError) -> VolumeEntry { try tree.entry(at: path) }

    /// What the directory at `path` holds, in the volume's order, without `.` and `..`.
    public func entries(of path: String = "/") throws(VolumeError) -> [VolumeEntry] { try tree.entries(of: path) }

    /// The whole of the file at `path`.
    /// - Parameter limit: in bytes. A longer file is an error, `.tooLarge`, and is not read.
    public func contents(of path: String, limit: Int) throws(VolumeError) -> [UInt8] {
        try tree.contents(of: path, limit: limit)
    }

    /// The same, or nil where there is no such file.
    public func contentsIfPresent(of path: String, limit: Int) throws(VolumeError) -> [UInt8]? {
        do {
            return try tree.contents(of: path, limit: limit)
        } catch {
            if error.problem == .notFound { return nil }
            throw error
        }
    }
}

/// What shares its marks: of two families at once a volume cannot be.
private enum Family: CaseIterable {
    case disc, fat

    var types: [VolumeType] {
        switch self {
        case .disc: [.iso9660, .udf]
        case .fat: [.fat12, .fat16, .fat32]
        }
    }

    func isMarked(_ volume: VolumeBytes) throws(VolumeError) -> Bool {
        switch self {
        case .disc: return try ISOVolume.isMarked(volume) ? true : UDFVolumeDescriptors.isMarked(volume)
        case .fat: return try BootSector(volume)?.isPlausible ?? false
        }
    }
}
