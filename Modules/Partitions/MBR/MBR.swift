/// The master boot record: a view over the disk's first sector.
public struct MBR: Hashable, Sendable {
    /// One of its four entries.
    public struct Entry: Hashable, Sendable {
        /// 1 to 4.
        public let number: Int
        /// 0x80 is active, 0 is not; anything else is no MBR.
        public let flag: UInt8
        public let type: UInt8
        /// In sectors of the disk.
        public let firstLBA: UInt32
        public let sectorCount: UInt32

        public var isUsed: Bool { type != 0 && sectorCount != 0 }
        public var isProtective: Bool { type == MBR.protectiveType }
        public var isExtended: Bool { [0x05, 0x0F, 0x85].contains(type) }
    }

    public static let protectiveType: UInt8 = 0xEE
    /// Where the entries begin.
    static let table = 446

    /// The whole sector, as on the disk.
    public private(set) var sector: [UInt8]

    /// From the first sector; what is missing of it is zeros.
    public init(sector: [UInt8]) {
        self.sector = sector + [UInt8](repeating: 0, count: max(0, 512 - sector.count))
    }

    public var isSigned: Bool { sector[510] == 0x55 && sector[511] == 0xAA }
    /// Whether every byte is zero.
    public var isBlank: Bool { sector.allSatisfy { $0 == 0 } }

    public var entries: [Entry] {
        (0..<4).map { index in
            let start = Self.table + 16 * index
            return Entry(
                number: index + 1, flag: sector[start], type: sector[start + 4],
                firstLBA: sector.number(at: start + 8), sectorCount: sector.number(at: start + 12))
        }
    }

    /// Whether it says that the disk has a GPT.
    public var isProtective: Bool { isSigned && entries.contains(where: \.isProtective) }
    /// The entry that says so.
    public var protective: Entry? { isSigned ? entries.first(where: \.isProtective) : nil }

    /// Whether it can be a table: signed, with flags that are possible, and not the boot sector of a file system, which ends with the
    /// same two bytes.
    public var isTable: Bool {
        isSigned && entries.allSatisfy { $0.flag == 0 || $0.flag == 0x80 } && !isBootSector
    }

    private var isBootSector: Bool {
        guard sector[0] == 0xEB || sector[0] == 0xE9 || sector[0] == 0 else { return false }
        func has(_ text: String, at offset: Int) -> Bool {
            sector[offset...].starts(with: Array(text.utf8))
        }
        return has("NTFS    ", at: 3) || has("EXFAT   ", at: 3) || has("-FVE-FS-", at: 3) || has("FAT", at: 54)
            || has("FAT32", at: 82) || has("MSDOS", at: 54) || has("MSWIN", at: 54)
    }

    /// The disk's identifier, as `sfdisk` prints it: `0x1f2e3d4c`.
    public var identifier: UInt32 { sector.number(at: 440) }

    /// A protective one of a disk of `sectors` sectors (UEFI 2.10, table 5.4). The boot code of `old` is kept.
    public static func protective(of sectors: UInt64, sectorSize: Int, keepingBootCodeOf old: MBR?) -> MBR {
        var mbr = MBR(sector: [UInt8](repeating: 0, count: max(512, sectorSize)))
        if let old { mbr.sector.replaceSubrange(0..<440, with: old.sector[..<440]) }
        mbr.putProtective(at: 0, sectors: sectors)
        mbr.sector[510] = 0x55
        mbr.sector[511] = 0xAA
        return mbr
    }

    /// This one with its protective entry put right: all of the disk, or, in a hybrid one, up to the next entry, as it was.
    func repairedProtective(sectors: UInt64) -> MBR {
        var mbr = self
        guard let entry = protective else { return mbr }
        mbr.putProtective(at: entry.number - 1, sectors: sectors)
        return mbr
    }

    private mutating func putProtective(at index: Int, sectors: UInt64) {
        let start = Self.table + 16 * index
        // The CHS fields as the standard asks for: 0/0/2, and the end as far as it goes.
        let fields: [UInt8] = [0, 0, 2, 0, Self.protectiveType, 0xFF, 0xFF, 0xFF]
        sector.replaceSubrange(start..<start + 8, with: fields)
        sector.put(UInt32(1), at: start + 8)
        sector.put(UInt32(clamping: sectors - min(sectors, 1)), at: start + 12)
    }
}
