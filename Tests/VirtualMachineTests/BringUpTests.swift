import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

@Suite("The node in a virtual machine", .machines)
struct BringUpTests {
    @Test("one boot on EC2: what the node says is what this run's cloud and disks hold, and what the peers see")
    func firstLight() async throws {
        let instance = SampleInstance(nics: 1)
        let label = "L\(UInt32.random(in: 0..<UInt32.max))"
        let scratch = try TemporaryDirectory()
        let disk = scratch.path.appending("disk.img")
        let logs = scratch.path.appending("last-run")
        try run("/usr/bin/truncate -s 64M \(disk)")
        try run("/usr/sbin/mkfs.ext4 -q -L \(label) \(disk)")
        let configuration = Lab.withAgent {
            $0.platform = .aws
            $0.disks = [
                DiskSpecification(bus: .virtio, backing: .image(disk)),
                DiskSpecification(bus: .nvme, backing: .size(64 << 20), sectorInBytes: 4096),
            ]
        }
        try await Lab.boot(configuration, instance: instance, lastRun: logs) { machine, summary in
            #expect(summary["outcome"] == "ready")
            #expect(summary["platform"]?["platform"] == "aws")
            #expect(summary["metadata"]?["instance_id"]?.string == instance.id)
            #expect(summary["metadata"]?["tags"]?["Name"]?.string == instance.tag)
            #expect(summary["hostname"]?.string == instance.hostname)
            let disks = summary["disks"]?.array ?? []
            #expect(disks.map { $0["transport"]?.string } == ["virtio", "nvme"])
            #expect(disks.first?["signatures"]?.array?.first?["label"]?.string == label)
            #expect(disks.last?["logical_sector_bytes"] == 4096)

            var agent = try Agent(machine)
            let hostname = try agent.get("/proc/sys/kernel/hostname")
            #expect(String(decoding: hostname, as: UTF8.self) == instance.hostname + "\n")
            // The kernel's own view, by iproute2: the lease's address, the default route, and whose they are.
            let addresses = try agent.run("ip", "-j", "address", "show", "eth0")
            let links = try JSONText.decode(JSONValue.self, from: Array(addresses.output.utf8)).array ?? []
            #expect(links.first?["address"]?.string == instance.macs[0])
            let inet = (links.first?["addr_info"]?.array ?? []).first { $0["family"] == "inet" }
            #expect(inet?["local"] == "10.0.2.15" && inet?["prefixlen"] == 24)
            let lifetime = inet?["valid_life_time"]?.integer ?? 0
            #expect(lifetime > 0 && lifetime <= 86_400)
            let route = try agent.run("ip", "route", "show", "default")
            #expect(route.output.hasPrefix("default via 10.0.2.2 dev eth0 proto 83"))
            // blkid on the same disk, and the modules by /proc/modules.
            let blkid = try agent.run("blkid", "-p", "-s", "LABEL", "-o", "value", "/dev/vda")
            #expect(blkid.output == label + "\n")
            let loaded = String(decoding: try agent.get("/proc/modules"), as: UTF8.self)
                .split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
            let told = Set((summary["modules"]?["loaded"]?.array ?? []).compactMap(\.string))
            #expect(told.isSubset(of: loaded) && told.contains("virtio_net"))
            // The lease's resolver, for who asks names.
            let resolver = String(decoding: try agent.get("/etc/resolv.conf"), as: UTF8.self)
            #expect(resolver.hasPrefix("nameserver 10.0.2.3\n"), "\(resolver)")
            // Nothing listens.
            let listening = try agent.run("ss", "-Hltn")
            #expect(listening.status == 0 && listening.output.isEmpty)
            // PID 1's own memory: what is its alone, in kB.
            let status = String(decoding: try agent.get("/proc/1/status"), as: UTF8.self)
            let resident = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
            #expect(Int(resident.filter(\.isNumber)) ?? .max <= 12 << 10)
            // The verbs answer in the guest as they do here.
            let detect = try agent.run("/sbin/slipway", "platform", "detect", "--json")
            let verdict = try JSONText.decode(JSONValue.self, from: Array(detect.output.utf8))
            #expect(verdict["platform"] == "aws")
            let lsblk = try agent.run("/sbin/slipway", "disk", "list", "--json")
            #expect(try JSONText.decode(JSONValue.self, from: Array(lsblk.output.utf8)).array?.count == 2)
            // A table that sgdisk writes in the guest: it reads it back without a problem, and ours tells what is there.
            let table = try agent.run("sgdisk", "-o", "-n", "1:0:+8M", "-c", "1:\(label)", "/dev/nvme0n1")
            #expect(table.status == 0, "\(table.output)\(table.errors)")
            #expect(try agent.run("sgdisk", "-v", "/dev/nvme0n1").output.contains("No problems found"))
            let listed = try agent.run("/sbin/slipway", "disk", "list", "--json")
            let nvme = try JSONText.decode(JSONValue.self, from: Array(listed.output.utf8)).array?.last
            #expect(nvme?["partition_table"] == "gpt")
            #expect(nvme?["partitions"]?.array?.count == 1)
            // modprobe, as the kernel calls it: what Debian's resolves, ours has loaded.
            let modprobe = try agent.run("/sbin/modprobe", "-q", "--", "fs-vfat")
            #expect(modprobe.status == 0)
            let proc = String(decoding: try agent.get("/proc/filesystems"), as: UTF8.self)
            #expect(proc.contains("vfat"))
            let peer = try agent.run("/usr/lib/peers/modprobe", "--show-depends", "virtio_net")
            #expect(peer.output.contains("net_failover.ko"))
        }
        // The server's log: the token first, then the keys with it.
        let log = String(
            decoding: try LiveFiles().contents(of: logs.appending("server.log"), limit: 1 << 20), as: UTF8.self)
        let requests = try log.split(separator: "\n").map { try JSONText.decode(JSONValue.self, from: Array($0.utf8)) }
        #expect(requests.first?["method"] == "PUT" && requests.first?["path"] == "/latest/api/token")
        #expect(requests.dropFirst().allSatisfy { $0["method"] == "GET" && $0["token"] == "valid" })
        #expect(requests.contains { $0["path"] == "/latest/meta-data/instance-id" && $0["status"] == 200 })
        for name in ["boot.json", "console.log", "report.jsonl"] {
            #expect(try !LiveFiles().contents(of: logs.appending(name), limit: 1 << 20).isEmpty)
        }
    }

