import Documents
import Kernel
import Partitions
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

/// A power cut in the middle of a change of the partition table, and the boot after it.
@Suite("Torn partition tables in a virtual machine", .machines)
struct TornTableTests {
    @Test("a table that was cut in the middle comes up whole, with its partitions and what is on them")
    func cut() async throws {
        let scratch = try TemporaryDirectory()
        let disk = scratch.path.appending("disk.img")
        try run("/usr/bin/truncate -s 64M \(disk)")
        let label = "L\(UInt32.random(in: 0..<UInt32.max))"
        let guids = try Self.writeAndCut(disk)
        // In the second partition of the new table.
        try run("/usr/sbin/mkfs.ext4 -q -L \(label) -E offset=\(9 << 20) \(disk) 16384k")
        #expect(try !run("/usr/sbin/sgdisk -v \(disk)").text.contains("No problems found"))
        let configuration = Lab.withAgent { $0.disks = [DiskSpecification(bus: .virtio, backing: .image(disk))] }
        try await Lab.boot(configuration) { machine, summary in
            #expect(summary["outcome"] == "ready")
            let partitions = summary["disks"]?.array?.first?["partitions"]?.array ?? []
            #expect(partitions.compactMap { $0["name"]?.string } == ["vda1", "vda2", "vda3"])
            #expect(partitions.count == 3 && partitions[1]["signatures"]?.array?.first?["label"]?.string == label)
            var agent = try Agent(machine)
            let verdict = try agent.run("sgdisk", "-v", "/dev/vda")
            #expect(verdict.output.contains("No problems found"), "\(verdict.output)")
            let blkid = try agent.run("blkid", "-p", "-s", "LABEL", "-o", "value", "/dev/vda2")
            #expect(blkid.output == label + "\n")
            let saved = try agent.get("/run/slipway/vda.partition-table.json")
            #expect(String(decoding: saved, as: UTF8.self).contains("\"partition-table\""))
        }
        let after = try TableReading(DeviceVolume(disk, in: .live), sectorSize: 512)
        #expect(after.problems.isEmpty, "\(after.problems.map(\.message))")
        #expect(after.table?.partitions.map(\.entry.guid) == guids)
    }

    @Test(
        "with a dead primary, and a kernel that reads no backup, the configuration is found on a partition all the same"
    )
    func volumeOnTornDisk() async throws {
        let scratch = try TemporaryDirectory()
        let disk = scratch.path.appending("disk.img")
        try run("truncate -s 64M \(disk)")
        try run("sgdisk -n 1:1M:+16M \(disk)")
        let name = "torn-\(UInt32.random(in: 0..<UInt32.max))"
        try scratch.write("config.yaml", "some: thing\n")
        try scratch.write("metadata.yaml", "instance-id: \(name)\nlocal-hostname: \(name)\n")
        let volume = scratch.path.appending("volume")
        try run("truncate -s 16M \(volume)")
        try run("mkfs.vfat -n SLIPWAY \(volume)")
        for file in ["config.yaml", "metadata.yaml"] { try run("mcopy -i \(volume) \(scratch.path)/\(file) ::\(file)") }
        try run("dd if=\(volume) of=\(disk) bs=1M seek=1 conv=notrunc status=none")
        // The primary's header, and what the kernel would look at.
        try run("dd if=/dev/zero of=\(disk) bs=512 seek=1 count=1 conv=notrunc status=none")
        var configuration = MachineConfiguration()
        configuration.platform = .metal
        configuration.disks = [DiskSpecification(bus: .virtio, backing: .image(disk))]
        configuration.kernelReadsBackupTables = false
        configuration.timeout = .seconds(300)
        try await Lab.boot(configuration) { _, summary in
            #expect(summary["hostname"]?.string == name && summary["metadata"]?["instance_id"]?.string == name)
            let partitions = summary["disks"]?.array?.first?["partitions"]?.array ?? []
            #expect(partitions.compactMap { $0["name"]?.string } == ["vda1"])
        }
        #expect(try run("sgdisk -v \(disk)").text.contains("No problems found"))
    }

    /// Two partitions, then three, of which the change is cut off within the primary's entries. The GUIDs of the three.
    private static func writeAndCut(_ disk: FilePath) throws -> [GUID] {
        let device = try WritableDevice(disk)
        let two = "partitions: [{type: esp, label: A, size: 8MiB}, {type: home, label: B, size: 16MiB}]"
        let blank = try TableReading(device, sectorSize: 512)
        let first = try PlannedTable(PartitionPlan(text: Array(two.utf8)), over: blank)
        try TableCommit(first.table, over: blank, on: device).run(on: device)
        let reading = try TableReading(device, sectorSize: 512)
        let more = "partitions: [{type: var, label: C, size: 16MiB}]"
        let second = try PlannedTable(PartitionPlan(text: Array(more.utf8)), over: reading)
        let log = WriteLog(over: MemoryDevice(sizeInBytes: device.sizeInBytes))
        try TableCommit(second.table, over: reading, on: device).run(on: log)
        var isCut = false
        for call in log.calls where !isCut {
            guard case .write(let offset, let bytes) = call else { continue }
            // The array after the header in sector 1: 300 bytes of it, within the new entry.
            isCut = offset == 1024
            try device.write(isCut ? Array(bytes[..<300]) : bytes, at: offset)
        }
        try #require(isCut)
        try device.flush()
        return second.table.partitions.map(\.entry.guid)
    }
}
