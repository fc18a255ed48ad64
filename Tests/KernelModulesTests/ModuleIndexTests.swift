import Glibc
import Kernel
import KernelModules
import SystemPackage
import TestSupport
import Testing

@Suite("The module index", .needsKernels)
struct ModuleIndexTests {
    /// No configuration of the host's.
    private static let noConfiguration: [FilePath] = ["/nonexistent-modprobe.d"]

    private static func index(_ kernel: CachedKernel, _ configuration: [FilePath]? = nil) throws -> ModuleIndex {
        try ModuleIndex(directory: kernel.tree, configuration: configuration ?? noConfiguration)
    }

    private static func lines(_ index: borrowing ModuleIndex, _ alias: String) throws -> [String] {
        try index.resolve(alias).map(\.line)
    }

    /// Aliases without a wildcard, or with each wildcard filled in so that it matches itself.
    private static func aliases(of kernel: CachedKernel, count: Int, seed: UInt64) throws -> [String] {
        let text = try HostRoot.live.text(kernel.tree.appending("modules.alias"), limit: 16 << 20)
        var generator = SeededGenerator(seed: seed)
        let all = text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, words[0] == "alias", !words[1].contains("[") else { return nil }
            return words[1].replacing("*", with: "0")
        }
        return (0..<count).compactMap { _ in all.randomElement(using: &generator) }
    }

    private static func names(of kernel: CachedKernel, count: Int, seed: UInt64) throws -> [String] {
        let text = try HostRoot.live.text(kernel.tree.appending("modules.dep"), limit: 16 << 20)
        var generator = SeededGenerator(seed: seed)
        let all = text.split(separator: "\n").compactMap { line -> String? in
            FilePath(String(line.prefix { $0 != ":" })).lastComponent.map { String($0.string.prefix { $0 != "." }) }
        }
        return (0..<count).compactMap { _ in all.randomElement(using: &generator) }
    }

    @Test(
        "aliases and names mean what modprobe makes of them, in its order", arguments: [CachedKernel.cloud, .generic])
    func likeModprobe(_ kernel: CachedKernel?) throws {
        let kernel = try #require(kernel)
        let empty = try TemporaryDirectory()
        let index = try Self.index(kernel)
        let known = ["btrfs", "nfsd", "cifs", "ext4", "virtio_net", "fs-vfat", "fs-xfs", "net-pf-17", "crc32c", "nvme"]
        let sampled = try Self.aliases(of: kernel, count: 80, seed: 11) + Self.names(of: kernel, count: 80, seed: 12)
        var resolved = 0
        for alias in known + sampled {
            let ours = try Self.lines(index, alias)
            // modprobe lists a module again for each that needs it; the first time is when it would be loaded.
            var listed: Set<String> = []
            let theirs = try modprobe(alias, kernel, ["-C", empty.path.string]).filter { listed.insert($0).inserted }
            #expect(ours == theirs, "\(alias)")
            resolved += ours.isEmpty ? 0 : 1
        }
        #expect(resolved > 80)
    }

    @Test("a step's needs stand before it, or are there already")
    func needs() throws {
        let kernel = try #require(CachedKernel.generic)
        let index = try Self.index(kernel)
        for name in ["btrfs", "nfsd", "xts", "virtio_net", "e1000e", "ahci"] {
            let steps = try index.resolve(name)
            for (position, step) in steps.enumerated() {
                let later = Set(steps[position...].map(\.name))
                #expect(later.isDisjoint(with: step.needs), "\(step.name)")
            }
            #expect(Set(steps.map(\.name)).count == steps.count)
        }
    }

    @Test(
        "an alias that nothing matches, and nonsense, are no steps",
        arguments: ["pci:v0000DEAD", "nonesuch", "", "*", "-"])
    func unknown(_ alias: String) throws {
        #expect(try Self.index(#require(CachedKernel.cloud)).resolve(alias).isEmpty)
    }

    @Test("a directory without an index is ENOENT by name")
    func noIndex() throws {
        let directory = try TemporaryDirectory()
        let expected = ModuleError(
            operation: "open index", subject: directory.path.string, errno: .noSuchFileOrDirectory)
        #expect(throws: expected) { _ = try ModuleIndex(directory: directory.path, configuration: []).resolve("ext4") }
    }

    @Test("a blacklisted module is left out where an alias finds it, and not where it is asked for by name")
    func blacklist() throws {
        let kernel = try #require(CachedKernel.cloud)
        let directory = try TemporaryDirectory()
        try directory.write("local.conf", "blacklist virtio_net\nblacklist vmxnet3\n")
        let index = try Self.index(kernel, [directory.path])
        let alias = "virtio:d00000001v00001AF4"
        #expect(try !Self.index(kernel).resolve(alias).isEmpty && index.resolve(alias).isEmpty)
        // modprobe does so with -b, as udev calls it.
        #expect(try modprobe(alias, kernel, ["-b", "-C", directory.path.string]).isEmpty)
        for name in ["virtio_net", "virtio-net", "vmxnet3"] {
            #expect(try !index.resolve(name).isEmpty)
            #expect(try Self.lines(index, name) == modprobe(name, kernel, ["-C", directory.path.string]))
        }
    }

    @Test("options, aliases and soft dependencies of modprobe.d are those that modprobe reads")
    func configuration() throws {
        let kernel = try #require(CachedKernel.generic)
        let directory = try TemporaryDirectory()
        try directory.write(
            "local.conf",
            """
            options virtio_net csum=0 gso=1
            options virtio_net napi_weight=32
            alias my-own-name virtio_net
            softdep virtio_net pre: xts nonesuch post: nvme
            softdep xts post: virtio_net

            """)
        let index = try Self.index(kernel, [directory.path])
        for alias in ["virtio_net", "my-own-name", "xts", "nvme"] {
            var listed: Set<String> = []
            let theirs = try modprobe(alias, kernel, ["-C", directory.path.string]).filter {
                listed.insert($0).inserted
            }
            #expect(try Self.lines(index, alias) == theirs, "\(alias)")
        }
        let names = try index.resolve("my-own-name").map(\.name)
        let own = try #require(names.firstIndex(of: "virtio_net"))
        #expect(try own > #require(names.firstIndex(of: "xts")) && own < #require(names.firstIndex(of: "nvme")))
        let step = try #require(try index.resolve("virtio_net").first { $0.name == "virtio_net" })
        #expect(step.options == "csum=0 gso=1 napi_weight=32" && step.needs.contains("xts"))
    }

    @Test("an install command is never run, and its module is left out; what it needs stays")
    func installCommand() throws {
        let kernel = try #require(CachedKernel.cloud)
        let directory = try TemporaryDirectory()
        let witness = directory.path.appending("witness")
        try directory.write("local.conf", "install virtio_net /bin/touch \(witness)\n")
        let names = try Self.index(kernel, [directory.path]).resolve("virtio_net").map(\.name)
        #expect(!names.contains("virtio_net") && names.contains("net_failover"))
        #expect(unsafe access(witness.string, F_OK) != 0)
    }

    @Test("an index leaves no descriptor open")
    func descriptors() async throws {
        let tree = try #require(CachedKernel.cloud).tree.string
        await #expect(processExitsWith: .success) { [tree = tree as String] in
            let before = try openDescriptorCount()
            for _ in 0..<5 {
                #expect(try !ModuleIndex(directory: FilePath(tree), configuration: []).resolve("virtio_net").isEmpty)
            }
            #expect(try openDescriptorCount() <= before + 4, "but for the few that the runtime opens")
        }
    }
}
