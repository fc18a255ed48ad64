/// The newc format's fixed parts: six bytes of magic, thirteen fields of eight hexadecimal digits, the name, padding
/// to four bytes, the content, padding to four bytes.
enum CPIOFormat {
    static let magic = Array("070701".utf8)
    /// With a sum of the content's bytes in the last field.
    static let checkedMagic = Array("070702".utf8)
    static let trailer = "TRAILER!!!"
    static let fieldCount = 13
    static let headerSize = 6 + 8 * fieldCount

    /// How many zeros bring `offset` to a multiple of four.
    static func padding(after offset: Int) -> Int { (4 - offset % 4) % 4 }

    static func appendHexadecimal(_ value: UInt32, to output: inout [UInt8]) {
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> shift & 0xf)
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// Eight digits of either case; nil where one of them is none.
    static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        for digit in digits {
            let number: UInt8
            switch digit {
            case 0x30...0x39: number = digit - 0x30
            case 0x41...0x46: number = digit - 0x37
            case 0x61...0x66: number = digit - 0x57
            default: return nil
            }
            value = value << 4 | UInt32(number)
        }
        return value
    }
}
