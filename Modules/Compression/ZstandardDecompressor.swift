internal import CZstd

/// libzstd's state and a piece of output, for any number of frames: making both anew for each would let a few bytes cost much.
@safe struct ZstandardDecompressor: ~Copyable {
    private let context: OpaquePointer
    private var piece = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())

    init() throws(CompressionError) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory(.zstd) }
        // It cannot fail: 27 is within the library's bounds, and a new context takes parameters.
        unsafe _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
        unsafe self.context = context
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Appends what the frame at `offset` holds, and answers where it ends.
    mutating func frame(
        of bytes: [UInt8], at offset: Int, into content: inout [UInt8], _ budget: OutputBudget
    ) throws(CompressionError) -> Int {
        guard offset >= 0, offset < bytes.count else { throw .truncated(.zstd) }
        try Zstandard.check(unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only))
        var position = offset
        while true {
            let (code, consumed, produced) = step(bytes, position)
            try Zstandard.check(code)
            // Judged before it is kept: what is too much is never held.
            try budget.check(content.count + produced)
            content += piece[..<produced]
            if code == 0 { return consumed }
            // Without progress there is nothing more to come: the frame goes on beyond the bytes.
            if consumed == position && produced == 0 { throw .truncated(.zstd) }
            position = consumed
        }
    }

    private mutating func step(_ bytes: [UInt8], _ position: Int) -> (code: Int, consumed: Int, produced: Int) {
        unsafe bytes.withUnsafeBytes { input in
            unsafe piece.withUnsafeMutableBytes { output in
                // SAFETY: both buffers live through the call; libzstd stays within the sizes that it is given.
                var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: position)
                var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                let code = unsafe ZSTD_decompressStream(context, &target, &source)
                return (code, unsafe source.pos, unsafe target.pos)
            }
        }
    }
}
