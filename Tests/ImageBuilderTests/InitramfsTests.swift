import Compression
import Documents
import Glibc
import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Initramfs")
struct InitramfsTests {
    /// A program of the machine that is linked dynamically and says who it is.
    private static let program: FilePath = "/usr/bin/kmod"

    private static func options(_ initProgram: FilePath = program) -> InitramfsOptions {
        var options = InitramfsOptions(initProgram: initProgram)
        options.level = 1
        options.version = "1.2.3"
        return options
    }

    @Test("an image has the ground that the kernel and the init stand on")
    func ground() throws {
        let directory = try TemporaryDirectory()
        let output = directory.path.appending("initramfs")
        let report = try InitramfsBuilder(Self.options()).build(to: output)
        let image = try LiveFiles().contents(of: output, limit: 1 << 30)
        #expect(report.compressedSizeInBytes == image.count)
        let plain = try attempt("zstd", ["-dqc", output.string]).output
        #expect(report.uncompressedSizeInBytes == plain.count)
        let listing = try CPIOTests.listing(plain)
        #expect(report.entryCount == listing.count)
        func line(_ mode: String, _ size: String, _ path: String) -> Bool {
            listing.contains { $0[0] == mode && $0[2] == size && $0[3] == path }
        }
        for path in ["proc", "sys", "dev", "run", "etc", "sbin"] { #expect(line("drwxr-xr-x", "0", path), "\(path)") }
        #expect(line("drwxrwxrwt", "0", "tmp"))
        #expect(line("crw-------", "5,1", "dev/console"))
        #expect(line("crw-rw-rw-", "1,3", "dev/null"))
        #expect(line("crw-------", "1,11", "dev/kmsg"))
        #expect(line("lrwxrwxrwx", "5", "sbin/modprobe -> /init"))
        #expect(line("lrwxrwxrwx", "5", "sbin/slipway -> /init"))
        #expect(line("-rw-r--r--", "22", "etc/slipway-release"))
        #expect(listing.contains { $0[0] == "-rwxr-xr-x" && $0[3] == "init" })
    }

    @Test(
        "what the image holds runs in it, its included programs as well",
        .enabled(if: geteuid() == 0, "needs root for chroot"))
    func runs() throws {
        let directory = try TemporaryDirectory()
        var options = Self.options("/usr/bin/cpio")
        options.include = [
            .init(hostPath: "/usr/bin/kmod", imagePath: "/usr/bin/kmod"),
            .init(hostPath: "/etc/passwd", imagePath: "/etc/accounts"),
        ]
        let report = try InitramfsBuilder(options).build(to: directory.path.appending("image"))
        #expect(report.libraries.contains { $0.path.hasSuffix("/libgcc_s.so.1") })
        try directory.write("plain", try attempt("zstd", ["-dqc", "\(directory.path)/image"]).output)
        try directory.write("root/keep", "")
        let root = directory.path.appending("root")
        let unpacked = try attempt(
            "cpio", ["-id", "--quiet"], input: directory.path.appending("plain"), directory: root)
        #expect(unpacked.status == .exited(0), "\(unpacked.errors)")
        let version = try attempt("chroot", [root.string, "/init", "--version"])
        #expect(version.text.hasPrefix("cpio (GNU cpio)"), "\(version.errors)")
        let other = try attempt("chroot", [root.string, "/usr/bin/kmod", "--version"])
        #expect(other.text.hasPrefix("kmod version"), "\(other.errors)")
        #expect(
            try LiveFiles().contents(of: root.appending("etc/accounts"), limit: 1 << 20)
                == LiveFiles().contents(of: "/etc/passwd", limit: 1 << 20))
    }

    @Test("the inspection lists what cpio lists")
    func inspection() throws {
        let directory = try TemporaryDirectory()
        let output = directory.path.appending("image")
        let report = try InitramfsBuilder(Self.options()).build(to: output)
        let inspection = try InitramfsInspection(reading: output)
        let plain = try attempt("zstd", ["-dqc", output.string]).output
        let theirs = try CPIOTests.listing(plain).map { "/" + ($0[3].split(separator: " ").first ?? "") }
        #expect(inspection.entries.map(\.path) == theirs)
        #expect(inspection.compression == "zstd")
        #expect(inspection.uncompressedSizeInBytes == plain.count)
        #expect(inspection.compressedSizeInBytes == report.compressedSizeInBytes)
        #expect(inspection.counts["char"] == 3)
        let console = try #require(inspection.entries.first { $0.path == "/dev/console" })
        #expect(console.type == "char" && console.mode == "0600" && console.device == "5:1")
        #expect(inspection.entries.first { $0.path == "/sbin/modprobe" }?.target == "/init")
        let bare = try InitramfsInspection(plain)
        #expect(bare.compression == "none" && bare.entries == inspection.entries)
        #expect(try JSONText.encode(inspection, as: .line).contains(#""compressed_bytes":"#))
        #expect(try JSONText.encode(report, as: .line).contains(#""missing_firmware":[]"#))
    }

    @Test("two builds are the same bytes, whatever the time and the number of workers")
    func deterministic() throws {
        let directory = try TemporaryDirectory()
        let copy = directory.path.appending("kmod")
        try directory.write("kmod", LiveFiles().contents(of: Self.program, limit: 1 << 30))
        var images: [[UInt8]] = []
        for (workers, source) in [(1, Self.program), (3, Self.program), (2, copy)] {
            var options = Self.options(source)
            options.workers = workers
            _ = try InitramfsBuilder(options).build(to: directory.path.appending("image"))
            images.append(try LiveFiles().contents(of: directory.path.appending("image"), limit: 1 << 30))
        }
        #expect(Set(images).count == 1)
    }

    @Test("a failure leaves what was there, and nothing beside it")
    func atomic() throws {
        let directory = try TemporaryDirectory()
        try directory.write("image", "as before")
        try directory.write("holds/something", "")
        let output = directory.path.appending("image")
        let missing = InitramfsOptions(initProgram: "/nonesuch")
        #expect(throws: ImageError.self) { try InitramfsBuilder(missing).build(to: output) }
        var level = Self.options()
        level.level = 20
        #expect(throws: ImageError.unsupportedLevel(20)) { try InitramfsBuilder(level).build(to: output) }
        let script = Self.options("/etc/passwd")
        #expect(throws: ImageError.malformedELF(file: "/etc/passwd", offset: 0, .noMagic)) {
            try InitramfsBuilder(script).build(to: output)
        }
        // A directory that is not empty cannot be replaced: the last step of all fails.
        #expect(throws: ImageError.self) {
            try InitramfsBuilder(Self.options()).build(to: directory.path.appending("holds"))
        }
        #expect(try HostRoot(directory: directory.path).text("/image") == "as before")
        #expect(try LiveFiles().entries(of: directory.path) == ["holds", "image"])
        _ = try InitramfsBuilder(Self.options()).build(to: output)
        #expect(try LiveFiles().entries(of: directory.path) == ["holds", "image"])
    }

    @Test("an inclusion that hides something of ours is refused")
    func conflict() throws {
        let directory = try TemporaryDirectory()
        for path in ["/init", "/sbin/modprobe", "/dev/null", "/proc"] as [FilePath] {
            var options = Self.options()
            options.include = [.init(hostPath: "/etc/passwd", imagePath: path)]
            #expect(throws: ImageError.unwritableEntry(path: String(path.string.dropFirst()), .occupied)) {
                try InitramfsBuilder(options).build(to: directory.path.appending("image"))
            }
        }
    }
}
