import Compression
import Glibc
import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Initramfs with modules")
struct InitramfsModuleTests {
    private static func options(_ tree: FilePath, _ requests: [ModuleRequest]) -> InitramfsOptions {
        var options = InitramfsOptions(initProgram: "/usr/bin/kmod")
        options.level = 1
        options.modules = .init(tree: tree, requests: requests)
        return options
    }

    @Test("modprobe resolves the same in the image's filtered tree", .needsCloudKernel)
    func filtered() throws {
        let kernel = try #require(CachedKernel.cloud)
        let directory = try TemporaryDirectory()
        let requests: [ModuleRequest] = [.moduleClass(.storage), .moduleClass(.filesystems), .name("virtio-net")]
        let report = try InitramfsBuilder(Self.options(kernel.tree, requests)).build(
            to: directory.path.appending("image"))
        try directory.write("plain", try attempt("zstd", ["-dqc", "\(directory.path)/image"]).output)
        try directory.write("root/keep", "")
        let root = directory.path.appending("root")
        let unpacked = try attempt(
            "cpio", ["-id", "--quiet", "lib/modules/*"], input: directory.path.appending("plain"), directory: root)
        #expect(unpacked.status == .exited(0), "\(unpacked.errors)")
        #expect(report.kernel == kernel.version)
        #expect(report.modules.contains { $0.why == "dependency" && $0.by != nil })
        let asked = report.modules.filter { $0.why == "asked" }
        #expect(asked.count > 50)
        for (index, module) in asked.enumerated() where index % 4 == 0 || module.name == "btrfs" {
            let below = try KernelModuleTests.modprobe(module.name, root: root, version: kernel.version)
                .map { $0.dropFirst(root.string.count) }
            let whole = try KernelModuleTests.modprobe(module.name, root: kernel.root, version: kernel.version)
                .map { $0.dropFirst(kernel.root.string.count) }
            #expect(below == whole, "\(module.name)")
        }
        // An alias and a builtin, through the binary indexes too.
        let alias = "virtio:d00000001v00001AF4"
        let below = try KernelModuleTests.modprobe(alias, root: root, version: kernel.version)
        #expect(below.last?.hasSuffix("/virtio_net.ko") == true)
        #expect(try KernelModuleTests.modprobe("ext4", root: root, version: kernel.version) == [])
        let inspection = try InitramfsInspection(reading: directory.path.appending("image"))
        #expect(Set(inspection.modules.map(\.name)) == Set(report.modules.map(\.name)))
        #expect(inspection.modules.allSatisfy { $0.kernel == kernel.version })
    }

    @Test("another order of the directory, other times and compressed modules give the same bytes", .needsCloudKernel)
    func deterministic() throws {
        let kernel = try #require(CachedKernel.cloud)
        let directory = try TemporaryDirectory()
        let requests: [ModuleRequest] = [.moduleClass(.network), .moduleClass(.input), .name("btrfs")]
        let tree = try ModuleTree(directory: kernel.tree)
        let members = try ModuleClosure(requests, in: tree).members
        let reader = LiveFiles()
        let indexes = try reader.entries(of: kernel.tree).filter { $0.hasPrefix("modules.") }
        func copy(_ name: String, compressed: Bool, _ paths: [String]) throws -> FilePath {
            let home = "\(name)/\(kernel.version)"
            for path in paths {
                var bytes = try reader.contents(of: kernel.tree.appending(path), limit: 1 << 28)
                if compressed && path.hasSuffix(".ko") { bytes = try Zstandard.compress(bytes, level: 1) }
                if compressed && path == "modules.dep" {
                    bytes = Array(
                        String(decoding: bytes, as: UTF8.self).split(separator: ".ko", omittingEmptySubsequences: false)
                            .joined(separator: ".ko.zst").utf8)
                }
                try directory.write("\(home)/\(path)" + (compressed && path.hasSuffix(".ko") ? ".zst" : ""), bytes)
            }
            return directory.path.appending(home)
        }
        let paths = indexes + members.map(\.path)
        let trees = [
            kernel.tree, try copy("reversed", compressed: false, paths.reversed()),
            try copy("compressed", compressed: true, paths),
        ]
        var images: [[UInt8]] = []
        for (index, tree) in trees.enumerated() {
            let output = directory.path.appending("image\(index)")
            _ = try InitramfsBuilder(Self.options(tree, requests)).build(to: output)
            images.append(try reader.contents(of: output, limit: 1 << 30))
        }
        #expect(images[0] == images[1])
        #expect(images[0] == images[2])
    }

