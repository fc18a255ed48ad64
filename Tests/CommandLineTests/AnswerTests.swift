import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

/// Runs the binary that ships.
private func slipway(_ arguments: String) throws -> CommandOutput {
    try attempt("\(try builtProduct(named: "slipway")) \(arguments)", timeout: .seconds(120))
}

@Suite("The command line")
struct AnswerTests {
    @Test(
        "each noun explains itself",
        arguments: ["platform", "link", "disk", "module", "image", "boot", "record", "vm", "bring-up"])
    func help(noun: String) throws {
        let answer = try slipway("\(noun) --help")
        #expect(answer.isSuccess && answer.text.contains("slipway \(noun)") && answer.errors.isEmpty)
    }

    @Test(
        "a wrong use is one clear line on stderr, exit 2 or 1, and nothing on stdout",
        arguments: [
            ("vm run --disk foo:8G", 2, "virtio, nvme, ahci"), ("vm run --disk virtio:8X", 2, "512M"),
            ("vm run --disk nvme:8G:1000", 2, "4096"), ("vm run --kernel nosuch", 2, "cloud, generic"),
            ("vm run --memory 9Z", 2, "512M"), ("vm run --cache /nonesuch", 1, "Scripts/kernel"),
            ("vm run --image /nonesuch", 1, "image build"),
            ("platform detect --replay /etc/passwd", 1, "slipway record"),
            ("platform detect --replay /nonesuch", 1, "slipway record"),
            ("platform detect --root /nonesuch", 2, "directory"),
            ("link list --root /tmp", 2, "--root"), ("module coldplug --root /tmp", 2, "--root"),
            ("platform metadata --endpoint nonsense", 2, "http://ADDRESS"),
            ("platform metadata --platform gcp", 4, "aws"),
            ("boot timeline --from /nonesuch", 4, "make run"),
            ("boot timeline --from /etc/passwd", 1, "no boot record"),
            ("image inspect /etc/passwd", 1, "/etc/passwd"),
            ("image build --output /nonesuch/x --level 1", 1, "/nonesuch"),
            ("bring-up", 3, "--plan"), ("bring-down", 3, "SIGUSR2"),
        ])
    func refusals(arguments: String, status: Int32, hint: String) throws {
        let answer = try slipway(arguments)
        #expect(answer.status == .exited(status))
        #expect(answer.output.isEmpty)
        let lines = answer.errors.split(separator: "\n").filter { !$0.hasPrefix("==>") }
        #expect(lines.count == 1 && lines.first?.hasPrefix("slipway: ") == true, "\(answer.errors)")
        #expect(answer.errors.contains(hint), "\(answer.errors)")
    }

    @Test(
        "with --json an error is a document with all five keys",
        arguments: ["nosuch", "vm run --disk x", "boot timeline --from /n"])
    func jsonErrors(arguments: String) throws {
        let answer = try slipway("\(arguments) --json")
        #expect(answer.output.isEmpty)
        let last = answer.errors.split(separator: "\n").last.map(String.init) ?? ""
        let error = try JSONText.decode(JSONValue.self, from: Array(last.utf8))["error"]?.object ?? [:]
        #expect(error.keys.sorted() == ["errno", "hint", "message", "operation", "subject"])
    }

    @Test("a recording answers byte for byte what it holds, also to who has no privilege")
    func replay() throws {
        let scratch = try TemporaryDirectory()
        let file = scratch.path.appending("node.slipway")
        #expect(try slipway("record -o \(file)").isSuccess)
        try run("/usr/bin/tar -xf \(file) -C \(scratch.path)")
        try run("/usr/bin/chmod 644 \(file)")
        try run("/usr/bin/chmod 755 \(scratch.path)")
        // Where anybody may run it: a checkout can be in a directory of root's own.
        let copy = scratch.path.appending("slipway")
        try run("/usr/bin/cp \(try builtProduct(named: "slipway")) \(copy)")
        let nobody = "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups \(copy)"
        for verb in ["detect", "facts"] {
            let path = scratch.path.appending("answers/platform-\(verb).json")
            let stored = try LiveFiles().contents(of: path, limit: 1 << 20)
            #expect(try slipway("platform \(verb) --replay \(file) --json").output == stored)
            #expect(try run("\(nobody) platform \(verb) --replay \(file) --json").output == stored)
            #expect(!stored.isEmpty)
        }
    }

    @Test("the same inputs make the same image, with the init and modprobe in it and no test agent")
    func image() throws {
        let scratch = try TemporaryDirectory()
        let images = ["a", "b"].map { scratch.path.appending($0) }
        for image in images { #expect(try slipway("image build -o \(image) --level 1").isSuccess) }
        let bytes = try images.map { try LiveFiles().contents(of: $0, limit: 64 << 20) }
        #expect(bytes[0] == bytes[1] && !bytes[0].isEmpty)
        let listing = try slipway("image inspect \(images[0]) --json")
        let paths = try JSONText.decode(JSONValue.self, from: listing.output)["entries"]?.array?.compactMap {
            $0["path"]?.string
        }
        let names = Set((paths ?? []).compactMap { $0.split(separator: "/").last.map(String.init) })
        #expect(names.isSuperset(of: ["init", "modprobe", "console", "libgcc_s.so.1"]))
        #expect(!names.contains { $0.contains("agent") })
    }

    @Test("metadata is whole on stdout, or nothing is")
    func metadata() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("tree/latest/meta-data/instance-id", "i-0")
        let server = try MetadataServer(serving: scratch.path.appending("tree"), scratch: scratch.path)
        // The region and more are missing: waited for, then the deadline's exit.
        let answer = try slipway(
            "platform metadata --platform aws --endpoint http://127.0.0.1:\(server.port) --timeout 2 --json")
        #expect(answer.status == .exited(5) && answer.output.isEmpty)
        #expect(answer.errors.contains("every instance has"))
        try server.stop()
    }

    @Test("the plan of the bring-up has its nine tasks")
    func plan() throws {
        let answer = try slipway("bring-up --plan --json")
        let tasks = try JSONText.decode(JSONValue.self, from: answer.output).array ?? []
        #expect(
            tasks.compactMap { $0["name"]?.string } == [
                "uevents", "modules", "links", "lease", "platform", "metadata", "hostname", "disks", "summary",
            ])
    }
}
