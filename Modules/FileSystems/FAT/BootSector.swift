/// The boot sector with its BIOS parameter block (Microsoft's FAT specification, section 3).
struct BootSector: Hashable, Sendable {
    enum Width: Hashable, Sendable {
        case fat12, fat16, fat32
    }

    let piece: VolumePiece
    let sectorSize: UInt64
    let sectorsPerCluster: UInt64
    let reservedSectors: UInt64
    let tableCount: UInt64
    let rootEntryCount: UInt64
    let sectorCount: UInt64
    let sectorsPerTable: UInt64
    /// BPB_FATSz16 is zero: what tells FAT32 from the others, for Linux as for dosfstools; the number of clusters does not, for there are
    /// small volumes of FAT32.
    let isFAT32: Bool

    /// nil where the volume is shorter than the sector.
    init?(_ volume: VolumeBytes) throws(VolumeError) {
        guard let piece = try volume.readIfPresent(at: 0, count: 512, .bootSector) else { return nil }
        self.piece = piece
        sectorSize = UInt64(try piece.little16(11))
        sectorsPerCluster = UInt64(try piece.byte(13))
        reservedSectors = UInt64(try piece.little16(14))
        tableCount = UInt64(try piece.byte(16))
        rootEntryCount = UInt64(try piece.little16(17))
        let short = try piece.little16(19)
        sectorCount = short == 0 ? UInt64(try piece.little32(32)) : UInt64(short)
        let table = try piece.little16(22)
        isFAT32 = table == 0
        sectorsPerTable = table == 0 ? UInt64(try piece.little32(36)) : UInt64(table)
    }

    /// Whether this is FAT's, as libblkid's vfat.c and the kernel's fs/fat/inode.c would have it: there is no magic number in all of them.
    var isPlausible: Bool {
        let media = piece.bytes[21]
        let hasMark = piece.has("FAT", at: 54) || piece.has("MSDOS", at: 54) || piece.has("FAT32   ", at: 82) || piece.has("MSWIN", at: 82)
        let hasJump = piece.bytes[0] == 0xeb || piece.bytes[0] == 0xe9
        let hasSignature = piece.bytes[510] == 0x55 && piece.bytes[511] == 0xaa
        guard hasMark || (hasSignature && (hasJump || piece.bytes[0] == 0)) else { return false }
        // OS/2 puts such a block before others' file systems.
        guard !piece.has("JFS     ", at: 54), !piece.has("HPFS    ", at: 54), !piece.has("NTFS", at: 3), !piece.has("EXFAT", at: 3)
        else { return false }
        return [512, 1024, 2048, 4096].contains(sectorSize) && sectorsPerCluster != 0
            && sectorsPerCluster & (sectorsPerCluster - 1) == 0 && reservedSectors != 0 && tableCount != 0
            && (media == 0xf0 || media >= 0xf8) && sectorsPerTable != 0 && sectorCount != 0
            && clusterCount.map { $0 <= 0x0fff_fff6 } ?? false
    }

    // None of these overflow: the factors have 32, 16, 12 and 8 bits.

    var clusterSize: UInt64 { sectorSize * sectorsPerCluster }
    var tableStart: UInt64 { reservedSectors * sectorSize }
    var tableSize: UInt64 { sectorsPerTable * sectorSize }
    /// Of FAT12 and FAT16; FAT32's is a chain.
    var rootStart: UInt64 { tableStart + tableCount * tableSize }
    private var rootSectors: UInt64 { (rootEntryCount * 32 + sectorSize - 1) / sectorSize }
    /// Of cluster 2.
    var dataStart: UInt64 { rootStart + rootSectors * sectorSize }

    /// Nil where the tables leave no room.
    private var clusterCount: UInt64? {
        let before = reservedSectors + tableCount * sectorsPerTable + rootSectors
        return before < sectorCount ? (sectorCount - before) / sectorsPerCluster : nil
    }

    var width: Width { isFAT32 ? .fat32 : (clusterCount ?? 0) > 0xff4 ? .fat16 : .fat12 }

    /// Behind the last cluster's number: as many as the table has entries for.
    var endCluster: UInt64 {
        let bits: UInt64 = switch width {
        case .fat12: 12
        case .fat16: 16
        case .fat32: 32
        }
        return min((clusterCount ?? 0) + 2, tableSize * 8 / bits)
    }

    /// The table that holds: the first, unless FAT32's flags say that there is no mirroring and which one is active.
    var activeTable: UInt64? {
        guard isFAT32, let flags = try? piece.little16(40), flags & 0x80 != 0 else { return 0 }
        let number = UInt64(flags & 0x0f)
        return number < tableCount ? number : nil
    }

    var rootCluster: UInt32? { isFAT32 ? try? piece.little32(44) : nil }

    /// The serial number as `blkid` writes it; nil where it is zero.
    var serial: String? {
        let start = isFAT32 ? 67 : 39
        let digits = VolumeText.hexadecimal(piece.bytes[start..<start + 4].reversed()).uppercased()
        return digits == "00000000" ? nil : "\(digits.prefix(4))-\(digits.suffix(4))"
    }

    var label: ArraySlice<UInt8> { isFAT32 ? piece.bytes[71..<82] : piece.bytes[43..<54] }

    /// What Linux sets while it is mounted (fs/fat/inode.c, fat_set_state).
    var isDirty: Bool { piece.bytes[isFAT32 ? 65 : 37] & 1 != 0 }
}
