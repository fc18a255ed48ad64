import Compression
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Zstandard")
struct ZstandardTests {
    /// Words and noise, a little over the 512 KiB below which libzstd never uses its workers.
    static let sample: [UInt8] = {
        var state: UInt32 = 0x5eed
        return (0..<3_000_000).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            return index % 4 == 0 ? UInt8(truncatingIfNeeded: state >> 24) : UInt8(truncatingIfNeeded: index / 1000)
        }
    }()

    @Test("what was compressed comes back", arguments: [0, 1, 100, 200_000])
    func roundTrip(count: Int) throws {
        let bytes = Array(Self.sample.prefix(count))
        let frame = try Zstandard.compress(bytes, level: 3)
        #expect(Zstandard.isFrame(frame))
        #expect(try Zstandard.decompress(frame, limit: count) == bytes)
    }

    @Test("the number of workers does not change a byte")
    func deterministic() throws {
        let frame = try Zstandard.compress(Self.sample, level: 1, workers: 1)
        #expect(try Zstandard.compress(Self.sample, level: 1, workers: 4) == frame)
        #expect(try Zstandard.compress(Self.sample, level: 1, workers: -1) == frame)
        #expect(try Zstandard.decompress(frame, limit: 3_000_000) == Self.sample)
    }

    @Test("zstd -d decodes our frame, and we decode that of zstd -c")
    func peer() throws {
        let directory = try TemporaryDirectory()
        try directory.write("ours.zst", try Zstandard.compress(Self.sample, level: 5, workers: 2))
        try directory.write("plain", Self.sample)
        let decoded = try attempt("zstd", ["-dqc", "\(directory.path)/ours.zst"])
        #expect(decoded.output == Self.sample)
        let theirs = try attempt("zstd", ["-9qc", "\(directory.path)/plain"]).output
        #expect(try Zstandard.decompress(theirs, limit: 3_000_000) == Self.sample)
    }

    @Test("the limit holds to the byte, also over several frames")
    func limit() throws {
        let bytes = Array(Self.sample.prefix(300_000))
        let frame = try Zstandard.compress(bytes, level: 1)
        #expect(try Zstandard.decompress(frame, limit: 300_000).count == 300_000)
        #expect(throws: CompressionError.outputTooLarge(limitInBytes: 299_999)) {
            try Zstandard.decompress(frame, limit: 299_999)
        }
        #expect(try Zstandard.decompress(frame + frame, limit: 600_000) == bytes + bytes)
        #expect(throws: CompressionError.outputTooLarge(limitInBytes: 599_999)) {
            try Zstandard.decompress(frame + frame, limit: 599_999)
        }
    }

    @Test("a frame that states a false size takes no memory for it")
    func falseSize() {
        // Magic, a descriptor with an eight-byte content size and single segment off, a 1 KiB window, 2^62 bytes.
        let frame: [UInt8] = Zstandard.magic + [0xc0, 0x00, 0, 0, 0, 0, 0, 0, 0, 0x40] + [0x01, 0, 0]
        // libzstd 1.5.4 lets it pass as the empty content that it in fact has; an error would be as right.
        #expect((try? Zstandard.decompress(frame, limit: 1 << 20)) ?? [] == [])
    }

    @Test("one frame of several is taken, and where it ends is told")
    func frameByFrame() throws {
        let frame = try Zstandard.compress([1, 2, 3])
        let (content, end) = try Zstandard.decompressFrame([9, 9] + frame + [7], at: 2, limit: 10)
        #expect(content == [1, 2, 3])
        #expect(end == 2 + frame.count)
    }

    @Test("every prefix of a frame is a typed error")
    func prefixes() throws {
        let frame = try Zstandard.compress(Array(Self.sample.prefix(2_000)))
        for length in 0..<frame.count {
            #expect(throws: CompressionError.truncated(.zstd), "\(length)") {
                try Zstandard.decompress(Array(frame.prefix(length)), limit: 4_000)
            }
        }
    }

    @Test("a flipped bit is an error or the same bytes, never more than the limit")
    func flips() throws {
        let bytes = Array(Self.sample.prefix(2_000))
        let frame = try Zstandard.compress(bytes)
        for bit in 0..<frame.count * 8 {
            var bad = frame
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            // The checksum catches what the decoder does not; a flip of reserved bits may change nothing.
            if let content = try? Zstandard.decompress(bad, limit: 4_000) { #expect(content.count <= 4_000) }
        }
    }

    @Test("a frame that grows more than the ratio allows is an error, unless it is short")
    func ratio() throws {
        let bomb = try Zstandard.compress([UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: CompressionError.ratioTooHigh(limit: 200)) {
            try Zstandard.decompress(bomb, limit: 1 << 20, ratio: 200)
        }
        #expect(try Zstandard.decompress(bomb, limit: 1 << 20).count == 1 << 20)
        let short = try Zstandard.compress([UInt8](repeating: 0, count: 64 << 10))
        #expect(try Zstandard.decompress(short, limit: 1 << 20, ratio: 200).count == 64 << 10)
    }

    @Test("a level that does not exist is refused", arguments: [-5, 0, 23])
    func level(level: Int) {
        #expect(throws: CompressionError.unsupportedLevel(level)) { try Zstandard.compress([1], level: level) }
    }
}