    @Test("UEFI, AHCI, e1000e and vmxnet3: the generic kernel, and efibootmgr reads the variables")
    func unlikeHardware() async throws {
        let configuration = Lab.withAgent {
            $0.platform = .metal
            $0.firmware = .uefi
            $0.disks = [DiskSpecification(bus: .ahci, backing: .size(32 << 20))]
            $0.nics = [.e1000e, .vmxnet3]
            $0.memoryInMiB = 768
        }
        #expect(configuration.effectiveKernel == .generic)
        let instance = SampleInstance(nics: 2)
        try await Lab.boot(configuration, instance: instance) { machine, summary in
            #expect(summary["outcome"] == "ready")
            #expect(summary["platform"]?["platform"] == "metal")
            #expect(summary["metadata"] == .null)
            #expect(summary["disks"]?.array?.first?["transport"] == "sata")
            let links = summary["links"]?.array ?? []
            #expect(Set(links.compactMap { $0["mac"]?.string }) == Set(instance.macs))
            let leased = links.filter {
                ($0["addresses"]?.array ?? []).contains { $0["source"] == "DHCP from 10.0.2.2" }
            }
            #expect(!leased.isEmpty)
            var agent = try Agent(machine)
            let mount = try agent.run("mount", "-t", "efivarfs", "efivarfs", "/sys/firmware/efi/efivars")
            #expect(mount.status == 0)
            let efibootmgr = try agent.run("efibootmgr")
            #expect(efibootmgr.status == 0 && efibootmgr.output.contains("BootOrder"), "\(efibootmgr.output)")
        }
    }

    @Test("one cable of two: the node is ready by the one that carries, and says which does not")
    func oneCable() async throws {
        let configuration = Lab.withAgent {
            $0.nics = [.virtio, .virtio]
            $0.unpluggedNICs = [0]
        }
        let instance = SampleInstance(nics: 2)
        try await Lab.boot(configuration, instance: instance) { machine, summary in
            #expect(summary["outcome"] == "ready")
            let links = summary["links"]?.array ?? []
            let names = instance.macs.map { mac in links.first { $0["mac"]?.string == mac }?["name"]?.string ?? "" }
            var agent = try Agent(machine)
            let record = try JSONText.decode(JSONValue.self, from: try agent.get("/run/slipway/boot.json"))
            let task = record["tasks"]?.array?.first { $0["name"] == "links" }
            #expect(task?["outcome"] == "done")
            #expect(task?["note"]?.string == "\(names[1]); no carrier on \(names[0])")
            // The kernel's own view, by iproute2.
            let listed = try agent.run("ip", "-j", "address", "show")
            let peers = try JSONText.decode(JSONValue.self, from: Array(listed.output.utf8)).array ?? []
            for (mac, isCarrying) in zip(instance.macs, [false, true]) {
                let link = peers.first { $0["address"]?.string == mac }
                let flags = (link?["flags"]?.array ?? []).compactMap(\.string)
                #expect(flags.contains("UP") && flags.contains("NO-CARRIER") != isCarrying, "\(flags)")
                let inet = (link?["addr_info"]?.array ?? []).filter { $0["family"] == "inet" }
                #expect(inet.isEmpty != isCarrying)
            }
        }
    }

