import Documents
import Glibc
import Kernel
import Platform
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite("Recording and replay")
struct RecorderTests {
    static let facts = ReadingVerb("platform facts") { try JSONText.encode(PlatformFacts(reading: $0.root)) }

    private func populate(_ directory: borrowing TemporaryDirectory) throws {
        try directory.write("sys/class/dmi/id/sys_vendor", "Amazon EC2\n")
        try directory.write("sys/class/dmi/id/product_serial", "ec2-secret-serial\n")
        try directory.write("sys/class/dmi/id/product_uuid", "ec2e1916-9099-7caf-fd21-012345abcdef\n")
        try directory.write("proc/cmdline", "quiet slipway.token=hunter2 keymap=us\n")
        try directory.write("proc/1/environ", "HOME=/root\u{0}API=hunter2\u{0}container=lxc\u{0}")
        try directory.write("proc/sys/kernel/osrelease", "6.1.0-test\n")
        try directory.write("sys/devices/eth0/address", "02:00:00:00:00:01\n")
        try directory.write("sys/class/net/.keep", "")
        #expect(unsafe symlink("../../devices/eth0", "\(directory.path)/sys/class/net/eth0") == 0)
    }

    @Test("every reading comes back: bytes, names, targets and each errno")
    func readings() throws {
        let directory = try TemporaryDirectory()
        try populate(directory)
        let files = RecordingFiles(before: LiveFiles(prefix: directory.path))
        let host = HostRoot(directory: directory.path).reading(through: files)
        let names = try host.entries(of: "/sys/class/net")
        let target = try host.linkTarget(of: "/sys/class/net/eth0")
        let bytes = try host.contents(of: "/sys/class/net/eth0/address")
        #expect(throws: OSError.self) { try host.contents(of: "/sys/class/net") }
        #expect(throws: OSError.self) { try host.entries(of: "/proc/cmdline") }
        #expect(throws: OSError.self) { try host.linkTarget(of: "/proc/cmdline") }
        #expect(throws: OSError.self) { try host.contents(of: "/nonesuch") }
        let recording = Recording(
            manifest: RecordingManifest(kernel: "", date: "", planes: ["files"], redacted: []), files: files.plane,
            answers: [:])
        let replayed = try Recording(archive: recording.archive()).replay().host.root
        #expect(try replayed.entries(of: "/sys/class/net") == names)
        #expect(try replayed.linkTarget(of: "/sys/class/net/eth0") == target)
        #expect(try replayed.contents(of: "/sys/class/net/eth0/address") == bytes)
        #expect(throws: OSError(operation: "read", errno: .isDirectory, subject: "/sys/class/net")) {
            try replayed.contents(of: "/sys/class/net")
        }
        #expect(throws: OSError(operation: "openat2", errno: .notDirectory, subject: "/proc/cmdline")) {
            try replayed.entries(of: "/proc/cmdline")
        }
        #expect(throws: OSError(operation: "openat2", errno: .noSuchFileOrDirectory, subject: "/nonesuch")) {
            try replayed.contents(of: "/nonesuch")
        }
        #expect(!replayed.isLive && replayed.path("/proc") == nil)
    }

    @Test("what was never recorded is told apart from what was not there")
    func unrecorded() throws {
        var plane = FilePlane()
        plane.bodies["/cut"] = .init(bytes: [1, 2, 3, 4], isTruncated: true)
        let files = ReplayFiles(plane)
        let host = HostRoot(replaying: files)
        #expect(throws: OSError(operation: "replay", errno: .noData, subject: "/never")) {
            try host.contents(of: "/never")
        }
        #expect(throws: OSError(operation: "replay", errno: .noData, subject: "/dir")) { try host.entries(of: "/dir") }
        #expect(try host.contents(of: "/cut", limit: 4) == [1, 2, 3, 4])
        #expect(try host.contents(of: "/cut", limit: 2) == [1, 2])
        #expect(files.unanswered == ["/dir", "/never"])
        #expect(throws: OSError(operation: "replay", errno: .noData, subject: "/cut")) {
            try host.contents(of: "/cut", limit: 5)
        }
        #expect(files.unanswered == ["/cut", "/dir", "/never"])
    }

    @Test("a recording of a tree replays its answers byte for byte, without its secrets")
    func tree() throws {
        let directory = try TemporaryDirectory()
        try populate(directory)
        let recording = try Recorder().record(
            [Self.facts], of: Host(directory: directory.path), date: 1_767_323_045)
        let archive = try recording.archive()
        #expect(!String(decoding: archive, as: UTF8.self).contains("hunter2"))
        #expect(recording.manifest.redacted == ["/proc/1/environ", "/proc/cmdline"])
        #expect(recording.manifest.kernel == "6.1.0-test")
        #expect(recording.manifest.date == "2026-01-02T03:04:05Z")
        let read = try Recording(archive: archive)
        let answer = try #require(read.answers["platform facts"])
        #expect(try Self.facts.answer(read.replay().host) + "\n" == answer)
        #expect(answer.contains("quiet slipway.token=<redacted> keymap=us"))
        #expect(answer.contains("ec2-secret-serial"))
        #expect(answer.contains(#""container" : true"#))
    }

    @Test("serial numbers go on request")
    func serials() throws {
        let directory = try TemporaryDirectory()
        try populate(directory)
        let recording = try Recorder(redaction: .secretsAndSerialNumbers).record(
            [Self.facts], of: Host(directory: directory.path), date: 0)
        let text = String(decoding: try recording.archive(), as: UTF8.self)
        #expect(!text.contains("ec2-secret-serial") && !text.contains("ec2e1916"))
        #expect(recording.manifest.redacted.contains("/sys/class/dmi/id/product_serial"))
        #expect(recording.answers["platform facts"]?.contains(#""product_serial" : "<redacted>""#) == true)
    }

    @Test("this machine's own facts replay byte for byte")
    func live() throws {
        let recording = try Recorder().record([Self.facts], of: .live, date: 0)
        let read = try Recording(archive: recording.archive())
        #expect(read == recording)
        let replay = try read.replay()
        #expect(try Self.facts.answer(replay.host) + "\n" == read.answers["platform facts"])
        #expect(replay.unanswered == [])
        #expect(read.manifest.kernel == (try HostRoot.live.text("/proc/sys/kernel/osrelease")))
    }

    @Test("a verb that fails is in the manifest, and the others are whole")
    func failing() throws {
        let failing = ReadingVerb("efi list") { try $0.root.text("/nonesuch") }
        let recording = try Recorder().record([failing, Self.facts], of: .live, date: 0)
        #expect(recording.manifest.failed == ["efi list": "open /nonesuch: No such file or directory"])
        #expect(recording.answers.keys.sorted() == ["platform facts"])
        for names in [["../x"], ["a b", "a-b"], [""]] {
            #expect(throws: RecordingError.self) {
                try Recorder().record(names.map { ReadingVerb($0) { _ in "" } }, of: .live, date: 0)
            }
        }
    }

    @Test(
        "words that look like credentials lose their values",
        arguments: [
            ("a=b token=x", "a=b token=<redacted>"), ("slipway.config-inline=YQ==", "slipway.config-inline=<redacted>"),
            ("rd.luks.key=/k quiet", "rd.luks.key=<redacted> quiet"),
            ("\"password=a b\" ro", "\"password=<redacted>\" ro"), ("db_secret=\"a b\" ro", "db_secret=<redacted> ro"),
            ("keymap=us keyboard=de", "keymap=us keyboard=de"), ("-- --token abc --x", "-- --token <redacted> --x"),
            ("u=http://me:pw@host/x?a=@", "u=http://<redacted>@host/x?a=@"), ("--auth-required a", "--auth-required a"),
            ("systemd.set_credential=a:b", "systemd.set_credential=<redacted>"), ("WG_PSK=x", "WG_PSK=<redacted>"),
        ])
    func credentials(text: String, expected: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("proc/cmdline", text + "\n")
        let verb = ReadingVerb("cmdline") { try $0.root.text("/proc/cmdline") }
        let recording = try Recorder().record([verb], of: Host(directory: directory.path), date: 0)
        #expect(recording.answers["cmdline"] == expected + "\n")
        #expect(recording.manifest.redacted == (text == expected ? [] : ["/proc/cmdline"]))
    }

    @Test("readings from many threads are all kept")
    func threads() async throws {
        let directory = try TemporaryDirectory()
        for index in 0..<64 { try directory.write("f\(index)", "\(index)") }
        let files = RecordingFiles(before: LiveFiles(prefix: directory.path))
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<64 {
                group.addTask { _ = try? files.contents(of: FilePath("/f\(index)"), limit: 10) }
            }
        }
        #expect(files.plane.bodies.count == 64)
    }
}
