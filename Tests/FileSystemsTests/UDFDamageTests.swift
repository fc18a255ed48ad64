import FileSystems
import Kernel
import TestSupport
import Testing

@Suite("Damaged UDF")
struct UDFDamageTests {
    /// Everything that a reader can be asked: the answer is a value or an error, and there is one.
    private static func readAll(_ bytes: [UInt8]) throws(VolumeError) -> Int {
        let reader = try VolumeReader.open(MemoryVolume(bytes))
        var waiting = [""]
        var asked = 0
        while let directory = waiting.popLast(), asked < 200 {
            for entry in (try? reader.entries(of: directory)) ?? [] {
                asked += 1
                let path = directory + entry.name
                _ = try? reader.contents(of: path, limit: 1 << 20)
                if entry.kind == .directory { waiting.append(path + "/") }
            }
        }
        return asked
    }

    private static func disc() throws -> Image {
        try Image.iso(FileTree(["ovf-env.xml": .file(Array("<Environment/>".utf8)), "a": .directory]), ["-udf"])
    }

    /// The blocks whose first bytes say that they are a descriptor of one of these kinds (ECMA-167 3/7.2.1, 4/7.2.1).
    private static func descriptors(_ bytes: [UInt8], _ kinds: Set<Int>) -> [Int] {
        stride(from: 0, to: bytes.count - 2047, by: 2048).filter { place in
            kinds.contains(Int(bytes[place]) | Int(bytes[place + 1]) << 8) && bytes[place + 2] <= 3
                && bytes[place + 5] == 0
        }
    }

    @Test(
        "a bit anywhere in a descriptor is an error or changes nothing that stops the reader", arguments: FileTree.seeds
    )
    func flips(_ seed: UInt64) throws {
        let original = try Self.disc().bytes
        let places = Self.descriptors(original, [1, 2, 5, 6, 8, 9, 256, 257, 261])
        #expect(places.count > 8)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = original
            let place = random.pick(places)
            for _ in 0..<random.number(1...4) { bytes[place + random.number(0...511)] ^= 1 << random.number(0...7) }
            // As damage, and as a lie that its checksums agree with.
            _ = try? Self.readAll(bytes)
            let length = Int(bytes[place + 10]) | Int(bytes[place + 11]) << 8
            guard length <= 2032 else { continue }
            UDFTag.renew(&bytes, at: place)
            _ = try? Self.readAll(bytes)
        }
    }

    @Test("a disc that is cut off anywhere says so")
    func truncations() throws {
        let original = try Self.disc().bytes
        for blocks in stride(from: 0, to: original.count / 2048, by: 7) {
            _ = try? Self.readAll(Array(original.prefix(blocks * 2048 + 100)))
        }
        let short = Array(original.prefix(260 * 2048))
        #expect(throws: VolumeError.self) { try VolumeReader.open(MemoryVolume(short)).entries() }
    }

    @Test("a directory that lies in itself is an error, and so is a file of exabytes")
    func cycle() throws {
        let original = try Self.disc().bytes
        let entries = Self.descriptors(original, [261])
        // The file entry of the root, and that of the directory in it (ICB file type 4: ECMA-167 4/14.6.6).
        let directories = entries.filter { original[$0 + 27] == 4 }
        try #require(directories.count == 2)
        var bytes = original
        // The directory's descriptors are those of the root: it holds itself.
        let root = directories[0]
        let inner = directories[1]
        let location = Array(bytes[inner + 12..<inner + 16])
        bytes.replaceSubrange(inner..<inner + 2048, with: original[root..<root + 2048])
        bytes.replaceSubrange(inner + 12..<inner + 16, with: location)
        UDFTag.renew(&bytes, at: inner)
        let looped = try Image(bytes: bytes).reader()
        #expect(try looped.entries().contains { $0.name == "a" })
        let deep = Array(repeating: "a", count: 40).joined(separator: "/")
        #expect(throws: VolumeError.self) { try looped.entries(of: deep) }

        bytes = original
        let file = try #require(entries.first { original[$0 + 27] == 5 })
        for byte in 0..<7 { bytes[file + 56 + byte] = 0xff }
        UDFTag.renew(&bytes, at: file)
        let huge = try Image(bytes: bytes).reader()
        let error = #expect(throws: VolumeError.self) { try huge.contents(of: "ovf-env.xml", limit: 1 << 20) }
        #expect(error?.problem == .tooLarge(sizeInBytes: 0x00ff_ffff_ffff_ffff, limit: 1 << 20))
    }
}
