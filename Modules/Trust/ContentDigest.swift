/// What a document's bytes have to be, by their digest: `sha256:` and 64 hexadecimal digits.
public struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
    public let sha256: [UInt8]

    /// Nil for another algorithm, or another number of digits.
    public init?(_ text: String) {
        let prefix = "sha256:"
        guard text.lowercased().hasPrefix(prefix) else { return nil }
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: 64, by: 2) {
            guard let high = Character(UnicodeScalar(digits[start])).hexDigitValue,
                let low = Character(UnicodeScalar(digits[start + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: high << 4 | low))
        }
        sha256 = bytes
    }

    /// Nil where libcrypto has no memory.
    public init?(of bytes: [UInt8]) {
        guard let digest = Digest.sha256(bytes) else { return nil }
        sha256 = digest
    }

    public func matches(_ bytes: [UInt8]) -> Bool { Digest.sha256(bytes) == sha256 }

    public var description: String {
        "sha256:"
            + sha256.map { byte in
                let digits = String(byte, radix: 16)
                return digits.utf8.count == 1 ? "0\(digits)" : digits
            }.joined()
    }
}
