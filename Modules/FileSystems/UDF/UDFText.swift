/// OSTA's compressed Unicode (UDF 2.01, 2.1.1).
enum UDFText {
    /// The first byte says how many bits a letter has: 8 or 16. nil for another.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let compression = bytes.first else { return "" }
        let letters = bytes.dropFirst()
        switch compression {
        case 8:
            var text = String.UnicodeScalarView()
            for letter in letters { text.append(Unicode.Scalar(letter)) }
            return String(text)
        case 16: return VolumeText.utf16BigEndian(letters)
        default: return nil
        }
    }

    /// A dstring: its last byte says how many are used, the first included (ECMA-167 1/7.2.12).
    static func field(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let used = bytes.last else { return nil }
        return decoded(bytes.dropLast().prefix(Int(used)))
    }

    /// What `blkid` makes a UUID of: the first sixteen bytes of a volume set's identifier, which should be hexadecimal digits, eight of them
    /// a time; where they are none, they are written in such (util-linux, libblkid/src/superblocks/udf.c).
    static func uuid(of volumeSet: String) -> String? {
        var bytes: [UInt8] = []
        for scalar in volumeSet.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            guard scalar != "\0", bytes.count + encoded.count <= 16 else { break }
            bytes += encoded
        }
        guard bytes.count >= 8 else { return nil }
        let digits = bytes.prefix { isHexadecimal($0) }
        let first = String(decoding: bytes.prefix(8), as: UTF8.self).lowercased()
        if digits.count < 8 { return VolumeText.hexadecimal(bytes.prefix(8)) }
        if digits.count < 16 {
            let rest = (bytes + [UInt8](repeating: 0, count: 16))[8..<12]
            return first + VolumeText.hexadecimal(rest)
        }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
