internal import Compression
internal import Glibc

/// Reads what the kernel's unpacker would: newc archives one after another with zeros between them, each plain or in
/// a zstd frame (microcode in front, uncompressed, is such a case).
package struct CPIOReader: Hashable, Sendable {
    /// In the archives' order, without trailers and without the root's own `.`.
    package private(set) var entries: [CPIOEntry] = []
    /// Of all archives, once decompressed, padding between them included.
    package private(set) var uncompressedSizeInBytes = 0
    /// Whether any of them was in a zstd frame.
    package private(set) var isCompressed = false

    /// Reads all of `bytes`; `limit` bounds what compressed archives may become, all together.
    ///
    /// Every malformed input is an error with the offset where it shows; of a compressed archive that is an offset in
    /// what it decompresses to.
    package init(_ bytes: [UInt8], limit: Int = 4 << 30) throws(ImageError) {
        // What holds nothing but zeros is no image.
        guard bytes.contains(where: { $0 != 0 }) else {
            throw .malformedArchive(offset: bytes.count, .truncated)
        }
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] == 0 {
                offset += 1
                uncompressedSizeInBytes += 1
            } else if Zstandard.isFrame(bytes, at: offset) {
                offset = try readFrame(bytes, at: offset, limit: limit)
            } else {
                let end = try readArchive(bytes, at: offset)
                uncompressedSizeInBytes += end - offset
                offset = end
            }
        }
    }

    private mutating func readFrame(_ bytes: [UInt8], at offset: Int, limit: Int) throws(ImageError) -> Int {
        let frame: (content: [UInt8], end: Int)
        do throws(CompressionError) {
            frame = try Zstandard.decompressFrame(bytes, at: offset, limit: limit - uncompressedSizeInBytes)
        } catch {
            throw .compression(subject: "the archive at byte \(offset)", error)
        }
        isCompressed = true
        uncompressedSizeInBytes += frame.content.count
        var inner = 0
        while inner < frame.content.count {
            if frame.content[inner] == 0 {
                inner += 1
            } else if Zstandard.isFrame(frame.content, at: inner) {
                throw .malformedArchive(offset: inner, .nestedCompression)
            } else {
                inner = try readArchive(frame.content, at: inner)
            }
        }
        return frame.end
    }

    /// One archive from its first header to its trailer; answers where the bytes after it start.
    private mutating func readArchive(_ bytes: [UInt8], at start: Int) throws(ImageError) -> Int {
        var offset = start
        while true {
            let header = try Header(bytes, &offset)
            let nameOffset = offset
            let length = Int(header.nameSize)
            guard length > 0, length <= CPIOArchive.longestName else {
                throw .malformedArchive(offset: nameOffset, .badNameLength(length))
            }
            let name = try Self.take(length, &offset, bytes)
            guard name.firstIndex(of: 0) == length - 1 else { throw .malformedArchive(offset: nameOffset, .badName) }
            let path = String(decoding: name.dropLast(), as: UTF8.self)
            if path == CPIOFormat.trailer {
                // GNU cpio pads to 512, others not at all: at the end of the bytes nothing is asked for.
                return min(offset + CPIOFormat.padding(after: offset - start), bytes.count)
            }
            try Self.skipPadding(&offset, from: start, bytes)
            let contentOffset = offset
            let content = try Self.take(Int(header.fileSize), &offset, bytes)
            if header.isChecked, header.checksum != content.reduce(UInt32(0), { $0 &+ UInt32($1) }) {
                throw .malformedArchive(offset: contentOffset, .badChecksum)
            }
            try Self.skipPadding(&offset, from: start, bytes)
            if path == "." { continue }
            entries.append(try header.entry(path: path, content: content, at: contentOffset))
        }
    }

    private static func take(_ count: Int, _ offset: inout Int, _ bytes: [UInt8]) throws(ImageError) -> [UInt8] {
        guard bytes.count - offset >= count else { throw .malformedArchive(offset: bytes.count, .truncated) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// newc pads from the start of its archive.
    private static func skipPadding(_ offset: inout Int, from start: Int, _ bytes: [UInt8]) throws(ImageError) {
        offset += CPIOFormat.padding(after: offset - start)
        guard offset <= bytes.count else { throw .malformedArchive(offset: bytes.count, .truncated) }
    }
}

/// One header of 110 bytes.
private struct Header {
    let offset: Int
    let isChecked: Bool
    private let fields: [UInt32]

    var fileSize: UInt32 { fields[6] }
    var nameSize: UInt32 { fields[11] }
    var checksum: UInt32 { fields[12] }

    /// Reads the one at `position`, and moves it behind.
    init(_ bytes: [UInt8], _ position: inout Int) throws(ImageError) {
        offset = position
        let left = bytes[min(offset, bytes.count)...]
        let magic = left.prefix(CPIOFormat.magic.count)
        isChecked = magic.elementsEqual(CPIOFormat.checkedMagic)
        guard isChecked || magic.elementsEqual(CPIOFormat.magic) else {
            let isStart = CPIOFormat.magic.starts(with: magic) || CPIOFormat.checkedMagic.starts(with: magic)
            throw .malformedArchive(offset: offset, isStart ? .truncated : Self.problem(of: left))
        }
        guard left.count >= CPIOFormat.headerSize else {
            throw .malformedArchive(offset: bytes.count, .truncated)
        }
        position += CPIOFormat.headerSize
        var fields: [UInt32] = []
        for index in 0..<CPIOFormat.fieldCount {
            let start = offset + CPIOFormat.magic.count + 8 * index
            guard let field = CPIOFormat.hexadecimal(bytes[start..<start + 8]) else {
                throw .malformedArchive(offset: start, .badHexadecimal)
            }
            fields.append(field)
        }
        self.fields = fields
    }

    /// The kernel's other decompressors, by their magic (lib/decompress.c).
    private static func problem(of bytes: ArraySlice<UInt8>) -> ArchiveProblem {
        let others: [[UInt8]] = [
            [0x1f, 0x8b], [0x1f, 0x9e], [0x42, 0x5a, 0x68], [0x5d, 0x00, 0x00], [0xfd, 0x37, 0x7a], [0x89, 0x4c, 0x5a],
            [0x02, 0x21, 0x4c, 0x18],
        ]
        return others.contains { bytes.starts(with: $0) } ? .unsupportedCompression : .badMagic
    }

    func entry(path: String, content: [UInt8], at contentOffset: Int) throws(ImageError) -> CPIOEntry {
        let mode = fields[1]
        let kind: CPIOEntry.Content
        switch mode & S_IFMT {
        case S_IFREG: kind = .file(content)
        case S_IFDIR: kind = .directory
        case S_IFLNK:
            guard !content.isEmpty, content.count < CPIOArchive.longestName, !content.contains(0) else {
                throw .malformedArchive(offset: contentOffset, .badLinkTarget)
            }
            kind = .symbolicLink(String(decoding: content, as: UTF8.self))
        case S_IFCHR: kind = .characterDevice(major: fields[9], minor: fields[10])
        case S_IFBLK: kind = .blockDevice(major: fields[9], minor: fields[10])
        case S_IFIFO: kind = .fifo
        case S_IFSOCK: kind = .socket
        default: throw .malformedArchive(offset: offset, .unknownFileType(mode: Int(mode)))
        }
        var entry = CPIOEntry(path: path, content: kind, permissions: mode & 0o7777)
        entry.user = fields[2]
        entry.group = fields[3]
        entry.modified = fields[5]
        return entry
    }
}
