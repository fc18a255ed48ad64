/// Reads one JSON document (RFC 8259) into a value, in one pass over its bytes.
///
/// Foundation's decoder tries the kinds of a value one after another, each try of a wrong one an error that is made and thrown
/// away, and an array's elements again for each; it lets 512 levels nest, and its errors have no place.
struct JSONParser {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var position = 0

    /// A byte order mark at the start is passed over, as the RFC allows (section 8.1).
    static func parse(_ bytes: [UInt8], depthLimit: Int) throws(DocumentError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.position = 3 }
        parser.skipBlanks()
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.position == bytes.count else { throw parser.malformed("something after the document") }
        return value
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    // MARK: - Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func error(_ kind: DocumentError.Kind, at offset: Int? = nil) -> DocumentError {
        DocumentError(.json, kind, at: offset ?? position, in: bytes)
    }

    /// Malformed here; truncated where nothing is left.
    private func malformed(_ words: String) -> DocumentError {
        position < bytes.count ? error(.malformed(words)) : error(.truncated)
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(DocumentError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            // SAFETY: below the count; a static string is there as long as the program.
            guard take(unsafe word.utf8Start[index]) else { throw malformed("a word that is not \(word)") }
        }
        return value
    }

    // MARK: - Values

    private mutating func value(depth: Int) throws(DocumentError) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw malformed("no value")
        }
    }

    private mutating func array(depth: Int) throws(DocumentError) -> JSONValue {
        guard depth <= depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        position += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw malformed("neither , nor ] after a value") }
            skipBlanks()
        }
    }

    /// The last of a doubled key holds.
    private mutating func object(depth: Int) throws(DocumentError) -> JSONValue {
        guard depth <= depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        position += 1
        var members: [String: JSONValue] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard next == UInt8(ascii: "\"") else { throw malformed("no key") }
            let key = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw malformed("no : after a key") }
            skipBlanks()
            members[key] = try value(depth: depth)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw malformed("neither , nor } after a value") }
            skipBlanks()
        }
    }

    // MARK: - Strings

    /// At its opening quote.
    private mutating func string() throws(DocumentError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position], at: start)
        }
        var plain = Array(bytes[start..<position])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(plain[...], at: start)
            case UInt8(ascii: "\\"): try escape(into: &plain)
            case 0..<0x20: throw malformed("a control character in a string")
            default:
                plain.append(byte)
                position += 1
            }
        }
        throw error(.truncated)
    }

    private func text(_ utf8: ArraySlice<UInt8>, at start: Int) throws(DocumentError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw error(.malformed("a string that is not UTF-8"), at: start)
        }
        return text
    }

    private mutating func escape(into plain: inout [UInt8]) throws(DocumentError) {
        let start = position
        position += 1
        guard let byte = next else { throw error(.truncated) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(byte)
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0c)
        case UInt8(ascii: "n"): plain.append(0x0a)
        case UInt8(ascii: "r"): plain.append(0x0d)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if 0xd800...0xdbff ~= code, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexadecimal()
                guard 0xdc00...0xdfff ~= low else { throw error(.malformed("half of a surrogate pair"), at: start) }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw position < bytes.count
                    ? error(.malformed("half of a surrogate pair"), at: start) : error(.truncated)
            }
            plain += Array(String(Character(scalar)).utf8)
        default: throw error(.malformed("an unknown escape"), at: start)
        }
    }

    private mutating func hexadecimal() throws(DocumentError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw malformed("an escape without four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: - Numbers

    private mutating func digits() throws(DocumentError) -> Range<Int> {
        let start = position
        while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw malformed("no digit") }
        return start..<position
    }

    private mutating func number() throws(DocumentError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let whole = try digits()
        guard bytes[whole.lowerBound] != UInt8(ascii: "0") || whole.count == 1 else {
            throw error(.malformed("a number that starts with 0"), at: start)
        }
        let fraction = take(UInt8(ascii: ".")) ? try digits() : position..<position
        var exponent = 0
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isDown = take(UInt8(ascii: "-"))
            if !isDown { _ = take(UInt8(ascii: "+")) }
            for digit in bytes[try digits()] {
                // More is out of every double's range, whatever the digits before.
                exponent = min(exponent * 10 + Int(digit - UInt8(ascii: "0")), 1 << 40)
            }
            if isDown { exponent = -exponent }
        }
        let decimal = JSONDecimal(
            isNegative: isNegative, whole: bytes[whole], fraction: bytes[fraction], exponent: exponent)
        guard let value = decimal.value(bytes[start..<position]) else {
            throw error(.unrepresentable("a number that no double holds"), at: start)
        }
        return value
    }
}
