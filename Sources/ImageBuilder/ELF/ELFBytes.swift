internal import CKernel
internal import Kernel
internal import SystemPackage

/// The bytes of an ELF object, read at foreign offsets: every one is tested, none traps.
struct ELFBytes {
    /// What both views of an object start from: 64 bytes.
    struct Header {
        let machine: UInt16
        let programHeaders: UInt64
        let programHeaderSize: UInt16
        let programHeaderCount: UInt16
        let sectionHeaders: UInt64
        let sectionHeaderSize: UInt16
        let sectionHeaderCount: UInt16
        let sectionNames: UInt16
    }

    let bytes: [UInt8]
    private let file: FilePath

    init(_ bytes: [UInt8], file: FilePath) {
        self.bytes = bytes
        self.file = file
    }

    func failure(_ problem: ELFProblem, at offset: UInt64) -> ImageError {
        .malformedELF(file: file, offset: Int(clamping: offset), problem)
    }

    func sum(_ left: UInt64, _ right: UInt64) throws(ImageError) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { throw failure(.badValue, at: left) }
        return sum
    }

    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: UInt64, as type: Value.Type
    ) throws(ImageError) -> Value {
        guard let start = Int(exactly: offset) else { throw failure(.truncated, at: offset) }
        var cursor = ByteCursor(at: start)
        // SAFETY: the bytes live through the call, and the cursor keeps within their count.
        guard let value = unsafe cursor.loadLittleEndian(bytes.span.bytes, as: Value.self) else {
            throw failure(.truncated, at: offset)
        }
        return value
    }

    /// The bytes of a range that a header names.
    func slice(at offset: UInt64, count: UInt64) throws(ImageError) -> ArraySlice<UInt8> {
        let end = try sum(offset, count)
        guard end <= UInt64(bytes.count) else { throw failure(.truncated, at: offset) }
        return bytes[Int(offset)..<Int(end)]
    }

    /// Up to its zero, which lies within `limit` bytes.
    func string(at offset: UInt64, limit: UInt64) throws(ImageError) -> String {
        let all = try slice(at: offset, count: limit)
        guard let end = all.firstIndex(of: 0) else { throw failure(.badValue, at: offset) }
        return String(decoding: all[..<end], as: UTF8.self)
    }

    func header() throws(ImageError) -> Header {
        guard ELFFile.isELF(bytes) else { throw failure(.noMagic, at: 0) }
        guard try integer(at: UInt64(EI_CLASS), as: UInt8.self) == ELFCLASS64,
            try integer(at: UInt64(EI_DATA), as: UInt8.self) == ELFDATA2LSB,
            try integer(at: UInt64(EI_VERSION), as: UInt8.self) == EV_CURRENT
        else { throw failure(.unsupportedKind, at: UInt64(EI_CLASS)) }
        return Header(
            machine: try integer(at: 18, as: UInt16.self),
            programHeaders: try integer(at: 32, as: UInt64.self),
            programHeaderSize: try integer(at: 54, as: UInt16.self),
            programHeaderCount: try integer(at: 56, as: UInt16.self),
            sectionHeaders: try integer(at: 40, as: UInt64.self),
            sectionHeaderSize: try integer(at: 58, as: UInt16.self),
            sectionHeaderCount: try integer(at: 60, as: UInt16.self),
            sectionNames: try integer(at: 62, as: UInt16.self))
    }

    /// The content of the first section called `name` (`.modinfo`), by the section headers of 64 bytes each.
    func section(_ name: String) throws(ImageError) -> ArraySlice<UInt8> {
        let header = try header()
        func place(_ index: UInt16) throws(ImageError) -> UInt64 {
            try sum(header.sectionHeaders, UInt64(index) * UInt64(header.sectionHeaderSize))
        }
        func range(_ start: UInt64) throws(ImageError) -> (offset: UInt64, count: UInt64) {
            (
                try integer(at: try sum(start, 24), as: UInt64.self),
                try integer(at: try sum(start, 32), as: UInt64.self)
            )
        }
        guard header.sectionNames < header.sectionHeaderCount else { throw failure(.noSection(name), at: 0) }
        let names = try range(try place(header.sectionNames))
        for index in 0..<header.sectionHeaderCount {
            let start = try place(index)
            let nameOffset = UInt64(try integer(at: start, as: UInt32.self))
            guard nameOffset < names.count else { throw failure(.badValue, at: start) }
            let found = try string(at: try sum(names.offset, nameOffset), limit: names.count - nameOffset)
            guard found == name else { continue }
            let content = try range(start)
            return try slice(at: content.offset, count: content.count)
        }
        throw failure(.noSection(name), at: header.sectionHeaders)
    }
}
