public import Kernel

/// Why a table cannot be read, changed or written.
public enum PartitionError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(OSError)
    case diskTooSmall(bytes: UInt64, least: UInt64)
    /// There is no GPT to change.
    case noTable(String)
    /// There is damage that may not be written over.
    case refused(String)
    case noSuchPartition(Int)
    /// All slots are used.
    case tableFull(slots: Int)
    case slotTaken(Int)
    /// The sectors are taken, or not usable.
    case noSpace(String)
    case invalid(String)

    public var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .diskTooSmall(let bytes, let least):
            "a disk of \(bytes) bytes is too small for a partition table: it takes \(least) bytes"
        case .noTable(let reason): "there is no partition table to work with: \(reason)"
        case .refused(let reason): "nothing was written: \(reason)"
        case .noSuchPartition(let number): "there is no partition \(number)"
        case .tableFull(let slots): "all \(slots) slots of the partition table are taken"
        case .slotTaken(let number): "partition \(number) exists already"
        case .noSpace(let reason): reason
        case .invalid(let reason): reason
        }
    }
}
