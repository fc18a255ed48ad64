/// Some of a volume's bytes, with their places.
public struct SparseBytes: Hashable, Sendable {
    /// Bytes that follow each other.
    public struct Piece: Hashable, Sendable {
        public let offset: UInt64
        public fileprivate(set) var bytes: [UInt8]
        public var end: UInt64 { offset + UInt64(bytes.count) }

        public init(offset: UInt64, bytes: [UInt8]) {
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// Of the whole volume.
    public let sizeInBytes: UInt64
    /// In the order of their offsets; no two touch.
    public private(set) var pieces: [Piece] = []

    public init(sizeInBytes: UInt64) { self.sizeInBytes = sizeInBytes }

    /// From pieces in any order; nil where one is not within the volume. Where they overlap, the first holds.
    public init?(sizeInBytes: UInt64, pieces: [Piece]) {
        self.sizeInBytes = sizeInBytes
        for piece in pieces where !insert(piece.bytes, at: piece.offset) { return nil }
    }

    /// Keeps what is not kept yet; false, and nothing is kept, where it is not within the volume.
    @discardableResult
    public mutating func insert(_ bytes: [UInt8], at offset: UInt64) -> Bool {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes.count))
        guard !overflow, end <= sizeInBytes else { return false }
        guard !bytes.isEmpty else { return true }
        let first = firstPiece(endingAtOrAfter: offset)
        var last = first
        while last < pieces.count, pieces[last].offset <= end { last += 1 }
        var merged = Piece(offset: offset, bytes: [])
        var rest = first
        if first < last, pieces[first].offset <= offset {
            // Taken out, not copied: a file is read piece after piece.
            swap(&merged, &pieces[first])
            rest += 1
        }
        // Between the old pieces lies what is new.
        for old in pieces[rest..<last] {
            if old.offset > merged.end { merged.bytes += bytes[Int(merged.end - offset)..<Int(old.offset - offset)] }
            merged.bytes += old.bytes
        }
        if merged.end < end { merged.bytes += bytes[Int(merged.end - offset)...] }
        pieces.replaceSubrange(first..<last, with: [merged])
        return true
    }

    /// The bytes at `offset`, cut at the volume's end; nil where one of them is not kept.
    public func read(at offset: UInt64, count: Int) -> [UInt8]? {
        guard offset < sizeInBytes, count > 0 else { return [] }
        let wanted = Int(min(UInt64(count), sizeInBytes - offset))
        let place = firstPiece(endingAtOrAfter: offset + 1)
        guard place < pieces.count, pieces[place].offset <= offset,
            pieces[place].end >= offset + UInt64(wanted)
        else { return nil }
        let start = Int(offset - pieces[place].offset)
        return Array(pieces[place].bytes[start..<start + wanted])
    }

    /// The index of the first piece whose end is at or after `offset`.
    private func firstPiece(endingAtOrAfter offset: UInt64) -> Int {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
