/// Bytes that become lines; a line without an end is cut at a limit, so that a wild writer cannot fill the memory.
struct LineBuffer {
    private var rest: [UInt8] = []
    private let limit: Int

    init(limit: Int = 1 << 20) { self.limit = limit }

    /// The lines that `bytes` complete, without their ends (LF or CR LF).
    mutating func add(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0a || rest.count >= limit {
                if rest.last == 0x0d { rest.removeLast() }
                lines.append(String(decoding: rest, as: UTF8.self))
                rest.removeAll(keepingCapacity: true)
            }
            if byte != 0x0a { rest.append(byte) }
        }
        return lines
    }

    /// What has no end yet.
    var remainder: String { String(decoding: rest, as: UTF8.self) }
}
