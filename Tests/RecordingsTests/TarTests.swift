import Glibc
import Kernel
import Recordings
import SystemPackage
import TestSupport
import Testing

/// What GNU tar says, as the judge.
private func tar(_ arguments: String...) throws -> (status: ChildProcess.Status?, output: String) {
    var pipe = try DescriptorPair.pipe()
    let read = try pipe.takeFirst()
    let write = try pipe.takeSecond()
    var options = ChildProcess.Options()
    options.descriptors = [-1, write.rawValue, write.rawValue]
    options.environment = ["LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"]
    let child = try ChildProcess.spawn("/bin/tar", ["tar"] + arguments, options)
    _ = consume write
    let output = try read.readAll(limit: 1 << 20)
    return (try child.wait(until: Deadline(in: .seconds(20))), String(decoding: output, as: UTF8.self))
}

@Suite("A recording's archive")
struct TarTests {
    static let long = "/sys/devices/" + String(repeating: "pci0000:00/", count: 12) + "name"

    static func sample() -> Recording {
        var files = FilePlane()
        files.bodies["/proc/cmdline"] = .init(bytes: Array("quiet\n".utf8))
        files.bodies["/empty"] = .init(bytes: [])
        files.bodies[long] = .init(bytes: Array("long\n".utf8), isTruncated: true)
        files.bodies["/sys/é"] = .init(bytes: [UInt8](repeating: 0xff, count: 512))
        files.bodies["/sys/a"] = .init(bytes: [1])
        files.bodies["/sys/a/b"] = .init(bytes: [2])
        files.bodies["/sys/../etc/passwd"] = .init(bytes: [3])
        files.directories["/sys"] = ["a", "é"]
        files.links["/sys/class/net/eth0"] = "../../devices/eth0"
        files.bodies["/sys/class/net/eth0/address"] = .init(bytes: [4])
        files.failures[.init(.contents, "/nope")] = OSError(
            operation: "open", errno: .noSuchFileOrDirectory, subject: "/nope")
        let manifest = RecordingManifest(
            kernel: "6.1.0", date: "2026-01-02T03:04:05Z", planes: ["files"], redacted: ["/proc/cmdline"],
            answered: ["platform facts"])
        return Recording(
            manifest: manifest, files: files, answers: ["platform facts": "{}\n"], modificationTime: 1_767_323_045)
    }

    @Test("what was written reads back the same, and is the same bytes again")
    func roundTrip() throws {
        let archive = try Self.sample().archive()
        #expect(try Recording(archive: archive) == Self.sample())
        #expect(try Self.sample().archive() == archive)
    }

