/// A header of the GUID Partition Table: a view over the sector that holds it (UEFI 2.10, table 5.5).
///
/// Every byte of the sector is kept, the reserved ones too: what is changed is patched in place.
public struct GPTHeader: Hashable, Sendable {
    /// `EFI PART`
    public static let signature: [UInt8] = Array("EFI PART".utf8)
    /// Of the fields that the standard names, in bytes; a header may say that it is larger.
    public static let leastSize = 92

    /// As on the disk.
    public private(set) var sector: [UInt8]

    /// The header in `sector`; nil without the signature.
    public init?(sector: [UInt8]) {
        guard sector.count >= 512, sector.starts(with: Self.signature) else { return nil }
        self.sector = sector
    }

    /// A fresh one of revision 1.0.
    init(sectorSize: Int) {
        sector = [UInt8](repeating: 0, count: max(sectorSize, 512))
        sector.replaceSubrange(0..<8, with: Self.signature)
        sector.put(UInt32(0x0001_0000), at: 8)
        sector.put(UInt32(Self.leastSize), at: 12)
    }

    public var revision: UInt32 { sector.number(at: 8) }
    /// In bytes: what the checksum covers.
    public var size: UInt32 { sector.number(at: 12) }
    public var checksum: UInt32 { sector.number(at: 16) }
    /// The sector that it should stand in.
    public var ownLBA: UInt64 {
        get { sector.number(at: 24) }
        set { sector.put(newValue, at: 24) }
    }
    /// The other copy's sector.
    public var alternateLBA: UInt64 {
        get { sector.number(at: 32) }
        set { sector.put(newValue, at: 32) }
    }
    public var firstUsableLBA: UInt64 {
        get { sector.number(at: 40) }
        set { sector.put(newValue, at: 40) }
    }
    /// Inclusive.
    public var lastUsableLBA: UInt64 {
        get { sector.number(at: 48) }
        set { sector.put(newValue, at: 48) }
    }
    public var diskGUID: GUID {
        get { sector.guid(at: 56) }
        set { sector.put(newValue, at: 56) }
    }
    public var entriesLBA: UInt64 {
        get { sector.number(at: 72) }
        set { sector.put(newValue, at: 72) }
    }
    /// Slots, used or not.
    public var entryCount: UInt32 {
        get { sector.number(at: 80) }
        set { sector.put(newValue, at: 80) }
    }
    /// In bytes.
    public var entrySize: UInt32 {
        get { sector.number(at: 84) }
        set { sector.put(newValue, at: 84) }
    }
    public var entriesChecksum: UInt32 {
        get { sector.number(at: 88) }
        set { sector.put(newValue, at: 88) }
    }

    /// Whether it says a size that can be: the named fields at least, its sector at most.
    public var hasPossibleSize: Bool { size >= UInt32(Self.leastSize) && size <= UInt32(sector.count) }

    /// The checksum that its bytes have, with the field itself as zero.
    public var computedChecksum: UInt32? {
        guard hasPossibleSize else { return nil }
        var covered = Array(sector[..<Int(size)])
        covered.put(UInt32(0), at: 16)
        return CRC32.of(covered)
    }

    public var isChecksumRight: Bool { computedChecksum == checksum }

    /// Puts the checksum of what stands in it now.
    mutating func seal() { sector.put(computedChecksum ?? 0, at: 16) }
}
