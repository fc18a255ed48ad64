internal import Kernel

/// The copies of a GPT that a disk has, and which of them is believed.
struct GPTCopies {
    let primary: GPTCopy?
    let backup: GPTCopy?
    let strays: [GPTCopy]
    let table: GPTTable?
    /// What is wrong with them, in a table that counts.
    private(set) var findings: [TableProblem] = []
    /// Places that the device would not read.
    private(set) var unreadable: [TableProblem] = []
    private let sectors: UInt64

    init(_ volume: some VolumeSource, mbr: MBR, sectorSize: UInt64) {
        let sectors = volume.sizeInBytes / sectorSize
        self.sectors = sectors
        var unreadable: [TableProblem] = []
        func copy(_ role: GPTCopy.Role, _ lba: UInt64) -> GPTCopy? {
            do throws(OSError) {
                return try GPTCopy(role: role, at: lba, of: volume, sectorSize: sectorSize)
            } catch {
                unreadable.append(
                    .init(
                        .unreadable, role == .primary ? .primary : .backup, lba: lba,
                        "sector \(lba) cannot be read: \(error)"))
                return nil
            }
        }
        let first = copy(.primary, 1)
        // Where a backup can be: where the primary says, at the end, and where the protective MBR says that the disk ended once.
        var places: [UInt64] = []
        func consider(_ lba: UInt64) {
            if lba > 1, lba < sectors, !places.contains(lba) { places.append(lba) }
        }
        if let first, first.isHeaderIntact { consider(first.header.alternateLBA) }
        let isPointedAt = !places.isEmpty
        if sectors > 0 { consider(sectors - 1) }
        if let entry = mbr.protective, entry.firstLBA == 1, entry.sectorCount != .max {
            consider(UInt64(entry.sectorCount))
        }
        let found = places.compactMap { copy(.backup, $0) }
        let intact = found.filter(\.isIntact)
        self.unreadable = unreadable
        primary = first
        if let first, first.isIntact {
            // Its own backup, intact or not; what is intact elsewhere is none of it.
            backup = found.first { $0.lba == first.header.alternateLBA }
            strays = intact.filter { $0.lba != first.header.alternateLBA }
            table = GPTTable(first, other: backup.flatMap { Self.template($0, for: first) }, sectorSize: sectorSize)
            check(first, isPointedAt: isPointedAt)
        } else {
            let chosen = intact.first
            backup = chosen ?? found.first
            strays = intact.filter { $0.lba != chosen?.lba }
            table = chosen.map { chosen in
                GPTTable(
                    chosen, other: Self.primaryTemplate(first, for: chosen, volume, sectorSize), sectorSize: sectorSize)
            }
            findings =
                first.map(\.faults) ?? [
                    .init(.headerMissing, .primary, lba: 1, "there is no GPT header in sector 1")
                ]
            checkLoneBackup()
        }
    }

    // MARK: Findings

    /// With an intact primary.
    private mutating func check(_ primary: GPTCopy, isPointedAt: Bool) {
        findings += primary.excesses
        let place = primary.header.alternateLBA
        if let backup {
            findings += backup.faults
            if backup.isIntact, !backup.agrees(with: primary) {
                findings.append(
                    .init(.copiesDiffer, .backup, lba: place, "the backup is another table than the primary"))
            }
        } else if isPointedAt {
            findings.append(.init(.headerMissing, .backup, lba: place, "there is no GPT header in sector \(place)"))
        }
        if place < sectors - 1 {
            findings.append(
                .init(
                    .backupDisplaced, .backup, lba: place,
                    "the backup is in sector \(place), the disk ends with \(sectors - 1): it has grown"))
        }
    }

