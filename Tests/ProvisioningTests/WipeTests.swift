import BlockDevices
import Documents
import Glibc
import Kernel
import Provisioning
import SystemPackage
import TestSupport
import Testing

/// Wipes of loop devices, judged by wipefs, blkid, sfdisk and the kernel's counters.
@Suite("Wipe", .serialized, .enabled(if: getuid() == 0, "loop devices need root"))
struct WipeTests {
    private static func image(_ directory: borrowing TemporaryDirectory, mebibytes: Int = 96) throws -> FilePath {
        let path = directory.path.appending("disk.img")
        try run("truncate -s \(mebibytes)M \(path)")
        return path
    }

    private static func disk(_ loop: borrowing TestLoop) throws -> Disk {
        try #require(Disk.find(loop.path.string, in: .live))
    }

    /// The wipe of `loop`, to its end.
    private static func wipe(_ loop: borrowing TestLoop, _ method: WipeMethod) throws -> WipeCertificate {
        let wipe = try DiskWipe(try disk(loop), method, in: .live, until: Deadline(in: .seconds(5)))
        return wipe.run { _, _ in true }
    }

    /// Two partitions with something in them, and data all over.
    private static func fill(_ image: FilePath, label: String = "gpt") throws {
        let types = label == "gpt" ? ("linux", "swap") : ("83", "82")
        let script = "label: \(label)\nstart=2048,size=32768,type=\(types.0)\nstart=65536,size=65536,type=\(types.1)\n"
        let file = FilePath("\(image).sfdisk")
        try write(script, to: file)
        try succeed("sfdisk", ["-q", image.string], input: file)
        try run("mkfs.ext4 -q -L old -E offset=1048576 \(image) 16384k")
        // swap at 32 MiB, by losetup: mkswap has no offset of its own.
        let part = try run("losetup -f --show -o 33554432 --sizelimit 33554432 \(image)").lines[0]
        try run("mkswap \(part)")
        try run("dd if=/dev/urandom of=\(part) bs=1M seek=4 count=8 status=none")
        try run("losetup -d \(part)")
    }

    private static func write(_ text: String, to file: FilePath) throws {
        try OwnedDescriptor.open(file, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644).writeAll(Array(text.utf8))
    }

    private static func awaitFile(_ path: String) {
        let deadline = Deadline(in: .seconds(10))
        while unsafe access(path, F_OK) != 0, !deadline.hasPassed { usleep(10_000) }
    }

    private static func words(_ error: DiskError?) -> String { error.map { "\($0)" } ?? "" }

    private static func succeed(_ program: String, _ arguments: [String], input: FilePath? = nil) throws {
        let outcome = try attempt(program, arguments, input: input)
        try #require(outcome.isSuccess, "\(program) \(arguments): \(outcome.text)\(outcome.errors)")
    }

    /// Nothing is found by anybody, and the old layout on the same places brings nothing back.
    private static func expectNothing(_ loop: borrowing TestLoop, label: String = "gpt") throws {
        #expect(try run("wipefs -n \(loop.path)").text.isEmpty)
        #expect(try attempt("blkid", ["-p", loop.path.string]).status == .exited(2))
        let script = FilePath("\(loop.image).sfdisk")
        try succeed("sfdisk", ["-q", "--wipe", "never", loop.image.string], input: script)
        for (offset, size) in [(1_048_576, 16_777_216), (33_554_432, 33_554_432)] {
            let probe = try attempt("blkid", ["-p", "-O", "\(offset)", "-S", "\(size)", loop.image.string])
            #expect(probe.status == .exited(2), "\(probe.text)")
        }
    }

