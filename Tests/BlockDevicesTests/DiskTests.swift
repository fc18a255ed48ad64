import BlockDevices
import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Disks of sysfs")
struct DiskTests {
    private static let pci = "pci0000:00/0000:00:04.0"

    @Test("a virtio disk is told with all that sysfs says of it")
    func virtio() throws {
        let tree = try SysfsTree()
        try tree.disk(
            "\(Self.pci)/virtio1/block/vda", sectors: "16777216",
            [
                "dev": "254:16", "diskseq": "9", "ro": "1", "removable": "0", "serial": "disk-one",
                "queue/logical_block_size": "512", "queue/physical_block_size": "4096",
                "queue/optimal_io_size": "65536",
                "queue/rotational": "1",
            ])
        let disk = try #require(Disk.all(in: tree.root).first)
        #expect(disk.name == "vda" && disk.path == "/dev/vda" && disk.device == "254:16" && disk.diskSequence == 9)
        #expect(disk.sizeInBytes == 8 << 30 && disk.transport == "virtio" && disk.serial == "disk-one")
        #expect(disk.logicalSectorInBytes == 512 && disk.physicalSectorInBytes == 4096)
        #expect(disk.optimalTransferInBytes == 65_536 && disk.isRotational == true)
        #expect(disk.isReadOnly && !disk.isRemovable)
        #expect(disk.partitions.isEmpty && disk.signature == nil && disk.model == nil && disk.wwid == nil)
    }

    @Test("an NVMe namespace has its own wwid and its controller's model and serial number")
    func nvme() throws {
        let tree = try SysfsTree()
        let place = "\(Self.pci)/nvme/nvme0/nvme0n1"
        try tree.disk(
            place,
            [
                "wwid": "eui.00a0750122334455", "device/model": "Amazon Elastic Block Store              ",
                "device/serial": "vol0123456789abcdef0", "queue/logical_block_size": "4096", "queue/rotational": "0",
            ])
        try tree.partition(place, "1", start: "2048", sectors: "8")
        let disk = try #require(Disk(named: "nvme0n1", in: tree.root))
        #expect(disk.transport == "nvme" && disk.model == "Amazon Elastic Block Store")
        #expect(disk.serial == "vol0123456789abcdef0" && disk.wwid == "eui.00a0750122334455")
        #expect(disk.sizeInBytes == 1 << 20, "sysfs counts sectors of 512 bytes on a disk with sectors of 4,096 too")
        #expect(disk.partitions.map(\.name) == ["nvme0n1p1"] && disk.partitions.map(\.sizeInBytes) == [4096])
        #expect(disk.isRotational == false)
    }

    @Test(
        "the transport is the bus in the device's path, and the nearest to the disk where there are two",
        arguments: [
            ("\(pci)/ata1/host0/target0:0:0/0:0:0:0/block/sda", "sata"),
            ("\(pci)/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb", "usb"),
            ("\(pci)/virtio2/host2/target2:0:0/2:0:0:0/block/sdc", "virtio"),
            ("\(pci)/host1/port-1:0/end_device-1:0/target1:0:0/1:0:0:0/block/sdd", "sas"),
            ("platform/host7/session1/target7:0:0/7:0:0:0/block/sde", "iscsi"),
            ("LNXSYSTM:00/VMBUS:00/fd1d2cbd/host3/target3:0:0/3:0:0:0/block/sdf", "scsi"),
            ("\(pci)/host4/target4:0:0/4:0:0:0/block/sdg", "scsi"),
            ("platform/soc/mmc_host/mmc0/mmc0:0001/block/mmcblk0", "mmc"),
            ("vbd-51712/block/xvda", "xen"), ("virtual/block/loop3", "loop"), ("virtual/block/dm-0", "dm"),
            ("virtual/block/md127", "md"), ("virtual/nvme-subsystem/nvme-subsys0/nvme1n1", "nvme"),
        ])
    func transports(_ place: String, _ transport: String) throws {
        let tree = try SysfsTree()
        try tree.disk(place)
        #expect(Disk.all(in: tree.root).map(\.transport) == [transport])
    }

    @Test("a bus that is none that we know is no transport")
    func unknownTransport() throws {
        let tree = try SysfsTree()
        try tree.disk("virtual/block/zram0")
        #expect(Disk.all(in: tree.root).map(\.transport) == [nil])
    }

