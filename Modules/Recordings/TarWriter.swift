/// Writes a tar archive (POSIX.1-2001, ustar headers with pax ones for long names): the same members are the same bytes.
struct TarWriter {
    static let blockSize = 512
    private(set) var bytes: [UInt8] = []
    /// Seconds since 1970, of every member.
    let modificationTime: Int64

    init(modificationTime: Int64) { self.modificationTime = max(0, modificationTime) }

    /// Appends a file. A name of more than 100 bytes, or not ASCII, stands in a pax header before it.
    mutating func append(_ name: String, _ body: [UInt8]) {
        let short = Array(name.utf8)
        if short.count > 100 || short.contains(where: { $0 < 0x20 || $0 > 0x7e }) {
            let record = Self.paxRecord("path", name)
            // The name of the pax header itself is never used by who knows pax.
            append(header: Array("PaxHeaders.0/entry".utf8), size: record.count, type: UInt8(ascii: "x"))
            append(body: record)
        }
        append(header: Array(short.prefix(100)), size: body.count, type: UInt8(ascii: "0"))
        append(body: body)
    }

    /// The archive, with the two zero blocks that end it.
    consuming func finished() -> [UInt8] {
        bytes += [UInt8](repeating: 0, count: 2 * Self.blockSize)
        return bytes
    }

    /// `length key=value\n`, where the length counts itself.
    static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let rest = Array(" \(key)=\(value)\n".utf8)
        var length = rest.count + 1
        while rest.count + String(length).utf8.count != length { length = rest.count + String(length).utf8.count }
        return Array(String(length).utf8) + rest
    }

    private mutating func append(body: [UInt8]) {
        bytes += body
        let excess = body.count % Self.blockSize
        if excess != 0 { bytes += [UInt8](repeating: 0, count: Self.blockSize - excess) }
    }

    private mutating func append(header name: [UInt8], size: Int, type: UInt8) {
        var block = name + [UInt8](repeating: 0, count: 100 - name.count)
        block += Self.octal(0o644, digits: 7)
        block += Self.octal(0, digits: 7)  // uid
        block += Self.octal(0, digits: 7)  // gid
        block += Self.octal(Int64(size), digits: 11)
        block += Self.octal(modificationTime, digits: 11)
        block += [UInt8](repeating: UInt8(ascii: " "), count: 8)  // the checksum is summed over spaces
        block.append(type)
        block += [UInt8](repeating: 0, count: 100)
        block += Array("ustar\u{0}00root".utf8) + [UInt8](repeating: 0, count: 28)
        block += Array("root".utf8) + [UInt8](repeating: 0, count: 28)
        block += Self.octal(0, digits: 7) + Self.octal(0, digits: 7)
        block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
        let sum = block.reduce(0) { $0 + Int64($1) }
        block.replaceSubrange(148..<156, with: Self.octal(sum, digits: 6) + [UInt8(ascii: " ")])
        bytes += block
    }

    /// Octal digits and a zero byte.
    private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8.suffix(digits)) + [0]
    }
}
