import FileSystems
import TestSupport
import Testing

@Suite("FAT")
struct FATTests {
    struct Form: Sendable, CustomTestStringConvertible {
        let options: [String]
        let kibibytes: Int
        let type: VolumeType
        var testDescription: String { "\(type) \(options) \(kibibytes) KiB" }
    }

    static let forms = [
        Form(options: ["-F", "12"], kibibytes: 1440, type: .fat12),
        Form(options: ["-F", "12", "-s", "8"], kibibytes: 8192, type: .fat12),
        Form(options: ["-F", "16"], kibibytes: 16_384, type: .fat16),
        Form(options: ["-F", "16", "-S", "2048", "-s", "1"], kibibytes: 20_000, type: .fat16),
        Form(options: ["-F", "32"], kibibytes: 40_000, type: .fat32),
        Form(options: ["-F", "32", "-S", "1024", "-s", "1", "-f", "1"], kibibytes: 70_000, type: .fat32),
    ]

    @Test("a config drive is read, whatever the width and the sizes", arguments: forms)
    func configDrive(_ form: Form) throws {
        let image = try Image.fat(.configDrive, form.options + ["-n", "CIDATA"], kibibytes: form.kibibytes)
        try expectTree(.configDrive, in: image)
        #expect(try image.reader().type == form.type)
        #expect(try image.reader().notes == [])
    }

    @Test("random trees with long names of all sorts are read byte for byte", arguments: FileTree.seeds)
    func random(_ seed: UInt64) throws {
        var names = FileTree.Names()
        // No letters of two units, of which mcopy writes one.
        names.letters += Array(" ,;[]")
        for form in Self.forms {
            let tree = FileTree.random(seed: seed, names: names)
            try expectTree(tree, in: try Image.fat(tree, form.options, kibibytes: form.kibibytes))
        }
    }

    @Test("a file's clusters are read wherever they are", arguments: forms)
    func fragments(_ form: Form) throws {
        let image = try Image.made(FileTree()) { _, image in
            try Image.need("mkfs.vfat", form.options + ["-C", image, "\(form.kibibytes)"])
            // Every second small file goes, and a large one takes the room.
            try Image.need(
                "sh",
                [
                    "-ec",
                    """
                    export MTOOLS_SKIP_CHECK=1; cd $(dirname \(image)); i=0
                    mkdir small; while [ $i -lt 60 ]; do head -c 9000 /dev/urandom >small/s$i; i=$((i + 1)); done
                    mcopy -Q -i \(image) small/* ::
                    i=0; gone=; while [ $i -lt 60 ]; do gone="$gone ::s$i"; i=$((i + 2)); done
                    mdel -i \(image) $gone
                    seq 1 50000 | head -c 200000 >large; mcopy -Q -i \(image) large ::large
                    """,
                ])
        }
        let lines = (1...50_000).map { "\($0)\n" }.joined()
        #expect(try image.reader().contents(of: "large", limit: 1 << 20) == Array(lines.utf8.prefix(200_000)))
    }

    @Test("a directory of more than one cluster, and names found in any case")
    func manyEntries() throws {
        var tree = FileTree(["Directory": .directory])
        for number in 0..<300 { tree.items["Directory/A long name, number \(number)"] = .file(Array("\(number)".utf8)) }
        for form in Self.forms where form.kibibytes < 20_000 {
            let image = try Image.fat(tree, form.options, kibibytes: form.kibibytes)
            try expectTree(tree, in: image)
            let bytes = try image.reader().contents(of: "/DIRECTORY/a LONG name, NUMBER 17", limit: 10)
            #expect(bytes == Array("17".utf8))
        }
    }

    @Test("short names without long ones have the case that Windows NT's flags give them")
    func shortNames() throws {
        let image = try Image.fat(FileTree(["UPPER.TXT": .file([1]), "lower.ini": .file([2])]), ["-F", "12"], kibibytes: 1440)
        #expect(try FileTree(of: image.reader()).items.keys.sorted() == ["UPPER.TXT", "lower.ini"])
        // Without its long names: what is left is the eleven bytes.
        var bytes = image.bytes
        for place in stride(from: 0, to: bytes.count, by: 32) where bytes[place + 11] == 0x0f { bytes[place] = 0xe5 }
        let short = try FileTree(of: Image(bytes: bytes).reader()).items
        #expect(Set(short.keys.map { $0.lowercased() }) == ["upper.txt", "lower.ini"])
        #expect(short["UPPER.TXT"] == .file([1]))
    }

    @Test("a long name whose parts or checksum do not fit gives way to the short one", arguments: [0, 13])
    func orphans(_ position: Int) throws {
        let tree = FileTree(["a name that is long.text": .file([7])])
        var bytes = try Image.fat(tree, ["-F", "12"], kibibytes: 1440).bytes
        let parts = stride(from: 0, to: bytes.count, by: 32).filter { bytes[$0 + 11] == 0x0f && bytes[$0] & 0x40 != 0 }
        let place = try #require(parts.first)
        bytes[place + position] ^= 0x07
        #expect(try FileTree(of: Image(bytes: bytes).reader()).items == ["ANAMET~1.TEX": .file([7])])
    }

