/// Short names: eight bytes and three.
enum FATName {
    /// Code page 437 above ASCII: what Linux takes short names for unless it is told (CONFIG_FAT_DEFAULT_CODEPAGE).
    private static let upper = Array(
        ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}").unicodeScalars)

    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            text.append(byte < 0x80 ? Unicode.Scalar(byte) : upper[Int(byte - 0x80)])
        }
        return String(text)
    }

    /// What a directory entry's eleven bytes say. Windows NT's flags: 8 has the name in lower case, 16 the extension.
    static func short(_ bytes: ArraySlice<UInt8>, flags: UInt8) -> String {
        var bytes = Array(bytes)
        // An 0xe5 would be a deleted entry.
        if bytes.first == 0x05 { bytes[0] = 0xe5 }
        var name = part(bytes[0..<8], isLower: flags & 0x08 != 0)
        let suffix = part(bytes[8..<11], isLower: flags & 0x10 != 0)
        if !suffix.isEmpty { name += "." + suffix }
        return name
    }

    private static func part(_ bytes: ArraySlice<UInt8>, isLower: Bool) -> String {
        var bytes = bytes
        while bytes.last == 0x20 { bytes.removeLast() }
        let text = decoded(bytes)
        return isLower ? text.lowercased() : text
    }

    /// The sum that ties a long name to its short one (section 7.2).
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt8 {
        bytes.reduce(0) { sum, byte in ((sum & 1) << 7 | sum >> 1) &+ byte }
    }
}
