public import Kernel

/// Why something of a volume could not be told.
public struct VolumeError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The source could not be read there.
        case unreadable(OSError)
        /// No file system that is read here.
        case unrecognized
        /// The marks of several; the caller says which, or nobody does.
        case ambiguous([VolumeType])
        /// The file system uses something that is not read here.
        case unsupported(Feature)
        /// The structure has a value that it cannot have.
        case invalid(Structure)
        /// The structure is not what its checksum says.
        case checksum(Structure)
        /// The structure, or what it points at, lies beyond the end of the volume or of what holds it.
        case beyondEnd(Structure)
        /// Something leads back to itself.
        case cycle(Structure)
        /// Directories in directories, more than ``VolumeReader/depthLimit``.
        case tooDeep
        /// A directory with more than ``VolumeReader/entryLimit`` entries, or longer than such a one can be.
        case tooManyEntries
        /// More symbolic links on one path than ``VolumeReader/linkLimit``.
        case tooManyLinks
        /// What leads to the answer is more than any volume of this kind would have.
        case tooMuchToRead
        /// The file is longer than the caller's limit.
        case tooLarge(sizeInBytes: UInt64, limit: Int)
        case notFound
        case notADirectory
        case notAFile
    }

    /// What is not read.
    public enum Feature: String, Hashable, Sendable {
        case multiVolumeSet = "a set of several volumes"
        case interleavedFile = "a file with interleaved extents (ECMA-119 6.4.3)"
        case compressedFile = "a compressed file (zisofs)"
        case blockSize = "the block size"
        case virtualPartition = "a virtual partition (VAT)"
        case sparablePartition = "a sparable partition"
        case metadataPartition = "a metadata partition"
        case partitionMap = "the kind of partition map"
        case allocationDescriptors = "extended allocation descriptors"
        case icbStrategy = "the ICB strategy"
        case fileType = "the type of file"
        case encryption = "an encrypted file"
        case ext = "an incompatible feature of ext"
        case journalDevice = "a journal without a file system"
        case externalValue = "an attribute in an inode of its own"
    }

    /// What is damaged.
    public enum Structure: String, Hashable, Sendable {
        case volumeDescriptor = "volume descriptor"
        case directoryRecord = "directory record"
        case systemUse = "system use entry"
        case name = "name"
        case fileExtent = "extent of a file"
        case symbolicLink = "symbolic link"
        case bootSector = "boot sector"
        case allocationTable = "file allocation table"
        case directoryEntry = "directory entry"
        case anchor = "anchor volume descriptor pointer"
        case descriptorTag = "descriptor tag"
        case partition = "partition"
        case logicalVolume = "logical volume descriptor"
        case fileSet = "file set descriptor"
        case fileEntry = "file entry"
        case allocationDescriptor = "allocation descriptor"
        case fileIdentifier = "file identifier descriptor"
        case superblock = "superblock"
        case groupDescriptor = "group descriptor"
        case inode = "inode"
        case extentTree = "extent tree"
        case blockMap = "block map"
        case directoryBlock = "directory block"
        case extendedAttribute = "extended attribute"
        case directory = "directory"
    }

    public let problem: Problem
    /// The file system, where it is known.
    public let type: VolumeType?
    /// In the volume, from its root; nil for what concerns the whole volume.
    public let path: String?
    /// In bytes from the start of the volume, where the problem has a place.
    public let offset: UInt64?

    public init(_ problem: Problem, type: VolumeType? = nil, path: String? = nil, at offset: UInt64? = nil) {
        self.problem = problem
        self.type = type
        self.path = path
        self.offset = offset
    }

    /// The same with what the inner reader does not know.
    func with(type: VolumeType? = nil, path: String? = nil) -> VolumeError {
        VolumeError(problem, type: self.type ?? type, path: self.path ?? path, at: offset)
    }

    public var description: String {
        var text = type.map { "\($0)" } ?? "volume"
        if let path { text += " \(path)" }
        if let offset { text += " at byte \(offset)" }
        return "\(text): \(problem)"
    }
}

extension VolumeError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .unrecognized: "no file system that is read here (\(VolumeError.known))"
        case .ambiguous(let types):
            "the marks of several file systems: \(types.map(\.description).joined(separator: ", "))"
        case .unsupported(let feature): "\(feature.rawValue) is not read here"
        case .invalid(let structure): "\(structure.rawValue): a value that it cannot have"
        case .checksum(let structure): "\(structure.rawValue): not what its checksum says"
        case .beyondEnd(let structure): "\(structure.rawValue): beyond the end"
        case .cycle(let structure): "\(structure.rawValue): it leads back to itself"
        case .tooDeep: "more than \(VolumeReader.depthLimit) directories deep"
        case .tooManyEntries: "more than \(VolumeReader.entryLimit) entries in a directory"
        case .tooManyLinks: "more than \(VolumeReader.linkLimit) symbolic links on the way"
        case .tooMuchToRead: "more to read on the way than is allowed"
        case .tooLarge(let size, let limit): "a file of \(size) bytes, where \(limit) are allowed"
        case .notFound: "no such file or directory"
        case .notADirectory: "not a directory"
        case .notAFile: "not a file"
        }
    }
}

extension VolumeError {
    fileprivate static var known: String { VolumeType.allCases.map(\.rawValue).joined(separator: ", ") }
}
