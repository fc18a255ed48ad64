import Documents

extension JSONValue {
    /// The notation of Tests/Fixtures/judges/json_text.py.
    var notation: String {
        func hexadecimal(_ text: String) -> String {
            text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        switch self {
        case .null: return "n"
        case .bool(let value): return value ? "t" : "f"
        case .integer(let value): return "i\(value)"
        case .unsigned(let value): return "i\(value)"
        case .number(let value): return "d\(Self.hexadecimal(value))"
        case .string(let text): return "s" + hexadecimal(text)
        case .array(let elements): return "[" + elements.map(\.notation).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.map { (hexadecimal($0), $1.notation) }.sorted { $0.0 < $1.0 }
            return "{" + sorted.map { "\($0):\($1)" }.joined(separator: ",") + "}"
        }
    }

    /// As Python's float.hex writes it: thirteen digits after the point, and the exponent with its sign.
    private static func hexadecimal(_ value: Double) -> String {
        let pattern = String(value.significandBitPattern, radix: 16)
        let digits = String(repeating: "0", count: 13 - pattern.count) + pattern
        let sign = value.sign == .minus ? "-" : ""
        if value.isZero { return "\(sign)0x0.0p+0" }
        // Subnormal ones have their own exponent and no one before the point.
        let exponent = value.isSubnormal ? -1022 : Int(value.exponent)
        return "\(sign)0x\(value.isSubnormal ? 0 : 1).\(digits)p\(exponent < 0 ? "" : "+")\(exponent)"
    }
}
