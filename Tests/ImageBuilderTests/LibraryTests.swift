import Glibc
import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("ELF objects and their libraries")
struct LibraryTests {
    static let emulator = "/usr/bin/qemu-system-x86_64"

    @Test("ldd finds the same libraries", arguments: ["/usr/bin/qemu-system-x86_64", "/usr/bin/cpio", "/usr/bin/kmod"])
    func lddAgrees(program: String) throws {
        try #require(unsafe access(program, R_OK) == 0)
        var closure = LibraryClosure()
        try closure.add(
            LiveFiles().contents(of: FilePath(program), limit: 1 << 30), hostPath: FilePath(program), imagePath: "/init"
        )
        // "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)", "/lib64/ld-linux-x86-64.so.2 (0x…)"; the vdso is no file.
        let theirs = try attempt("ldd", [program]).lines.compactMap { line -> String? in
            line.split(whereSeparator: \.isWhitespace).map(String.init).last { $0.hasPrefix("/") }
        }
        let ours = closure.libraries.map(\.hostPath.string)
        #expect(Set(theirs).subtracting(ours) == [])
        #expect(Set(ours).subtracting(theirs).allSatisfy { $0.hasSuffix("/libgcc_s.so.1") })
        #expect(Set(ours).count == ours.count)
        #expect(closure.libraries.contains { $0.imagePath.lastComponent == "libgcc_s.so.1" })
    }

    @Test("readelf says the same of a program's needs")
    func readelfAgrees() throws {
        let elf = try ELFFile(LiveFiles().contents(of: FilePath(Self.emulator), limit: 1 << 30), file: "qemu")
        let needed = try attempt("readelf", ["-dW", Self.emulator]).lines.filter { $0.contains("(NEEDED)") }
            .compactMap { $0.split(separator: "[").last.map { String($0.dropLast()) } }
        #expect(elf.needed == needed)
        #expect(!needed.isEmpty)
        let program = try attempt("readelf", ["-lW", Self.emulator]).text
        #expect(program.contains("interpreter: \(try #require(elf.interpreter))]"))
    }

    private static let loader = "/lib64/ld-linux-x86-64.so.2"

    /// A host with a loader, a C library, and what the test adds.
    private static func host(_ objects: [String: FakeELF]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(String(loader.dropFirst()), FakeELF(soname: "ld-linux-x86-64.so.2").bytes)
        try directory.write("lib/x86_64-linux-gnu/libc.so.6", FakeELF(soname: "libc.so.6").bytes)
        try directory.write("lib/x86_64-linux-gnu/libgcc_s.so.1", FakeELF(soname: "libgcc_s.so.1").bytes)
        for (path, object) in objects { try directory.write(path, object.bytes) }
        return directory
    }

    private static func closure(
        _ program: FakeELF, at path: FilePath = "/opt/app/bin/app", as image: FilePath = "/init",
        on host: borrowing TemporaryDirectory
    ) throws -> [String] {
        var closure = LibraryClosure(files: LiveFiles(prefix: host.path))
        try closure.add(program.bytes, hostPath: path, imagePath: image)
        return closure.libraries.map { "\($0.hostPath) \($0.imagePath)" }
    }

    @Test("a static program needs nothing")
    func staticProgram() throws {
        #expect(try Self.closure(FakeELF(), on: Self.host([:])) == [])
    }

