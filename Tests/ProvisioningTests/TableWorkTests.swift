import Glibc
import Kernel
import Partitions
import Provisioning
import SystemPackage
import TestSupport
import Testing

/// Tables on loop devices: this machine's kernel is told by BLKPG, and sysfs, sgdisk and mount say what it knows.
@Suite("Tables on devices", .serialized, .enabled(if: getuid() == 0, "loop devices need root"))
struct TableWorkTests {
    private static let text = """
        seed: x
        partitions:
          - {type: esp, label: A, size: 8MiB}
          - {type: home, label: B, size: 16MiB}
        """

    private static func image(_ directory: borrowing TemporaryDirectory, mebibytes: Int = 64) throws -> FilePath {
        let path = directory.path.appending("disk.img")
        try run("truncate -s \(mebibytes)M \(path)")
        return path
    }

    private static func plan(_ text: String, _ path: FilePath) throws -> LockedTableDisk.Outcome {
        let locked = try LockedTableDisk(path, in: .live, until: Deadline(in: .seconds(5)))
        let reading = try locked.disk.read()
        let planned = try PlannedTable(
            PartitionPlan(text: Array(text.utf8)), over: reading,
            of: .init(contents: try locked.disk.contents(reading)))
        return try locked.commit(
            planned.table, over: reading, wipes: planned.wipes, backups: saves(), until: Deadline(in: .seconds(5)))
    }

    private static func saves() -> [FilePath] { (0..<100).map { FilePath("/tmp/slipway-test-\(getpid())-\($0).json") } }

    @Test("the kernel's partitions are those of the table, and only what differs is told", arguments: [512, 4096])
    func synchronized(_ sectorSize: Int) throws {
        let directory = try TemporaryDirectory()
        let loop = try TestLoop(Self.image(directory), sectorSize: sectorSize)
        let first = try Self.plan(Self.text, loop.path)
        #expect(first.kernelSteps.count == 2 && first.writes == 5)
        #expect(try loop.kernelPartitions == ["1 2048 16384", "2 18432 32768"])
        let verdict = try run("sgdisk -v \(loop.path)").text
        #expect(verdict.contains("No problems found"), "\(verdict)")
        let again = try Self.plan(Self.text, loop.path)
        #expect(again.writes == 0 && again.kernelSteps.isEmpty && again.backup == nil)
        let grown = try Self.plan("partitions: [{type: home, label: B, min: 30MiB, max: 30MiB, grow: true}]", loop.path)
        #expect(grown.kernelSteps.count == 1)
        #expect(try loop.kernelPartitions == ["1 2048 16384", "2 18432 61440"])
        let less = try Self.plan("unlisted: delete\npartitions: [{type: home, label: B}]", loop.path)
        #expect(less.kernelSteps.count == 1)
        #expect(try loop.kernelPartitions == ["2 18432 61440"])
        for saved in [first.backup, grown.backup, less.backup] {
            let file = try #require(saved)
            #expect(try run("stat -c %a \(file)").text == "600\n")
            try run("rm \(file)")
        }
    }

    @Test("what is mounted does not go away: it is refused by its name, and nothing is written")
    func inUse() throws {
        let directory = try TemporaryDirectory()
        let loop = try TestLoop(Self.image(directory))
        let outcome = try Self.plan(Self.text, loop.path)
        if let file = outcome.backup { try run("rm \(file)") }
        // devtmpfs makes the node; where there is none, it is made here.
        let node = try Self.node(loop, 2)
        try run("mkfs.ext4 -q \(node)")
        let mountPoint = directory.path.appending("mnt")
        try run("mkdir \(mountPoint)")
        try run("mount \(node) \(mountPoint)")
        defer { _ = try? attempt("umount \(mountPoint)") }
        let before = try run("sha256sum \(loop.image)").text
        let error = #expect(throws: PartitionError.self) { try Self.plan("unlisted: delete", loop.path) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("\(node)) is in use"))
        #expect(try run("sha256sum \(loop.image)").text == before)
        #expect(try loop.kernelPartitions.count == 2)
    }

