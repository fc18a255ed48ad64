import FileSystems
import TestSupport
import Testing

@Suite("UDF")
struct UDFTests {
    @Test("a disc of genisoimage's with UDF is read by that, with the names that UDF has")
    func configDrive() throws {
        for options in [["-udf"], ["-udf", "-R", "-J"]] {
            let image = try Image.iso(.configDrive, options)
            try expectTree(.configDrive, in: image)
            #expect(try image.reader().type == .udf)
        }
    }

    @Test("random trees are read byte for byte", arguments: FileTree.seeds)
    func random(_ seed: UInt64) throws {
        let tree = FileTree.random(seed: seed)
        try expectTree(tree, in: try Image.iso(tree, ["-udf", "-J", "-R", "-joliet-long"]))
    }

    @Test(
        "an empty volume of mkudffs is read, with every size of blocks and revision",
        arguments: [512, 1024, 2048, 4096], ["1.02", "1.50", "2.00", "2.01"])
    func mkudffs(_ blockSize: Int, _ revision: String) throws {
        for (label, allocation) in [("config-2", "inicb"), ("größer 中", "short"), ("LinuxUDF", "long")] {
            let said = Said()
            let image = try Image.made(FileTree()) { _, image in
                try Image.need("truncate", ["-s", "8M", image])
                let forms = ["--utf8", "-b", "\(blockSize)", "-r", revision, "-l", label, "-u", "0123456789abcdef"]
                try Image.need("mkudffs", forms + ["--ad=\(allocation)", image])
                said.lines = try Image.need("udfinfo", ["--utf8", image]).lines
            }
            let reader = try image.reader()
            expectTags(reader, image)
            // The root alone, as udfinfo counts.
            #expect(said.lines.contains("numfiles=0") && said.lines.contains("numdirs=1"))
            #expect(said.lines.contains("integrity=closed") && said.lines.contains("blocksize=\(blockSize)"))
            #expect(said.lines.contains("label=\(label)") && said.lines.contains("uuid=0123456789abcdef"))
            #expect(reader.label == label && reader.uuid == "0123456789abcdef")
            #expect(try reader.entries().isEmpty)
            #expect(reader.notes.isEmpty)
        }
    }

    /// What a command said of an image while that was there.
    private final class Said {
        var lines: [String] = []
    }

    @Test(
        "partitions that need a table of their own are refused by name",
        arguments: [
            (["--media-type=cdrw", "-r", "2.01"], VolumeError.Feature.sparablePartition),
            (["--media-type=cdr", "-r", "2.01"], .virtualPartition),
            (["--media-type=bdr", "-r", "2.60"], .virtualPartition),
        ] as [([String], VolumeError.Feature)])
    func partitions(_ options: [String], _ feature: VolumeError.Feature) throws {
        let image = try Image.made(FileTree()) { _, image in
            try Image.need("truncate", ["-s", "64M", image])
            try Image.need("mkudffs", ["-b", "2048"] + options + [image])
        }
        let error = #expect(throws: VolumeError.self) { try image.reader() }
        #expect(error?.problem == .unsupported(feature) && error?.type == .udf)
    }

    @Test("a metadata partition is refused by name")
    func metadataPartition() throws {
        let image = try Image.made(FileTree()) { _, image in
            try Image.need("truncate", ["-s", "64M", image])
            try Image.need("mkudffs", ["-b", "2048", "--media-type=cdrw", "-r", "2.01", image])
        }
        // What mkudffs does not write: UDF 2.50, 2.2.10, in the place of a sparable partition's map.
        var bytes = image.bytes
        let old = Array("*UDF Sparable Partition".utf8)
        for place in bytes.indices.dropLast(600)
        where bytes[place] == old[0] && bytes[place..<place + 23].elementsEqual(old) {
            bytes.replaceSubrange(place..<place + 23, with: "*UDF Metadata Partition".utf8)
            UDFTag.renew(&bytes, at: place / 2048 * 2048)
        }
        let error = #expect(throws: VolumeError.self) { try Image(bytes: bytes).reader() }
        #expect(error?.problem == .unsupported(.metadataPartition))
    }

    @Test("the anchor at the end and the reserve sequence hold where the first ones are damaged")
    func reserves() throws {
        let image = try Image.made(FileTree()) { _, image in
            try Image.need("truncate", ["-s", "8M", image])
            try Image.need("mkudffs", ["-b", "2048", "-l", "label", image])
        }
        var bytes = image.bytes
        bytes.replaceSubrange(256 * 2048..<257 * 2048, with: [UInt8](repeating: 0xff, count: 2048))
        #expect(try Image(bytes: bytes).reader().label == "label")
        let main = Int(bytes[256 * 2048..<256 * 2048 + 4].reduce(0) { $0 | Int($1) })
        #expect(main != 0)
        // The main sequence's place, by the intact anchor.
        let place = (0..<4).reduce(0) { $0 | Int(image.bytes[256 * 2048 + 20 + $1]) << (8 * $1) }
        bytes = image.bytes
        for block in place..<place + 6 { bytes[block * 2048 + 40] ^= 0xff }
        #expect(try Image(bytes: bytes).reader().label == "label")
    }

    @Test("a disc whose UDF is damaged is read as ISO 9660, and says so")
    func bridge() throws {
        var bytes = try Image.iso(.configDrive, ["-udf", "-R", "-J"]).bytes
        for place in stride(from: 256 * 2048, to: bytes.count - 16, by: 2048)
        where bytes[place] == 2 && bytes[place + 1] == 0 && bytes[place + 2] == 2 {
            bytes[place + 4] ^= 1
        }
        let reader = try Image(bytes: bytes).reader()
        #expect(reader.type == .iso9660)
        #expect(reader.notes == [.readAsISO9660(insteadOf: .checksum(.descriptorTag))])
        #expect(try FileTree(of: reader).differences(from: .configDrive).isEmpty)
    }
}

/// Descriptor tags of bytes that a test has changed.
enum UDFTag {
    /// Makes CRC and checksum right again (ECMA-167 3/7.2; its note has the example that the suite checks).
    static func renew(_ bytes: inout [UInt8], at place: Int) {
        let length = Int(bytes[place + 10]) | Int(bytes[place + 11]) << 8
        let crc = crc(bytes[place + 16..<place + 16 + length])
        bytes[place + 8] = UInt8(crc & 0xff)
        bytes[place + 9] = UInt8(crc >> 8)
        bytes[place + 4] = 0
        bytes[place + 4] = bytes[place..<place + 16].reduce(0, &+)
    }

    /// Bit by bit.
    static func crc(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var value: UInt16 = 0
        for byte in bytes {
            value ^= UInt16(byte) << 8
            for _ in 0..<8 { value = value & 0x8000 == 0 ? value << 1 : (value << 1) ^ 0x1021 }
        }
        return value
    }
}
