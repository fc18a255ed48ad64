internal import Kernel

/// One of the two copies of a GPT: what stands at its place, and what is wrong with it.
public struct GPTCopy: Hashable, Sendable {
    public enum Role: String, Hashable, Sendable { case primary, backup }

    /// What an array may have in bytes: more is refused as damage. 16 MiB are 131,072 entries.
    public static let largestArray: UInt64 = 16 << 20

    public let role: Role
    /// Where it was looked for.
    public let lba: UInt64
    public let header: GPTHeader
    /// The whole sectors of the entry array; empty where the header does not tell.
    public let entriesArea: [UInt8]
    /// Why it cannot be used; none for an intact one.
    public let faults: [TableProblem]
    /// What it says of places that the device does not have, though its checksums are right.
    public let excesses: [TableProblem]

    public var isIntact: Bool { faults.isEmpty }
    /// Whether its fields can be believed, the entries aside.
    public var isHeaderIntact: Bool { header.isChecksumRight && !faults.contains { $0.code == .headerInvalid } }

    /// All slots, in their order.
    public var entries: [GPTEntry] {
        let size = Int(header.entrySize)
        guard size >= GPTEntry.leastSize else { return [] }
        return (0..<Int(header.entryCount)).compactMap { index in
            let start = index * size
            guard start + size <= entriesArea.count else { return nil }
            return GPTEntry(bytes: Array(entriesArea[start..<start + size]))
        }
    }

    /// What stands after the last slot in the array's last sector.
    var tail: [UInt8] {
        Array(entriesArea.dropFirst(Int(header.entryCount) * Int(header.entrySize)))
    }

    /// Reads the copy at `lba`; nil where no header is there.
    /// - Throws: the device's error where the header's sector cannot be read. An array that cannot be read is a fault.
    init?(
        role: Role, at lba: UInt64, of volume: some VolumeSource, sectorSize: UInt64
    ) throws(OSError) {
        let sectors = volume.sizeInBytes / sectorSize
        guard lba < sectors,
            let header = GPTHeader(sector: try volume.read(at: lba * sectorSize, count: Int(sectorSize)))
        else { return nil }
        self.role = role
        self.lba = lba
        self.header = header
        let place: TableProblem.Place = role == .primary ? .primary : .backup
        let check = Self.check(header, at: lba, place, sectors: sectors, sectorSize: sectorSize)
        var faults = check.faults
        var area: [UInt8] = []
        if faults.isEmpty {
            let length = UInt64(header.entryCount) * UInt64(header.entrySize)
            let whole = (length + sectorSize - 1) / sectorSize * sectorSize
            do throws(OSError) {
                area = try volume.read(at: header.entriesLBA * sectorSize, count: Int(whole))
            } catch {
                faults.append(.init(.unreadable, place, lba: header.entriesLBA, "the entries cannot be read: \(error)"))
            }
            if faults.isEmpty {
                let sum = CRC32.of(area.prefix(Int(length)))
                if UInt64(area.count) < whole {
                    faults.append(
                        .init(.beyondEnd, place, lba: header.entriesLBA, "the entries pass the end of the device"))
                } else if sum != header.entriesChecksum {
                    faults.append(
                        .init(
                            .entriesCRC, place, lba: header.entriesLBA,
                            "the entries' checksum is \(hex(sum)), the header says \(hex(header.entriesChecksum))"))
                }
            }
        }
        entriesArea = area
        self.faults = faults
        excesses = check.excesses
    }

    /// What Linux asks of a header (is_gpt_valid, block/partitions/efi.c), with the end of the device apart.
    private static func check(
        _ header: GPTHeader, at lba: UInt64, _ place: TableProblem.Place, sectors: UInt64, sectorSize: UInt64
    ) -> (faults: [TableProblem], excesses: [TableProblem]) {
        func fault(_ code: TableProblem.Code, _ message: String) -> (faults: [TableProblem], excesses: [TableProblem]) {
            ([.init(code, place, lba: lba, message)], [])
        }
        guard header.hasPossibleSize else {
            return fault(.headerInvalid, "the header says that it has \(header.size) bytes")
        }
        if let sum = header.computedChecksum, sum != header.checksum {
            return fault(.headerCRC, "the header's checksum is \(hex(sum)), it says \(hex(header.checksum))")
        }
        guard header.ownLBA == lba else {
            return fault(.headerInvalid, "the header says that it stands in sector \(header.ownLBA)")
        }
        guard header.firstUsableLBA <= header.lastUsableLBA else {
            return fault(
                .headerInvalid,
                "the usable sectors end (\(header.lastUsableLBA)) before they begin (\(header.firstUsableLBA))")
        }
        guard header.entrySize >= UInt32(GPTEntry.leastSize), header.entrySize % 8 == 0, header.entryCount > 0,
            UInt64(header.entrySize) * UInt64(header.entryCount) <= largestArray
        else {
            return fault(
                .headerInvalid, "an array of \(header.entryCount) entries of \(header.entrySize) bytes cannot be")
        }
        guard header.entriesLBA > (place == .primary ? 1 : 0),
            header.entriesLBA <= UInt64.max / sectorSize - (largestArray / sectorSize + 1)
        else {
            return fault(.headerInvalid, "the entries cannot begin in sector \(header.entriesLBA)")
        }
        var excesses: [TableProblem] = []
        let last = sectors - 1
        if header.lastUsableLBA > last {
            excesses.append(
                .init(
                    .beyondEnd, place, lba: header.lastUsableLBA,
                    "the last usable sector is \(header.lastUsableLBA), the device ends with \(last)"))
        } else if header.alternateLBA > last {
            excesses.append(
                .init(
                    .beyondEnd, place, lba: header.alternateLBA,
                    "the other copy is in sector \(header.alternateLBA), the device ends with \(last)"))
        }
        return ([], excesses)
    }
}

/// `0x1f2e3d4c`
func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
