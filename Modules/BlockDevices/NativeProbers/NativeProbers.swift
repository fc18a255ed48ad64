internal import Kernel

/// A superblock that one of ours knows.
struct NativeMatch {
    let type: String
    let usage: String
    let version: String?
    var label: String?
    let uuid: String?
    /// Of the magic, in bytes.
    let offset: UInt64
    let magic: [UInt8]
    /// What its mkfs wipes before: whatever claims the device from in there is older.
    var wiped: Range<UInt64> = 0..<0
}

/// What libblkid 2.38 (Debian 12) does not name, as 2.43 names it.
enum NativeProbers {
    /// The first that matches; at most one can, for each has a checksum or a magic of its own.
    static func find(in volume: WindowVolume) -> NativeMatch? {
        BcachefsSuperblock.probe(volume) ?? CoreStorageHeader.probe(volume) ?? ScoutfsSuperblock.probe(volume)
    }

    /// Adds what libblkid 2.38 leaves out of formats that it does name.
    static func refine(_ report: inout ProbeReport, _ volume: WindowVolume) {
        switch report.type {
        case "BitLocker": BitLockerHeader.refine(&report, volume)
        case "cramfs": CramfsSuperblock.refine(&report, volume)
        default: break
        }
    }
}

/// Types that libblkid 2.38 takes a device for and newer ones do not.
enum Refutations {
    static func of(_ report: ProbeReport, isAmbivalent: Bool, _ volume: WindowVolume) -> [String] {
        var refuted: [String] = []
        if isAmbivalent || report.type == "crypto_LUKS", LUKSHeader.isRefuted(volume) { refuted.append("crypto_LUKS") }
        if isAmbivalent || report.type == "minix", ErofsSuperblock.isThere(volume) { refuted.append("minix") }
        return refuted
    }
}

extension WindowVolume {
    /// `count` bytes, or nil where there are not so many, or they cannot be read.
    func bytes(at offset: UInt64, _ count: Int) -> [UInt8]? {
        guard let bytes = try? read(at: offset, count: count), bytes.count == count else { return nil }
        return bytes
    }
}

/// Integers in the bytes of a superblock; what lies past the end reads as zero, for the probers hold whole ones.
extension [UInt8] {
    func little<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset >= 0, offset <= count - size else { return 0 }
        var value: Value = 0
        for place in (0..<size).reversed() { value = value << 8 | Value(truncatingIfNeeded: self[offset + place]) }
        return value
    }

    func big<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self) -> Value {
        little(offset, as: Value.self).byteSwapped
    }

    /// A UUID in the order of its bytes: `46bd306f-80ad-4cd0-af4f-147e7d85f393`; nil of zeros, as libblkid has it.
    func uuid(at offset: Int) -> String? {
        guard offset >= 0, offset <= count - 16 else { return nil }
        let bytes = self[offset..<offset + 16]
        guard bytes.contains(where: { $0 != 0 }) else { return nil }
        var text = ""
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) without the final inversion, from any beginning.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>, from seed: UInt32 = .max) -> UInt32 {
        let table = Self.table
        var value = seed
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
        return value
    }
}
