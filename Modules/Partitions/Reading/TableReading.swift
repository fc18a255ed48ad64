public import Kernel
internal import SystemPackage

/// What a disk says about its partitions: both copies of a GPT, the MBR, which of them is believed, and what is wrong.
///
/// The choice is that of Linux (find_valid_gpt, block/partitions/efi.c), with the backup looked for without being told to: a GPT counts
/// under a protective MBR; its primary is believed where it is intact, else its backup.
public struct TableReading: Sendable {
    public enum Kind: String, Hashable, Sendable {
        case none, gpt, dos
    }

    public let sizeInBytes: UInt64
    /// Of a logical sector, in bytes.
    public let sectorSize: UInt64
    public let mbr: MBR
    public let kind: Kind
    /// At sector 1, whatever its state.
    public let primary: GPTCopy?
    /// The backup that belongs to the table; where none is intact, the one that is there.
    public let backup: GPTCopy?
    /// Intact backups in other places, which a later reader could take for this disk's.
    public let strayBackups: [GPTCopy]
    /// What is believed; nil where nothing can be, and for kinds that are no GPT.
    public let table: GPTTable?
    public let dos: DOSTable?
    /// What is wrong, and notes.
    public let findings: [TableProblem]

    /// What is wrong.
    public var problems: [TableProblem] { findings.filter { !$0.code.isNote } }
    /// What is only worth knowing.
    public var notes: [TableProblem] { findings.filter(\.code.isNote) }
    /// Whole sectors of the device.
    public var sectors: UInt64 { sizeInBytes / sectorSize }

    /// Reads the tables of `volume`.
    /// - Throws: the device's error where its first sector cannot be read; EINVAL for a size of sectors that cannot be.
    public init(_ volume: some VolumeSource, sectorSize: UInt64) throws(OSError) {
        guard [512, 1024, 2048, 4096].contains(sectorSize) else {
            throw OSError(
                operation: "read partition table", errno: .invalidArgument, subject: "sectors of \(sectorSize) bytes")
        }
        sizeInBytes = volume.sizeInBytes
        self.sectorSize = sectorSize
        let mbr = MBR(sector: try volume.read(at: 0, count: Int(sectorSize)))
        self.mbr = mbr
        let copies = GPTCopies(volume, mbr: mbr, sectorSize: sectorSize)
        var findings = copies.unreadable
        primary = copies.primary
        backup = copies.backup
        var strays = copies.strays
        if mbr.isProtective {
            kind = .gpt
            dos = nil
            table = copies.table
            findings += copies.findings
            findings += mbr.findings(for: copies, sectors: volume.sizeInBytes / sectorSize)
        } else if mbr.isTable {
            kind = .dos
            let answer = try DOSTable.read(mbr, of: volume, sectorSize: sectorSize)
            dos = answer.table
            table = nil
            findings += answer.problems
            for copy in [copies.primary, copies.backup].compactMap({ $0 }) where copy.isHeaderIntact {
                findings.append(
                    .init(
                        .staleGPT, copy.role == .primary ? .primary : .backup, lba: copy.lba,
                        "the MBR has partitions of its own, and yet there is a GPT header in sector \(copy.lba)"))
            }
            strays += [copies.backup].compactMap { $0 }.filter(\.isIntact)
        } else {
            kind = .none
            dos = nil
            table = copies.primary?.isIntact == true && mbr.isBlank ? copies.table : nil
            if let table {
                findings.append(
                    .init(
                        .protectiveMBRMissing, .mbr, lba: 0,
                        "sector 0 is blank, and so nobody looks for the GPT with its \(table.partitions.count) partitions"
                    ))
                findings += copies.findings
            }
            strays += [copies.backup].compactMap { $0 }.filter(\.isIntact)
        }
        strayBackups = strays
        if let table { findings += table.checks() }
        if copies.primary?.isIntact != true {
            findings += GPTCopies.ofOtherSectorSizes(volume, besides: sectorSize)
        }
        self.findings = findings
    }
}
