import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

/// A loop device's disk is recorded; its replay answers what the device did.
@Suite("Recorded disks", .enabled(if: getuid() == 0, "loop devices need root"))
struct RecordedDiskTests {
    @Test("disk list, probe and partition verbs answer the same from the recording", arguments: [512, 4096])
    func replay(_ sectorSize: Int) throws {
        let directory = try TemporaryDirectory()
        let image = "\(directory.path)/disk.img"
        try run("truncate -s 64M \(image)")
        // Not the first that is free: other tests look at what becomes of those.
        let node = "/dev/loop\(64 + 2 * (getpid() % 128) + (sectorSize == 512 ? 0 : 1))"
        try run("losetup -P -b \(sectorSize) \(node) \(image)")
        var isAttached = true
        defer { if isAttached { _ = try? run("losetup -d \(node)") } }
        try run("sgdisk -n 1:0:+16M -c 1:root -n 2:0:+16M -t 2:8200 -n 3:0:0 \(node)")
        try run("partx -u \(node)")
        try run("mkfs.ext4 -q -L system \(node)p1")
        try run("mkswap -L memory \(node)p2")
        // What nobody asks for: it may not be in the recording.
        try run("dd if=/dev/urandom of=\(node)p3 bs=1M count=8 conv=fsync,notrunc status=none")
        let verbs = [
            "disk probe --all \(node)", "disk probe \(node)", "disk probe \(node)p1", "disk probe \(node)p2",
            "disk probe \(node)p3", "partition show \(node)", "partition verify \(node)", "partition show \(node)p1",
        ]
        let live = try verbs.map { try slipway("\($0) --json").output }
        let list = Self.settled(try slipway("disk list --json").document.array?.first { $0["path"]?.string == node })
        let file = "\(directory.path)/node.slipway"
        let recorded = try slipway("record --json -o \(file)")
        try #require(recorded.isSuccess, "\(recorded.errors)")
        #expect(try recorded.document["doubtful"]?.array?.contains { $0.string?.contains(node) ?? false } != true)
        try run("sgdisk -Z \(node)")
        try run("losetup -d \(node)")
        isAttached = false
        for (verb, answer) in zip(verbs, live) {
            let outcome = try slipway("\(verb) --json --replay \(file)")
            #expect(outcome.output == answer && !answer.isEmpty, "\(verb): \(outcome.errors)")
        }
        let documents = try slipway("disk list --json --replay \(file)").document.array
        let replayed = Self.settled(documents?.first { $0["path"]?.string == node })
        #expect(replayed == list && list?["partitions"]?.array?.first?["signatures"]?.array?.count == 1)
        // The random bytes and the file system's contents are none of it.
        let plane = try run("tar -xOf \(file) planes/disks.json").output
        let devices = try JSONText.decode(JSONValue.self, from: plane)["devices"]?.array ?? []
        for device in devices where device["path"]?.string?.hasPrefix(node) == true {
            let kept = (device["windows"]?.array ?? []).reduce(0) { $0 + ($1["bytes"]?.string?.utf8.count ?? 0) }
            #expect(kept < 32 << 10, "\(device["path"]?.string ?? "")")
        }
        expectOneLine(
            try slipway("disk probe \(node) --offset 4096 --replay \(file)"), exit: 1,
            "the recording has nothing of \(node)")
        expectOneLine(
            try slipway("partition show /dev/nosuch --replay \(file)"), exit: 1,
            "the recording has nothing of /dev/nosuch"
        )
    }

    /// Without who has it open at the moment: udev may, or another test.
    private static func settled(_ disk: JSONValue?) -> JSONValue? {
        guard case .object(var members) = disk else { return disk }
        members["in_use_by"] = .array((members["in_use_by"]?.array ?? []).filter { $0["kind"]?.string != "open" })
        return .object(members)
    }

    @Test("the verbs that write take no recording")
    func writers() throws {
        for verb in ["partition apply /dev/x --plan y", "partition repair /dev/x"] {
            #expect(try slipway("\(verb) --replay z").status == .exited(2))
        }
    }

    @Test("serial numbers and identifiers of disks are redacted on request")
    func serials() throws {
        let directory = try TemporaryDirectory()
        let folder = "sys/block/nvme0n1"
        try directory.write("\(folder)/size", "2048\n")
        try directory.write("\(folder)/dev", "259:0\n")
        let names = ["serial", "wwid", "eui", "nguid"]
        for name in names {
            try directory.write("\(folder)/\(name)", "5ca1ab1e\n")
            try directory.write("\(folder)/device/\(name)", "5ca1ab1e\n")
        }
        let file = "\(directory.path)/node.slipway"
        try #require(slipway("record --root \(directory.path) --redact-serial-numbers -o \(file)").isSuccess)
        let bytes = try HostRoot.live.contents(of: FilePath(file), limit: 1 << 20)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("5ca1ab1e"))
        let disk = try slipway("disk list --json --replay \(file)").document.array?.first
        #expect(names.allSatisfy { disk?[$0]?.string == "<redacted>" })
    }
}
