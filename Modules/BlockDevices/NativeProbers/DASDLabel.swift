/// The volume label of an IBM DASD in Linux' own layout (LDL): one partition from the third block on (block/partitions/ibm.c).
struct DASDLabel {
    let volume: String
    /// In bytes.
    let blockSize: UInt64
    /// In units of 512 bytes.
    let start: UInt64
    let size: UInt64
    let offset: UInt64
    let magic: [UInt8]

    /// `LNX1` and `CMS1` in EBCDIC.
    private static let magics: [[UInt8]] = [[0xd3, 0xd5, 0xe7, 0xf1], [0xc3, 0xd4, 0xe2, 0xf1]]

    init?(_ volume: WindowVolume) {
        for blockSize in [512, 4096, 2048, 1024] as [UInt64] {
            guard let label = volume.bytes(at: 2 * blockSize, 512), let magic = Self.magics.first(where: label.starts)
            else {
                continue
            }
            self.init(label, magic, blockSize, volume.sizeInBytes)
            return
        }
        return nil
    }

    private init?(_ label: [UInt8], _ magic: [UInt8], _ blockSize: UInt64, _ sizeInBytes: UInt64) {
        self.magic = magic
        self.blockSize = blockSize
        offset = 2 * blockSize
        start = 3 * blockSize / 512
        volume = EBCDIC.text(label[4..<10])
        // ldl_version, from '2' on with the count of the formatted blocks.
        if label[79] >= 0xf2 {
            let blocks: UInt64 = label.big(80)
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: blockSize)
            guard blocks > 3, !overflow else { return nil }
            size = bytes / 512 - start
        } else {
            guard sizeInBytes / 512 > start else { return nil }
            size = sizeInBytes / 512 - start
        }
    }

    func tell(in report: inout ProbeReport) {
        report.partitionTable = "dasd"
        report.partitionTableUUID = volume.isEmpty ? nil : volume
        report.partitions = [
            .init(number: 1, start: start, size: size, type: "0x0", name: nil, uuid: nil, flags: 0)
        ]
    }
}

/// The letters and digits of EBCDIC (code page 037), which volume labels are made of.
enum EBCDIC {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes { text.unicodeScalars.append(scalar(byte)) }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        let letter: (UInt8, UInt8)? =
            switch byte {
            case 0xc1...0xc9: (0xc1, UInt8(ascii: "A"))
            case 0xd1...0xd9: (0xd1, UInt8(ascii: "J"))
            case 0xe2...0xe9: (0xe2, UInt8(ascii: "S"))
            case 0x81...0x89: (0x81, UInt8(ascii: "a"))
            case 0x91...0x99: (0x91, UInt8(ascii: "j"))
            case 0xa2...0xa9: (0xa2, UInt8(ascii: "s"))
            case 0xf0...0xf9: (0xf0, UInt8(ascii: "0"))
            default: nil
            }
        if let letter { return Unicode.Scalar(letter.1 + (byte - letter.0)) }
        return switch byte {
        case 0x40, 0x00: " "
        case 0x60: "-"
        case 0x6d: "_"
        case 0x4b: "."
        case 0x7b: "#"
        case 0x7c: "@"
        case 0x5b: "$"
        default: "?"
        }
    }
}
