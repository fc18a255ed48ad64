import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Images on the command line")
struct ImageVerbTests {
    @Test("two builds are byte-identical; the image is the init and what it needs, and no test's agent")
    func twice() throws {
        let directory = try TemporaryDirectory()
        for name in ["one", "two"] {
            let outcome = try slipway("image build --level 1 --json -o \(directory.path)/\(name)")
            #expect(outcome.status == .exited(0), "\(outcome.errors)")
        }
        #expect(try attempt("cmp \(directory.path)/one \(directory.path)/two").isSuccess)
        #expect(try HostRoot.live.entries(of: directory.path) == ["one", "two"])
        let inspection = try slipway("image inspect --json \(directory.path)/one").document
        let entries = inspection["entries"]?.array ?? []
        func entry(_ path: String) -> JSONValue? { entries.first { $0["path"]?.string == path } }
        #expect(entry("/init")?["type"] == "file" && entry("/init")?["mode"] == "0755")
        let program = try builtProduct(named: "slipway")
        let size = try run("stat -c %s \(program)").text.split(separator: "\n").first.map { String($0) }
        #expect(entry("/init")?["size_bytes"]?.integer.map { "\($0)" } == size)
        #expect(entry("/sbin/modprobe") != nil)
        #expect(entry("/dev/console")?["type"] == "char" && entry("/dev/console")?["device"] == "5:1")
        let paths = entries.compactMap { $0["path"]?.string }
        #expect(!paths.contains { $0.contains("agent") || $0.contains("metadata-server") }, "\(paths)")
        // GNU cpio's view of the same archive.
        let theirs = try attempt("sh", ["-c", "zstd -dqc \(directory.path)/one | cpio -t --quiet"]).lines
        #expect(
            Set(theirs.filter { $0 != "." }.map { $0.hasPrefix("/") ? $0 : "/\($0)" })
                == Set(paths.filter { $0 != "/" }))
    }

    @Test("an image that cannot be written, or built, is exit 1 in one line and leaves nothing")
    func unwritable() throws {
        let directory = try TemporaryDirectory()
        try directory.write("file", "")
        let arguments = [
            ["-o", "/nonesuch/image"], ["-o", "\(directory.path)/file/image"], ["-o", "\(directory.path)"],
            ["-o", "\(directory.path)/image", "--program", "/nonesuch"],
            ["-o", "\(directory.path)/image", "--include", "/nonesuch"],
            ["-o", "\(directory.path)/image", "--modules", "ext4", "--module-tree", "/nonesuch"],
        ]
        for words in arguments {
            expectOneLine(try slipway(["image", "build", "--level", "1"] + words), exit: 1, words[1])
        }
        #expect(try HostRoot.live.entries(of: directory.path) == ["file"])
    }

    @Test("an image that is none, or is not there, is exit 1 in one line")
    func inspect() throws {
        let directory = try TemporaryDirectory()
        try directory.write("noise", "noise\nof lines\n")
        for name in ["noise", "nonesuch"] {
            expectOneLine(try slipway("image inspect \(directory.path)/\(name)"), exit: 1, name)
        }
    }
}