    @Test("VMware by its firmware tables: the processor's leaf says otherwise, and the verdict lists that")
    func vmware() async throws {
        var configuration = MachineConfiguration()
        configuration.platform = .vmware
        try await Lab.boot(configuration) { _, summary in
            #expect(summary["outcome"] == "ready")
            #expect(summary["platform"]?["platform"] == "vmware")
            let conflicts = summary["platform"]?["conflicts"]?.array ?? []
            #expect(!conflicts.isEmpty)
            #expect(summary["metadata"] == .null)
        }
    }

    @Test("the sample of GCP that 'vm run' boots: its identity is this run's")
    func gcp() async throws {
        let instance = SampleInstance(nics: 1)
        var configuration = MachineConfiguration()
        configuration.platform = .gcp
        try await Lab.boot(configuration, instance: instance) { _, summary in
            #expect(summary["outcome"] == "ready")
            #expect(summary["platform"]?["platform"] == "gcp")
            #expect(summary["metadata"]?["instance_id"]?.string == instance.id)
            #expect(summary["metadata"]?["tags"]?[instance.tag] != nil)
            #expect(summary["hostname"]?.string == instance.hostname)
        }
    }

    @Test("a power off unmounts: the file system on the disk is clean, and its file is whole")
    func powerOff() async throws {
        let scratch = try TemporaryDirectory()
        let disk = scratch.path.appending("disk.img")
        try run("/usr/bin/truncate -s 32M \(disk)")
        try run("/usr/sbin/mkfs.ext4 -q \(disk)")
        let configuration = Lab.withAgent { $0.disks = [DiskSpecification(bus: .virtio, backing: .image(disk))] }
        let outcome = try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            #expect(try agent.run("mount", "-t", "ext4", "/dev/vda", "/tmp").status == 0)
            // Written, not synced: only an orderly end saves it.
            try agent.put(Array("kept".utf8), to: "/tmp/file")
            try agent.signal(1, SIGUSR2)
            return machine.wait()
        }
        #expect(outcome.how == .ended(.poweredOff))
        let console = outcome.state.console.suffix(12).joined(separator: "\n")
        #expect(console.contains("slipway: unmounted /tmp"), "\(console)")
        let header = try run("/usr/sbin/dumpe2fs -h \(disk)").text
        #expect(header.contains("Filesystem state:         clean"))
        #expect(!header.contains("needs_recovery"))
        #expect(try debugfs("cat /file", disk) == "kept")
    }

    @Test("a deadline ends the run and says what the node was doing")
    func deadline() async throws {
        var configuration = MachineConfiguration()
        configuration.append = ["slipway.fault=hang:disks", "slipway.deadline=disks:600"]
        configuration.timeout = .seconds(25)
        let plain = configuration
        let image = try await WorkerThread.run { try Lab.image(.cloud) }
        let outcome = try await Lab.withPlace {
            try VirtualMachine(plain, image: image, parts: try Lab.parts()).wait()
        }
        #expect(outcome.how == .timedOut("the bring-up was at disks"))
    }
}

/// What debugfs prints for a request, which has a space in it.
private func debugfs(_ request: String, _ image: FilePath) throws -> String {
    var pipe = try DescriptorPair.pipe()
    let reading = try pipe.takeFirst()
    let writing = try pipe.takeSecond()
    var options = ChildProcess.Options()
    options.descriptors = [-1, writing.rawValue, -1]
    let child = try ChildProcess.spawn("/usr/sbin/debugfs", ["debugfs", "-R", request, image.string], options)
    _ = consume writing
    let text = String(decoding: try reading.readAll(limit: 1 << 16), as: UTF8.self)
    _ = try child.wait(until: Deadline(in: .seconds(20)))
    return text
}
