internal import CCrypto

/// The digests that signatures may stand on. SHA-1 and MD5 are not among them: others' documents can be made to have the same.
enum Digest: String, Hashable, Sendable {
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"

    /// A constant of the library's.
    @unsafe var method: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }

    /// Nil where libcrypto has no memory.
    func callAsFunction(_ bytes: [UInt8]) -> [UInt8]? {
        Libcrypto.run {
            var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            let status = unsafe bytes.withUnsafeBufferPointer { input in
                // SAFETY: the input lives through the call; the result has room for the longest digest there is.
                unsafe EVP_Digest(input.baseAddress, input.count, &result, &count, method, nil)
            }
            return status == 1 ? Array(result.prefix(Int(count))) : nil
        }
    }
}
