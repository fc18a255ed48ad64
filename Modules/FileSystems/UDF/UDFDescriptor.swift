/// The tag that every descriptor begins with (ECMA-167 3/7.2).
enum UDFDescriptor {
    static let tagSize = 16

    enum Kind: UInt16 {
        case primaryVolume = 1
        case anchor = 2
        case volumePointer = 3
        case partition = 5
        case logicalVolume = 6
        case terminating = 8
        case integrity = 9
        case fileSet = 256
        case fileIdentifier = 257
        case allocationExtent = 258
        case indirectEntry = 259
        case terminalEntry = 260
        case fileEntry = 261
        case extendedFileEntry = 266
    }

    /// Checks a descriptor's tag, and that its bytes are those that the tag was made for; answers with its kind, nil for one that has no
    /// name here.
    ///
    /// - Parameter location: where it says that it is; nil where that is not asked.
    static func check(_ piece: VolumePiece, at location: UInt32?) throws(VolumeError) -> Kind? {
        let tag = try piece.slice(0, tagSize)
        var sum: UInt8 = 0
        for (place, byte) in tag.enumerated() where place != 4 { sum &+= byte }
        let stated = try piece.byte(4)
        guard sum == stated else { throw piece.error(.checksum(.descriptorTag), at: 4) }
        if let location, try piece.little32(12) != location { throw piece.error(.invalid(.descriptorTag), at: 12) }
        let length = Int(try piece.little16(10))
        guard tagSize + length <= piece.count else { throw piece.error(.invalid(.descriptorTag), at: 10) }
        guard try crc(piece.slice(tagSize, length)) == piece.little16(8) else {
            throw piece.error(.checksum(piece.structure))
        }
        return Kind(rawValue: try piece.little16(0))
    }

    /// Whether it begins with zeros: nothing was written there.
    static func isBlank(_ piece: VolumePiece) -> Bool { piece.bytes.prefix(tagSize).allSatisfy { $0 == 0 } }

    /// CRC-16 of ITU-T V.41 with x^16 + x^12 + x^5 + 1, from zero (ECMA-167 3/7.2.6). Of no bytes it is zero.
    static func crc(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var value: UInt16 = 0
        for byte in bytes { value = value << 8 ^ table[Int(value >> 8) ^ Int(byte)] }
        return value
    }

    private static let table: [UInt16] = (0..<256).map { number in
        var value = UInt16(number) << 8
        for _ in 0..<8 { value = value & 0x8000 != 0 ? value << 1 ^ 0x1021 : value << 1 }
        return value
    }
}

/// An address in a partition (ECMA-167 4/7.1).
struct UDFAddress: Hashable, Sendable {
    let block: UInt32
    let partition: UInt16

    var identity: UInt64 { UInt64(partition) << 32 | UInt64(block) }
}

/// An allocation descriptor: short, long, or one of a volume descriptor's (ECMA-167 4/14.14).
struct UDFExtent: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case recorded
        /// Zeros, whether blocks are set apart for it or not.
        case unrecorded
        /// More descriptors.
        case continuation
    }

    let kind: Kind
    let count: UInt32
    let address: UDFAddress

    /// A long one.
    init(long piece: VolumePiece, at position: Int) throws(VolumeError) {
        try self.init(
            try piece.little32(position),
            UDFAddress(block: try piece.little32(position + 4), partition: try piece.little16(position + 8)))
    }

    /// A short one, in the partition of what holds it.
    init(short piece: VolumePiece, at position: Int, partition: UInt16) throws(VolumeError) {
        try self.init(
            try piece.little32(position),
            UDFAddress(block: try piece.little32(position + 4), partition: partition))
    }

    private init(_ length: UInt32, _ address: UDFAddress) throws(VolumeError) {
        self.address = address
        count = length & 0x3fff_ffff
        switch length >> 30 {
        case 0: kind = .recorded
        case 3: kind = .continuation
        default: kind = .unrecorded
        }
    }
}