    @Test("libgcc_s comes with the C library, and the interpreter where it is named")
    func byName() throws {
        let program = FakeELF(interpreter: Self.loader, needed: ["libc.so.6"])
        #expect(
            try Self.closure(program, on: Self.host([:])) == [
                "\(Self.loader) \(Self.loader)",
                "/lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libc.so.6",
                "/lib/x86_64-linux-gnu/libgcc_s.so.1 /lib/x86_64-linux-gnu/libgcc_s.so.1",
            ])
    }

    @Test("DT_RUNPATH is for its object alone, DT_RPATH for those below, and $ORIGIN moves with the program")
    func runPaths() throws {
        let host = try Self.host([
            "opt/app/lib/libone.so": FakeELF(needed: ["libtwo.so"]),
            "opt/app/lib/libtwo.so": FakeELF(),
        ])
        #expect(throws: ImageError.missingLibrary(name: "libtwo.so", neededBy: "/opt/app/lib/libone.so")) {
            try Self.closure(FakeELF(needed: ["libone.so"], runPath: "/nowhere:$ORIGIN/../lib"), on: host)
        }
        let inherited = FakeELF(needed: ["libone.so"], oldRunPath: "${ORIGIN}/../lib")
        #expect(
            try Self.closure(inherited, as: "/srv/bin/app", on: host) == [
                "/opt/app/lib/libone.so /srv/lib/libone.so", "/opt/app/lib/libtwo.so /srv/lib/libtwo.so",
            ])
    }

    @Test("what ld.so.conf lists is found first, and placed where a loader without a cache looks")
    func configuration() throws {
        let host = try Self.host([
            "usr/local/lib/libapp.so": FakeELF(soname: "libapp.so"),
            "lib/x86_64-linux-gnu/libapp.so": FakeELF(needed: ["libwrong.so"], soname: "libapp.so"),
            "srv/lib/libmore.so": FakeELF(),
        ])
        try host.write("etc/ld.so.conf", "# first\ninclude ld.so.conf.d/*.conf\n/srv/lib # more\n")
        try host.write("etc/ld.so.conf.d/local.conf", "/usr/local/lib\n")
        try host.write("etc/ld.so.conf.d/ignored.txt", "/opt/none\n")
        #expect(
            try Self.closure(FakeELF(needed: ["libapp.so", "libmore.so"]), on: host) == [
                "/usr/local/lib/libapp.so /lib/x86_64-linux-gnu/libapp.so",
                "/srv/lib/libmore.so /lib/x86_64-linux-gnu/libmore.so",
            ])
    }

    @Test("a configuration that includes itself ends")
    func selfInclusion() throws {
        let host = try Self.host([:])
        try host.write("etc/ld.so.conf", "include /etc/ld.so.conf\ninclude *.conf\n/lib\n")
        #expect(try Self.closure(FakeELF(needed: ["libc.so.6"]), on: host).count == 2)
    }

    @Test("a library of another machine is passed over, a missing one names who needs it")
    func missing() throws {
        let host = try Self.host([
            "lib/x86_64-linux-gnu/libx.so": FakeELF(machine: 183),
            "usr/lib/x86_64-linux-gnu/libx.so": FakeELF(needed: ["libgone.so"]),
            "usr/lib/x86_64-linux-gnu/libtext.so": FakeELF(needed: ["libc.so.6"]),
        ])
        #expect(
            throws: ImageError.missingLibrary(name: "libgone.so", neededBy: "/usr/lib/x86_64-linux-gnu/libx.so")
        ) { try Self.closure(FakeELF(needed: ["libx.so"]), on: host) }
        #expect(throws: ImageError.missingLibrary(name: "/lib/ld-none.so", neededBy: "/opt/app/bin/app")) {
            try Self.closure(FakeELF(interpreter: "/lib/ld-none.so"), on: host)
        }
    }

    @Test("arm64 searches its own directories, and one image is for one machine")
    func arm64() throws {
        let host = try Self.host([
            "usr/lib/aarch64-linux-gnu/libz.so.1": FakeELF(machine: 183, soname: "libz.so.1"),
            "usr/lib/x86_64-linux-gnu/libz.so.1": FakeELF(soname: "libz.so.1"),
        ])
        let program = FakeELF(machine: 183, needed: ["libz.so.1"])
        let place = "/usr/lib/aarch64-linux-gnu/libz.so.1"
        #expect(try Self.closure(program, on: host) == ["\(place) \(place)"])
        var closure = LibraryClosure(files: LiveFiles(prefix: host.path))
        try closure.add(program.bytes, hostPath: "/a", imagePath: "/a")
        #expect(throws: ImageError.malformedELF(file: "/b", offset: 18, .otherMachine(62))) {
            try closure.add(FakeELF().bytes, hostPath: "/b", imagePath: "/b")
        }
    }

    @Test("what is no 64-bit little-endian object is told apart")
    func otherObjects() throws {
        func failing(_ change: (inout [UInt8]) -> Void) -> ImageError? {
            var bytes = FakeELF(needed: ["libc.so.6"]).bytes
            change(&bytes)
            do throws(ImageError) { _ = try ELFFile(bytes, file: "x") } catch { return error }
            return nil
        }
        #expect(failing { $0[4] = 1 } == .malformedELF(file: "x", offset: 4, .unsupportedKind))
        #expect(failing { $0[5] = 2 } == .malformedELF(file: "x", offset: 4, .unsupportedKind))
        #expect(failing { $0[0] = 0 } == .malformedELF(file: "x", offset: 0, .noMagic))
        #expect(failing { _ in } == nil)
    }

    @Test("every prefix of an object and random flips are typed errors or other objects, never traps")
    func malformed() throws {
        let bytes = FakeELF(
            interpreter: Self.loader, needed: ["liba.so", "libb.so"], runPath: "$ORIGIN", soname: "libx.so"
        ).bytes
        for length in 0..<bytes.count {
            do throws(ImageError) { _ = try ELFFile(Array(bytes.prefix(length)), file: "x") } catch {
                if case .malformedELF = error { continue }
                Issue.record("\(error)")
            }
        }
        var random = SeededGenerator(seed: 0xe1f)
        for _ in 0..<20_000 {
            var bad = bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bad[Int.random(in: 0..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            do throws(ImageError) { _ = try ELFFile(bad, file: "x") } catch { _ = error.description }
        }
    }
}
