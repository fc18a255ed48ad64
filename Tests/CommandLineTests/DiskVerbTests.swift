import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("slipway disk", .enabled(if: getuid() == 0, "loop devices need root"))
struct DiskVerbTests {
    /// A loop device of 32 MiB in `directory`.
    private static func loop(
        _ directory: borrowing TemporaryDirectory, scansPartitions: Bool = false, isReadOnly: Bool = false
    ) throws -> TestLoop {
        let image = directory.path.appending("disk.img")
        try run("truncate -s 32M \(image)")
        return try TestLoop(image, scansPartitions: scansPartitions, isReadOnly: isReadOnly)
    }

    @Test(
        "a disk that is none is named, with those that there are",
        arguments: ["/dev/nonesuch", "nonesuch", "/dev/null"])
    func none(_ disk: String) throws {
        for verb in ["disk show", "disk holders", "disk wipe --method zero --yes"] {
            expectOneLine(try slipway("\(verb) \(disk)"), exit: 4, disk, "no disk is called so")
        }
        let probe = try slipway("disk probe \(disk)")
        #expect(probe.status == .exited(1) && probe.output.isEmpty && probe.errors.contains("slipway: disk probe"))
    }

    @Test("select says what matches; none is exit 4, more than one with --one is exit 3, a mistake has its column")
    func select() throws {
        let directory = try TemporaryDirectory()
        let loop = try Self.loop(directory)
        defer { loop.keep() }
        let found = try slipway("disk", "select", "path == \(loop.path)", "--one", "--json")
        #expect(found.isSuccess)
        let disk = try #require(try found.document.array?.first)
        let keys = Set(disk.object?.keys.map { $0 } ?? [])
        let promised: Set = [
            "name", "path", "dev", "diskseq", "size_bytes", "logical_sector_bytes", "physical_sector_bytes",
            "optimal_io_bytes", "rotational", "transport", "model", "serial", "wwid", "nguid", "eui", "read_only",
            "removable", "zoned", "partition_table", "partitions", "signatures", "holders", "in_use_by",
        ]
        #expect(promised.subtracting(keys).isEmpty, "\(promised.subtracting(keys))")
        #expect(disk["size_bytes"] == 33_554_432 && disk["transport"] == "loop")
        expectOneLine(try slipway("disk", "select", "size > 1PiB"), exit: 4, "no disk matches")
        expectOneLine(try slipway("disk", "select", "size > 1GB && modle == x"), exit: 2, "column 15", "model")
        let other = try TemporaryDirectory()
        let second = try Self.loop(other)
        defer { second.keep() }
        let many = try slipway("disk", "select", "transport == loop", "--one", "--json")
        #expect(many.status == .exited(3) && many.output.isEmpty)
        #expect(many.errors.contains(String(second.path.string.dropFirst(5))), "\(many.errors)")
    }

    @Test("probe of an image: everything with its place, and nothing found is null with exit 0")
    func probe() throws {
        let directory = try TemporaryDirectory()
        let image = "\(directory.path)/disk.img"
        try run("truncate -s 32M \(image)")
        let empty = try slipway("disk probe --json \(image)")
        #expect(try empty.isSuccess && empty.document["type"] == .null && empty.document["signatures"] == [])
        try run("mkfs.ext4 -q -L name \(image)")
        let document = try slipway("disk probe --json \(image)").document
        #expect(document["type"] == "ext4" && document["label"] == "name" && document["usage"] == "filesystem")
        let keys: Set = [
            "type", "usage", "version", "label", "uuid", "part_table", "partitions", "signatures", "problems",
        ]
        #expect(keys.isSubset(of: document.object?.keys.map { $0 } ?? []))
        let signature = document["signatures"]?.array?.first
        #expect(signature?["offset"] == 0x438 && signature?["magic"] == "53ef")
    }

    @Test("the last session of an optical medium is found with its hint, as blkid has it")
    func sessions() throws {
        let directory = try TemporaryDirectory()
        let (one, two, disc) = ("\(directory.path)/1.iso", "\(directory.path)/2.iso", "\(directory.path)/disc.iso")
        try directory.write("in/a", "first")
        try directory.write("more/b", "second")
        try run("genisoimage -quiet -V ONE -o \(one) \(directory.path)/in")
        var status = stat()
        #expect(unsafe stat(one, &status) == 0)
        // The next session begins at a multiple of 16 blocks of 2,048 bytes, after the first.
        let next = (Int(status.st_size) / 2048 + 16) / 16 * 16
        try run("genisoimage -quiet -V TWO -C 0,\(next) -M \(one) -o \(two) \(directory.path)/more")
        try run("cp \(one) \(disc)")
        try run("dd if=\(two) of=\(disc) bs=2048 seek=\(next) conv=notrunc status=none")
        let offset = next * 2048
        let theirs = try run("blkid -p -H session_offset=\(offset) -s LABEL -o value \(disc)").lines[0]
        #expect(theirs == "TWO")
        #expect(try slipway("disk probe --json --session-offset \(offset) \(disc)").document["label"] == "TWO")
        #expect(try slipway("disk probe --json \(disc)").document["label"] == "ONE")
    }

