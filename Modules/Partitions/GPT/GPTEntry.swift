/// A slot of the partition entry array: a view over its bytes, those after the standard's 128 included (UEFI 2.10, table 5.6).
public struct GPTEntry: Hashable, Sendable {
    /// Of the fields that the standard names, in bytes.
    public static let leastSize = 128
    /// UTF-16 code units that a label has room for.
    public static let labelCapacity = 36

    /// As in the array.
    public private(set) var bytes: [UInt8]

    /// The slot of `bytes`, at least 128.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A free one of `size` bytes.
    init(size: Int) { bytes = [UInt8](repeating: 0, count: max(size, Self.leastSize)) }

    public var isUsed: Bool { !type.isZero }

    public var type: GUID {
        get { bytes.guid(at: 0) }
        set { bytes.put(newValue, at: 0) }
    }
    public var guid: GUID {
        get { bytes.guid(at: 16) }
        set { bytes.put(newValue, at: 16) }
    }
    public var firstLBA: UInt64 {
        get { bytes.number(at: 32) }
        set { bytes.put(newValue, at: 32) }
    }
    /// Inclusive.
    public var lastLBA: UInt64 {
        get { bytes.number(at: 40) }
        set { bytes.put(newValue, at: 40) }
    }
    public var attributes: PartitionAttributes {
        get { PartitionAttributes(rawValue: bytes.number(at: 48)) }
        set { bytes.put(newValue.rawValue, at: 48) }
    }

    /// In sectors; nil where it ends before it begins.
    public var sectorCount: UInt64? {
        guard lastLBA >= firstLBA else { return nil }
        let (count, overflow) = (lastLBA - firstLBA).addingReportingOverflow(1)
        return overflow ? nil : count
    }

    /// With sectors of `sectorSize` bytes; 0 where it ends before it begins, and no more than 64 bits hold.
    func sizeInBytes(_ sectorSize: UInt64) -> UInt64 { (sectorCount ?? 0).saturatingTimes(sectorSize) }

    /// The UTF-16 code units of the label, up to the first NUL.
    public var labelUnits: [UInt16] {
        var units: [UInt16] = []
        for place in 0..<Self.labelCapacity {
            let unit: UInt16 = bytes.number(at: 56 + 2 * place)
            if unit == 0 { break }
            units.append(unit)
        }
        return units
    }

    /// The label; what is not UTF-16 in it shows as U+FFFD and stays as it is on the disk.
    public var label: String { String(decoding: labelUnits, as: UTF16.self) }

    /// Puts `label`; false, and nothing is changed, where it needs more than ``labelCapacity`` units or has a NUL.
    mutating func setLabel(_ label: String) -> Bool {
        let units = Array(label.utf16)
        guard units.count <= Self.labelCapacity, !units.contains(0) else { return false }
        for place in 0..<Self.labelCapacity {
            bytes.put(place < units.count ? units[place] : 0, at: 56 + 2 * place)
        }
        return true
    }

    /// The same in an array whose slots have `size` bytes; nil where bytes that are not zero would be cut.
    func resized(to size: Int) -> GPTEntry? {
        if size >= bytes.count {
            return GPTEntry(bytes: bytes + [UInt8](repeating: 0, count: size - bytes.count))
        }
        guard size >= Self.leastSize, bytes[size...].allSatisfy({ $0 == 0 }) else { return nil }
        return GPTEntry(bytes: Array(bytes[..<size]))
    }
}

/// The attribute bits of an entry (UEFI 2.10, table 5.8; the high sixteen belong to the type).
public struct PartitionAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let requiredPartition = PartitionAttributes(rawValue: 1 << 0)
    public static let noBlockIOProtocol = PartitionAttributes(rawValue: 1 << 1)
    public static let legacyBIOSBootable = PartitionAttributes(rawValue: 1 << 2)
    /// The Discoverable Partitions Specification: grow the file system to the partition.
    public static let growFileSystem = PartitionAttributes(rawValue: 1 << 59)
    /// The same: mount read-only.
    public static let readOnly = PartitionAttributes(rawValue: 1 << 60)
    /// The same: do not mount without being asked.
    public static let noAuto = PartitionAttributes(rawValue: 1 << 63)

    /// The words of `sfdisk`: `RequiredPartition NoBlockIOProtocol LegacyBIOSBootable GUID:59,63`. The bits 3 to 47, which the standard
    /// reserves, are `3` and so on.
    public var words: String { words(reserved: true) }

    /// The same without the reserved bits, which `sfdisk` does not print.
    var sfdiskWords: String { words(reserved: false) }

    private func words(reserved: Bool) -> String {
        var words: [String] = []
        if contains(.requiredPartition) { words.append("RequiredPartition") }
        if contains(.noBlockIOProtocol) { words.append("NoBlockIOProtocol") }
        if contains(.legacyBIOSBootable) { words.append("LegacyBIOSBootable") }
        for bit in 3..<48 where reserved && rawValue >> UInt64(bit) & 1 == 1 { words.append(String(bit)) }
        let own = (48..<64).filter { rawValue >> UInt64($0) & 1 == 1 }
        if !own.isEmpty { words.append("GUID:" + own.map(String.init).joined(separator: ",")) }
        return words.joined(separator: " ")
    }

    /// From the words above, or `0x…`; nil where one is none of them.
    public init?(words text: String) {
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            guard let value = UInt64(text.dropFirst(2), radix: 16) else { return nil }
            self.init(rawValue: value)
            return
        }
        var value: UInt64 = 0
        var bits: Range<UInt64> = 0..<48
        for word in text.split(whereSeparator: { " ,".contains($0) }) {
            var rest = word
            if word.hasPrefix("GUID:") {
                bits = 48..<64
                rest = word.dropFirst(5)
            }
            switch rest {
            case "RequiredPartition": value |= Self.requiredPartition.rawValue
            case "NoBlockIOProtocol": value |= Self.noBlockIOProtocol.rawValue
            case "LegacyBIOSBootable": value |= Self.legacyBIOSBootable.rawValue
            default:
                guard let bit = UInt64(rest), bits.contains(bit) else { return nil }
                value |= 1 << bit
            }
        }
        self.init(rawValue: value)
    }
}
