internal import Documents

/// Base64 with the URL-safe alphabet, without padding (RFC 7515, 2).
enum Base64URL {
    /// Nil where there is anything else in it, or a last character that has more than one way to be written.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 2)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                standard.append(byte)
            default: return nil
            }
        }
        guard standard.count % 4 != 1, hasNoBitsOver(standard) else { return nil }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return try? Base64.decode(standard)
    }

    /// Two characters are 12 bits for a byte, three are 18 for two: what is over is zero, as all who write it have it.
    private static func hasNoBitsOver(_ standard: [UInt8]) -> Bool {
        guard let last = standard.last else { return true }
        switch standard.count % 4 {
        case 2: return "AQgw".utf8.contains(last)
        case 3: return "AEIMQUYcgkosw048".utf8.contains(last)
        default: return true
        }
    }
}
