internal import CZstd

/// Zstandard frames (RFC 8878), through the system's libzstd.
public enum Zstandard {
    /// What `compress` takes: 1 is the fastest, 22 the smallest. From 20 on the window, and with it the memory of
    /// whoever decompresses, grows from 8 to 128 MiB.
    public static let levels = 1...22

    /// The four bytes that a frame starts with: magic 0xFD2FB528, little-endian.
    public static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// Whether a Zstandard frame starts at `offset`; false where the bytes end before.
    public static func isFrame(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
        offset >= 0 && bytes.count - offset >= magic.count && bytes[offset..<offset + magic.count].elementsEqual(magic)
    }

    /// One frame that holds `bytes`, with their size and a checksum.
    ///
    /// The same bytes, level and libzstd give the same frame however many threads work on it.
    /// - Parameters:
    ///   - level: one of `levels`.
    ///   - workers: threads; less than one counts as one.
    ///   - isInterrupted: asked a few times a second while libzstd works; true ends it with `.interrupted`.
    public static func compress(
        _ bytes: [UInt8], level: Int = 19, workers: Int = 1, isInterrupted: () -> Bool = { false }
    ) throws(CompressionError) -> [UInt8] {
        guard levels.contains(level) else { throw .unsupportedLevel(level) }
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory(.zstd) }
        defer { unsafe _ = ZSTD_freeCCtx(context) }
        try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)))
        try check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
        // Never 0, which is another algorithm with other output: a library built without threads refuses any number
        // above it, and then every number of workers means that algorithm, and the output is still one.
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(clamping: max(1, workers)))
        let bound = ZSTD_compressBound(bytes.count)
        try check(bound)
        // Stated in the frame's header, as one call for the whole would.
        try check(unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(bytes.count)))
        var outcome = Result<Int, CompressionError>.success(0)
        let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            outcome = unsafe bytes.withUnsafeBytes { input in
                unsafe stream(input, into: UnsafeMutableRawBufferPointer(output), context, isInterrupted)
            }
            if case .success(let size) = outcome { count = size }
        }
        _ = try outcome.get()
        return frame
    }

    /// Piece by piece, so that it can be interrupted; the pieces do not show in the frame.
    private static func stream(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ context: OpaquePointer,
        _ isInterrupted: () -> Bool
    ) -> Result<Int, CompressionError> {
        // SAFETY: both buffers outlive the calls, which stay within the sizes that they are given.
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        var end = 0
        while true {
            let start = end
            end = min(input.count, start + (1 << 20))
            let isLast = end == input.count
            var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: end, pos: start)
            var left = 0
            repeat {
                if isInterrupted() { return .failure(.interrupted) }
                left = unsafe ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
                do throws(CompressionError) { try check(left) } catch { return .failure(error) }
            } while unsafe isLast ? left != 0 : source.pos < source.size
            if isLast { return unsafe .success(target.pos) }
        }
    }

    /// What all frames of `bytes` hold, one after another, at most `limit` bytes of it.
    ///
    /// The size that a frame states is not believed: memory grows with what is in fact decompressed. A frame that
    /// wants a window above 128 MiB is refused.
    /// - Parameter ratio: the most bytes that may come out for each byte of `bytes`, once they are more than 64 KiB; nil
    ///   for any.
    public static func decompress(_ bytes: [UInt8], limit: Int, ratio: Int? = nil) throws(CompressionError) -> [UInt8] {
        let budget = OutputBudget(limit: limit, ratio: ratio, inputCount: bytes.count)
        var decompressor = try ZstandardDecompressor()
        var content: [UInt8] = []
        var offset = 0
        repeat {
            offset = try decompressor.frame(of: bytes, at: offset, into: &content, budget)
        } while offset < bytes.count
        return content
    }

    /// What the one frame at `offset` holds, and where the bytes after it start.
    public static func decompressFrame(
        _ bytes: [UInt8], at offset: Int, limit: Int
    ) throws(CompressionError) -> (content: [UInt8], end: Int) {
        var decompressor = try ZstandardDecompressor()
        var content: [UInt8] = []
        let budget = OutputBudget(limit: limit, ratio: nil, inputCount: bytes.count)
        let end = try decompressor.frame(of: bytes, at: offset, into: &content, budget)
        return (content, end)
    }

    /// libzstd answers a size or an error in one number.
    static func check(_ code: Int) throws(CompressionError) {
        guard ZSTD_isError(code) != 0 else { return }
        guard let words = unsafe ZSTD_getErrorName(code) else { throw .refused(.zstd, reason: "error \(code)") }
        // SAFETY: the name is a constant string of the library.
        throw .refused(.zstd, reason: unsafe String(cString: words))
    }
}
