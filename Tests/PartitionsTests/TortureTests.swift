import Documents
import Glibc
import Kernel
import Partitions
import SystemPackage
import TestSupport
import Testing

/// Tables as sgdisk, sfdisk and dd make and damage them (Scripts/gpt-torture), with sgdisk and sfdisk as the judges.
@Suite("Tables that others made and damaged", .enabled(if: getuid() == 0, "loop devices of 4096 bytes need root"))
struct TortureTests {
    /// One image: what `verify` says of it, and whether a repair mends all.
    struct Case: Sendable {
        let name: String
        var problems: [String] = []
        var notes: [String] = []
        /// nil is that the repair is refused.
        var left: [String]? = []
        var sectorSize: UInt64 { name.hasSuffix("4096") ? 4096 : 512 }
    }

    static let cases: [Case] = [
        Case(name: "intact"), Case(name: "slots-4"), Case(name: "slots-1024"), Case(name: "moved"),
        Case(name: "reserved"), Case(name: "intact-4096"),
        Case(name: "primary-header", problems: ["header-crc primary 1"]),
        Case(name: "primary-entries", problems: ["entries-crc primary 2"]),
        Case(name: "primary-gone", problems: ["header-missing primary 1"]),
        Case(name: "primary-all-gone", problems: ["header-missing primary 1"]),
        Case(name: "moved-primary-header", problems: ["header-crc primary 1"]),
        Case(name: "backup-header", problems: ["header-crc backup 131071"]),
        Case(name: "backup-entries", problems: ["entries-crc backup 131039"]),
        Case(name: "backup-gone", problems: ["header-missing backup 131071"]),
        Case(name: "both-headers", problems: ["header-crc primary 1", "header-crc backup 131071"], left: nil),
        Case(name: "both-entries", problems: ["entries-crc primary 2", "entries-crc backup 131039"], left: nil),
        Case(name: "grown", problems: ["backup-displaced backup 131071"]),
        Case(
            name: "grown-primary-header", problems: ["header-crc primary 1", "backup-displaced backup 131071"]),
        Case(name: "truncated", problems: ["beyond-end primary 131038"], left: nil),
        Case(name: "copies-differ", problems: ["copies-differ backup 131071"]),
        Case(name: "no-protective-mbr", problems: ["protective-mbr-missing mbr 0"]),
        Case(name: "short-protective-mbr", problems: ["protective-mbr-invalid mbr 0"]),
        Case(name: "hybrid", notes: ["hybrid-mbr"]),
        Case(
            name: "hybrid-mismatch", problems: ["hybrid-mismatch mbr 513"], notes: ["hybrid-mbr"],
            left: ["hybrid-mismatch"]),
        Case(name: "overlap", problems: ["entries-overlap entry 4096"], left: ["entries-overlap"]),
        Case(name: "reversed", problems: ["entry-reversed entry 51200"], left: ["entry-reversed"]),
        Case(name: "twins", problems: ["duplicate-guid entry 18432"], left: ["duplicate-guid"]),
        Case(name: "entry-size-256", notes: ["kernel-unreadable"]),
        Case(name: "dos", left: nil), Case(name: "dos-loop", problems: ["ebr-loop entry 26624"], left: nil),
        Case(
            name: "dos-truncated", problems: ["beyond-end entry 26624", "beyond-end entry 67584"], left: nil),
        Case(name: "dos-over-gpt", problems: ["stale-gpt primary 1", "stale-gpt backup 131071"], left: nil),
        Case(name: "primary-header-4096", problems: ["header-crc primary 1"]),
        Case(name: "backup-entries-4096", problems: ["entries-crc backup 32763"]),
        Case(name: "grown-4096", problems: ["backup-displaced backup 32767"]),
    ]

    /// All in one go, for the images are made once.
    @Test("what is wrong is named, what can be mended is, and the rest is left alone")
    func all() throws {
        let directory = try TemporaryDirectory()
        let script = "\(sourceRoot())/Scripts/gpt-torture"
        let made = try attempt(script, [directory.path.string], timeout: .seconds(120))
        try #require(made.isSuccess, "\(made.errors)")
        let images = try LiveFiles().entries(of: directory.path).filter { $0.hasSuffix(".img") }
        #expect(Set(images) == Set(Self.cases.map { "\($0.name).img" }))
        for item in Self.cases {
            let path = directory.path.appending("\(item.name).img")
            try verify(item, path)
            try lossless(item, path)
            if item.sectorSize == 512 { try document(item, path) }
            try repair(item, path, directory.path.appending("\(item.name).dump"))
        }
        try otherSectorSize(directory.path)
    }

    private func read(_ path: FilePath, _ sectorSize: UInt64) throws -> TableReading {
        try TableReading(DeviceVolume(path, in: .live), sectorSize: sectorSize)
    }

    private func verify(_ item: Case, _ path: FilePath) throws {
        let reading = try read(path, item.sectorSize)
        let problems = reading.problems.map { "\($0.code.rawValue) \($0.place) \($0.lba.map { "\($0)" } ?? "-")" }
        #expect(problems == item.problems, "\(item.name)")
        #expect(reading.notes.map(\.code.rawValue) == item.notes, "\(item.name)")
    }

