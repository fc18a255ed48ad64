/// The entries of a directory (Microsoft's FAT specification, sections 6 and 7).
struct FATListing {
    private(set) var list = EntryList<FATNode>()
    /// The eleven bytes of the volume's label.
    private(set) var label: [UInt8]?
    private var long = LongName()

    private enum Attribute {
        static let volume: UInt8 = 0x08
        static let directory: UInt8 = 0x10
        static let longName: UInt8 = 0x0f
        static let mask: UInt8 = 0x3f
    }

    /// The next of the directory's bytes; false where its entries end.
    mutating func read(_ piece: VolumePiece) throws(VolumeError) -> Bool {
        var position = 0
        while position + 32 <= piece.count {
            let entry = try piece.part(position, 32)
            position += 32
            switch entry.bytes[0] {
            case 0: return false
            case 0xe5: long = LongName()
            default: try read(entry: entry)
            }
        }
        return true
    }

    private mutating func read(entry: VolumePiece) throws(VolumeError) {
        let attributes = entry.bytes[11]
        if attributes & Attribute.mask == Attribute.longName {
            long.add(entry)
            return
        }
        defer { long = LongName() }
        let cluster = UInt32(try entry.little16(20)) << 16 | UInt32(try entry.little16(26))
        if attributes & Attribute.volume != 0 {
            if attributes & Attribute.directory == 0, cluster == 0, label == nil {
                label = Array(entry.bytes[0..<11])
            }
            return
        }
        let short = entry.bytes[0..<11]
        // The directory itself and the one above it.
        if short.first == UInt8(ascii: ".") { return }
        let isDirectory = attributes & Attribute.directory != 0
        // Only `..` may say so: it would be the root again, or nothing.
        guard !isDirectory || cluster != 0 else { throw entry.invalid(at: 26) }
        let name = long.name(of: short) ?? FATName.short(short, flags: entry.bytes[12])
        let node = FATNode(
            kind: isDirectory ? .directory : .file, firstCluster: cluster,
            size: isDirectory ? 0 : try entry.little32(28))
        try list.append(name, node, in: entry)
    }
}

/// A long name while its entries come, the last part first.
private struct LongName {
    private var units: [UInt16] = []
    private var expected: UInt8 = 0
    private var checksum: UInt8 = 0

    /// A part that does not follow ends the name: what is left is an orphan, and the short name holds.
    mutating func add(_ entry: VolumePiece) {
        let order = entry.bytes[0]
        let number = order & 0x3f
        let isLast = order & 0x40 != 0
        guard (1...20).contains(number), isLast || (number == expected && checksum == entry.bytes[13]) else {
            self = LongName()
            return
        }
        if isLast { units = [] }
        checksum = entry.bytes[13]
        expected = number - 1
        let part = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].map {
            UInt16(entry.bytes[$0]) | UInt16(entry.bytes[$0 + 1]) << 8
        }
        units = part + units
    }

    /// The whole name, where all of it is there and it is of this short name.
    func name(of short: ArraySlice<UInt8>) -> String? {
        guard expected == 0, !units.isEmpty, checksum == FATName.checksum(short) else { return nil }
        let name = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
        return name.isEmpty || name == "." || name == ".." ? nil : name
    }
}