    @Test("partitions are in the order of their numbers, and other directories of the disk are none")
    func partitions() throws {
        let tree = try SysfsTree()
        let place = "\(Self.pci)/virtio1/block/vda"
        try tree.disk(place, ["queue/rotational": "0", "holders/.keep": "", "vda_not_a_partition/power": ""])
        for (number, start) in [("10", "1000"), ("2", "500"), ("1", "34"), ("128", "9000")] {
            try tree.partition(place, number, start: start, sectors: "16")
        }
        let disk = try #require(Disk.all(in: tree.root).first)
        #expect(disk.partitions.map(\.number) == [1, 2, 10, 128])
        #expect(disk.partitions.map(\.start) == [34, 500, 1000, 9000])
        #expect(disk.partitions.map(\.path) == ["/dev/vda1", "/dev/vda2", "/dev/vda10", "/dev/vda128"])
        #expect(disk.partitions.map(\.device) == ["254:1", "254:2", "254:10", "254:128"])
        #expect(disk.partitions.allSatisfy { $0.sizeInBytes == 8192 })
    }

    @Test("disks are in the order of their names, digits as numbers, and those without a size are left out")
    func order() throws {
        let tree = try SysfsTree()
        for name in ["sdaa", "sdb", "sda"] { try tree.disk("\(Self.pci)/ata1/host0/block/\(name)") }
        try tree.disk("virtual/block/loop0", sectors: "0")
        try tree.disk("\(Self.pci)/ata2/host1/block/sr0", sectors: nil)
        try tree.disk("virtual/block/ram0", sectors: "many")
        #expect(Disk.all(in: tree.root).map(\.name) == ["sda", "sdb", "sdaa"])
    }

    @Test("a disk that vanished between the listing and the reading is no disk")
    func vanished() throws {
        let tree = try SysfsTree()
        try tree.disk("\(Self.pci)/virtio1/block/vda")
        try tree.link("sys/block/vdb", to: "../devices/\(Self.pci)/virtio2/block/vdb")
        #expect(Disk.all(in: tree.root).map(\.name) == ["vda"])
        #expect(Disk(named: "vdb", in: tree.root) == nil && Disk(named: "nonesuch", in: tree.root) == nil)
    }

    @Test("an exclamation mark in a name is a slash in the device's path, and stays in the name")
    func exclamation() throws {
        let tree = try SysfsTree()
        let place = "\(Self.pci)/cciss0/block/cciss!c0d0"
        try tree.disk(place)
        try tree.partition(place, "1", start: "63", sectors: "8")
        let disk = try #require(Disk.all(in: tree.root).first)
        #expect(disk.name == "cciss!c0d0" && disk.path == "/dev/cciss/c0d0")
        #expect(disk.partitions.map(\.path) == ["/dev/cciss/c0d0p1"])
    }

    @Test("a size beyond every disk's does not trap")
    func hugeSize() throws {
        let tree = try SysfsTree()
        let place = "\(Self.pci)/virtio1/block/vda"
        try tree.disk(place, sectors: "18446744073709551615")
        try tree.partition(place, "1", start: "-1", sectors: "18446744073709551615")
        let disk = try #require(Disk.all(in: tree.root).first)
        #expect(disk.partitions.map(\.start) == [nil])
    }

    @Test("no /sys/block is no disks, and a tree that is not this machine's is never probed")
    func notLive() throws {
        let empty = try TemporaryDirectory()
        #expect(Disk.all(in: HostRoot(directory: empty.path)).isEmpty)
        let tree = try SysfsTree()
        try tree.disk("\(Self.pci)/virtio1/block/vda")
        var disk = try #require(Disk.all(in: tree.root).first)
        disk.probe(DeviceNodes(of: tree.root)) { Issue.record($0) }
        #expect(disk.signature == nil)
        #expect(disk.document["signatures"] == .null && disk.document["partition_table"] == .null)
    }

    @Test("this machine's disks have the sizes and sectors that lsblk says")
    func live() throws {
        let answer = try attempt("lsblk", ["-Jbdo", "NAME,SIZE,LOG-SEC,PHY-SEC,RO,RM"])
        let theirs = try JSONText.decode(JSONValue.self, from: answer.output)["blockdevices"]?.array ?? []
        let ours = Disk.all(in: .live)
        for peer in theirs where (peer["size"]?.integer ?? 0) > 0 {
            let disk = try #require(ours.first { $0.name == peer["name"]?.string })
            #expect(disk.sizeInBytes == UInt64(clamping: peer["size"]?.integer ?? -1))
            #expect(disk.logicalSectorInBytes == UInt64(clamping: peer["log-sec"]?.integer ?? -1))
            #expect(disk.physicalSectorInBytes == UInt64(clamping: peer["phy-sec"]?.integer ?? -1))
            #expect(JSONValue.bool(disk.isReadOnly) == peer["ro"] && JSONValue.bool(disk.isRemovable) == peer["rm"])
        }
        #expect(!theirs.isEmpty)
    }
}
