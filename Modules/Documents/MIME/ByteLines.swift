/// The lines of a stretch of bytes; each ends in LF or CR LF, the last perhaps in neither.
struct ByteLines {
    struct Line {
        /// Without its end.
        let content: Range<Int>
        /// Where the next line starts.
        let end: Int
    }

    let bytes: [UInt8]
    var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Line? {
        guard position < end else { return nil }
        let start = position
        guard let feed = bytes[start..<end].firstIndex(of: 0x0a) else {
            position = end
            return Line(content: start..<end, end: end)
        }
        position = feed + 1
        let hasReturn = feed > start && bytes[feed - 1] == 0x0d
        return Line(content: start..<(hasReturn ? feed - 1 : feed), end: feed + 1)
    }
}
