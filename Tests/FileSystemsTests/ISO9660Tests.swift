import FileSystems
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("ISO 9660")
struct ISO9660Tests {
    @Test(
        "a config drive is read by Rock Ridge's and Joliet's names, whoever made it",
        arguments: [["-J", "-R"], ["-R"], ["-J"], ["-R", "-iso-level", "3"], ["-J", "-r", "-l", "-allow-lowercase"]])
    func configDrive(_ options: [String]) throws {
        try expectTree(.configDrive, in: try Image.iso(.configDrive, options))
        let joliet = options.contains("-J")
        try expectTree(.configDrive, in: try Image.xorriso(.configDrive, joliet ? ["-J"] : []))
    }

    @Test("random trees with names of all sorts are read byte for byte", arguments: FileTree.seeds)
    func random(_ seed: UInt64) throws {
        var names = FileTree.Names()
        names.hasLinks = true
        let tree = FileTree.random(seed: seed, names: names)
        try expectTree(tree, in: try Image.iso(tree, ["-R"]))
        try expectTree(tree, in: try Image.iso(tree, ["-R", "-J", "-joliet-long"]))
        try expectTree(tree, in: try Image.xorriso(tree, ["-J"]))
        names.hasLinks = false
        let plain = FileTree.random(seed: seed, names: names)
        try expectTree(plain, in: try Image.iso(plain, ["-J"]))
    }

    @Test("names of 255 bytes go through continuation areas")
    func longNames() throws {
        var tree = FileTree()
        for letter in ["a", "b", "c", "ü"] {
            let name = String(repeating: letter, count: letter.utf8.count == 1 ? 255 : 127)
            tree.items[name] = .file(Array(letter.utf8))
            tree.items[name.dropLast(9) + "-dir"] = .directory
        }
        try expectTree(tree, in: try Image.iso(tree, ["-R"]))
        try expectTree(tree, in: try Image.xorriso(tree, []))
    }

    @Test("directories deeper than eight, which Rock Ridge moves, are read where they were")
    func deep() throws {
        var tree = FileTree()
        var path = ""
        for depth in 1...12 {
            path += depth == 1 ? "d1" : "/d\(depth)"
            tree.items[path] = .directory
            tree.items[path + "/file"] = .file([UInt8(depth)])
        }
        try expectTree(tree, in: try Image.iso(tree, ["-R"]), without: ["rr_moved"])
        try expectTree(tree, in: try Image.xorriso(tree, []))
    }

