internal import CKernel
package import SystemPackage

/// What the dynamic loader reads of a 64-bit little-endian ELF object (elf(5), the System V ABI's chapter 5).
package struct ELFFile: Hashable, Sendable {
    /// The processor, e_machine.
    package struct Machine: RawRepresentable, Hashable, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// EM_X86_64
        package static let amd64 = Machine(rawValue: UInt16(EM_X86_64))
        /// EM_AARCH64
        package static let arm64 = Machine(rawValue: UInt16(EM_AARCH64))
    }

    package let machine: Machine
    /// PT_INTERP, the dynamic loader; nil in libraries and static programs.
    package private(set) var interpreter: String?
    /// DT_NEEDED, in its order.
    package private(set) var needed: [String] = []
    /// DT_RUNPATH's directories; nil where there is none.
    package private(set) var runPath: [String]?
    /// DT_RPATH's directories, which count where there is no DT_RUNPATH; nil where there is none.
    package private(set) var oldRunPath: [String]?
    /// DT_SONAME
    package private(set) var soname: String?

    /// Whether this is an ELF object at all, of whatever class.
    package static func isELF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) }

    /// Reads the headers and the dynamic section; `file` is for errors. An object without a dynamic section needs nothing.
    package init(_ bytes: [UInt8], file: FilePath) throws(ImageError) {
        let object = ELFBytes(bytes, file: file)
        let header = try object.header()
        machine = Machine(rawValue: header.machine)
        var loads: [Segment] = []
        var dynamic: Segment?
        for index in 0..<UInt64(header.programHeaderCount) {
            let segment = try Segment(object, header, index)
            switch segment.kind {
            case UInt32(PT_LOAD): loads.append(segment)
            case UInt32(PT_DYNAMIC): dynamic = segment
            case UInt32(PT_INTERP): interpreter = try object.string(at: segment.offset, limit: segment.size)
            default: break
            }
        }
        if let dynamic { try readDynamic(dynamic, loads, object) }
    }

    private mutating func readDynamic(
        _ dynamic: Segment, _ loads: [Segment], _ object: ELFBytes
    ) throws(ImageError) {
        var names: [(tag: Int64, offset: UInt64)] = []
        var table: UInt64?
        var tableSize: UInt64 = 0
        for index in 0..<dynamic.size / 16 {
            let place = try object.sum(dynamic.offset, index * 16)
            let tag = try object.integer(at: place, as: Int64.self)
            let value = try object.integer(at: try object.sum(place, 8), as: UInt64.self)
            switch tag {
            case Int64(DT_NULL): break
            case Int64(DT_STRTAB): table = value
            case Int64(DT_STRSZ): tableSize = value
            case Int64(DT_NEEDED), Int64(DT_SONAME), Int64(DT_RPATH), Int64(DT_RUNPATH): names.append((tag, value))
            default: break
            }
            if tag == Int64(DT_NULL) { break }
        }
        guard !names.isEmpty else { return }
        // The table is given as an address: the segment that holds it tells where it is in the file.
        guard let address = table,
            let load = loads.first(where: { address >= $0.address && address - $0.address < $0.size })
        else { throw object.failure(.badValue, at: dynamic.offset) }
        let start = try object.sum(load.offset, address - load.address)
        for (tag, offset) in names {
            guard offset < tableSize else { throw object.failure(.badValue, at: start) }
            let name = try object.string(at: try object.sum(start, offset), limit: tableSize - offset)
            switch tag {
            case Int64(DT_NEEDED): needed.append(name)
            case Int64(DT_SONAME): soname = name
            case Int64(DT_RPATH): oldRunPath = Self.directories(name)
            default: runPath = Self.directories(name)
            }
        }
    }

    private static func directories(_ list: String) -> [String] {
        list.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
}

/// A program header: 56 bytes.
private struct Segment {
    let kind: UInt32
    let offset: UInt64
    let address: UInt64
    /// In the file.
    let size: UInt64

    init(_ object: ELFBytes, _ header: ELFBytes.Header, _ index: UInt64) throws(ImageError) {
        let start = try object.sum(header.programHeaders, index * UInt64(header.programHeaderSize))
        kind = try object.integer(at: start, as: UInt32.self)
        offset = try object.integer(at: try object.sum(start, 8), as: UInt64.self)
        address = try object.integer(at: try object.sum(start, 16), as: UInt64.self)
        size = try object.integer(at: try object.sum(start, 32), as: UInt64.self)
    }
}
