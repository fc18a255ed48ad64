internal import Documents
internal import Glibc
internal import Kernel
internal import Partitions
internal import SystemPackage

/// What stood where a table is about to be written, in a file: enough to put it back by hand.
///
/// A JSON document, readable by its owner alone: `{"kind":"partition-table","device":…,"size_bytes":…,"sector_bytes":…,
/// "pieces":[{"offset":…,"hex":…}]}`.
struct TableBackup: Sendable {
    /// Bytes of both copies, the MBR and all places that a commit is about to write.
    let pieces: SparseBytes
    let reading: TableReading
    let device: String

    init(
        of reading: TableReading, before commit: TableCommit, on volume: some VolumeSource, device: String
    ) throws(OSError) {
        var pieces = SparseBytes(sizeInBytes: volume.sizeInBytes)
        let sector = reading.sectorSize
        pieces.insert(reading.mbr.sector, at: 0)
        for copy in [reading.primary, reading.backup].compactMap({ $0 }) + reading.strayBackups {
            pieces.insert(copy.header.sector, at: copy.lba * sector)
            if !copy.entriesArea.isEmpty { pieces.insert(copy.entriesArea, at: copy.header.entriesLBA * sector) }
        }
        for case .write(let offset, let bytes, _) in commit.steps {
            // What cannot be read cannot be kept, and may be what is repaired.
            if let old = try? volume.read(at: offset, count: bytes.count) { pieces.insert(old, at: offset) }
        }
        self.pieces = pieces
        self.reading = reading
        self.device = device
    }

    /// Writes it to the first of `places` where no file is, and returns once it is on the medium.
    /// - Throws: EEXIST: a file that is there is never written over.
    func save(to places: [FilePath]) throws(OSError) -> FilePath {
        for place in places.dropLast() {
            do throws(OSError) {
                try save(to: place)
                return place
            } catch {
                guard error.errno == .fileExists else { throw error }
            }
        }
        guard let last = places.last else { throw OSError(operation: "save", errno: .invalidArgument) }
        try save(to: last)
        return last
    }

    private func save(to path: FilePath) throws(OSError) {
        let document: JSONValue = [
            "kind": "partition-table", "device": .string(device), "size_bytes": JSONValue(reading.sizeInBytes),
            "sector_bytes": JSONValue(reading.sectorSize), "label": .string(reading.kind.rawValue),
            "pieces": .array(
                pieces.pieces.map { ["offset": JSONValue($0.offset), "hex": .string(Self.hex($0.bytes))] }),
        ]
        // Integers and text alone: nothing that JSON cannot say.
        let text = (try? JSONText.encode(document)) ?? ""
        let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        try file.writeAll(Array((text + "\n").utf8), subject: path.string)
        let raw = file.rawValue
        try systemCall("fsync", on: path.string) { fsync(raw) }
        let parent = path.removingLastComponent()
        let directory = try OwnedDescriptor.open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY)
        let rawDirectory = directory.rawValue
        // A file system that cannot (EINVAL) has no names to lose.
        _ = fsync(rawDirectory)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
