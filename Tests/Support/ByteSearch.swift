extension [UInt8] {
    /// Whether `other` stands in it.
    public func contains(bytes other: [UInt8]) -> Bool {
        guard let first = other.first, count >= other.count else { return false }
        for start in 0...count - other.count where self[start] == first {
            if self[start..<start + other.count].elementsEqual(other) { return true }
        }
        return false
    }

    /// Whether a secret or half of it stands in it, as it is, in base64 or in hexadecimal. The first byte and the last are let be, for
    /// WireGuard's kernel changes bits of them in a private key.
    public func tells(secret: [UInt8], base64: String) -> Bool {
        let middle = secret.count / 2
        let hexadecimal = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let texts = [base64, hexadecimal, hexadecimal.uppercased()].flatMap { text in
            [Array(text.utf8.dropFirst(4).prefix(20)), Array(text.utf8.dropLast(4).suffix(20))]
        }
        let halves = [Array(secret[1..<middle]), Array(secret[middle..<secret.count - 1])]
        return (texts + halves).contains { contains(bytes: $0) }
    }
}