    @Test("FAT32 with fewer clusters than Microsoft asks for is read, as Linux reads it; mtools does not, fsck.fat does")
    func smallFAT32() throws {
        let empty = try Image.fat(FileTree(), ["-F", "32", "-n", "small"], kibibytes: 4096)
        var bytes = empty.bytes
        func put(_ some: [UInt8], at place: Int) { bytes.replaceSubrange(place..<place + some.count, with: some) }
        let table = Int(bytes[14]) * 512
        let size = Int(bytes[36]) * 512
        let root = table + 2 * size
        // Clusters 5, then 3: 513 bytes.
        for copy in [table, table + size] {
            put([5, 0, 0, 0], at: copy + 6 * 4)
            put([0xff, 0xff, 0xff, 0x0f], at: copy + 5 * 4)
        }
        let entry = Array("FILE    TXT".utf8) + [0x20, 0x18] + [UInt8](repeating: 0, count: 13) + [6, 0, 1, 2, 0, 0]
        put(entry, at: root + 32)
        put([UInt8](repeating: 0x61, count: 512), at: root + 4 * 512)
        put([0x62], at: root + 3 * 512)
        let directory = try TemporaryDirectory()
        try directory.write("image", bytes)
        let judge = try attempt("fsck.fat", ["-n", "-l", "-v", "\(directory.path)/image"])
        #expect(judge.isSuccess || judge.text.contains("Free cluster summary wrong"), "\(judge.text)")
        #expect(judge.text.contains("Checking file /FILE.TXT"))
        let content = [UInt8](repeating: 0x61, count: 512) + [0x62]
        #expect(try FileTree(of: Image(bytes: bytes).reader()).items == ["file.txt": .file(content)])
        expectTags(try empty.reader(), empty)
    }

    @Test("a letter of two units is read, and half of one is no letter")
    func surrogates() throws {
        let tree = FileTree(["a long name ##": .file([7])])
        let bytes = try Image.fat(tree, ["-F", "12"], kibibytes: 1440).bytes
        // The last part comes first: the 14th letter is at its start, the 13th at the end of the other.
        let parts = stride(from: 0, to: bytes.count, by: 32).filter { bytes[$0 + 11] == 0x0f && bytes[$0] == 0x42 }
        let place = try #require(parts.first)
        for (high, low, expected) in [([0x3d, 0xd8], [0x00, 0xde], "😀"), ([0x3d, 0xd8], [0x23, 0], "\u{fffd}#")] {
            var bytes = bytes
            bytes.replaceSubrange(place + 62..<place + 64, with: high.map { UInt8($0) })
            bytes.replaceSubrange(place + 1..<place + 3, with: low.map { UInt8($0) })
            #expect(try FileTree(of: Image(bytes: bytes).reader()).items.keys.first == "a long name " + expected)
        }
    }

    @Test("the label is the root directory's, or else the boot sector's, as blkid has it; NO NAME is none")
    func labels() throws {
        for form in Self.forms {
            for label in ["config-2", "CIDATA", "A B", "NO NAME", nil] {
                let options = form.options + (label.map { ["-n", $0] } ?? [])
                let image = try Image.fat(.configDrive, options, kibibytes: form.kibibytes)
                expectTags(try image.reader(), image)
            }
            let changed = try Image.made(FileTree()) { _, image in
                try Image.need("mkfs.vfat", form.options + ["-n", "BEFORE", "-i", "00c0ffee", "-C", image, "\(form.kibibytes)"])
                try Image.need("mlabel", ["-i", image, "::AFTER"], environment: ["MTOOLS_SKIP_CHECK=1"])
            }
            expectTags(try changed.reader(), changed)
            #expect(try changed.reader().label == "AFTER")
            #expect(try changed.reader().uuid == "00C0-FFEE")
        }
    }

    @Test("a volume that was not unmounted says so")
    func dirty() throws {
        for form in Self.forms {
            var bytes = try Image.fat(.configDrive, form.options, kibibytes: form.kibibytes).bytes
            // fsck.fat reads the same bit (dosfstools, boot.c).
            bytes[form.type == .fat32 ? 65 : 37] |= 1
            #expect(try Image(bytes: bytes).reader().notes == [.notCleanlyUnmounted])
        }
    }

    @Test("a chain that leads back to itself, or out of the volume, is an error with its path")
    func chains() throws {
        let tree = FileTree(["file": .file([UInt8](repeating: 5, count: 100_000))])
        let bytes = try Image.fat(tree, ["-F", "16", "-s", "4"], kibibytes: 16_384).bytes
        let start = Int(bytes[14]) * 512
        // The second cluster of the file points at the first.
        func with(_ value: UInt16) throws -> VolumeError? {
            var bytes = bytes
            bytes[start + 6] = UInt8(truncatingIfNeeded: value)
            bytes[start + 7] = UInt8(truncatingIfNeeded: value >> 8)
            let reader = try Image(bytes: bytes).reader()
            return #expect(throws: VolumeError.self) { try reader.contents(of: "file", limit: 1 << 20) }
        }
        #expect(try with(2) == VolumeError(.cycle(.allocationTable), type: .fat16, path: "file", at: UInt64(start)))
        for value in [UInt16(0), 1, 0xfff7, 0xfff0] {
            #expect(try with(value)?.problem == .invalid(.allocationTable))
        }
        #expect(try with(0xffff)?.problem == .beyondEnd(.fileExtent))
    }
}
