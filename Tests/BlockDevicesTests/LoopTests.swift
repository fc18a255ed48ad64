import BlockDevices
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Loop devices, judged by losetup", .enabled(if: getuid() == 0, "loop devices need root"))
struct LoopTests {
    /// What losetup says of the device.
    private static func losetup(_ name: String) throws -> JSONValue? {
        let list = try attempt(
            "losetup", ["-l", "-J", "-O", "NAME,BACK-FILE,OFFSET,SIZELIMIT,RO,DIO,AUTOCLEAR,PARTSCAN,LOG-SEC"])
        // With no device it prints nothing.
        guard !list.output.isEmpty else { return nil }
        let all = try JSONText.decode(JSONValue.self, from: list.output)["loopdevices"]?.array ?? []
        return all.first { $0["name"]?.string == "/dev/\(name)" }
    }

    @Test("block size, offset, limit, read-only and partitions are as asked for", arguments: [512, 4096] as [UInt32])
    func setup(_ blockSize: UInt32) throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("an image")
        _ = try attempt("truncate", ["-s", "16M", image.string])
        var setup = LoopDevice.Setup()
        setup.blockSize = blockSize
        setup.offset = 1 << 20
        setup.sizeLimit = 4 << 20
        setup.isReadOnly = true
        setup.keepsPartitions = true
        let name = try LoopDevice.attach(image, setup, in: .live, until: Deadline(in: .seconds(5))).name
        // Once: a number that is free again is soon another test's.
        var isAttached = true
        defer { if isAttached { try? LoopDevice.detach(name, in: .live) } }
        let theirs = try #require(try Self.losetup(name))
        #expect(theirs["back-file"]?.string == image.string)
        #expect(
            theirs["offset"] == 1_048_576 && theirs["sizelimit"] == 4_194_304
                && theirs["log-sec"] == .integer(Int64(blockSize)))
        #expect(theirs["ro"] == true && theirs["partscan"] == true && theirs["autoclear"] == false)
        let ours = try #require(LoopDevice(named: name, in: .live))
        #expect(ours.setup == setup && ours.sizeInBytes == 4 << 20 && ours.backingFile == image.string)
        try LoopDevice.detach(name, in: .live)
        isAttached = false
        Self.awaitGone(image)
        #expect(try Self.losetup(name)?["back-file"]?.string != image.string)
    }

    @Test("direct I/O where the file's system has it")
    func direct() throws {
        // tmpfs has none before Linux 6.6; /var/tmp is on a disk.
        let image = FilePath("/var/tmp/slipway-loop-\(getpid()).img")
        try run("truncate -s 16M \(image)")
        defer { unsafe _ = unlink(image.string) }
        var setup = LoopDevice.Setup()
        setup.isDirect = true
        setup.blockSize = 4096
        let name = try LoopDevice.attach(image, setup, in: .live, until: Deadline(in: .seconds(5))).name
        defer { try? LoopDevice.detach(name, in: .live) }
        #expect(try #require(try Self.losetup(name))["dio"] == true)
    }

    @Test("one that clears itself goes with the value that holds it")
    func autoclear() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("image")
        try run("truncate -s 16M \(image)")
        var setup = LoopDevice.Setup()
        setup.isAutoclear = true
        let name = try held(image, setup)
        #expect(!name.isEmpty)
        Self.awaitGone(image)
    }

    /// No device has the file any more. Another test that lists disks may have it open for a moment.
    private static func awaitGone(_ image: FilePath) {
        let deadline = Deadline(in: .seconds(5))
        func isThere() -> Bool { LoopDevice.all(in: .live).contains { $0.backingFile == image.string } }
        while isThere(), !deadline.hasPassed { Deadline(in: .milliseconds(10)).sleep() }
        #expect(!isThere())
    }

    private func held(_ image: FilePath, _ setup: LoopDevice.Setup) throws -> String {
        let attached = try LoopDevice.attach(image, setup, in: .live, until: Deadline(in: .seconds(5)))
        #expect(LoopDevice(named: attached.name, in: .live)?.setup.isAutoclear == true)
        return attached.name
    }

    @Test("many at once each get a device of their own")
    func parallel() async throws {
        let directory = try TemporaryDirectory()
        for number in 0..<6 { try run("truncate -s 1M \(directory.path)/\(number)") }
        let folder = directory.path
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<6 {
                group.addTask {
                    try LoopDevice.attach(folder.appending("\(number)"), in: .live, until: Deadline(in: .seconds(10)))
                        .name
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        defer { for name in names { try? LoopDevice.detach(name, in: .live) } }
        #expect(Set(names).count == 6)
    }

    @Test("a handle fails when the device behind the name is another one")
    func handle() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("image")
        try run("truncate -s 16M \(image)")
        let name = try LoopDevice.attach(image, in: .live, until: Deadline(in: .seconds(5))).name
        let disk = try #require(Disk(named: name, in: .live))
        _ = try DiskHandle(disk, in: .live)
        try LoopDevice.detach(name, in: .live)
        Self.awaitGone(image)
        let gone = #expect(throws: DiskError.self) { _ = try DiskHandle(disk, in: .live) }
        #expect(gone != nil)
        // The same name and number, and another attachment: the kernel counts them (diskseq).
        // Where another test was faster to take the number, its attachment is as good.
        let isOurs = try attempt("losetup", ["/dev/\(name)", image.string]).isSuccess
        defer { if isOurs { try? LoopDevice.detach(name, in: .live) } }
        let error = #expect(throws: DiskError.self) { _ = try DiskHandle(disk, in: .live) }
        guard case .changed = error else {
            Issue.record("\(error.map { "\($0)" } ?? "nothing")")
            return
        }
    }
}
