import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Module trees")
struct ModuleTests {
    /// A small tree; `top` needs `middle` needs `base`, with soft dependencies around.
    static func tree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let files = [
            "modules.dep": """
            kernel/drivers/net/top-net.ko: kernel/lib/middle.ko.zst kernel/lib/base.ko
            kernel/lib/middle.ko.zst: kernel/lib/base.ko
            kernel/lib/base.ko:
            kernel/crypto/before.ko:
            kernel/crypto/after.ko: kernel/lib/base.ko
            kernel/fs/fat/vfat.ko:
            kernel/drivers/net/wireless/radio.ko:
            kernel/drivers/ata/ahci.ko:
            updates/dkms/vendor.ko:

            """,
            "modules.softdep": """
            # comment
            softdep top_net pre: crypto-before nonesuch post: after
            softdep after nothing pre: top-net
            softdep base post: before

            """,
            "modules.alias": """
            # Aliases extracted from modules themselves.
            alias crypto-before before
            alias pci:v00008086d*sv*sd*bc*sc*i* ahci
            alias pci:v00008086d*sv*sd*bc01sc06i* top_net
            alias fs-vfat vfat

            """,
            "modules.builtin": "kernel/fs/ext4/ext4.ko\nkernel/fs/nls/nls_cp437.ko\n",
            "modules.builtin.modinfo": "ext4.alias=fs-ext4\u{0}ext4.license=GPL\u{0}",
        ]
        for (name, text) in files { try directory.write("lib/modules/6.1.0-test/\(name)", text) }
        return directory
    }

    private static func open(_ directory: borrowing TemporaryDirectory) throws -> ModuleTree {
        try ModuleTree(directory: directory.path.appending("lib/modules/6.1.0-test"))
    }

    private static func members(_ requests: String) throws -> [String] {
        let tree = try open(tree())
        return try ModuleClosure(ModuleRequest.parse(text: requests), in: tree).members.map(\.name)
    }

    @Test("what is needed comes first, and soft dependencies around their module")
    func order() throws {
        let closure = try ModuleClosure([.name("top-net")], in: Self.open(Self.tree()))
        #expect(closure.members.map(\.name) == ["base", "before", "middle", "top_net", "after"])
        #expect(closure.members.map(\.reason) == [.dependency, .soft, .dependency, .asked, .soft])
        #expect(closure.members.map(\.by) == ["top_net", "base", "top_net", nil, "top_net"])
        #expect(closure.members[2].path == "kernel/lib/middle.ko.zst")
    }

    @Test("soft dependencies in a circle end", arguments: ["after", "top_net\nafter", "after\ntop_net"])
    func circle(requests: String) throws {
        #expect(try Set(Self.members(requests)) == ["base", "before", "middle", "top_net", "after"])
        #expect(try Self.members(requests).count == 5)
    }

    @Test("all modules that answer to an alias are meant")
    func aliases() throws {
        #expect(try Self.members("pci:v00008086d00002922sv*sd*bc01sc06i01 # AHCI").starts(with: ["ahci", "base"]))
        #expect(try Self.members("fs-vfat") == ["vfat"])
        #expect(try Self.members("fs_vfat") == ["vfat"])
    }

    @Test("a builtin is fine and listed as such, by name and by alias")
    func builtin() throws {
        let tree = try Self.open(Self.tree())
        let closure = try ModuleClosure(ModuleRequest.parse(text: "nls-cp437\nfs-ext4\nvfat\n"), in: tree)
        #expect(closure.members.map(\.name) == ["vfat"])
        #expect(closure.builtin == ["ext4", "nls_cp437"])
    }

    @Test("patterns are over names, or over paths if they have a slash")
    func patterns() throws {
        #expect(try Self.members("*dio\n") == ["radio"])
        #expect(try Self.members("kernel/fs/*\n") == ["vfat"])
        #expect(try Self.members("top-*").contains("top_net"))
        #expect(throws: ImageError.unknownModule("nothing*", nearest: [])) { try Self.members("nothing*") }
    }

    @Test("a class goes by place, leaves out what is excluded, and brings what is asked for by name")
    func classes() throws {
        let tree = try Self.open(Self.tree())
        func names(_ kind: ModuleClass) throws -> Set<String> {
            Set(try ModuleClosure([.moduleClass(kind)], in: tree).members.map(\.name))
        }
        #expect(try names(.network) == ["base", "before", "middle", "top_net", "after"])
        #expect(try names(.storage) == ["ahci"])
        #expect(try names(.filesystems) == ["vfat"])
        #expect(try ModuleClosure([.moduleClass(.filesystems)], in: tree).builtin == ["nls_cp437"])
        #expect(try names(.all).count == 9)
    }

    @Test("a name that nothing answers to is an error with the nearest names")
    func unknown() throws {
        #expect(throws: ImageError.unknownModule("vfta", nearest: ["vfat"])) { try Self.members("vfta") }
        #expect(throws: ImageError.unknownModule("ext5", nearest: ["ext4"])) { try Self.members("ext5") }
        #expect(throws: ImageError.unknownModule("zzzzzzzzz", nearest: [])) { try Self.members("zzzzzzzzz") }
    }

    @Test("the option's words are classes, files, patterns and names")
    func list() throws {
        let directory = try TemporaryDirectory()
        try directory.write("wanted", "# for the lab\nigb # two ports\n\n  mlx5*\npci:v*d*\n")
        let requests = try ModuleRequest.parse(list: "storage, net,fs,,vfat,nvme*,\(directory.path)/wanted")
        #expect(
            requests == [
                .moduleClass(.storage), .moduleClass(.network), .moduleClass(.filesystems), .name("vfat"),
                .pattern("nvme*"), .name("igb"), .pattern("mlx5*"), .name("pci:v*d*"),
            ])
        #expect(
            throws: ImageError.system(
                OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: "/nonesuch/list"))
        ) { try ModuleRequest.parse(list: "/nonesuch/list") }
    }

    @Test("a directory without modules.dep is told apart, a malformed index names its line")
    func malformed() throws {
        let empty = try TemporaryDirectory()
        #expect(throws: ImageError.notAModuleTree(empty.path)) { try ModuleTree(directory: empty.path) }
        let bad = [
            ("modules.dep", "kernel/a.ko:\nkernel/b.ko\n", 2), ("modules.dep", "kernel/a.ko: kernel/none.ko\n", 1),
            ("modules.dep", "kernel/a.txt:\n", 1), ("modules.softdep", "soft a pre: b\n", 1),
            ("modules.alias", "alias x\n", 1), ("modules.builtin", "# c\nkernel/x\n", 2),
        ]
        for (name, text, line) in bad {
            let directory = try Self.tree()
            try directory.write("lib/modules/6.1.0-test/\(name)", text)
            let file = directory.path.appending("lib/modules/6.1.0-test").appending(name)
            #expect(throws: ImageError.malformedModuleIndex(file, line: line)) { try Self.open(directory) }
        }
    }

    @Test("every prefix of the indexes is read or a typed error")
    func prefixes() throws {
        for name in ["modules.dep", "modules.softdep", "modules.alias", "modules.builtin", "modules.builtin.modinfo"] {
            let directory = try Self.tree()
            let path = "lib/modules/6.1.0-test/\(name)"
            let whole = try LiveFiles().contents(of: directory.path.appending(path), limit: 1 << 20)
            for length in 0..<whole.count {
                try directory.write(path, Array(whole.prefix(length)))
                do { _ = try Self.open(directory) } catch is ImageError {}
            }
        }
    }
}
