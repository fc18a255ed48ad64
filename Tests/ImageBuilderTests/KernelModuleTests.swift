import ImageBuilder
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("A real kernel's modules", .needsCloudKernel)
struct KernelModuleTests {
    /// What modprobe would insert, in its order, each once; without the configuration of this machine.
    static func modprobe(_ name: String, root: FilePath, version: String) throws -> [String] {
        let empty = try TemporaryDirectory()
        let answer = try attempt(
            "modprobe", ["--show-depends", "-C", empty.path.string, "-d", root.string, "-S", version, name])
        #expect(answer.status == .exited(0), "\(name): \(answer.errors)")
        var paths: [String] = []
        for line in answer.lines where line.hasPrefix("insmod ") {
            let path = String(line.split(separator: " ")[1])
            if !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    @Test("modprobe inserts what the closure of a module holds, in the same order, for every twentieth module")
    func everyTwentieth() throws {
        let kernel = try #require(CachedKernel.cloud)
        let tree = try ModuleTree(directory: kernel.tree)
        // libkmod 30 obeys the first softdep line of a module and no other: those with several are compared for order.
        let lines = try HostRoot(directory: kernel.tree).text("/modules.softdep", limit: 1 << 20).split(separator: "\n")
        let owners = lines.filter { $0.hasPrefix("softdep ") }.map { String($0.split(separator: " ")[1]) }
        let several = Set(Dictionary(grouping: owners) { $0 }.filter { $0.value.count > 1 }.keys)
        let sample = tree.paths.keys.sorted().enumerated().filter { $0.offset % 20 == 0 }.map(\.element)
        // With soft dependencies of every form first.
        let names = ["btrfs", "cifs", "ksmbd", "nfsd", "vfio", "xts", "act_mpls", "libcrc32c"]
        for name in names.filter({ tree.paths[$0] != nil }) + sample {
            let members = try ModuleClosure([.name(name)], in: tree).members
            let ours = members.map { "\(kernel.tree)/\($0.path)" }
            let theirs = try Self.modprobe(name, root: kernel.root, version: kernel.version)
            if several.isDisjoint(with: members.map(\.name)) {
                #expect(ours == theirs, "\(name)")
            } else {
                #expect(ours.filter(theirs.contains) == theirs, "\(name)")
            }
        }
    }

    @Test(
        "modprobe resolves an alias to the same modules",
        arguments: [
            "pci:v00001AF4d00001041sv00001AF4sd00001100bc02sc00i00", "fs-vfat", "crypto-xts",
            "virtio:d00000002v00001AF4",
            "nls-cp437", "acpi:PNP0C0C:", "cpu:type:x86,ven0000fam0006mod009A:feature:,0000",
        ])
    func alias(request: String) throws {
        let kernel = try #require(CachedKernel.cloud)
        let closure = try ModuleClosure([.name(request)], in: ModuleTree(directory: kernel.tree))
        let ours = closure.members.map { "\(kernel.tree)/\($0.path)" }
        #expect(try ours == Self.modprobe(request, root: kernel.root, version: kernel.version))
        #expect(!ours.isEmpty || !closure.builtin.isEmpty)
    }

    @Test("each class holds what a virtual machine of that kernel needs")
    func classes() throws {
        let tree = try ModuleTree(directory: try #require(CachedKernel.cloud).tree)
        let needed: [(ModuleClass, [String])] = [
            (
                .storage,
                ["virtio_blk", "nvme", "ahci", "sd_mod", "sr_mod", "virtio_scsi", "loop", "dm_mod", "xen_blkfront"]
            ),
            (.network, ["virtio_net", "ena", "gve", "vmxnet3", "hv_netvsc", "8021q", "bonding", "wireguard"]),
            (.bus, ["virtio_pci", "hv_vmbus", "virtio_rng"]),
            (.input, ["hid", "evdev"]),
            (.filesystems, ["vfat", "xfs", "btrfs", "isofs", "overlay", "squashfs", "nls_ascii", "nls_cp437"]),
        ]
        for (kind, names) in needed {
            let closure = try ModuleClosure([.moduleClass(kind)], in: tree)
            let present = Set(closure.members.map(\.name)).union(closure.builtin).union(tree.builtin.keys)
            #expect(Set(names).intersection(tree.paths.keys).subtracting(present) == [], "\(kind)")
        }
    }
}
