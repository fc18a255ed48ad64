internal import CCrypto

/// What has to be said to libcrypto (OpenSSL 3) before anything is asked of it, and what it says when it refuses.
enum Libcrypto {
    // No openssl.cnf is read: it is a file of the host, and it could turn algorithms on and off. Nothing is left to do at the end.
    private static let isReady =
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG) | UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1

    /// Runs `body` with this thread's list of errors empty before and after.
    static func run<Answer: ~Copyable>(_ body: () -> Answer) -> Answer {
        _ = isReady
        ERR_clear_error()
        defer { ERR_clear_error() }
        return body()
    }

    /// The first of the errors, in libcrypto's words: `asn1 encoding routines: wrong tag`.
    static var words: String {
        let code = ERR_peek_error()
        guard code != 0 else { return "no reason given" }
        // SAFETY: both are constant strings of the library's, or null.
        let library = unsafe ERR_lib_error_string(code).map { unsafe String(cString: $0) }
        let reason = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
        return [library, reason].compactMap { $0 }.joined(separator: ": ")
    }

    /// What an i2d function writes.
    @unsafe static func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let count = Int(write(nil))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let written = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            // SAFETY: the buffer has room for the `count` bytes that the first call announced.
            var end = buffer.baseAddress
            return unsafe Int(write(&end))
        }
        return written == count ? bytes : []
    }

    /// Calls a d2i function, which has to take all of `bytes`; nil where it takes less, or refuses.
    @unsafe static func decoded(
        _ bytes: [UInt8], _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?,
        free: (OpaquePointer?) -> Void
    ) -> OpaquePointer? {
        guard !bytes.isEmpty else { return nil }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            // SAFETY: the buffer lives through the call, which copies what it keeps.
            var position = buffer.baseAddress
            let object = unsafe read(&position, buffer.count)
            let hasTakenAll = unsafe position == buffer.baseAddress.map { unsafe $0 + buffer.count }
            if hasTakenAll { return unsafe object }
            unsafe free(object)
            return nil
        }
    }
}
