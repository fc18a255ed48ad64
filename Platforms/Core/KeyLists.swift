internal import Documents

extension JSONReading {
    /// The names that a service lists, one a line: `00:16:3e:0f:00:01/`, `0=my-key`. A slash at the end and what follows `=` are left out.
    public func names() throws(ReadingFault) -> [String] {
        try lines().map { line in
            let name = line.prefix { $0 != "=" }
            return String(name.hasSuffix("/") ? name.dropLast() : name)
        }
    }

    /// Words that stand in a list of whatever form: `["a","b"]`, `[a, b]`, or a line each.
    public func words() throws(ReadingFault) -> [JSONReading] {
        guard let text = try text() else { return [] }
        let words = text.split { $0.isWhitespace || ",[]\"".contains($0) }
        guard words.count <= Self.listLimit else { throw wrong("has more than \(Self.listLimit) elements") }
        return words.enumerated().map { JSONReading(.string(String($1)), place: "\(place)[\($0)]") }
    }
}

extension String {
    /// As one segment of a path (RFC 3986, section 3.3), which cannot leave its place whatever it is called.
    public var asPathSegment: String {
        if self == "." || self == ".." { return replacing(".", with: "%2E") }
        return utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~:@=+,".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
