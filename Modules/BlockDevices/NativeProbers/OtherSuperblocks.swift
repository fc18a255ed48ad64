/// FileVault 2's container, a physical volume of Apple Core Storage (libfvde's documentation, "physical volume header").
enum CoreStorageHeader {
    static func probe(_ volume: WindowVolume) -> NativeMatch? {
        guard let block = volume.bytes(at: 0, 512), Array(block[88..<90]) == Array("CS".utf8),
            block.little(8, as: UInt16.self) == 1, block.little(90, as: UInt32.self) == 1,
            CRC32C.of(block[8...], from: block.little(4)) == block.little(0, as: UInt32.self),
            // The block of FileVault 2, with a key of 16 bytes for AES-XTS.
            block.little(10, as: UInt16.self) == 0x10, block.little(168, as: UInt32.self) == 16,
            block.little(172, as: UInt32.self) == 2
        else { return nil }
        return NativeMatch(
            type: "cs_fvault2", usage: "crypto", version: "1", uuid: block.uuid(at: 304), offset: 88,
            magic: Array(block[88..<90]))
    }
}

/// scoutfs (struct scoutfs_super_block), at 64 KiB; a flag tells the device of the metadata from that of the data.
enum ScoutfsSuperblock {
    private static let offset: UInt64 = 64 << 10
    private static let magic: [UInt8] = [0x8b, 0x42, 0x3c, 0x10]

    static func probe(_ volume: WindowVolume) -> NativeMatch? {
        guard volume.sizeInBytes >= 0x20000, let block = volume.bytes(at: offset, 4096), Array(block[4..<8]) == magic,
            CRC32C.of(block[4...]) == block.little(0, as: UInt32.self)
        else { return nil }
        let isMetadata = block.little(48, as: UInt64.self) & 1 == 1
        var match = NativeMatch(
            type: isMetadata ? "scoutfs_meta" : "scoutfs_data", usage: "filesystem",
            version: "\(block.little(40, as: UInt64.self))", uuid: block.uuid(at: 56), offset: offset + 4, magic: magic)
        match.wiped = 0..<offset
        return match
    }
}

/// BitLocker's volume header leads to a metadata block that has the volume's GUID and description (libbde's documentation).
enum BitLockerHeader {
    /// Of the metadata, in bytes, at most: what is said to be longer is damage.
    private static let largest = 1 << 16

    static func refine(_ report: inout ProbeReport, _ volume: WindowVolume) {
        guard let header = volume.bytes(at: 0, 512) else { return }
        let place: UInt64
        // Windows 7 and later, and BitLocker To Go, whose header is FAT's.
        if header[3...].starts(with: Array("-FVE-FS-".utf8)) {
            place = header.little(176)
        } else {
            place = header.little(440)
        }
        guard place > 0, let start = volume.bytes(at: place, 112), start.starts(with: Array("-FVE-FS-".utf8)),
            start.little(10, as: UInt16.self) == 2
        else { return }
        let size = Int(start.little(64, as: UInt32.self))
        if report.uuid == nil { report.uuid = guid(Array(start[80..<96])) }
        guard report.label == nil, (48...largest).contains(size), let metadata = volume.bytes(at: place + 64, size)
        else {
            return
        }
        report.label = description(in: metadata)
    }

    /// The entry of type 7, whose value is UTF-16.
    private static func description(in metadata: [UInt8]) -> String? {
        var place = 48
        while place + 8 <= metadata.count {
            let size = Int(metadata.little(place, as: UInt16.self))
            guard size >= 8, place + size <= metadata.count else { return nil }
            if metadata.little(place + 2, as: UInt16.self) == 7, metadata.little(place + 4, as: UInt16.self) == 2 {
                let units = stride(from: place + 8, to: place + size - 1, by: 2).map {
                    metadata.little($0, as: UInt16.self)
                }
                let text = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
                return text.isEmpty ? nil : text
            }
            place += size
        }
        return nil
    }

    private static func guid(_ bytes: [UInt8]) -> String? {
        let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        return order.map { bytes[$0] }.uuid(at: 0)
    }
}

/// cramfs (linux/cramfs_fs.h): a flag tells the version, and the byte order is the writer's.
enum CramfsSuperblock {
    static func refine(_ report: inout ProbeReport, _ volume: WindowVolume) {
        guard report.version == nil, let block = volume.bytes(at: 0, 64) else { return }
        let flags: UInt32 = block.little(0, as: UInt32.self) == 0x28cd_3d45 ? block.little(8) : block.big(8)
        // CRAMFS_FLAG_FSID_VERSION_2
        report.version = flags & 1 == 1 ? "2" : "1"
    }
}

/// EROFS (fs/erofs/erofs_fs.h), whose superblock may look like minix's with its magic of two bytes.
enum ErofsSuperblock {
    static func isThere(_ volume: WindowVolume) -> Bool {
        guard let block = volume.bytes(at: 1024, 128), block.starts(with: [0xe2, 0xe1, 0xf5, 0xe0]) else {
            return false
        }
        let bits = block[12]
        guard (9...16).contains(bits) else { return false }
        // EROFS_FEATURE_COMPAT_SB_CHKSUM
        guard block.little(8, as: UInt32.self) & 1 == 1 else { return true }
        let size = (1 << Int(bits)) - 1024
        guard size >= 128, var whole = volume.bytes(at: 1024, size) else { return false }
        let said: UInt32 = whole.little(4)
        whole.replaceSubrange(4..<8, with: [0, 0, 0, 0])
        return CRC32C.of(whole) == said
    }
}

/// LUKS2's headers say where they stand; what does not stand there is a leftover, whose device has become something else
/// (cryptsetup, docs/on-disk-format-luks2).
enum LUKSHeader {
    private static let secondary: [UInt64] = [
        0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x10_0000, 0x20_0000, 0x40_0000,
    ]

    /// Whether no header is where it has to be.
    static func isRefuted(_ volume: WindowVolume) -> Bool {
        if isValid(volume, at: 0, "LUKS") { return false }
        return !secondary.contains { isValid(volume, at: $0, "SKUL") }
    }

    private static func isValid(_ volume: WindowVolume, at offset: UInt64, _ word: String) -> Bool {
        guard let header = volume.bytes(at: offset, 512), header.starts(with: Array(word.utf8) + [0xba, 0xbe]) else {
            return false
        }
        return header.big(6, as: UInt16.self) != 2 || header.big(256, as: UInt64.self) == offset
    }
}
