/// The quoted-printable encoding (RFC 2045, section 6.7).
enum QuotedPrintable {
    /// What the text of `range` says. Line breaks stay as they are; blanks between a soft break's `=` and the end of its
    /// line are taken as a transport's padding. An `=` of neither kind is an error, as is a soft break with no line after it.
    static func decode(_ text: [UInt8], in range: Range<Int>) throws(DocumentError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = text[position]
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                position += 1
                continue
            }
            let digits = text[position + 1..<min(position + 3, range.upperBound)]
            if let value = octet(digits) {
                bytes.append(value)
                position += 3
                continue
            }
            var end = position + 1
            while end < range.upperBound, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
            if end < range.upperBound, text[end] == 0x0d { end += 1 }
            guard end < range.upperBound else {
                throw DocumentError(.quotedPrintable, .truncated, at: position, in: text)
            }
            guard text[end] == 0x0a else {
                throw DocumentError(
                    .quotedPrintable, .malformed("an = before neither two hexadecimal digits nor a line's end"),
                    at: position, in: text)
            }
            position = end + 1
        }
        return bytes
    }

    /// Two hexadecimal digits; lower case is taken too, as the RFC advises.
    static func octet(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | (digit - UInt8(ascii: "0"))
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | (digit - UInt8(ascii: "A") + 10)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | (digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
