/// What a plain scalar of YAML 1.1 is by its text (yaml.org/type), as PyYAML's resolver has it, without base 60 and dates.
enum YAMLScalar {
    /// Nil where it is a string.
    static func value(of text: String) -> JSONValue? {
        isNull(text) ? .null : bool(text).map { .bool($0) } ?? integer(text) ?? float(text)
    }

    static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    static func bool(_ text: String) -> Bool? {
        switch text {
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": true
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": false
        default: nil
        }
    }

    private static let underscore = UInt8(ascii: "_")

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    /// `[-+]?` and then `0b[0-1_]+`, `0x[0-9a-fA-F_]+`, `0[0-7_]+`, `0` or `[1-9][0-9_]*`. Nil past 64 bits: its digits stay, as a
    /// string.
    static func integer(_ text: String) -> JSONValue? {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard let first = digits.first, isDigit(first) else { return nil }
        var radix = 10
        if first == UInt8(ascii: "0"), digits.count > 1 {
            digits.removeFirst()
            switch digits.first {
            case UInt8(ascii: "b"): radix = 2
            case UInt8(ascii: "x"): radix = 16
            default: radix = 8
            }
            if radix != 8 {
                digits.removeFirst()
            } else if digits.allSatisfy({ $0 == underscore }) {
                return .integer(0)
            }
        }
        digits.removeAll { $0 == underscore }
        // UInt64's own parser takes a sign.
        guard let next = digits.first, next != UInt8(ascii: "-"), next != UInt8(ascii: "+"),
            let magnitude = UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
        else { return nil }
        guard isNegative else { return Int64(exactly: magnitude).map { .integer($0) } ?? .unsigned(magnitude) }
        return magnitude <= Int64.min.magnitude ? .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
    }

    /// `[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?`, `\.[0-9][0-9_]*([eE][-+][0-9]+)?`, `[-+]?\.(inf|Inf|INF)` or
    /// `\.(nan|NaN|NAN)`. One that is whole is an integer, as in JSON.
    static func float(_ text: String) -> JSONValue? {
        switch text {
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        default: break
        }
        let bytes = Array(text.utf8)
        var position = 0
        func run(while matches: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let start = position
            while position < bytes.count, matches(bytes[position]) { position += 1 }
            return bytes[start..<position]
        }
        let sign = run { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let whole = run { isDigit($0) || $0 == underscore }
        guard sign.count <= 1, whole.first != underscore, position < bytes.count, bytes[position] == UInt8(ascii: ".")
        else { return nil }
        position += 1
        let fraction = run { isDigit($0) || $0 == underscore }
        if whole.isEmpty, !sign.isEmpty || fraction.isEmpty || fraction.first == underscore { return nil }
        let exponent = bytes[position...]
        if !exponent.isEmpty {
            let digits = exponent.dropFirst(2)
            guard [UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]), exponent.count > 2,
                [UInt8(ascii: "-"), UInt8(ascii: "+")].contains(bytes[position + 1]), digits.allSatisfy(isDigit)
            else { return nil }
        }
        // As Double takes it: digits on both sides of the point, and no more.
        let zero = UInt8(ascii: "0")
        var plain = Array(sign)
        plain.append(zero)
        plain += whole.filter { $0 != underscore }
        plain.append(UInt8(ascii: "."))
        plain += fraction.filter { $0 != underscore }
        plain.append(zero)
        plain += exponent
        guard let value = Double(String(decoding: plain, as: UTF8.self)) else { return nil }
        if value.magnitude <= 0x1p53, let integer = Int64(exactly: value) { return .integer(integer) }
        return .number(value)
    }
}