    /// With a primary that is damaged or missing.
    private mutating func checkLoneBackup() {
        guard let backup else {
            findings.append(
                .init(
                    .headerMissing, .backup, lba: sectors - min(sectors, 1),
                    "there is no GPT header at the end of the disk"))
            return
        }
        findings += backup.faults
        guard backup.isIntact else { return }
        findings += backup.excesses
        for stray in strays where stray.header.diskGUID != backup.header.diskGUID {
            findings.append(
                .init(
                    .backupAmbiguous, .backup, lba: stray.lba,
                    "sectors \(backup.lba) and \(stray.lba) have backups of two disks, and no primary tells which is right"
                ))
        }
        if backup.lba < sectors - 1 {
            findings.append(
                .init(
                    .backupDisplaced, .backup, lba: backup.lba,
                    "the backup is in sector \(backup.lba), the disk ends with \(sectors - 1): it has grown"))
        }
    }

    /// A GPT of sectors of another size: a disk that was copied from one with 512 to one with 4096, or back.
    static func ofOtherSectorSizes(_ volume: some VolumeSource, besides sectorSize: UInt64) -> [TableProblem] {
        [512, 4096].filter { $0 != sectorSize }.compactMap { size -> TableProblem? in
            guard let copy = try? GPTCopy(role: .primary, at: 1, of: volume, sectorSize: size), copy.isHeaderIntact
            else {
                return nil
            }
            return TableProblem(
                .wrongSectorSize, .primary, lba: size / sectorSize,
                "there is a GPT of sectors of \(size) bytes, and this device has \(sectorSize)")
        }
    }

    // MARK: The copy that is not believed

    /// What is kept of a backup: its reserved bytes and its array's place, where it is intact and of the same shape.
    private static func template(_ backup: GPTCopy, for primary: GPTCopy) -> GPTTable.Copy? {
        guard backup.isIntact, backup.header.entryCount == primary.header.entryCount,
            backup.header.entrySize == primary.header.entrySize
        else { return nil }
        return GPTTable.Copy(header: backup.header, entriesLBA: backup.header.entriesLBA, tail: backup.tail)
    }

    /// Where a damaged primary's array is: after the header, but for boards where another place was chosen, since their boot ROM reads the
    /// usual one. The array itself tells, as its checksum is the backup's; so does an intact header.
    private static func primaryTemplate(
        _ primary: GPTCopy?, for backup: GPTCopy, _ volume: some VolumeSource, _ sectorSize: UInt64
    ) -> GPTTable.Copy? {
        let header = backup.header
        let length = UInt64(header.entryCount) * UInt64(header.entrySize)
        let count = (length + sectorSize - 1) / sectorSize
        let said = primary?.header.entriesLBA
        let places = [said, 2, header.firstUsableLBA - min(header.firstUsableLBA, count)].compactMap { $0 }
        let fitting = places.filter { lba in
            let (end, overflow) = lba.addingReportingOverflow(count)
            // A header may say that the usable sectors begin past any device's end.
            return lba >= 2 && !overflow && end <= min(header.firstUsableLBA, volume.sizeInBytes / sectorSize)
        }
        let intactHeader = primary.flatMap { $0.isHeaderIntact ? $0.header : nil }
        for lba in fitting {
            guard let area = try? volume.read(at: lba * sectorSize, count: Int(count * sectorSize)),
                CRC32.of(area.prefix(Int(length))) == header.entriesChecksum
            else { continue }
            return GPTTable.Copy(
                header: intactHeader ?? header, entriesLBA: lba, tail: Array(area.dropFirst(Int(length))))
        }
        if let intactHeader, let lba = said, fitting.contains(lba) {
            return GPTTable.Copy(header: intactHeader, entriesLBA: lba)
        }
        return nil
    }
}

extension GPTCopy {
    /// Whether two copies are one table.
    func agrees(with other: GPTCopy) -> Bool {
        header.diskGUID == other.header.diskGUID && header.firstUsableLBA == other.header.firstUsableLBA
            && header.lastUsableLBA == other.header.lastUsableLBA && header.entryCount == other.header.entryCount
            && header.entrySize == other.header.entrySize && header.entriesChecksum == other.header.entriesChecksum
            && header.alternateLBA == other.lba
    }
}
