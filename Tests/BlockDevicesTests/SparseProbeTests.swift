import BlockDevices
import Documents
import Glibc
import Kernel
import Partitions
import SystemPackage
import TestSupport
import Testing

/// A record of few sectors says what the image said.
@Suite("Sparse copies for probing")
struct SparseProbeTests {
    /// Each look at the image, and at its record after it was written and read.
    private func replays(_ image: FilePath, _ label: String) throws -> SparseProbe.Capture {
        let capture = try SparseProbe.capture(image, in: .live)
        var records = DeviceRecords()
        records.devices[image.string] = capture.record
        let again = try DeviceRecords(decoding: try records.encoded())
        #expect(again == records)
        let record = try again.record(of: image)
        for look in record.looks {
            var options = ProbeOptions()
            (options.offset, options.size) = (look.offset, look.size)
            #expect(
                try Self.outcome { try record.probe(options) }
                    == Self.outcome { try Probe(path: image, options).report() },
                "\(label)")
            options.listsSignatures = true
            #expect(
                try Self.outcome { try record.probe(options) }
                    == Self.outcome { try Probe(path: image, options).report() },
                "\(label)")
        }
        if record.hasTable {
            let (volume, _) = try DeviceNodes.recorded(again).open(image)
            let original = try DeviceVolume(image, in: .live)
            for size in [512, 4096] as [UInt64] where original.sizeInBytes >= size {
                #expect(
                    try TableReading(volume, sectorSize: size).document(device: "x")
                        == TableReading(original, sectorSize: size).document(device: "x"), "\(label)")
            }
        }
        return capture
    }

    /// What is past the end is refused of both.
    private static func outcome(_ body: () throws -> ProbeReport) throws -> Result<ProbeReport, OSError> {
        do { return .success(try body()) } catch let error as OSError { return .failure(error) }
    }

    @Test("a partition past the device's end is refused of the record as of the image")
    func beyondEnd() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("x.img")
        try run("truncate -s 8M \(image)")
        let device = try WritableDevice(image)
        // Type 0x83, from sector 8192 on, and one past the 16384 that there are.
        for (place, start) in [(446, 8192), (462, 32_768)] as [(UInt64, UInt32)] {
            let fields: [UInt8] =
                [0, 0, 0, 0, 0x83, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: start >> (8 * $0)) }
            try device.write(fields + [0, 0x10, 0, 0], at: place)
        }
        try device.write([0x55, 0xaa], at: 510)
        let report = try Probe(path: image).report()
        #expect(report.partitionTable == "dos")
        #expect(try replays(image, "beyond the end").record.isFaithful)
    }

    @Test("every image of util-linux' suite", .conformance, arguments: ConformanceTests.images)
    func superblock(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let image = try ConformanceSet.unpack("blkid/images/\(name).img.xz", in: directory)
        let capture = try replays(image, name)
        // A checksum over all files needs all of them.
        if !name.hasPrefix("cramfs") { #expect(capture.record.isFaithful, "\(name): \(capture.doubts)") }
        let kept = capture.record.windows.pieces.reduce(0) { $0 + $1.bytes.count }
        #expect(kept <= 256 << 10, "\(name): \(kept)")
    }

    @Test("every table of util-linux' suite", .conformance, arguments: ConformanceTests.tables)
    func table(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let image = try ConformanceSet.unpack("partition-tables/\(name).img.xz", in: directory)
        let capture = try replays(image, name)
        #expect(capture.record.isFaithful, "\(name): \(capture.doubts)")
    }

    @Test("an encrypted volume's salts, digests and key slots are not kept; its UUID is", arguments: [1, 2] as [UInt8])
    func luks(_ version: UInt8) throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("luks.img")
        // Of LUKS1 (docs/on-disk-format.pdf) and LUKS2 the UUID is at 168.
        var header = [UInt8](repeating: 0xA5, count: 64 << 10)
        header.replaceSubrange(0..<8, with: Array("LUKS".utf8) + [0xba, 0xbe, 0, version])
        header.replaceSubrange(24..<72, with: Array("label".utf8) + [UInt8](repeating: 0, count: 43))
        let uuid = "0a7d5f1c-66a2-4cf4-8a0b-1a1f6d6f3c11"
        header.replaceSubrange(168..<208, with: Array(uuid.utf8) + [0, 0, 0, 0])
        header.replaceSubrange(208..<256, with: [UInt8](repeating: 0, count: 48))
        header.replaceSubrange(256..<264, with: [UInt8](repeating: 0, count: 8))
        try directory.write("luks.img", header + [UInt8](repeating: 0, count: 4 << 20))
        let report = try Probe(path: image).report()
        #expect(report.type == "crypto_LUKS" && report.uuid == uuid)
        let capture = try replays(image, "LUKS\(version)")
        #expect(capture.record.isFaithful && capture.isRedacted)
        let pieces = capture.record.windows.pieces
        #expect(pieces.count == 1 && pieces.first?.bytes.count == 512 && pieces.first?.bytes.contains(0xA5) == false)
    }

    @Test("the names of files beside a FAT's label are not kept", arguments: ["12", "16", "32"])
    func fat(_ bits: String) throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("fat.img")
        try run("truncate -s \(bits == "12" ? 4 : 64)M \(image)")
        try run("mkfs.fat -F \(bits) -n MYLABEL \(image)")
        let device = try WritableDevice(image)
        // The label is the first entry of the root directory; behind it stands a file's.
        let head = try device.read(at: 0, count: 2 << 20)
        let label = Array("MYLABEL    ".utf8)
        let place = try #require(
            stride(from: 512, to: head.count, by: 32).first { head[$0...].starts(with: label) })
        try device.write(Array("PRIVATE TXT".utf8) + [0x20] + [UInt8](repeating: 7, count: 20), at: UInt64(place) + 32)
        let report = try Probe(path: image).report()
        #expect(report.type == "vfat" && report.label == "MYLABEL")
        let capture = try replays(image, "FAT\(bits)")
        #expect(capture.record.isFaithful && capture.isRedacted)
        for piece in capture.record.windows.pieces {
            #expect(!String(decoding: piece.bytes, as: UTF8.self).contains("PRIVATE"))
        }
    }

    @Test("what was not looked at has no answer")
    func unknown() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path.appending("x.img")
        try run("truncate -s 1M \(image)")
        let record = try SparseProbe.capture(image, in: .live).record
        var options = ProbeOptions()
        options.offset = 512
        #expect(throws: OSError.self) { try record.probe(options) }
        options.offset = 0
        options.sectorSize = 4096
        #expect(throws: OSError.self) { try record.probe(options) }
        #expect(throws: OSError.self) { try DeviceRecords().record(of: image) }
    }

    @Test("a foreign record that says what cannot be is refused")
    func malformed() throws {
        func document(_ device: String, _ rest: String = "") -> String {
            """
            {"version":1,"devices":[\(device)],"failures":[],"openers":[]\(rest)}
            """
        }
        func device(_ size: String, _ windows: String, sector: String = "512", looks: String = "") -> String {
            """
            {"path":"/dev/x","size_bytes":\(size),"logical_sector_bytes":\(sector),"optimal_io_bytes":0,"read_only":false,
            "table":true,"looks":[\(looks)],"doubtful_looks":[],"windows":[\(windows)]}
            """
        }
        let good = document(device("4096", #"{"offset":4092,"bytes":"AAAAAQ=="}"#, looks: #"{"offset":0}"#))
        #expect(try DeviceRecords(decoding: Array(good.utf8)).devices["/dev/x"]?.windows.pieces.count == 1)
        let bad = [
            "", "{}", "[]", good.replacing("\"version\":1", with: "\"version\":2"),
            document(device("-1", "")), document(device("9223372036854775808", "")),
            document(device("4096", "", sector: "3")), document(device("4096", "", sector: "1073741824")),
            document(device("4096", #"{"offset":4093,"bytes":"AAAAAQ=="}"#)),
            document(device("4096", #"{"offset":18446744073709551615,"bytes":"AAAAAQ=="}"#)),
            document(device("4096", #"{"offset":0,"bytes":"AAAAAQ=="},{"offset":3,"bytes":"AAAAAQ=="}"#)),
            document(device("4096", #"{"offset":0,"bytes":"A?AA"}"#)),
            document(device("4096", #"{"offset":0,"bytes":""}"#)),
            document(device("4096", "") + "," + device("4096", "")),
            document(device("4096", "").replacing("/dev/x", with: "x")),
            good.replacing("\"failures\":[]", with: #""failures":[{"path":"/dev/y","operation":"open","errno":0}]"#),
        ]
        for text in bad {
            #expect(throws: DocumentError.self, "\(text)") { try DeviceRecords(decoding: Array(text.utf8)) }
        }
        let bytes = Array(good.utf8)
        for end in 0..<bytes.count {
            #expect(throws: DocumentError.self) { try DeviceRecords(decoding: Array(bytes[..<end])) }
        }
    }

    @Test("a device of any size costs no more than its windows")
    func huge() throws {
        let record = DeviceRecord(
            path: "/dev/huge",
            geometry: .init(
                sizeInBytes: 1 << 60, logicalSector: 512, physicalSector: 512, optimalTransfer: 0, isReadOnly: false,
                device: "8:0"),
            looks: [.init()], hasTable: true, windows: SparseBytes(sizeInBytes: 1 << 60))
        #expect(try record.probe(ProbeOptions()).isEmpty)
    }
}
