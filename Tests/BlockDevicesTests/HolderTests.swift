import BlockDevices
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Who uses a disk")
struct HolderTests {
    @Test("mounts of every namespace, swap, LVM, encryption, RAID and loop devices of a recorded tree")
    func tree() throws {
        let tree = try SysfsTree()
        try tree.disk("pci0000:00/0000:00:1f.2/ata1/host0/block/sda", sectors: "1000000", ["dev": "8:0"])
        let sda = "sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/block/sda"
        for (number, holder) in [(1, nil), (2, "dm-0"), (3, "md127"), (4, nil)] as [(Int, String?)] {
            try tree.directory.write("\(sda)/sda\(number)/size", "2048")
            try tree.directory.write("\(sda)/sda\(number)/dev", "8:\(number)")
            try tree.directory.write("\(sda)/sda\(number)/partition", "\(number)")
            try tree.directory.write("sys/class/block/sda\(number)/dev", "8:\(number)")
            if let holder { try tree.directory.write("sys/class/block/sda\(number)/holders/\(holder)", "") }
        }
        try tree.directory.write("sys/class/block/dm-0/dm/name", "vg-root")
        try tree.directory.write("sys/class/block/dm-0/dm/uuid", "LVM-abc")
        try tree.directory.write("sys/class/block/dm-0/dev", "253:0")
        try tree.directory.write("sys/class/block/md127/dev", "9:127")
        try tree.directory.write(
            "proc/self/mountinfo",
            "22 1 253:0 / / rw shared:1 - ext4 /dev/mapper/vg-root rw\n23 22 8:1 / /boot\\040dir rw - vfat /dev/sda1 rw\n"
        )
        try tree.directory.write("proc/swaps", "Filename Type Size Used Priority\n/dev/sda4 partition 1023 0 -2\n")
        let disk = try #require(Disk.all(in: tree.root).first)
        let uses = HolderGraph(of: tree.root).uses(of: disk)
        #expect(
            uses.map(\.sentence) == [
                "sda1 is mounted on /boot dir", "dm-0 is mounted on /", "sda2 is part of the logical volume vg-root",
                "sda3 is a member of the array md127", "sda4 is swap space in use",
            ])
        // What stands on a device ends before what it stands on.
        #expect(uses.map(\.remedy).contains("deactivate the logical volume vg-root"))
    }

    @Test(
        "a loop device with a mounted file system and an open descriptor, in another mount namespace too",
        .enabled(if: getuid() == 0, "loop devices and mounts need root"))
    func live() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("image")
        try run("truncate -s 16M \(image)")
        try run("mkfs.ext4 -q \(image)")
        let attached = try LoopDevice.attach(image, in: .live, until: Deadline(in: .seconds(5)))
        let name = attached.name
        defer { _ = try? attempt("losetup -d /dev/\(name)") }
        let disk = try #require(Disk(named: name, in: .live))
        #expect(HolderGraph(of: .live).uses(of: disk).isEmpty)
        let mountPoint = directory.path.appending("a b")
        _ = try attempt("mkdir", [mountPoint.string])
        #expect(try attempt("mount", [attached.path.string, mountPoint.string]).isSuccess)
        defer { _ = try? attempt("umount", [mountPoint.string]) }
        #expect(HolderGraph(of: .live).uses(of: disk).map(\.sentence) == ["\(name) is mounted on \(mountPoint)"])
        // Exclusive work on it is refused, by the name of who uses it.
        let error = #expect(throws: DiskError.self) { _ = try DiskHandle(disk, exclusive: true, in: .live) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("is mounted on \(mountPoint)"))
        // A namespace of its own keeps the mount when ours lets go of it.
        let null = try OwnedDescriptor.open("/dev/null", O_RDWR)
        var options = ChildProcess.Options()
        options.descriptors = [null.rawValue, null.rawValue, null.rawValue]
        options.deathSignal = SIGKILL
        let script = "umount '\(mountPoint)'; mount \(attached.path) '\(mountPoint)'; exec sleep 60"
        let child = try ChildProcess.spawn(
            "/usr/bin/unshare", ["unshare", "-m", "--propagation", "private", "/bin/sh", "-c", script], options)
        defer {
            try? child.send(signal: SIGKILL)
            _ = try? child.wait(until: Deadline(in: .seconds(5)))
        }
        #expect(try attempt("umount", [mountPoint.string]).isSuccess)
        let deadline = Deadline(in: .seconds(10))
        var uses: [DiskUse] = []
        while uses.isEmpty, !deadline.hasPassed {
            uses = HolderGraph(of: .live).uses(of: disk).filter { $0.kind == .mount }
        }
        #expect(uses.first?.process != nil && uses.first?.name == mountPoint.string, "\(uses)")
    }
}
