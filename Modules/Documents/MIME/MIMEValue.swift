/// A field's value with parameters: `text/plain; charset=utf-8` (RFC 2045, section 5.1; RFC 2231 for long and foreign ones).
struct MIMEValue {
    /// What stands before the first semicolon, in lower case.
    let value: String
    private var parameters: [(name: String, value: [UInt8])] = []

    init(_ field: [UInt8]) {
        var pieces = Self.pieces(of: field).map { Self.trimmed($0) }
        value = String(decoding: pieces.removeFirst(), as: UTF8.self).lowercased()
        for piece in pieces {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: Self.trimmed(piece[..<equals]), as: UTF8.self).lowercased()
            parameters.append((name, Self.unquoted(Self.trimmed(piece[(equals + 1)...]))))
        }
    }

    /// A parameter's value. The plain form comes before RFC 2231's (`name*=utf-8''…`, `name*0=…; name*1*=…`), as Python's
    /// email package has it; bytes that are not of their character set become U+FFFD.
    subscript(name: String) -> String? {
        if let plain = parameters.first(where: { $0.name == name }) {
            return String(decoding: plain.value, as: UTF8.self)
        }
        var pieces: [(number: Int, isExtended: Bool, value: [UInt8])] = []
        for (key, value) in parameters where key.hasPrefix(name + "*") {
            var rest = key.dropFirst(name.count + 1)
            let isExtended = rest.isEmpty || rest.hasSuffix("*")
            if rest.hasSuffix("*") { rest.removeLast() }
            guard let number = rest.isEmpty ? -1 : Int(rest), number >= -1 else { continue }
            pieces.append((number, isExtended, value))
        }
        guard !pieces.isEmpty else { return nil }
        pieces.sort { $0.number < $1.number }
        let bytes = pieces.flatMap { $0.isExtended ? Self.percentDecoded($0.value) : $0.value }
        guard pieces.contains(where: \.isExtended) else { return String(decoding: bytes, as: UTF8.self) }
        // charset'language'value
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return String(decoding: bytes, as: UTF8.self) }
        let charset = String(decoding: parts[0], as: UTF8.self).lowercased()
        if charset == "iso-8859-1" || charset == "latin-1" {
            return String(String.UnicodeScalarView(parts[2].map { Unicode.Scalar($0) }))
        }
        return String(decoding: parts[2], as: UTF8.self)
    }

    /// Cuts at semicolons that are in no quotes; never empty.
    private static func pieces(of field: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var isQuoted = false
        var position = 0
        while position < field.count {
            switch field[position] {
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted:
                pieces.append(field[start..<position])
                start = position + 1
            default: break
            }
            position += 1
        }
        return pieces + [field[start...]]
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return bytes[first...last]
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.count > 1, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
            return Array(bytes)
        }
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            plain.append(byte)
            isEscaped = false
        }
        return plain
    }

    /// `%` without two digits after it stays as it is.
    private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"),
                let octet = QuotedPrintable.octet(bytes[(position + 1)..<min(position + 3, bytes.count)])
            {
                plain.append(octet)
                position += 3
            } else {
                plain.append(bytes[position])
                position += 1
            }
        }
        return plain
    }
}
