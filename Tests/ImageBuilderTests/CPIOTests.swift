import Compression
import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("CPIO archives")
struct CPIOTests {
    /// One of everything that we write.
    static func sample() throws -> CPIOArchive {
        var archive = CPIOArchive()
        try archive.add(CPIOEntry(path: "/init", content: .file(Array("binary".utf8)), permissions: 0o755))
        try archive.add(CPIOEntry(path: "sbin/modprobe", content: .symbolicLink("/init"), permissions: 0o777))
        try archive.add(
            CPIOEntry(path: "dev/console", content: .characterDevice(major: 5, minor: 1), permissions: 0o600))
        try archive.add(CPIOEntry(path: "tmp", content: .directory, permissions: 0o1777))
        try archive.add(CPIOEntry(path: "a/b/c/empty", content: .file([]), permissions: 0o644))
        try archive.add(CPIOEntry(path: "a-b", content: .file([1, 2, 3, 4, 5]), permissions: 0o600))
        return archive
    }

    /// What a line of `cpio -itv` says, without the owner and the date: type and mode, links, size or device, name.
    static func listing(_ bytes: [UInt8]) throws -> [[String]] {
        let directory = try TemporaryDirectory()
        try directory.write("archive", bytes)
        let answer = try attempt(
            "cpio", ["-itv", "--numeric-uid-gid", "--quiet"], input: directory.path.appending("archive"))
        #expect(answer.status == .exited(0))
        #expect(answer.errors == "")
        return answer.lines.map { line in
            let words = line.split(separator: " ").map(String.init)
            #expect(words[2] == "0" && words[3] == "0")
            let isDevice = words[4].hasSuffix(",")
            let size = isDevice ? words[4] + words[5] : words[4]
            return [words[0], words[1], size, words[(isDevice ? 9 : 8)...].joined(separator: " ")]
        }
    }

