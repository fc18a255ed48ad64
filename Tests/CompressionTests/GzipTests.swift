import Compression
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("gzip")
struct GzipTests {
    /// What gzip(1) makes of bytes.
    static func gzip(_ bytes: [UInt8], _ option: String = "-9nc") throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try directory.write("plain", bytes)
        let answer = try attempt("gzip", [option, "\(directory.path)/plain"])
        try #require(answer.isSuccess, "\(answer.errors)")
        return answer.output
    }

    /// Whether gzip(1) finds bytes whole, and what it makes of them.
    static func gunzip(_ bytes: [UInt8]) throws -> CommandOutput {
        let directory = try TemporaryDirectory()
        try directory.write("packed.gz", bytes)
        return try attempt("gzip", ["-dc", "\(directory.path)/packed.gz"])
    }

    static let text = Array("#cloud-config\nhostname: node-1\npackages: [curl, git, vim]\n".utf8)

    @Test("what gzip(1) made comes back", arguments: ["-1c", "-9c", "-6nc"], [0, 1, 60_000, 400_000])
    func peer(option: String, count: Int) throws {
        let bytes = Array(ZstandardTests.sample.prefix(count))
        let packed = try Self.gzip(bytes, option)
        #expect(Gzip.isMember(packed))
        #expect(try Gzip.decompress(packed, limit: count) == bytes)
    }

    @Test("a header's every field is passed over: extra, name, comment and its own checksum")
    func header() throws {
        // Deflate, the four flags, no time, no hints (RFC 1952, section 2.3).
        let start: [UInt8] = [0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 255]
        let fields: [UInt8] = [3, 0, 1, 2, 3] + Array("name".utf8) + [0] + Array("a comment".utf8) + [0]
        let body = try Self.gzip(Self.text).dropFirst(10)
        let packed = start + fields + body
        #expect(try Self.gunzip(packed).output == Self.text)
        #expect(try Gzip.decompress(packed, limit: 1000) == Self.text)
        // The checksum of a header with FHCRC is the low half of CRC-32: this one is wrong.
        var checked = start + fields
        checked[3] |= 2
        #expect(throws: CompressionError.refused(.gzip, reason: "header crc mismatch")) {
            try Gzip.decompress(checked + [0, 0] + body, limit: 1000)
        }
        checked[3] = 0xe0
        #expect(throws: CompressionError.refused(.gzip, reason: "unknown header flags set")) {
            try Gzip.decompress(checked + body, limit: 1000)
        }
    }

    @Test("several members are one content, zeros after the last are padding, and all else is an error: as for gzip(1)")
    func members() throws {
        let one = try Self.gzip(Self.text)
        let empty = try Self.gzip([])
        for packed in [one + one, one + empty, empty + one + empty, one + [0], one + [UInt8](repeating: 0, count: 512)]
        {
            let peer = try Self.gunzip(packed)
            #expect(peer.isSuccess)
            #expect(try Gzip.decompress(packed, limit: 1000) == peer.output)
        }
        for (rest, offset) in [([7], 0), (Array("text".utf8), 0), ([0, 0, 7], 0), ([0x1f, 0x8c], 0)] as [([UInt8], Int)]
        {
            #expect(try !Self.gunzip(one + rest).isSuccess, "\(rest)")
            #expect(throws: CompressionError.trailingBytes(.gzip, offset: one.count + offset), "\(rest)") {
                try Gzip.decompress(one + rest, limit: 1000)
            }
        }
    }

    @Test("the limit holds to the byte, over all members")
    func limit() throws {
        let bytes = Array(ZstandardTests.sample.prefix(300_000))
        let packed = try Self.gzip(bytes)
        #expect(try Gzip.decompress(packed + packed, limit: 600_000) == bytes + bytes)
        for limit in [0, 1, 65_535, 65_536, 299_999, 300_000, 599_999] {
            #expect(throws: CompressionError.outputTooLarge(limitInBytes: limit)) {
                try Gzip.decompress(packed + packed, limit: limit)
            }
        }
        #expect(throws: CompressionError.outputTooLarge(limitInBytes: 0)) { try Gzip.decompress(packed, limit: -1) }
    }

    @Test("a bomb is stopped by its ratio, a short text of one line is none")
    func ratio() throws {
        let bomb = try Self.gzip([UInt8](repeating: 0, count: 8 << 20))
        #expect(throws: CompressionError.ratioTooHigh(limit: 200)) {
            try Gzip.decompress(bomb, limit: 64 << 20, ratio: 200)
        }
        // Where both are passed it is the limit that is told.
        #expect(throws: CompressionError.outputTooLarge(limitInBytes: 1000)) {
            try Gzip.decompress(bomb, limit: 1000, ratio: 200)
        }
        #expect(try Gzip.decompress(bomb, limit: 8 << 20, ratio: 1_100).count == 8 << 20)
        #expect(try Gzip.decompress(bomb, limit: 8 << 20, ratio: .max).count == 8 << 20)
        let short = try Self.gzip([UInt8](repeating: 0x61, count: 64 << 10))
        #expect(try Gzip.decompress(short, limit: 1 << 20, ratio: 0).count == 64 << 10)
    }

    @Test("every prefix is truncated, and nothing else")
    func prefixes() throws {
        for packed in [try Self.gzip(Self.text, "-9c"), try Self.gzip(Array(ZstandardTests.sample.prefix(2_000)))] {
            for length in 0..<packed.count {
                #expect(throws: CompressionError.truncated(.gzip), "\(length)") {
                    try Gzip.decompress(Array(packed.prefix(length)), limit: 4_000)
                }
            }
            // Within a second member too, its first byte alone included.
            for length in 1..<packed.count {
                #expect(throws: CompressionError.truncated(.gzip), "\(length)") {
                    try Gzip.decompress(packed + packed.prefix(length), limit: 8_000)
                }
            }
        }
    }

    @Test("every flipped bit is an error that names gzip, or one of a header's that say nothing of the content")
    func flips() throws {
        let packed = try Self.gzip(Self.text)
        for bit in 0..<packed.count * 8 {
            var bad = packed
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                let content = try Gzip.decompress(bad, limit: 4_000)
                // FTEXT; MTIME, XFL and OS; what fills up deflate's last byte. All else is looked at.
                let last = packed.count - 9
                #expect(bit == 24 || (32..<80).contains(bit) || bit / 8 == last, "bit \(bit)")
                #expect(content == Self.text)
            } catch {
                #expect(error.description.contains("gzip"), "bit \(bit): \(error)")
            }
        }
    }

    @Test("a wrong checksum, a wrong length and what is no gzip each say so")
    func words() throws {
        let packed = try Self.gzip(Self.text)
        var crc = packed
        crc[packed.count - 8] ^= 1
        #expect(throws: CompressionError.refused(.gzip, reason: "incorrect data check")) {
            try Gzip.decompress(crc, limit: 1000)
        }
        var length = packed
        length[packed.count - 4] ^= 1
        #expect(throws: CompressionError.refused(.gzip, reason: "incorrect length check")) {
            try Gzip.decompress(length, limit: 1000)
        }
        #expect(throws: CompressionError.refused(.gzip, reason: "incorrect header check")) {
            try Gzip.decompress(Self.text, limit: 1000)
        }
        // zlib's own wrapping (RFC 1950) is not gzip's.
        #expect(throws: CompressionError.refused(.gzip, reason: "incorrect header check")) {
            try Gzip.decompress([0x78, 0x9c, 0x03, 0, 0, 0, 0, 1], limit: 1000)
        }
        #expect(!Gzip.isMember([]) && !Gzip.isMember([0x1f, 0x8b]) && !Gzip.isMember(packed, at: packed.count + 1))
    }
}