    @Test("wipe: a plan without --yes, refusals that write nothing, then a certificate with progress as JSON lines")
    func wipe() throws {
        let directory = try TemporaryDirectory()
        let loop = try Self.loop(directory)
        defer { loop.keep() }
        try run("mkfs.ext4 -q \(loop.image)")
        let before = try run("sha256sum \(loop.image)").text
        let plan = try slipway("disk wipe \(loop.path) --method auto --json")
        #expect(try plan.isSuccess && plan.document["applied"] == false && plan.document["method"] == "zero")
        #expect(try plan.document["signatures"]?.array?.contains { $0["type"] == "ext4" } == true)
        let lacks = try slipway("disk wipe \(loop.path) --method secure --yes")
        expectOneLine(lacks, exit: 3, "offers no secure erasure")
        let mountPoint = directory.path.appending("mnt")
        try run("mkdir \(mountPoint)")
        try run("mount -o ro,noload \(loop.path) \(mountPoint)")
        expectOneLine(
            try slipway("disk wipe \(loop.path) --method zero --yes"), exit: 3, "is mounted on \(mountPoint)",
            "unmount \(mountPoint)")
        try run("umount \(mountPoint)")
        #expect(try run("sha256sum \(loop.image)").text == before)
        let done = try slipway("disk wipe \(loop.path) --method zero --yes --json")
        #expect(try done.isSuccess && done.document["result"] == "complete" && done.document["guarantee"] == "zeros")
        let lines = try done.errors.split(separator: "\n").map {
            try JSONText.decode(JSONValue.self, from: Array($0.utf8))
        }
        #expect(lines.contains { $0["progress"]?["step"] == "erase" && $0["progress"]?["total"] == 33_554_432 })
        #expect(try attempt("cmp", ["-n", "33554432", loop.image.string, "/dev/zero"]).status == .exited(0))
    }

    @Test("Ctrl-C ends a wipe with exit 130 and a certificate that says so")
    func interrupted() throws {
        let directory = try TemporaryDirectory()
        let loop = try Self.loop(directory)
        defer { loop.keep() }
        try run("mkfs.ext4 -q \(loop.image)")
        // It is there from the beginning, as one that comes is at the next look.
        let script =
            "kill -INT $$; exec \(try builtProduct(named: "slipway")) disk wipe \(loop.path) --method zero --yes --json"
        let outcome = try attempt("env", ["--block-signal=INT", "sh", "-c", script])
        #expect(outcome.status == .exited(130), "\(outcome.errors)")
        #expect(try outcome.document["result"] == "cancelled")
    }

    @Test("a link to the disk, like those of /dev/disk, means the disk")
    func links() throws {
        let directory = try TemporaryDirectory()
        let loop = try Self.loop(directory)
        defer { loop.keep() }
        let link = "\(directory.path)/by-id"
        try run("ln -s \(loop.path) \(link)")
        #expect(try slipway("disk show --json \(link)").document["path"]?.string == loop.path.string)
        #expect(
            try slipway("disk wipe --method zero --json \(link)").document["device"]?["path"]?.string
                == loop.path.string)
    }

    @Test("a read-only disk is refused; a partition is told what its disk is")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        let loop = try Self.loop(directory, isReadOnly: true)
        defer { loop.keep() }
        expectOneLine(try slipway("disk wipe \(loop.path) --method zero --yes"), exit: 3, "read-only")
        let other = try TemporaryDirectory()
        let whole = try Self.loop(other, scansPartitions: true)
        defer { whole.keep() }
        try run("sgdisk -n 1:0:+8M \(whole.path)")
        try run("partx -u \(whole.path)")
        expectOneLine(
            try slipway("disk wipe \(whole.path)p1 --method zero --yes"), exit: 3, "it is a partition of \(whole.path)")
    }

    @Test("loop devices: attached, listed, and detached, as losetup sees them")
    func loops() throws {
        let directory = try TemporaryDirectory()
        let image = "\(directory.path)/an image"
        _ = try attempt("truncate", ["-s", "8M", image])
        let attached = try slipway(["disk", "loop", "attach", image, "--block-size", "4096", "--read-only", "--json"])
        let name = try #require(try attached.document["name"]?.string)
        #expect(
            try run("losetup -n -O RO,LOG-SEC /dev/\(name)").lines[0].split(separator: " ").joined(separator: " ")
                == "1 4096")
        let listed = try slipway("disk loop list --json").document.array ?? []
        #expect(listed.contains { $0["name"]?.string == name })
        let detached = try slipway("disk loop detach \(name) --json")
        #expect(try detached.document["detached"] == true)
        expectOneLine(try slipway("disk loop attach \(directory.path)/nonesuch"), exit: 1, "nonesuch", "No such file")
        expectOneLine(try slipway("disk loop detach nonesuch"), exit: 1, "nonesuch")
    }
}