    @Test(
        "what was there is found by nobody, and is not back with the old partitions",
        arguments: [
            (WipeMethod.signatures, "gpt"), (.signatures, "dos"), (.zero, "gpt"), (.zero, "dos"), (.discard, "gpt"),
            (.auto, "gpt"),
        ], [512, 4096])
    func wiped(_ what: (method: WipeMethod, label: String), _ sectorSize: Int) throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try Self.fill(image, label: what.label)
        let loop = try TestLoop(image, sectorSize: sectorSize)
        let certificate = try Self.wipe(loop, what.method)
        #expect(certificate.result == .complete, "\(certificate.failures) \(certificate.error ?? "")")
        #expect(
            certificate.plan.operation
                == (what.method == .auto ? .zero : EraseOperation(rawValue: what.method.rawValue)))
        try Self.expectNothing(loop, label: what.label)
        let document = certificate.document(tool: "test", started: "now")
        #expect(document["result"] == "complete" && document["applied"] == true)
        #expect(document["device"]?["path"]?.string == loop.path.string)
        #expect((document["samples"]?.array?.count ?? 0) >= 2)
    }

    @Test("zero is zeros in every byte")
    func zeros() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try run("dd if=/dev/urandom of=\(image) bs=1M count=96 conv=notrunc status=none")
        let loop = try TestLoop(image)
        #expect(try Self.wipe(loop, .zero).result == .complete)
        #expect(try attempt("cmp", ["-n", "\(96 << 20)", loop.path.string, "/dev/zero"]).status == .exited(0))
    }

    @Test("who uses the disk is named, and nothing is written: mounts, swap, a loop device, an open descriptor")
    func inUse() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try run("mkfs.ext4 -q \(image)")
        let loop = try TestLoop(image)
        let before = try run("sha256sum \(image)").text
        defer { _ = try? attempt("swapoff \(loop.path)") }
        func refused(_ words: String) throws {
            let error = #expect(throws: DiskError.self) { try Self.wipe(loop, .zero) }
            guard case .inUse? = error else { return #expect(Bool(false), "\(Self.words(error))") }
            #expect(Self.words(error).contains(words), "\(Self.words(error))")
        }
        let mountPoint = directory.path.appending("a place")
        try Self.succeed("mkdir", [mountPoint.string])
        try Self.succeed("mount", ["-o", "ro,noload", loop.path.string, mountPoint.string])
        try refused("is mounted on \(mountPoint)")
        try Self.succeed("umount", [mountPoint.string])
        #expect(try run("sha256sum \(image)").text == before)
        try run("mkswap \(loop.path)")
        try run("swapon \(loop.path)")
        try refused("is swap space in use")
        try run("swapoff \(loop.path)")
        let swap = try run("sha256sum \(image)").text
        let upper = try TestLoop(loop.path)
        try refused("is attached as \(upper.path.lastComponent?.string ?? "?")")
        _ = consume upper
        let holder = try ChildProcess.spawn(
            "/bin/sh", ["sh", "-c", "exec 3< \(loop.path); touch \(directory.path)/up; exec sleep 60"], .init())
        Self.awaitFile("\(directory.path)/up")
        let error = #expect(throws: DiskError.self) {
            _ = try DiskWipe(Self.disk(loop), .zero, in: .live, until: Deadline(in: .milliseconds(300)))
        }
        #expect(Self.words(error).contains("(sleep)"), "\(Self.words(error))")
        try holder.send(signal: SIGKILL)
        _ = try holder.wait(until: Deadline(in: .seconds(5)))
        #expect(try run("sha256sum \(image)").text == swap)
        #expect(try Self.wipe(loop, .signatures).result == .complete)
    }

    @Test("with a teardown its mounts are ended, top first; what a process has open is not")
    func teardown() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try run("mkfs.ext4 -q \(image)")
        let loop = try TestLoop(image)
        let mountPoint = directory.path.appending("mnt")
        try run("mkdir \(mountPoint)")
        try run("mount -o ro,noload \(loop.path) \(mountPoint)")
        let second = try TestLoop(loop.path)
        let preview = try DiskWipe.preview(Self.disk(loop), .zero, in: .live)
        #expect(Set(preview.teardown.map(\.kind)) == [.mount, .loop])
        // A method that it lacks ends nothing.
        #expect(throws: DiskError.self) {
            _ = try DiskWipe(
                Self.disk(loop), .secure, tearsDown: true, in: .live, until: Deadline(in: .seconds(1)))
        }
        #expect(try run("findmnt -n \(mountPoint)").isSuccess)
        let wipe = try DiskWipe(
            Self.disk(loop), .zero, tearsDown: true, in: .live, until: Deadline(in: .seconds(5)))
        #expect(wipe.ended.count == 2)
        #expect(wipe.run { _, _ in true }.result == .complete)
        #expect(try attempt("findmnt -n \(mountPoint)").status == .exited(1))
        _ = second.path
    }

    @Test("a mount in another namespace is found, too")
    func otherNamespace() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try run("mkfs.ext4 -q \(image)")
        let loop = try TestLoop(image)
        let script = "mount -o ro,noload \(loop.path) /mnt && touch \(directory.path)/up && exec sleep 60"
        let holder = try ChildProcess.spawn(
            "/usr/bin/unshare", ["unshare", "-m", "--propagation", "private", "sh", "-c", script], .init())
        Self.awaitFile("\(directory.path)/up")
        let error = #expect(throws: DiskError.self) { try Self.wipe(loop, .signatures) }
        #expect(Self.words(error).contains("is mounted on /mnt in the mount namespace of process"))
        try holder.send(signal: SIGKILL)
        _ = try holder.wait(until: Deadline(in: .seconds(5)))
    }

    @Test("a method that it lacks, a read-only disk, and another disk behind the name are refused")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        // A number that no other test is given while it is free.
        let loop = try TestLoop(image, number: 600 + getpid() % 100)
        let lacks = #expect(throws: DiskError.self) { try Self.wipe(loop, .secure) }
        #expect(Self.words(lacks).contains("offers no secure erasure"))
        let old = try Self.disk(loop)
        // The same name, and another medium: diskseq tells.
        try run("losetup -d \(loop.path)")
        try run("losetup -r \(loop.path) \(image)")
        let changed = #expect(throws: DiskError.self) {
            _ = try DiskWipe(old, .signatures, in: .live, until: Deadline(in: .seconds(1)))
        }
        #expect(Self.words(changed).isEmpty == false)
        let readOnly = #expect(throws: DiskError.self) { try Self.wipe(loop, .signatures) }
        #expect(Self.words(readOnly).contains("read-only"))
        try run("losetup -d \(loop.path)")
        try run("losetup \(loop.path) \(image)")
        let other = #expect(throws: DiskError.self) {
            _ = try DiskWipe(old, .signatures, in: .live, until: Deadline(in: .seconds(1)))
        }
        guard case .changed? = other else { return #expect(Bool(false), "\(Self.words(other))") }
    }

    @Test("Ctrl-C leaves a disk on which nothing is found, and a certificate that says so")
    func cancelled() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory)
        try Self.fill(image)
        let loop = try TestLoop(image)
        let wipe = try DiskWipe(Self.disk(loop), .zero, in: .live, until: Deadline(in: .seconds(5)))
        let certificate = wipe.run { step, progress in !(step == .erase && progress != nil) }
        #expect(certificate.result == .cancelled && certificate.bytesDone > 0)
        #expect(try run("wipefs -n \(loop.path)").text.isEmpty)
    }

    @Test(
        "of a disk with 128 partitions no more is written than the signatures and a constant", .timeLimit(.minutes(2)))
    func writes() throws {
        let directory = try TemporaryDirectory()
        let image = try Self.image(directory, mebibytes: 300)
        let file = directory.path.appending("table")
        // Swap spaces: one signature each.
        let lines = (0..<128).map { "start=\(2048 + $0 * 4096),size=4096,type=swap" }.joined(separator: "\n")
        try Self.write("label: gpt\n\(lines)\n", to: file)
        try Self.succeed("sfdisk", ["-q", image.string], input: file)
        try run("truncate -s 2M \(directory.path)/swap")
        try run("mkswap \(directory.path)/swap")
        for number in 0..<128 {
            try run(
                "dd if=\(directory.path)/swap of=\(image) bs=1M seek=\(1 + 2 * number) count=1 conv=notrunc status=none"
            )
        }
        let loop = try TestLoop(image)
        let before = try Self.writesCompleted(loop)
        let certificate = try Self.wipe(loop, .signatures)
        let after = try Self.writesCompleted(loop)
        #expect(certificate.result == .complete && certificate.wiped.count >= 128 + 2)
        let constant = 8
        #expect(certificate.writes <= 2 * certificate.wiped.count + constant, "\(certificate.writes)")
        // The two ends, of a MiB each, are as many requests as the device's limit makes of them.
        #expect(after - before <= 2 * certificate.wiped.count + 64, "\(after - before)")
        print("wipe: \(certificate.wiped.count) signatures, \(certificate.writes) writes, \(after - before) requests")
    }

    /// The fifth field of /sys/block/NAME/stat.
    private static func writesCompleted(_ loop: borrowing TestLoop) throws -> Int {
        let name = loop.path.lastComponent?.string ?? ""
        let words = try HostRoot.live.text(FilePath("/sys/block/\(name)/stat")).split(separator: " ")
        return Int(words[4]) ?? 0
    }
}
