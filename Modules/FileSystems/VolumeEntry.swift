/// A name in a directory of a volume, and what it stands for.
public struct VolumeEntry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        /// Followed within the volume, as if the volume's root were `/`.
        case symbolicLink
        /// A device node, a socket, a named pipe.
        case special
    }

    /// As Linux would show it. What is no UTF-8 in it is U+FFFD.
    public let name: String
    public let kind: Kind
    /// Of a file's contents, as the volume says; of others whatever the file system counts.
    public let sizeInBytes: UInt64

    public init(name: String, kind: Kind, sizeInBytes: UInt64) {
        self.name = name
        self.kind = kind
        self.sizeInBytes = sizeInBytes
    }
}

/// What the volume says of itself that its user should know.
public enum VolumeNote: Hashable, Sendable {
    /// ext3 and ext4: the journal holds changes that were never written to their places. They are not seen.
    case journalNotReplayed
    /// The writer had not finished: the volume was not unmounted.
    case notCleanlyUnmounted
    /// ext: the kernel or fsck found errors in it.
    case hasErrors
    /// The UDF structures of a disc that has ISO 9660's as well could not be read: what is told is ISO 9660's.
    case readAsISO9660(insteadOf: VolumeError.Problem)
}
