import Kernel
import Platform
import SystemPackage
import TestSupport
import Testing

@Suite("Volumes of a host's devices")
struct LiveVolumesTests {
    /// A host with an optical drive, a small disk and a large one; their bytes are images.
    private func host(_ directory: borrowing TemporaryDirectory) throws -> HostRoot {
        let root = directory.path
        func write(_ name: String, _ text: String) throws {
            let path = "\(root)/\(name)"
            try run("mkdir -p \(FilePath(path).removingLastComponent())")
            try writeWhole(Array(text.utf8), to: FilePath(path))
        }
        func device(_ name: String, _ number: String, megabytes: Int, removable: Bool) throws {
            try write("sys/block/\(name)/dev", "\(number)\n")
            try write("sys/block/\(name)/size", "\(megabytes * 2048)\n")
            try write("sys/block/\(name)/removable", removable ? "1\n" : "0\n")
        }
        try device("sr0", "11:0", megabytes: 1, removable: true)
        try device("vda", "253:0", megabytes: 4, removable: false)
        try device("vdb", "253:16", megabytes: 4096, removable: false)
        try device("loop0", "7:0", megabytes: 1, removable: false)
        try write("seed/meta-data", "instance-id: by-drive\n")
        try write("seed/user-data", "#cloud-config\n")
        try write("dev/null-for-the-folder", "")
        try run(
            "genisoimage -quiet -output \(directory.path)/dev/sr0 -volid CIDATA -joliet -rock \(directory.path)/seed")
        try run("truncate -s 4M \(directory.path)/dev/vda")
        try run("mkfs.vfat -n SLIPWAY \(directory.path)/dev/vda")
        try run("cp \(directory.path)/dev/sr0 \(directory.path)/dev/vdb")
        try run("cp \(directory.path)/dev/sr0 \(directory.path)/dev/loop0")
        return HostRoot(directory: directory.path)
    }

    @Test("a volume is found by its label in any case, and its files are read")
    func found() throws {
        let directory = try TemporaryDirectory()
        let volumes = try LiveVolumes(host(directory)).volumes(labeled: ["cidata"])
        #expect(volumes.map(\.name) == ["/dev/sr0", "/dev/vdb"])
        let first = try #require(volumes.first)
        #expect(first.label == "CIDATA")
        #expect(try first.contents(of: "meta-data", limit: 1000) == Array("instance-id: by-drive\n".utf8))
        #expect(try first.contents(of: "network-config", limit: 1000) == nil)
        #expect(throws: PlatformError.self) { try first.contents(of: "meta-data", limit: 4) }
        #expect(try first.entries(of: "")?.sorted() == ["meta-data", "user-data"])
    }

    @Test("detection looks at drives with a medium and at small disks, at nothing where udev knows")
    func labels() throws {
        let directory = try TemporaryDirectory()
        let host = try host(directory)
        #expect(PlatformFacts.blockLabels(of: host, until: Deadline(in: .seconds(20))) == ["CIDATA", "SLIPWAY"])
        try directory.write("run/udev/data/b11:0", "E:ID_FS_TYPE=iso9660\nE:ID_FS_LABEL=config-2\n")
        try directory.write("run/udev/data/b253:0", "E:ID_FS_TYPE=ext4\n")
        #expect(PlatformFacts.blockLabels(of: host, until: Deadline(in: .seconds(20))) == ["config-2"])
    }

    @Test("a host without disks has none")
    func none() throws {
        let directory = try TemporaryDirectory()
        let host = HostRoot(directory: directory.path)
        #expect(try LiveVolumes(host).volumes(labeled: ["cidata"]).isEmpty)
        #expect(PlatformFacts.blockLabels(of: host, until: Deadline(in: .seconds(1))).isEmpty)
    }
}
