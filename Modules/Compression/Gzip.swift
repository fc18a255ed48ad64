internal import CZlib

/// gzip members (RFC 1952), through the system's zlib.
public enum Gzip {
    /// What a member starts with: ID1, ID2, and the one method that there is, deflate (RFC 1952, section 2.3.1).
    public static let magic: [UInt8] = [0x1f, 0x8b, 0x08]

    /// Whether a member starts at `offset`.
    public static func isMember(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
        offset >= 0 && offset <= bytes.count && bytes[offset...].starts(with: magic)
    }

    /// What all members of `bytes` hold, one after another. Zeros after the last are padding, as for gzip(1).
    ///
    /// zlib checks each member's CRC-32 and length, and the CRC of a header that has one. Memory grows with what is in
    /// fact decompressed, and nothing is answered of an input that is not whole.
    /// - Parameters:
    ///   - limit: the most bytes that may come out in all.
    ///   - ratio: the most bytes that may come out for each byte of `bytes`, once they are more than 64 KiB; nil for any.
    ///     Deflate itself ends at 1,032.
    public static func decompress(_ bytes: [UInt8], limit: Int, ratio: Int? = nil) throws(CompressionError) -> [UInt8] {
        let budget = OutputBudget(limit: limit, ratio: ratio, inputCount: bytes.count)
        var inflater = try Inflater()
        var content: [UInt8] = []
        var position = 0
        repeat {
            position = try inflater.member(of: bytes, at: position, into: &content, budget)
            guard position < bytes.count else { break }
            if bytes[position...].allSatisfy({ $0 == 0 }) { break }
            // The first byte alone may be all that is left of a member that was cut off.
            guard magic.starts(with: bytes[position...].prefix(magic.count)) else {
                throw .trailingBytes(.gzip, offset: position)
            }
        } while true
        return content
    }
}

/// zlib's state, at an address of its own: zlib keeps a pointer to it and compares.
@safe private struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private var piece = [UInt8](repeating: 0, count: 64 << 10)

    init() throws(CompressionError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 is deflate's whole window, 32 KiB; 16 more asks for gzip's wrapping and no other.
        let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            let error = unsafe Self.error(code, stream)
            unsafe stream.deallocate()
            throw error
        }
        unsafe self.stream = stream
    }

    deinit {
        unsafe _ = inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends what the member at `offset` holds, and answers where it ends.
    mutating func member(
        of bytes: [UInt8], at offset: Int, into content: inout [UInt8], _ budget: OutputBudget
    ) throws(CompressionError) -> Int {
        let reset = unsafe inflateReset(stream)
        guard reset == Z_OK else { throw unsafe Self.error(reset, stream) }
        var position = offset
        while true {
            let room = budget.room(after: content.count, upTo: piece.count)
            let (code, consumed, produced) = step(bytes, position, room)
            position += consumed
            // Judged before it is kept: what is too much is never held.
            try budget.check(content.count + produced)
            content += piece[..<produced]
            switch code {
            case Z_STREAM_END: return position
            case Z_OK where consumed > 0 || produced > 0: continue
            // No progress, and there was room: there is nothing to read.
            case Z_OK, Z_BUF_ERROR: throw .truncated(.gzip)
            default: throw unsafe Self.error(code, stream)
            }
        }
    }

    private mutating func step(_ bytes: [UInt8], _ position: Int, _ room: Int) -> (Int32, consumed: Int, produced: Int)
    {
        unsafe bytes.withUnsafeBytes { input in
            unsafe piece.withUnsafeMutableBytes { output in
                // SAFETY: both buffers live through the call, after which zlib reads neither; it stays within the sizes
                // that it is given, which are within the buffers: position <= bytes.count, room <= piece.count.
                let given = UInt32(clamping: input.count - position)
                unsafe stream.pointee.next_in = input.baseAddress.map {
                    unsafe ($0 + position).assumingMemoryBound(to: UInt8.self)
                }
                unsafe stream.pointee.avail_in = given
                unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(clamping: room)
                let code = unsafe inflate(stream, Z_NO_FLUSH)
                let consumed = unsafe Int(given - stream.pointee.avail_in)
                let produced = unsafe room - Int(stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
                return (code, consumed, produced)
            }
        }
    }

    private static func error(_ code: Int32, _ stream: UnsafeMutablePointer<z_stream>) -> CompressionError {
        if code == Z_MEM_ERROR { return .outOfMemory(.gzip) }
        // SAFETY: zlib's messages are constant strings of the library.
        if let words = unsafe stream.pointee.msg { return .refused(.gzip, reason: unsafe String(cString: words)) }
        return .refused(.gzip, reason: code == Z_VERSION_ERROR ? "zlib is of another version" : "error \(code)")
    }
}
