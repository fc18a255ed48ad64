import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

/// Wipes on the disks of a machine: nvme with two namespaces, virtio, ahci, scsi_debug; and those who hold disks.
@Suite("Wipe in a virtual machine", .machines)
struct WipeMachineTests {
    private static func document(_ answer: Agent.Answer) throws -> JSONValue {
        try JSONText.decode(JSONValue.self, from: Array(answer.output.utf8))
    }

    /// What the program of the node says to a wipe.
    private static func wipe(_ agent: inout Agent, _ disk: String, _ method: String) throws -> Agent.Answer {
        try agent.run("slipway", "disk", "wipe", disk, "--method", method, "--yes", "--json", "--timeout", "3")
    }

    /// Runs, and has to succeed.
    private static func must(_ agent: inout Agent, _ words: String) throws {
        let answer = try agent.run(words.split(separator: " ").map(String.init))
        try #require(answer.status == 0, "\(words): \(answer.output)\(answer.errors)")
    }

    /// A table with a file system and a swap space.
    private static func fill(_ agent: inout Agent, _ disk: String) throws {
        try must(&agent, "slipway partition apply \(disk) --plan /run/plan --yes")
        let infix = disk.last?.isNumber == true ? "p" : ""
        try must(&agent, "mkfs.ext4 -q -L old \(disk)\(infix)1")
        try must(&agent, "mkswap \(disk)\(infix)2")
    }

    private static let plan = """
        seed: the same
        unlisted: delete
        partitions:
          - {type: linux-generic, label: A, size: 16MiB}
          - {type: swap, label: B, size: 16MiB}
        """

    /// With the old layout in its place nothing comes back.
    private static func expectNothingIsBack(_ agent: inout Agent, _ disk: String) throws {
        let infix = disk.last?.isNumber == true ? "p" : ""
        try must(&agent, "sgdisk -n 1:1M:+16M -n 2:17M:+16M \(disk)")
        for number in 1...2 {
            let probe = try agent.run(
                "blkid", "-p", "-s", "TYPE", "-s", "LABEL", "-o", "value", "\(disk)\(infix)\(number)")
            #expect(probe.output.isEmpty, "\(disk) \(number): \(probe.output)\(probe.errors)")
        }
    }

    @Test("each disk by the best that it has: erased, refused by what it lacks, and nothing left to find")
    func disks() async throws {
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.disks = try! [
                .init("virtio:64M"), .init("nvme:64M"), .init("nvme-ns:64M:4096"), .init("ahci:64M"),
            ]
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            try agent.put(Array(Self.plan.utf8), to: "/run/plan")
            try Self.must(
                &agent, "/usr/lib/peers/modprobe scsi_debug dev_size_mb=64 sector_size=4096 lbpu=1 unmap_max_blocks=256"
            )
            let list = try Self.document(try agent.run("slipway", "disk", "list", "--json")).array ?? []
            let debug = list.first { $0["model"]?.string == "scsi_debug" }?["path"]?.string ?? "none"
            let offers =
                [
                    "/dev/vda": (auto: "zero", secure: 3), "/dev/nvme0n1": ("nvme-format-user-data", 0),
                    "/dev/nvme0n2": ("nvme-format-user-data", 0), "/dev/sda": ("zero", 3), debug: ("zero", 3),
                ] as [String: (auto: String, secure: Int32)]
            for (disk, offer) in offers.sorted(by: { $0.key < $1.key }) {
                // What the kernel does is the same on all; what a device has of its own is not.
                let all = disk == "/dev/vda" || disk == debug
                for method in ["signatures", "secure", "auto"] + (all ? ["discard", "zero"] : []) {
                    try Self.fill(&agent, disk)
                    let answer = try Self.wipe(&agent, disk, method)
                    let isRefused = method == "secure" && offer.secure != 0
                    #expect(answer.status == (isRefused ? 3 : 0), "\(disk) \(method): \(answer.output)\(answer.errors)")
                    if isRefused {
                        #expect(answer.errors.contains("no secure erasure"), "\(answer.errors)")
                        continue
                    }
                    let certificate = try Self.document(answer)
                    #expect(certificate["result"] == "complete")
                    if method == "auto" { #expect(certificate["method"]?.string == offer.auto, "\(disk)") }
                    #expect(certificate["partitions_removed"] == 2)
                    #expect(try agent.run("wipefs", "-n", disk).output.isEmpty)
                    #expect(try agent.run("blkid", "-p", disk).status == 2)
                    if method == "signatures" { try Self.expectNothingIsBack(&agent, disk) }
                }
            }
            let place = list.first { $0["path"]?.string == debug }?["bus_path"]?.string ?? ""
            try Self.passThrough(&agent, debug, "/sys/class/scsi_disk/\(place.split(separator: "/").last ?? "")")
        }
    }

