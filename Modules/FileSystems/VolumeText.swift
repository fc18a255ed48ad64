/// Text as volumes hold it.
enum VolumeText {
    /// UTF-16, the high byte first. A half of a pair that is alone becomes U+FFFD; a last odd byte is left.
    static func utf16BigEndian(_ bytes: ArraySlice<UInt8>) -> String {
        let bytes = Array(bytes)
        return String(
            decoding: (0..<bytes.count / 2).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) },
            as: UTF16.self)
    }

    /// To the first zero, without the white space at its end; nil where nothing is left.
    static func trimmed(_ bytes: [UInt8]) -> String? {
        trimmed(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }

    static func trimmed(_ text: String) -> String? {
        var scalars = Array(text.unicodeScalars.prefix { $0 != "\0" })
        while let last = scalars.last, last == " " || (0x09...0x0d).contains(last.value) { scalars.removeLast() }
        if scalars.isEmpty { return nil }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }

    /// Digits of base 16, in lower case.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
