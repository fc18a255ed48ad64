internal import SystemPackage

/// An expression that chooses disks: `size >= 100GB && transport == "nvme" && !removable`.
///
/// Words are a disk's keys; `==`, `!=`, `<`, `<=`, `>`, `>=` compare, `&&`, `||`, `!` and parentheses join. Text is in quotes, or a plain
/// word; with `==` and `!=` its `*` and `?` match any text and any character. Sizes are `100GB` (10^9) or `100GiB` (2^30). A key of text
/// that a disk does not have is unequal to all text.
public struct DiskSelector: Hashable, Sendable {
    let expression: Expression
    public let text: String

    /// An expression is no longer than this, in bytes, and no deeper.
    public static let longest = 4096
    static let deepest = 64

    indirect enum Expression: Hashable, Sendable {
        case truth(Key)
        case number(Key, Comparison, UInt64)
        case word(Key, isEqual: Bool, pattern: String)
        case not(Expression)
        case all([Expression])
        case any([Expression])
    }

    enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        func holds(_ left: UInt64, _ right: UInt64) -> Bool {
            switch self {
            case .equal: left == right
            case .unequal: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// What a disk can be asked for.
    enum Key: String, Hashable, Sendable, CaseIterable {
        case size
        case logicalSector = "logical_sector"
        case physicalSector = "physical_sector"
        case optimalIO = "optimal_io"
        case name, path, transport, model, serial, wwid, eui, nguid, firmware
        case busPath = "bus_path"
        case partitionTable = "partition_table"
        case type
        case rotational, removable
        case readOnly = "read_only"
        case zoned, partitioned
        case systemDisk = "system_disk"

        enum Kind { case number, text, truth }

        var kind: Kind {
            switch self {
            case .size, .logicalSector, .physicalSector, .optimalIO: .number
            case .name, .path, .transport, .model, .serial, .wwid, .eui, .nguid, .firmware, .busPath, .partitionTable,
                .type:
                .text
            case .rotational, .removable, .readOnly, .zoned, .partitioned, .systemDisk: .truth
            }
        }
    }

    /// - Throws: ``SelectorError`` with the column.
    public init(_ text: String) throws(SelectorError) {
        var parser = try SelectorParser(text)
        expression = try parser.parse()
        self.text = text
    }

    /// Whether `disk` is meant.
    /// - Parameter isSystemDisk: whether it is where this system runs from.
    public func matches(_ disk: Disk, isSystemDisk: Bool) -> Bool {
        Self.evaluate(expression, disk, isSystemDisk)
    }

    /// Whether the answer needs to know what is on the disk.
    public var asksForContents: Bool { Self.keys(expression).contains { $0 == .type || $0 == .partitionTable } }

    private static func keys(_ expression: Expression) -> [Key] {
        switch expression {
        case .truth(let key), .number(let key, _, _), .word(let key, _, _): [key]
        case .not(let inner): keys(inner)
        case .all(let list), .any(let list): list.flatMap(keys)
        }
    }

    private static func evaluate(_ expression: Expression, _ disk: Disk, _ isSystemDisk: Bool) -> Bool {
        switch expression {
        case .truth(let key): truth(key, disk, isSystemDisk)
        case .number(let key, let comparison, let value): number(key, disk).map { comparison.holds($0, value) } ?? false
        case .word(let key, let isEqual, let pattern):
            (word(key, disk).map { Glob.matches($0, pattern) } ?? false) == isEqual
        case .not(let inner): !evaluate(inner, disk, isSystemDisk)
        case .all(let list): list.allSatisfy { evaluate($0, disk, isSystemDisk) }
        case .any(let list): list.contains { evaluate($0, disk, isSystemDisk) }
        }
    }

    private static func truth(_ key: Key, _ disk: Disk, _ isSystemDisk: Bool) -> Bool {
        switch key {
        case .rotational: disk.isRotational ?? false
        case .removable: disk.isRemovable
        case .readOnly: disk.isReadOnly
        case .zoned: disk.zoned.map { $0 != "none" } ?? false
        case .partitioned: !disk.partitions.isEmpty
        case .systemDisk: isSystemDisk
        default: false
        }
    }

    private static func number(_ key: Key, _ disk: Disk) -> UInt64? {
        switch key {
        case .size: disk.sizeInBytes
        case .logicalSector: disk.logicalSectorInBytes
        case .physicalSector: disk.physicalSectorInBytes
        case .optimalIO: disk.optimalTransferInBytes
        default: nil
        }
    }

    private static func word(_ key: Key, _ disk: Disk) -> String? {
        switch key {
        case .name: disk.name
        case .path: disk.path.string
        case .transport: disk.transport
        case .model: disk.model
        case .serial: disk.serial
        case .wwid: disk.wwid
        case .eui: disk.eui
        case .nguid: disk.nguid
        case .firmware: disk.firmware
        case .busPath: disk.busPath
        case .partitionTable: disk.signature?.partitionTable
        case .type: disk.signature?.type
        default: nil
        }
    }
}

/// An expression that is none: where, and what would do.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public let column: Int
    public let message: String
    public var description: String { "column \(column): \(message)" }
}

/// Shell patterns of `*` and `?`, in time that no pattern makes more than quadratic.
enum Glob {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        var (place, mark) = (0, 0)
        // After the last star, and how much of the text it has taken.
        var star: (pattern: Int, text: Int)?
        while place < text.count {
            if mark < pattern.count, pattern[mark] == "*" {
                star = (mark + 1, place)
                mark += 1
            } else if mark < pattern.count, pattern[mark] == "?" || pattern[mark] == text[place] {
                place += 1
                mark += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                place = last.text + 1
                mark = last.pattern
            } else {
                return false
            }
        }
        return pattern[mark...].allSatisfy { $0 == "*" }
    }
}