    /// Where nothing was asked, what is written is what was read: over the disk itself no write at all, and over a blank one the same bytes.
    private func lossless(_ item: Case, _ path: FilePath) throws {
        let reading = try read(path, item.sectorSize)
        guard item.problems.isEmpty, let table = reading.table else { return }
        let volume = try DeviceVolume(path, in: .live)
        #expect(try TableCommit(table, over: reading, on: volume).isEmpty, "\(item.name)")
        let blank = MemoryDevice(sizeInBytes: volume.sizeInBytes)
        try TableCommit(table, over: TableReading(blank, sectorSize: item.sectorSize), on: blank).run(on: blank)
        // Sector 0 is the protective MBR's, which a blank disk has not.
        let parts: [(UInt64, UInt64)] = [
            (1, 1), (table.primaryEntriesLBA, table.arraySectors), (table.backupEntriesLBA, table.arraySectors),
            (table.backupLBA, 1),
        ]
        for (lba, count) in parts {
            let size = Int(count * item.sectorSize)
            let written = blank.read(at: lba * item.sectorSize, count: size)
            let there = try volume.read(at: lba * item.sectorSize, count: size)
            #expect(written == there, "\(item.name): from sector \(lba)")
        }
    }

    /// `partition show` is the document of `sfdisk -J`.
    private func document(_ item: Case, _ path: FilePath) throws {
        // sfdisk knows no entries but those of 128 bytes, looks for a backup at the end alone, takes a protective MBR for one of partitions,
        // and refuses what does not fit the device.
        let others = [
            "entry-size-256", "truncated", "grown-primary-header", "both-headers", "both-entries", "dos-loop",
            "dos-truncated",
        ]
        if others.contains(item.name) { return }
        let theirs = try attempt("sfdisk", ["-J", path.string])
        let reading = try read(path, item.sectorSize)
        guard theirs.isSuccess else {
            // What sfdisk finds no table in, nobody should show one of.
            #expect(reading.table == nil || item.name == "no-protective-mbr", "\(item.name)")
            return
        }
        let expected = try JSONText.decode(JSONValue.self, from: theirs.output)["partitiontable"]
        #expect(reading.document(device: path.string)["partitiontable"] == expected, "\(item.name)")
    }

    private func repair(_ item: Case, _ path: FilePath, _ dump: FilePath) throws {
        let device = try WritableDevice(path)
        let reading = try TableReading(device, sectorSize: item.sectorSize)
        let before = item.left == nil ? try run("sha256sum \(path)").text : ""
        do {
            let repair = try TableRepair(reading)
            let left = try #require(item.left, "\(item.name) was repaired")
            try TableCommit(repair.table, over: reading, on: device).run(on: device)
            let after = try TableReading(device, sectorSize: item.sectorSize)
            #expect(after.problems.map(\.code.rawValue) == left, "\(item.name)")
            if left.isEmpty { try judge(item, path, dump) }
        } catch let error as PartitionError {
            #expect(item.left == nil, "\(item.name): \(error)")
            #expect(try run("sha256sum \(path)").text == before, "\(item.name)")
        }
    }

    /// sgdisk and sfdisk find nothing to say, and the partitions that were there before the damage.
    private func judge(_ item: Case, _ path: FilePath, _ dump: FilePath) throws {
        // Neither reads entries of 256 bytes.
        if item.name == "entry-size-256" { return }
        var subject = path.string
        if item.sectorSize == 4096 { subject = try run("losetup -f --show -b 4096 \(path)").lines[0] }
        defer { if item.sectorSize == 4096 { _ = try? attempt("losetup -d \(subject)") } }
        let verdict = try run("sgdisk -v \(subject)").text
        #expect(verdict.contains("No problems found"), "\(item.name): \(verdict)")
        // Its warnings are about what was asked for: an array elsewhere, few slots.
        #expect(!verdict.contains("Caution") && !verdict.contains("CRC"), "\(item.name): \(verdict)")
        let other = try attempt("sfdisk", ["--verify", subject])
        #expect(
            other.isSuccess && other.text.contains("No errors detected"), "\(item.name): \(other.text)\(other.errors)")
        let partitions = try run("sfdisk -d \(subject)").lines.compactMap { line -> String? in
            if line.hasPrefix("label-id") { return line }
            return line.contains(" : start") ? String(line.drop { $0 != ":" }.dropFirst(2)) : nil
        }
        let expected = try HostRoot.live.contents(of: dump).split(separator: 0x0A).map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(partitions == expected, "\(item.name)")
        #expect(expected.count > 2)
    }

    private func otherSectorSize(_ directory: FilePath) throws {
        for (name, size) in [("intact", 4096), ("intact-4096", 512)] as [(String, UInt64)] {
            let reading = try read(directory.appending("\(name).img"), size)
            #expect(reading.problems.contains { $0.code == .wrongSectorSize && $0.message.contains("\(4608 - size)") })
            #expect(throws: PartitionError.self) { try TableRepair(reading) }
        }
    }
}