    @Test("cpio lists exactly what was added, and the directories above it")
    func cpioAgrees() throws {
        #expect(
            try Self.listing(Self.sample().serialized()) == [
                ["drwxr-xr-x", "3", "0", "a"],
                ["-rw-------", "1", "5", "a-b"],
                ["drwxr-xr-x", "3", "0", "a/b"],
                ["drwxr-xr-x", "2", "0", "a/b/c"],
                ["-rw-r--r--", "1", "0", "a/b/c/empty"],
                ["drwxr-xr-x", "2", "0", "dev"],
                ["crw-------", "1", "5,1", "dev/console"],
                ["-rwxr-xr-x", "1", "6", "init"],
                ["drwxr-xr-x", "2", "0", "sbin"],
                ["lrwxrwxrwx", "1", "5", "sbin/modprobe -> /init"],
                ["drwxrwxrwt", "2", "0", "tmp"],
            ])
    }

    @Test("what was written reads back the same")
    func roundTrip() throws {
        let archive = try Self.sample()
        let reader = try CPIOReader(archive.serialized())
        #expect(reader.entries == archive.sortedEntries)
        #expect(reader.uncompressedSizeInBytes == archive.serialized().count)
        #expect(!reader.isCompressed)
        #expect(try CPIOReader(CPIOArchive().serialized()).entries == [])
    }

    @Test("the order of adding does not change a byte")
    func orderIndependent() throws {
        var reversed = CPIOArchive()
        for entry in try Self.sample().sortedEntries.reversed() { try reversed.add(entry) }
        #expect(reversed.serialized() == (try Self.sample().serialized()))
    }

    @Test("what GNU cpio wrote is read: dot, padding to a block, checksums", arguments: ["newc", "crc"])
    func peer(format: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("tree/dir/file", "content")
        try directory.write("names", ".\ndir\ndir/file\n")
        let answer = try attempt(
            "cpio", ["-o", "-H", format, "--quiet"], input: directory.path.appending("names"),
            directory: directory.path.appending("tree"))
        let reader = try CPIOReader(answer.output)
        #expect(reader.entries.map(\.path) == ["dir", "dir/file"])
        #expect(reader.entries.last?.content == .file(Array("content".utf8)))
        #expect(reader.uncompressedSizeInBytes == answer.output.count)
        if format == "crc" {
            let place = try #require(answer.output.firstRange(of: Array("content".utf8))?.lowerBound)
            var bad = answer.output
            bad[place] ^= 1
            #expect(throws: ImageError.malformedArchive(offset: place, .badChecksum)) { try CPIOReader(bad) }
        }
    }

    @Test("archives one after another are read, with zeros between, plain and compressed")
    func concatenated() throws {
        let one = try Self.sample().serialized()
        var other = CPIOArchive()
        try other.add(CPIOEntry(path: "other", content: .file([7]), permissions: 0o644))
        let two = try Zstandard.compress(other.serialized(), level: 1)
        let zeros = [UInt8](repeating: 0, count: 512)
        let reader = try CPIOReader(one + zeros + two + zeros)
        #expect(reader.entries.map(\.path) == (try Self.sample().sortedEntries.map(\.path)) + ["other"])
        #expect(reader.isCompressed)
        #expect(throws: ImageError.malformedArchive(offset: 0, .nestedCompression)) {
            try CPIOReader(Zstandard.compress(two))
        }
    }

    @Test("what a compressed archive may become is bounded")
    func bounded() throws {
        var archive = CPIOArchive()
        try archive.add(
            CPIOEntry(path: "zeros", content: .file([UInt8](repeating: 0, count: 1 << 20)), permissions: 0o644))
        let image = try Zstandard.compress(archive.serialized())
        #expect(image.count < 1024)
        #expect(
            throws: ImageError.compression(subject: "the archive at byte 0", .outputTooLarge(limitInBytes: 1 << 20))
        ) { try CPIOReader(image, limit: 1 << 20) }
        #expect(try CPIOReader(image, limit: 2 << 20).entries.count == 1)
    }

    @Test("every prefix of an archive is an error with where it ends")
    func prefixes() throws {
        let bytes = try Self.sample().serialized()
        // The last padding is optional: after the trailer nothing is asked for.
        let needed = bytes.count - 3
        for length in 0..<needed {
            #expect(throws: ImageError.malformedArchive(offset: lengthOfError(length, bytes), .truncated), "\(length)")
            {
                try CPIOReader(Array(bytes.prefix(length)))
            }
        }
    }

    /// A prefix that ends in a magic is reported where that magic starts.
    private func lengthOfError(_ length: Int, _ bytes: [UInt8]) -> Int {
        let magic = Array("070701".utf8)
        for start in max(0, length - 5)...max(0, length)
        where start % 4 == 0 && start < length && bytes[start..<min(start + 6, bytes.count)].elementsEqual(magic) {
            return start
        }
        return length
    }

    @Test("random flips are typed errors or other archives, never traps")
    func flips() throws {
        let bytes = try Self.sample().serialized()
        var random = SeededGenerator(seed: 0x5117)
        for _ in 0..<20_000 {
            var bad = bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bad[Int.random(in: 0..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            do throws(ImageError) { _ = try CPIOReader(bad) } catch { _ = error.description }
        }
    }

    @Test("a bad field is an error with its place")
    func badFields() throws {
        let bytes = try Self.sample().serialized()
        func failing(_ change: (inout [UInt8]) -> Void) -> ImageError? {
            var bad = bytes
            change(&bad)
            do throws(ImageError) { _ = try CPIOReader(bad) } catch { return error }
            return nil
        }
        func replace(_ offset: Int, _ text: String) -> (inout [UInt8]) -> Void {
            { $0.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8) }
        }
        #expect(failing(replace(0, "070707")) == .malformedArchive(offset: 0, .badMagic))
        #expect(failing(replace(0, "\u{1f}")) == .malformedArchive(offset: 0, .badMagic))
        #expect(
            failing { $0.replaceSubrange(0..<2, with: [0x1f, 0x8b]) }
                == .malformedArchive(offset: 0, .unsupportedCompression))
        #expect(failing(replace(6 + 8, "0000x1ed")) == .malformedArchive(offset: 14, .badHexadecimal))
        #expect(failing(replace(6 + 8 * 11, "00000000")) == .malformedArchive(offset: 110, .badNameLength(0)))
        #expect(failing(replace(6 + 8 * 11, "ffffffff")) == .malformedArchive(offset: 110, .badNameLength(0xffff_ffff)))
        #expect(failing(replace(6 + 8 * 6, "ffffffff")) == .malformedArchive(offset: bytes.count, .truncated))
        #expect(failing(replace(6 + 8 * 11, "00000001")) == .malformedArchive(offset: 110, .badName))
        #expect(
            failing(replace(6 + 8, "0000F1ED"))
                == .malformedArchive(offset: 0, .unknownFileType(mode: 0xf1ed)))
        #expect(failing(replace(6 + 8, "0000A1FF")) == .malformedArchive(offset: 112, .badLinkTarget))
    }

    @Test("an entry that an image cannot have is refused")
    func refused() throws {
        var archive = try Self.sample()
        func failing(_ path: String, _ content: CPIOEntry.Content = .file([])) -> ImageError? {
            do throws(ImageError) {
                try archive.add(CPIOEntry(path: path, content: content, permissions: 0o644))
                return nil
            } catch { return error }
        }
        for path in ["", "/", "a//b", "a/", "./a", "a/../b", "..", "x\u{0}y", String(repeating: "x", count: 4096)] {
            guard case .unwritableEntry(_, .badPath) = failing(path) else {
                Issue.record("\(path) was taken")
                continue
            }
        }
        #expect(failing("init") == .unwritableEntry(path: "init", .occupied))
        #expect(failing("tmp") == .unwritableEntry(path: "tmp", .occupied))
        #expect(failing("init/x") == .unwritableEntry(path: "init/x", .parentIsNoDirectory))
        #expect(failing("link", .symbolicLink("")) == .unwritableEntry(path: "link", .badLinkTarget))
        #expect(archive == (try Self.sample()))
    }
}
