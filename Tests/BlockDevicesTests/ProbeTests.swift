import BlockDevices
import Kernel
import SystemPackage
import TestSupport
import Testing

/// Images that others' tools make; `blkid -p` says what is on them.
@Suite("Probing with libblkid")
struct ProbeTests {
    @Test(
        "a file system, swap space and a partition table are told as blkid tells them",
        arguments: [
            ["mkfs.ext4", "-q", "-L", "a label", "-U", "6f3d1f4e-0d3b-4a7e-9b6e-2f6c2f1c8f11", "IMAGE"],
            ["mkfs.ext2", "-q", "-L", "", "IMAGE"],
            ["mkswap", "-L", "swäp", "-U", "0a7d5f1c-66a2-4cf4-8a0b-1a1f6d6f3c11", "IMAGE"],
            ["mkswap", "IMAGE"],
            ["sgdisk", "-o", "-n", "1:0:+1M", "-c", "1:root", "IMAGE"],
            ["sfdisk", "-q", "--label", "dos", "IMAGE"],
        ])
    func image(_ maker: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: 16)
        try make(maker, path)
        let theirs = try blkid(path)
        let ours = try Probe(path: path).report()
        #expect(!ours.isEmpty && !ours.isAmbivalent && !theirs.isEmpty)
        #expect(ours.type == theirs["TYPE"])
        #expect(ours.usage == theirs["USAGE"])
        #expect(ours.version == theirs["VERSION"])
        #expect(ours.uuid == theirs["UUID"])
        #expect(ours.partitionTable == theirs["PTTYPE"])
        #expect(ours.partitionTableUUID == theirs["PTUUID"])
        // blkid's export form escapes what is no plain character; the label is as it was given.
        #expect(ours.label == maker.firstIndex(of: "-L").map { maker[$0 + 1] }.flatMap { $0.isEmpty ? nil : $0 })
    }

    @Test(
        "a GPT is listed with its backup and its protective MBR, and after the listing the probe says the same as before"
    )
    func allOfATable() throws {
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: 16)
        try make(["sgdisk", "-o", "-n", "1:0:+1M", "IMAGE"], path)
        var options = ProbeOptions()
        options.listsSignatures = true
        let probe = try Probe(path: path, options)
        let report = try probe.report()
        #expect(
            report.signatures.map { "\($0.type) \($0.offset)" } == ["PMBR 510", "gpt 512", "gpt \((16 << 20) - 512)"])
        #expect(report.partitionTable == "gpt" && report.partitions.count == 1 && report.problems.isEmpty)
        #expect(try probe.report() == report)
    }

    @Test("a table's damage, its displaced backup, another sector size and stale signatures are problems of the probe")
    func problems() throws {
        func codes(_ path: FilePath, sectorSize: UInt32? = nil) throws -> Set<String> {
            var options = ProbeOptions()
            options.listsSignatures = true
            options.sectorSize = sectorSize
            return Set(try Probe(path: path, options).report().problems.map(\.code))
        }
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: 16)
        try make(["sgdisk", "-o", "-n", "1:0:+1M", "IMAGE"], path)
        #expect(try codes(path).isEmpty)
        #expect(try codes(path, sectorSize: 4096).contains("wrong-sector-size"))
        try run("truncate -s 20M \(path)")
        #expect(try codes(path) == ["backup-displaced"])
        try run("truncate -s 16M \(path)")
        try run("dd if=/dev/zero of=\(path) bs=1 seek=560 count=4 conv=notrunc status=none")
        #expect(try codes(path) == ["header-crc"])
        let stale = try blank(directory, mebibytes: 16)
        try make(["mkfs.ext4", "-q", "IMAGE"], stale)
        // An mdadm superblock of version 0.90 stays where it was, 64 KiB before the end.
        try directory.write("md", [0xFC, 0x4E, 0x2B, 0xA9, 0, 0, 0, 0, 90, 0, 0, 0])
        try run("dd if=\(directory.path)/md of=\(stale) bs=64K seek=255 conv=notrunc status=none")
        #expect(try codes(stale) == ["stale-signature"])
    }

    @Test("the kernel's own file system says what mkfs wrote, whatever the block size", arguments: ["1024", "4096"])
    func blockSizes(_ size: String) throws {
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: 16)
        try make(["mkfs.ext4", "-q", "-b", size, "IMAGE"], path)
        #expect(try Probe(path: path).report().uuid == blkid(path)["UUID"])
    }

    @Test("an image of zeros and an image of no bytes have nothing on them", arguments: [0, 1, 16])
    func empty(_ mebibytes: Int) throws {
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: mebibytes)
        #expect(try attempt("blkid", ["-p", path.string]).status == .exited(2))
        if mebibytes == 0 {
            // libblkid takes no device without a size.
            let outcome = Result { try Probe(path: path).report() }
            if case .success(let signature) = outcome { #expect(signature.isEmpty) }
        } else {
            #expect(try Probe(path: path).report() == ProbeReport())
        }
    }

    @Test(
        "two file systems on one device are ambivalent, as blkid says", arguments: [["mkfs.ext4", "-q"], ["mkswap"]])
    func ambivalent(_ maker: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = try blank(directory, mebibytes: 16)
        try make(maker + ["IMAGE"], path)
        // squashfs 4.0's superblock is at 0, which neither of the two uses.
        let header: [UInt8] = [0x68, 0x73, 0x71, 0x73, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0x11, 0]
        try directory.write("header", header + [0xc0, 0, 1, 0, 4, 0, 0, 0])
        try run("dd if=\(directory.path)/header of=\(path) conv=notrunc status=none")
        #expect(try attempt("blkid", ["-p", path.string]).status == .exited(8))
        let ours = try Probe(path: path).report()
        #expect(ours.isAmbivalent && !ours.isEmpty && ours.type == nil)
        // Not so any more when one of them is gone.
        try run("dd if=/dev/zero of=\(path) bs=512 count=1 conv=notrunc status=none")
        let left = try Probe(path: path).report()
        #expect(try !left.isAmbivalent && left.type != nil && left.type == blkid(path)["TYPE"])
    }

    @Test("a missing file is ENOENT with its path; a directory is no device")
    func missing() throws {
        let expected = OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: "/nonesuch/image")
        #expect(throws: expected) { _ = try Probe(path: "/nonesuch/image").report() }
        #expect(throws: OSError.self) { _ = try Probe(path: "/tmp").report() }
    }

    @Test("probes leave no descriptor open, those that failed neither")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try blank(directory, mebibytes: 4)
            try make(["mkfs.ext2", "-q", "IMAGE"], path)
            _ = try Probe(path: path).report()
            let before = try openDescriptorCount()
            for _ in 0..<50 {
                #expect(try Probe(path: path).report().type == "ext2")
                #expect(throws: OSError.self) { _ = try Probe(path: "/nonesuch").report() }
                #expect(throws: OSError.self) { _ = try Probe(path: "/tmp").report() }
            }
            #expect(try openDescriptorCount() <= before + 4, "but for the few that the runtime opens")
        }
    }
}

private func blank(_ directory: borrowing TemporaryDirectory, mebibytes: Int) throws -> FilePath {
    try directory.write("image", "")
    let path = directory.path.appending("image")
    try run("truncate -s \(mebibytes)M \(path)")
    return path
}

private func make(_ command: [String], _ path: FilePath) throws {
    let arguments = command.dropFirst().map { $0 == "IMAGE" ? path.string : $0 }
    if command.first == "sfdisk" {
        let answer = try attempt("sh", ["-c", "echo 2048,2048,83 | sfdisk -q --label dos \(path)"])
        try #require(answer.isSuccess, "\(answer.errors)")
    } else {
        let answer = try attempt(command.first ?? "", arguments)
        try #require(answer.isSuccess, "\(answer.errors)")
    }
}

/// What `blkid -p -o export` says, by its tags.
private func blkid(_ path: FilePath) throws -> [String: String] {
    let answer = try attempt("blkid", ["-p", "-o", "export", path.string])
    try #require(answer.isSuccess, "\(answer.errors)")
    var tags: [String: String] = [:]
    for line in answer.lines {
        let parts = line.split(separator: "=", maxSplits: 1).map { String($0) }
        if parts.count == 2 { tags[parts[0]] = parts[1] }
    }
    return tags
}