    @Test("GNU tar lists and unpacks it, and what GNU tar packs reads back")
    func judge() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("node.slipway")
        try Self.sample().write(to: path)
        let list = try tar("-tvf", path.string)
        #expect(list.status == .exited(0))
        let lines = list.output.split(separator: "\n")
        #expect(lines.first?.contains("2026-01-02 03:04 manifest.json") == true)
        #expect(lines.allSatisfy { $0.hasPrefix("-rw-r--r-- root/root") })
        #expect(list.output.contains("files\(Self.long)"))
        try directory.write("out/.keep", "")
        let out = directory.path.appending("out")
        #expect(try tar("-xf", path.string, "-C", out.string).status == .exited(0))
        let unpacked = HostRoot(directory: out.appending("files"))
        #expect(try unpacked.text("/proc/cmdline") == "quiet")
        #expect(try unpacked.text(FilePath(Self.long)) == "long")
        for format in ["gnu", "pax", "ustar"] {
            let again = directory.path.appending("again")
            let packed = try tar(
                "-cf", again.string, "--format=\(format)", "-C", out.string, "./manifest.json", "files.json", "files",
                "other",
                "answers")
            #expect(packed.status == .exited(0), "\(packed.output)")
            #expect(try Recording(reading: again).files == Self.sample().files)
        }
    }

    @Test("every prefix is an error with its place")
    func prefixes() throws {
        let archive = try Self.sample().archive()
        for count in archive.indices {
            #expect(throws: RecordingError.self) { try Recording(archive: Array(archive.prefix(count))) }
        }
    }

    @Test("flipped bits are read or refused, never a trap; in a header they are refused")
    func flips() throws {
        let archive = try Self.sample().archive()
        var random = SeededGenerator(seed: 20_261_123)
        for _ in 0..<2000 {
            var changed = archive
            let position = Int(random.next() % UInt64(archive.count))
            changed[position] ^= 1 << UInt8(random.next() % 8)
            _ = try? Recording(archive: changed)
        }
        for position in 0..<512 where !(148..<156).contains(position) {
            var changed = archive
            changed[position] ^= 1
            #expect(throws: RecordingError.self) { try Recording(archive: changed) }
        }
    }

    @Test("a name that leaves the folder, a link, a double and a lie about the length are typed errors")
    func hostile() throws {
        let directory = try TemporaryDirectory()
        try directory.write("in/manifest.json", "{}")
        try directory.write("in/b", "b")
        let inside = directory.path.appending("in").string
        let out = directory.path.appending("bad").string
        func kind(_ arguments: String...) throws -> RecordingError.Kind? {
            var all = ["-cf", out, "-C", inside]
            all += arguments
            let result = try tarList(all)
            #expect(result == .exited(0))
            do {
                _ = try Recording(reading: FilePath(out))
                return nil
            } catch { return error.kind }
        }
        #expect(try kind("-P", "--transform=s,^b,../b,", "manifest.json", "b") == .unsafeName("../b"))
        #expect(try kind("-P", "--transform=s,^b,/b,", "manifest.json", "b") == .unsafeName("/b"))
        #expect(try kind("--transform=s,^b,manifest.json,", "manifest.json", "b") == .duplicateName("manifest.json"))
        #expect(unsafe symlink("b", "\(inside)/l") == 0)
        #expect(try kind("manifest.json", "l") == .unsupportedType(UInt8(ascii: "2")))
        #expect(try kind("b") == .missingMember("manifest.json"))
        #expect(throws: RecordingError(.notTar, offset: 0)) {
            try Recording(archive: [UInt8](repeating: 1, count: 512))
        }
        #expect(throws: RecordingError(.truncated, offset: 0)) { try Recording(archive: []) }
    }

    private func tarList(_ arguments: [String]) throws -> ChildProcess.Status? {
        try ChildProcess.spawn("/bin/tar", ["tar"] + arguments).wait(until: Deadline(in: .seconds(20)))
    }

    @Test("a member longer than the limit is refused by its header")
    func tooLong() throws {
        var archive = try Self.sample().archive()
        // The first header's size becomes 8 GiB less one, its checksum with it.
        archive.replaceSubrange(124..<136, with: Array("77777777777\u{0}".utf8))
        archive.replaceSubrange(148..<156, with: Array("        ".utf8))
        let sum = archive.prefix(512).reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        archive.replaceSubrange(
            148..<156, with: Array((String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ").utf8))
        #expect(throws: RecordingError(.tooLarge(limit: 64 << 20), offset: 0)) { try Recording(archive: archive) }
    }

    @Test("a recording of another version is refused")
    func version() throws {
        var recording = Self.sample()
        recording.manifest.version = 2
        let archive = try recording.archive()
        #expect(throws: RecordingError(.unknownVersion(2), offset: 0)) { try Recording(archive: archive) }
    }

    @Test("writing leaves no part behind, and a file that was there is replaced whole")
    func atomic() throws {
        let directory = try TemporaryDirectory()
        try directory.write("node.slipway", "old")
        try Self.sample().write(to: directory.path.appending("node.slipway"))
        #expect(try LiveFiles().entries(of: directory.path) == ["node.slipway"])
        #expect(throws: RecordingError.self) {
            try Self.sample().write(to: directory.path.appending("no/node.slipway"))
        }
        // A directory cannot be replaced by a file: the temporary name goes again.
        try directory.write("dir/x", "")
        #expect(throws: RecordingError.self) { try Self.sample().write(to: directory.path.appending("dir")) }
        #expect(try LiveFiles().entries(of: directory.path) == ["dir", "node.slipway"])
    }
}
