/// Writes the little DER (X.690) that is ours to write.
enum DER {
    static func element(_ identifier: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if contents.count < 0x80 {
            length = [UInt8(contents.count)]
        } else {
            var rest = contents.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xff), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [identifier] + length + contents
    }

    static func sequence(_ elements: [UInt8]...) -> [UInt8] {
        element(BERElement.sequence, elements.flatMap { $0 })
    }

    /// A number that is not negative, its highest byte first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if (bytes.first ?? 0x80) >= 0x80 { bytes.insert(0, at: 0) }
        return element(BERElement.integer, bytes)
    }

    /// Whole bytes.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }
}
