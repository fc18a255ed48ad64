/// bcachefs (fs/bcachefs/bcachefs_format.h, struct bch_sb), at byte 4096.
enum BcachefsSuperblock {
    private static let offset: UInt64 = 4096
    /// Up to the optional fields.
    private static let fixedSize = 752
    /// More than this is not read, whatever a superblock says, in bytes.
    private static let largest = 8 << 20
    private static let magics: [[UInt8]] = [
        [0xc6, 0x85, 0x73, 0xf6, 0x66, 0xce, 0x90, 0xa9, 0xd9, 0x6a, 0x60, 0xcf, 0x80, 0x3d, 0xf7, 0xef],
        // Before 1.0 it had bcache's.
        [0xc6, 0x85, 0x73, 0xf6, 0x4e, 0x1a, 0x45, 0xca, 0x82, 0x65, 0xf5, 0x7f, 0x48, 0xba, 0x6d, 0x81],
    ]

    static func probe(_ volume: WindowVolume) -> NativeMatch? {
        guard volume.sizeInBytes >= 256 * 512, let block = volume.bytes(at: offset, fixedSize),
            magics.contains(Array(block[24..<40]))
        else { return nil }
        let devices = block[123]
        // offset, in sectors; dev_idx below nr_devices. A bcache superblock has other things in their places.
        guard block.little(104, as: UInt64.self) == offset / 512, devices > 0, block[122] < devices else { return nil }
        let size = fixedSize + 8 * Int(block.little(124, as: UInt32.self))
        // The layout at 240 says how large one may grow: sb_max_size_bits, the logarithm of the count of sectors.
        let limit = block[257] < 16 ? 512 << Int(block[257]) : largest
        guard size <= min(limit, largest), let whole = volume.bytes(at: offset, size), isChecksumRight(whole) else {
            return nil
        }
        let version: UInt16 = block.little(16)
        var match = NativeMatch(
            type: "bcachefs", usage: "filesystem", version: "\(version >> 10).\(version & 1023)",
            uuid: block.uuid(at: 56),
            offset: offset + 24, magic: Array(block[24..<40]))
        let label = EncodedText.of(block[72..<104])
        if !label.isEmpty { match.label = label }
        match.wiped = 0..<offset
        return match
    }

    /// BCH_SB_CSUM_TYPE: the bits 2 to 7 of the first flags. Of the kinds, CRC-32C is checked; the others' word is taken.
    private static func isChecksumRight(_ block: [UInt8]) -> Bool {
        let type = block.little(144, as: UInt64.self) >> 2 & 63
        guard type == 1 else { return true }
        return ~CRC32C.of(block[16...]) == block.little(0, as: UInt32.self)
    }
}