    /// A tree of one module that names firmware.
    private static func firmwareTree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let home = "lib/modules/6.1.0-test"
        try directory.write("\(home)/modules.dep", "kernel/one.ko:\nkernel/two.ko.xz:\n")
        try directory.write(
            "\(home)/kernel/one.ko",
            FakeELF(information: [
                "name=one", "firmware=vendor/a.bin", "firmware=b.bin", "firmware=gone.bin", "firmware=../../etc/passwd",
                "firmware=/etc/passwd", "firmware=vendor",
            ]).bytes)
        try directory.write("\(home)/kernel/two.ko.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])
        try directory.write("firmware/vendor/a.bin", "AAAA")
        try directory.write("firmware/b.bin.xz", "BBB")
        return directory
    }

    @Test("firmware that the modules name is included, what is missing is listed, nothing from elsewhere")
    func firmware() throws {
        let directory = try Self.firmwareTree()
        try directory.write("firmware/vendor2", "")
        var options = Self.options(directory.path.appending("lib/modules/6.1.0-test"), [.name("one")])
        options.modules?.firmware = directory.path.appending("firmware")
        options.depmod = [directory.path.appending("depmod")]
        try Self.script("exit 0", in: directory)
        let (archive, report) = try InitramfsBuilder(options).assemble()
        #expect(report.firmware.map(\.path) == ["/lib/firmware/b.bin.xz", "/lib/firmware/vendor/a.bin"])
        #expect(report.missingFirmware.map(\.name) == ["../../etc/passwd", "/etc/passwd", "gone.bin", "vendor"])
        #expect(report.missingFirmware.allSatisfy { $0.modules == ["one"] })
        #expect(archive["lib/firmware/vendor/a.bin"]?.content == .file(Array("AAAA".utf8)))
        options.modules?.firmware = nil
        #expect(try InitramfsBuilder(options).assemble().report.firmware == [])
    }

    @Test("a module that is compressed otherwise is a clear error")
    func compressed() throws {
        let directory = try Self.firmwareTree()
        let tree = directory.path.appending("lib/modules/6.1.0-test")
        #expect(throws: ImageError.unsupportedModuleFile(tree.appending("kernel/two.ko.xz"))) {
            try InitramfsBuilder(Self.options(tree, [.name("two")])).assemble()
        }
    }

    /// A depmod that says where it was sent, then does as told.
    private static func script(_ body: String, in directory: borrowing TemporaryDirectory) throws {
        let path = directory.path.appending("depmod")
        try directory.write("depmod", "#!/bin/sh\necho $2 > \(directory.path)/where\n\(body)\n")
        try #require(unsafe chmod(path.string, 0o755) == 0)
    }

    @Test(
        "depmod's absence, failure and delay are told apart, and the staging directory goes away",
        arguments: [
            ("exit 0", "none"), ("echo broken >&2; exit 3", "failed"), ("exec sleep 60", "slow"),
            ("kill -9 $$", "killed"),
        ])
    func depmod(body: String, outcome: String) throws {
        let directory = try Self.firmwareTree()
        try Self.script(body, in: directory)
        var options = Self.options(directory.path.appending("lib/modules/6.1.0-test"), [.name("one")])
        options.depmod = [directory.path.appending("depmod")]
        options.depmodLimit = outcome == "slow" ? .milliseconds(300) : .seconds(60)
        do throws(ImageError) {
            _ = try InitramfsBuilder(options).assemble()
            #expect(outcome == "none")
        } catch {
            switch error {
            case .failedTool("depmod", .exited(3), "broken"): #expect(outcome == "failed")
            case .failedTool("depmod", .signaled(9), _): #expect(outcome == "killed")
            case .slowTool("depmod", .milliseconds(300)): #expect(outcome == "slow")
            default: Issue.record("\(error)")
            }
        }
        let staging = try HostRoot(directory: directory.path).text("/where")
        #expect(staging.contains("slipway-image-"))
        #expect(unsafe access(staging, F_OK) != 0)
        options.depmod = ["/nonesuch/depmod"]
        #expect(throws: ImageError.missingTool(name: "depmod", package: "kmod")) {
            try InitramfsBuilder(options).assemble()
        }
    }

    @Test("every prefix of a module and random flips are typed errors or other modules, never traps")
    func malformed() throws {
        let directory = try Self.firmwareTree()
        let tree = directory.path.appending("lib/modules/6.1.0-test")
        var options = Self.options(tree, [.name("one")])
        // Fails after the modules are read: what is tested is before.
        options.depmod = []
        let path = tree.appending("kernel/one.ko")
        let bytes = try LiveFiles().contents(of: path, limit: 1 << 20)
        var random = SeededGenerator(seed: 0x30d)
        for round in 0..<bytes.count + 500 {
            var bad = Array(bytes.prefix(round))
            if round >= bytes.count {
                bad[Int.random(in: 0..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            try directory.write("lib/modules/6.1.0-test/kernel/one.ko", bad)
            do throws(ImageError) { _ = try InitramfsBuilder(options).assemble() } catch {
                if case .malformedELF = error { continue }
                #expect(error == .missingTool(name: "depmod", package: "kmod"))
            }
        }
    }
}