    /// What the kernel has no offload for any more is asked of the device by SG_IO.
    private static func passThrough(_ agent: inout Agent, _ disk: String, _ folder: String) throws {
        try agent.put(Array("disabled\n".utf8), to: "\(folder)/provisioning_mode")
        try agent.put(Array("0\n".utf8), to: "\(folder)/max_write_same_blocks")
        for (method, operation) in [("discard", "scsi-unmap"), ("zero", "scsi-write-same")] {
            try fill(&agent, disk)
            // Data that no signature's wipe touches.
            try must(&agent, "dd if=/dev/urandom of=\(disk) bs=1M seek=40 count=4 conv=notrunc,fsync")
            let answer = try wipe(&agent, disk, method)
            let certificate = try document(answer)
            #expect(
                answer.status == 0 && certificate["method"]?.string == operation, "\(answer.output)\(answer.errors)")
            if method == "discard" {
                // 64 commands, each of which takes scsi_debug some milliseconds: long enough for a rate.
                let lines = try answer.errors.split(separator: "\n").map {
                    try JSONText.decode(JSONValue.self, from: Array($0.utf8))["progress"]
                }
                let last = lines.last { $0?["step"] == "erase" } ?? nil
                #expect(last?["done"] == 67_108_864 && last?["total"] == 67_108_864 && last?["seconds_left"] == 0)
                #expect((last?["rate_per_second"]?.integer ?? 0) > 0, "\(answer.errors)")
            }
            // scsi_debug reads zeros where it was unmapped (LBPRZ).
            let rest = try agent.run("dd", "if=\(disk)", "bs=1M", "skip=40", "count=4", "iflag=direct")
            #expect(rest.status == 0 && rest.output.utf8.count == 4 << 20 && rest.output.utf8.allSatisfy { $0 == 0 })
        }
    }

    /// Words of lvm(8) in a machine without udevd.
    private static func lvm(_ agent: inout Agent, _ words: String) throws {
        let configuration = "activation{udev_sync=0 udev_rules=0} devices{use_devicesfile=0} global{event_activation=0}"
        let verb = words.split(separator: " ").map(String.init)
        let answer = try agent.run(["lvm", verb[0], "--config", configuration] + verb.dropFirst())
        try #require(answer.status == 0, "lvm \(words): \(answer.output)\(answer.errors)")
    }

    private static func refused(_ agent: inout Agent, _ disk: String, _ words: String) throws {
        let answer = try wipe(&agent, disk, "zero")
        #expect(answer.status == 3 && answer.errors.contains(words), "\(answer.output)\(answer.errors)")
        let plan = try agent.run("slipway", "disk", "wipe", disk, "--method", "zero")
        #expect(plan.status == 3 && plan.errors.contains(words), "\(plan.output)\(plan.errors)")
        let holders = try document(agent.run("slipway", "disk", "holders", disk, "--json"))
        #expect(holders["in_use_by"]?.array?.isEmpty == false)
    }

    /// The plan says what would end, and then it is ended.
    private static func tearDown(_ agent: inout Agent, _ disk: String, _ kinds: Set<String>) throws {
        let words = ["slipway", "disk", "wipe", disk, "--method", "signatures", "--teardown", "--json"]
        let plan = try document(agent.run(words))
        let planned = Set((plan["teardown"]?.array ?? []).compactMap { $0["kind"]?.string })
        #expect(planned == kinds && plan["applied"] == false)
        #expect(try wipe(&agent, disk, "signatures").status == 3)
        let answer = try agent.run(words + ["--yes"])
        try #require(answer.status == 0, "\(answer.output)\(answer.errors)")
        let certificate = try document(answer)
        #expect(certificate["teardown"]?.array?.count == plan["teardown"]?.array?.count)
    }

    @Test(
        "mounts, swap, LVM, md and dm are refused by their names, and ended when that is asked for; a place that fails is in the certificate"
    )
    func holders() async throws {
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.disks = (0..<3).map { _ in .init(bus: .virtio, backing: .size(64 << 20)) }
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            try agent.put(Array(Self.plan.utf8), to: "/run/plan")
            for module in ["dm-mod", "dm-flakey", "raid1"] {
                try Self.must(&agent, "/usr/lib/peers/modprobe \(module)")
            }
            try Self.fill(&agent, "/dev/vda")
            try Self.must(&agent, "mkdir -p /run/mnt")
            try Self.must(&agent, "mount -t ext4 /dev/vda1 /run/mnt")
            try Self.refused(&agent, "/dev/vda", "vda1 is mounted on /run/mnt")
            try Self.must(&agent, "umount /run/mnt")
            try Self.must(&agent, "swapon /dev/vda2")
            try Self.refused(&agent, "/dev/vda", "vda2 is swap space in use")
            let made = try agent.run(
                "dmsetup", "create", "--noudevsync", "plain", "--table", "0 32768 linear /dev/vda1 0")
            try #require(made.status == 0, "\(made.errors)")
            try Self.refused(&agent, "/dev/vda", "vda1 is under the device-mapper volume plain")
            try Self.must(&agent, "mount -t ext4 /dev/dm-0 /run/mnt")
            try Self.refused(&agent, "/dev/vda", "dm-0 is mounted on /run/mnt")
            try Self.tearDown(&agent, "/dev/vda", ["dm", "mount", "swap"])
            #expect(try !agent.run("cat", "/proc/swaps").output.contains("vda2"))
            #expect(try !agent.run("cat", "/proc/mounts").output.contains("/run/mnt"))

            try Self.lvm(&agent, "pvcreate -y /dev/vda")
            try Self.lvm(&agent, "vgcreate vg /dev/vda")
            try Self.lvm(&agent, "lvcreate -y -Zn -Wn -L 8M -n lv vg")
            try Self.refused(&agent, "/dev/vda", "vda is part of the logical volume vg-lv")
            try Self.tearDown(&agent, "/dev/vda", ["lvm"])
            #expect(try agent.run("wipefs", "-n", "/dev/vda").output.isEmpty)

            try Self.must(
                &agent, "mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 /dev/vdb /dev/vdc")
            try Self.refused(&agent, "/dev/vdb", "vdb is a member of the array md0")
            try Self.tearDown(&agent, "/dev/vdb", ["md"])
            #expect(try agent.run("mdadm", "--examine", "/dev/vdb").status != 0)

            try Self.failing(&agent)
        }
    }

    /// Sector 65,536 to 65,543 fail; then every write does.
    private static func failing(_ agent: inout Agent) throws {
        let table = "0 65536 linear /dev/vda 0\n65536 8 error\n65544 65528 linear /dev/vda 65544"
        let made = try agent.run("dmsetup", "create", "--noudevsync", "bad", "--table", table)
        try #require(made.status == 0, "\(made.errors)")
        let answer = try wipe(&agent, "/dev/dm-0", "zero")
        let certificate = try document(answer)
        #expect(answer.status == 1 && certificate["result"] == "failed", "\(answer.output)\(answer.errors)")
        let failures = certificate["failures"]?.array ?? []
        #expect(failures.count == 1 && failures.first?["offset"] == 33_554_432 && failures.first?["length"] == 4096)
        #expect(failures.first?["message"]?.string?.isEmpty == false)
        try must(&agent, "dmsetup remove --noudevsync bad")
        let flakey = try agent.run(
            "dmsetup", "create", "--noudevsync", "flakey", "--table", "0 131072 flakey /dev/vda 0 0 3600 1 error_writes"
        )
        try #require(flakey.status == 0, "\(flakey.errors)")
        let none = try wipe(&agent, "/dev/dm-0", "zero")
        let second = try document(none)
        #expect(none.status == 1 && second["result"] == "failed")
        #expect(second["failures"]?.array?.first?["offset"] == 0, "\(none.output)")
        try must(&agent, "dmsetup remove --noudevsync flakey")
    }
}