    /// The partition's node.
    private static func node(_ loop: borrowing TestLoop, _ number: Int) throws -> FilePath {
        let name = "\(loop.path.lastComponent?.string ?? "")p\(number)"
        let node = FilePath("/dev/\(name)")
        if unsafe access(node.string, F_OK) != 0 {
            let device = try HostRoot.live.text(FilePath("/sys/class/block/\(name)/dev")).split(separator: ":")
            try run("mknod \(node) b \(device[0]) \(device[1])")
        }
        return node
    }

    @Test("a new partition's old signatures are wiped before it is there")
    func wiped() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        // A file system where partition 1 will begin, made through a loop device with an offset.
        let part = try run("losetup -f --show -o 1048576 --sizelimit 8388608 \(image)").lines[0]
        try run("mkfs.ext4 -q -L old \(part)")
        try run("losetup -d \(part)")
        let outcome = try Self.plan(Self.text, image)
        if let file = outcome.backup { try run("rm \(file)") }
        #expect(outcome.wiped == 1)
        #expect(try attempt("blkid", ["-p", "-O", "1048576", "-S", "8388608", image.string]).status == .exited(2))
    }

    @Test("a disk of which somebody has the lock is waited for, and then refused")
    func locked() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        let holder = try LockedTableDisk(image, in: .live, until: Deadline(in: .seconds(1)))
        let error = #expect(throws: PartitionError.self) {
            _ = try LockedTableDisk(image, in: .live, until: Deadline(in: .milliseconds(200)))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("flock"))
        _ = holder.disk
    }

    @Test("a device that is read-only is refused")
    func readOnly() throws {
        let directory = try TemporaryDirectory()
        let loop = try run("losetup -f --show -r \(Self.image(directory))").lines[0]
        defer { _ = try? attempt("losetup -d \(loop)") }
        let error = #expect(throws: PartitionError.self) {
            _ = try LockedTableDisk(FilePath(loop), in: .live, until: Deadline(in: .seconds(1)))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("ead-only"), "\(error.map { "\($0)" } ?? "")")
    }

    @Test("a node mends a damaged copy, and adds the partitions that the kernel did not find")
    func mending() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        let outcome = try Self.plan(Self.text, image)
        if let file = outcome.backup { try run("rm \(file)") }
        try run("dd if=/dev/zero of=\(image) bs=512 seek=1 count=1 conv=notrunc status=none")
        let loop = try TestLoop(image)
        #expect(try loop.kernelPartitions.isEmpty)
        let mending = TableMending(
            of: loop.path, in: .live, backups: directory.path, until: Deadline(in: .seconds(5)))
        #expect(mending.problems.isEmpty, "\(mending.problems)")
        #expect(mending.notes.count == 1 && mending.notes[0].contains("mended header-missing"), "\(mending.notes)")
        #expect(try loop.kernelPartitions == ["1 2048 16384", "2 18432 32768"])
        #expect(try run("sgdisk -v \(loop.path)").text.contains("No problems found"))
        let again = TableMending(of: loop.path, in: .live, backups: directory.path, until: Deadline(in: .seconds(5)))
        #expect(again.notes.isEmpty && again.problems.isEmpty)
    }

    @Test(
        "a disk with an intact table that the kernel did not read has its partitions added, a grown one is left as it is"
    )
    func adding() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        let outcome = try Self.plan(Self.text, image)
        if let file = outcome.backup { try run("rm \(file)") }
        try run("truncate -s 80M \(image)")
        let before = try run("sha256sum \(image)").text
        let loop = try TestLoop(image)
        let mending = TableMending(of: loop.path, in: .live, backups: directory.path, until: Deadline(in: .seconds(5)))
        #expect(mending.notes.count == 1 && mending.notes[0].contains("added partitions 1, 2"), "\(mending.notes)")
        #expect(try loop.kernelPartitions.count == 2)
        #expect(try run("sha256sum \(image)").text == before)
    }
}
