/// A file entry, or an extended one (ECMA-167 4/14.9, 4/14.17).
struct UDFNode: VolumeNode, Hashable {
    /// How its flags say that its bytes are described (ECMA-167 4/14.6.8).
    enum Allocation: Hashable, Sendable {
        case short, long, embedded
    }

    let kind: VolumeEntry.Kind
    let sizeInBytes: UInt64
    let address: UDFAddress
    let allocation: Allocation
    /// The allocation descriptors, or the bytes themselves.
    let descriptors: VolumePiece

    var identity: UInt64 { address.identity }

    init(_ piece: VolumePiece, at address: UDFAddress) throws(VolumeError) {
        self.address = address
        // Where the lengths and the rest are differs by the kind.
        let tail: Int
        switch try UDFDescriptor.check(piece, at: address.block) {
        case .fileEntry: tail = 168
        case .extendedFileEntry: tail = 208
        case .indirectEntry, .terminalEntry: throw piece.error(.unsupported(.icbStrategy))
        default: throw piece.invalid(at: 0)
        }
        guard try piece.little16(20) == 4 else { throw piece.error(.unsupported(.icbStrategy), at: 20) }
        // ECMA-167 4/14.6.6.
        switch try piece.byte(27) {
        case 4: kind = .directory
        case 5, 0: kind = .file
        case 12: kind = .symbolicLink
        case 6, 7, 9, 10: kind = .special
        default: throw piece.error(.unsupported(.fileType), at: 27)
        }
        switch try piece.little16(34) & 7 {
        case 0: allocation = .short
        case 1: allocation = .long
        case 3: allocation = .embedded
        default: throw piece.error(.unsupported(.allocationDescriptors), at: 34)
        }
        sizeInBytes = try piece.little64(56)
        let attributes = Int(clamping: try piece.little32(tail))
        let length = Int(clamping: try piece.little32(tail + 4))
        guard attributes <= piece.count, length <= piece.count else { throw piece.invalid(at: tail) }
        descriptors = try piece.part(tail + 8 + attributes, length, as: .allocationDescriptor)
    }
}
