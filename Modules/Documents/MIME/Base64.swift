/// Base64 (RFC 4648, section 4), read strictly: padded, and nothing in it but its alphabet and line breaks or blanks.
///
/// Foundation's decoder either takes no line breaks or throws away whatever it does not know, and with it the sign of damage.
public enum Base64 {
    /// The bytes that `text` says. Bits that the last character has over are not looked at, as RFC 4648, section 3.5, allows.
    public static func decode(_ text: [UInt8]) throws(DocumentError) -> [UInt8] {
        try decode(text, in: text.indices)
    }

    /// Whether a byte may be in base64 at all: alphabet, padding, blanks, line breaks.
    public static func takes(_ byte: UInt8) -> Bool { value(of: byte) != nil || byte == padding || isBlank(byte) }

    private static let padding = UInt8(ascii: "=")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    /// The places of an error are those in all of `text`.
    static func decode(_ text: [UInt8], in range: Range<Int>) throws(DocumentError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count / 4 * 3 + 3)
        var group: UInt32 = 0
        var characters = 0
        var paddings = 0
        for position in range {
            let byte = text[position]
            if let value = value(of: byte) {
                guard paddings == 0 else {
                    throw DocumentError(.base64, .malformed("a character after the padding"), at: position, in: text)
                }
                group = group << 6 | UInt32(value)
                characters += 1
                guard characters == 4 else { continue }
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
                characters = 0
            } else if byte == padding {
                paddings += 1
                // Two characters want two, three want one; without any there is nothing to fill up.
                guard characters >= 2, characters + paddings <= 4 else {
                    throw DocumentError(.base64, .malformed("padding that fills nothing up"), at: position, in: text)
                }
            } else if !isBlank(byte) {
                let words = "a byte \(byte) that is not of its alphabet"
                throw DocumentError(.base64, .malformed(words), at: position, in: text)
            }
        }
        guard characters == 0 || characters + paddings == 4 else {
            throw DocumentError(.base64, .truncated, at: range.upperBound, in: text)
        }
        if characters == 2 {
            bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        } else if characters == 3 {
            bytes.append(UInt8(truncatingIfNeeded: group >> 10))
            bytes.append(UInt8(truncatingIfNeeded: group >> 2))
        }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