    @Test("symbolic links are followed in the volume, absolute ones from its root")
    func links() throws {
        let tree = FileTree([
            "openstack": .directory, "openstack/2018-08-27": .directory,
            "openstack/2018-08-27/meta_data.json": .file([1, 2, 3]), "openstack/latest": .link("2018-08-27"),
            "top": .link("/openstack/latest/meta_data.json"), "openstack/up": .link("../../../openstack/latest/"),
            "dangling": .link("nonesuch"), "loop": .link("loop"),
        ])
        for image in [try Image.iso(tree, ["-R"]), try Image.xorriso(tree, ["-J"])] {
            try expectTree(tree, in: image)
            let reader = try image.reader()
            for path in ["openstack/latest/meta_data.json", "/top", "openstack/up/meta_data.json"] {
                #expect(try reader.contents(of: path, limit: 10) == [1, 2, 3])
            }
            #expect(try reader.entry(at: "openstack/latest").kind == .directory)
            #expect(throws: VolumeError(.notFound, type: .iso9660, path: "dangling")) {
                try reader.contents(of: "dangling", limit: 10)
            }
            #expect(throws: VolumeError(.tooManyLinks, type: .iso9660, path: "loop")) {
                try reader.contents(of: "loop", limit: 10)
            }
        }
    }

    @Test(
        "plain names are shown as Linux shows them and found in any case; isoinfo extracts the same bytes",
        arguments: ["1", "2", "3", "4"])
    func plain(_ level: String) throws {
        let directory = try TemporaryDirectory()
        let image = try Image.iso(.configDrive, ["-iso-level", level])
        try directory.write("image", image.bytes)
        let reader = try image.reader()
        expectTags(reader, image)
        let paths = try Image.need("isoinfo", ["-f", "-i", "\(directory.path)/image"]).lines
        #expect(paths.count == FileTree.configDrive.items.count)
        let found = try FileTree(of: reader)
        for path in paths {
            var shown = path.dropFirst().lowercased()
            if shown.hasSuffix(";1") { shown.removeLast(2) }
            if shown.hasSuffix("."), level != "4" { shown.removeLast() }
            guard case .file(let bytes) = found.items[shown] else {
                #expect(found.items[shown] == .directory, "\(path)")
                continue
            }
            let theirs = try Image.need("isoinfo", ["-x", path, "-i", "\(directory.path)/image"])
            #expect(theirs.output == bytes, "\(path)")
            #expect(try reader.contents(of: shown.uppercased(), limit: 1 << 20) == bytes)
        }
        if level == "1" { #expect(found.items["meta_dat"] == FileTree.configDrive.items["meta-data"]) }
    }

    @Test("Joliet's names are found in any case, Rock Ridge's in their own alone")
    func foldedCase() throws {
        let joliet = try Image.iso(.configDrive, ["-J"]).reader()
        #expect(try joliet.contents(of: "OpenStack/LATEST/Meta_Data.json", limit: 100).count == 29)
        let rockRidge = try Image.iso(.configDrive, ["-J", "-R"]).reader()
        #expect(throws: VolumeError(.notFound, type: .iso9660, path: "META-DATA")) {
            try rockRidge.contents(of: "META-DATA", limit: 100)
        }
        #expect(try rockRidge.contentsIfPresent(of: "META-DATA", limit: 100) == nil)
    }

    @Test(
        "the label is blkid's: the primary's, or Joliet's where that says more",
        arguments: ["config-2", "CIDATA", "a label of thirty-two characters", "größer", "x", nil])
    func labels(_ label: String?) throws {
        for options in [["-J", "-R"], ["-R"]] {
            let image = try Image.iso(.configDrive, options, label: label)
            expectTags(try image.reader(), image)
        }
    }

    @Test("El Torito's boot catalogue changes nothing")
    func elTorito() throws {
        var tree = FileTree.configDrive
        tree.items["boot.img"] = .file([UInt8](repeating: 0x90, count: 2048))
        let options = [
            "-R", "-J", "-b", "boot.img", "-no-emul-boot", "-hide", "boot.catalog", "-hide-joliet", "boot.catalog",
        ]
        let image = try Image.iso(tree, options)
        let read = try FileTree(of: image.reader(), without: ["boot.catalog"])
        #expect(read.differences(from: tree).isEmpty)
    }

    @Test("a file of several sections is one; xorriso extracts the same")
    func multiExtent() throws {
        let first = [UInt8](repeating: 1, count: 4096)
        let tree = FileTree(["FILE.A": .file(first), "FILE.B": .file([2, 2]), "FILE.C": .file([3])])
        var bytes = try Image.iso(tree, ["-iso-level", "1"]).bytes
        _ = try #require(Self.twoSections(of: &bytes))
        let image = Image(bytes: bytes)
        let expected = FileTree(["file.a": .file(first + [2, 2]), "file.c": .file([3])])
        #expect(try FileTree(of: image.reader()).differences(from: expected).isEmpty)
        let directory = try TemporaryDirectory()
        try directory.write("image", bytes)
        try Image.need(
            "xorriso",
            ["-indev", "\(directory.path)/image", "-osirrox", "on", "-extract", "/FILE.A", "\(directory.path)/out"])
        #expect(try Image.need("cat", ["\(directory.path)/out"]).output == first + [2, 2])
    }

    @Test("a file of more than 4 GiB is told with its size, which xorriso tells too, and refused by its limit")
    func huge() throws {
        let tree = FileTree(["FILE.A": .file([1]), "FILE.B": .file([2, 2])])
        var bytes = try Image.iso(tree, ["-iso-level", "1"]).bytes
        let place = try #require(Self.twoSections(of: &bytes))
        // The longest that a section which is not the last may be: whole blocks below 4 GiB, written in both orders (ECMA-119, 9.1.4).
        let length: UInt32 = 0xffff_f800
        for byte in 0..<4 {
            bytes[place - 22 + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte))
            bytes[place - 15 - byte] = UInt8(truncatingIfNeeded: length >> (8 * byte))
        }
        let directory = try TemporaryDirectory()
        try directory.write("image", bytes)
        // Sparse: as long as the section says.
        try run("truncate -s +5000000000 \(directory.path)/image")
        let reader = try VolumeReader.open(DeviceVolume("/image", in: .init(directory: directory.path)))
        let size = UInt64(length) + 2
        #expect(try reader.entry(at: "file.a").sizeInBytes == size)
        #expect(throws: VolumeError(.tooLarge(sizeInBytes: size, limit: 9), type: .iso9660, path: "file.a")) {
            try reader.contents(of: "file.a", limit: 9)
        }
        let listed = try Image.need("xorriso", ["-indev", "\(directory.path)/image", "-lsl", "/FILE.A"]).output
        #expect(String(decoding: listed, as: UTF8.self).contains(" \(size) "))
    }

    /// Makes FILE.B the second section of FILE.A; the place of FILE.A's length of name in its record, whose fields are before it.
    private static func twoSections(of bytes: inout [UInt8]) -> Int? {
        // The first's record gets the flag of a section that is not the last, the second's its name.
        guard
            let place = bytes.indices.dropLast(8).first(where: {
                bytes[$0] == 8 && bytes[($0 + 1)..<($0 + 9)].elementsEqual("FILE.A;1".utf8)
            })
        else { return nil }
        bytes[place - 7] |= 0x80
        let next = place + Int(bytes[place - 32])
        bytes[next + 6] = UInt8(ascii: "A")
        return place
    }

    @Test("a compressed file is refused by its name")
    func zisofs() throws {
        // RRIP's ZF entry, put where a time stamp is: what mkzftree's files have.
        var bytes = try Image.iso(FileTree(["file": .file([1, 2])]), ["-R"]).bytes
        let places = bytes.indices.dropLast(5).filter { bytes[$0..<($0 + 4)].elementsEqual([0x54, 0x46, 0x1a, 1]) }
        for place in places { bytes.replaceSubrange(place..<(place + 2), with: "ZF".utf8) }
        #expect(!places.isEmpty)
        let reader = try Image(bytes: bytes).reader()
        let error = #expect(throws: VolumeError.self) { try reader.contents(of: "file", limit: 10) }
        #expect(error?.problem == .unsupported(.compressedFile) && error?.path == "file")
    }
}
