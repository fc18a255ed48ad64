/// Something that is wrong, or worth knowing, about a partition table.
public struct TableProblem: Hashable, Sendable {
    /// What kind; stable words, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The header's checksum is not that of its bytes.
        case headerCRC = "header-crc"
        /// The checksum is right, and yet a field cannot be.
        case headerInvalid = "header-invalid"
        case headerMissing = "header-missing"
        /// The entries' checksum is not that of their bytes.
        case entriesCRC = "entries-crc"
        /// The device failed to read it.
        case unreadable
        /// The backup is not in the last sector: the disk has grown.
        case backupDisplaced = "backup-displaced"
        /// Two intact backups of different disks, and no primary that tells which.
        case backupAmbiguous = "backup-ambiguous"
        /// The device or image ends before what the table says.
        case beyondEnd = "beyond-end"
        case copiesDiffer = "copies-differ"
        case protectiveMBRMissing = "protective-mbr-missing"
        case protectiveMBRInvalid = "protective-mbr-invalid"
        case hybridMismatch = "hybrid-mismatch"
        case wrongSectorSize = "wrong-sector-size"
        case entriesOverlap = "entries-overlap"
        case entryOutOfRange = "entry-out-of-range"
        case entryReversed = "entry-reversed"
        case duplicateGUID = "duplicate-guid"
        case usableOverlapsMetadata = "usable-overlaps-metadata"
        /// GPT headers under an MBR that is not protective.
        case staleGPT = "stale-gpt"
        /// A chain of extended boot records that comes back to itself, or never ends.
        case extendedLoop = "ebr-loop"
        case extendedInvalid = "ebr-invalid"
        case hybridMBR = "hybrid-mbr"
        case misaligned
        /// Linux reads only entries of 128 bytes (block/partitions/efi.c).
        case kernelUnreadable = "kernel-unreadable"

        /// Whether it is only worth knowing: a table with nothing else is in order.
        public var isNote: Bool {
            switch self {
            case .hybridMBR, .misaligned, .kernelUnreadable: true
            default: false
            }
        }
    }

    /// Where it is.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        case primary
        case backup
        case mbr
        /// A partition, by its number.
        case entry(Int)

        /// Of `entry`.
        public var number: Int? { if case .entry(let number) = self { number } else { nil } }

        public var description: String {
            switch self {
            case .primary: "primary"
            case .backup: "backup"
            case .mbr: "mbr"
            case .entry: "entry"
            }
        }
    }

    public let code: Code
    public let place: Place
    /// The sector that it is about.
    public let lba: UInt64?
    public let message: String

    public init(_ code: Code, _ place: Place, lba: UInt64?, _ message: String) {
        self.code = code
        self.place = place
        self.lba = lba
        self.message = message
    }
}
