import BlockDevices
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

/// The images of util-linux' own tests: what its newest libblkid says of each, and so do we.
@Suite("Conformance with util-linux' image suite", .conformance)
struct ConformanceTests {
    static let images = ConformanceSet.names(of: "blkid/images", "img.xz")
    static let tables = ConformanceSet.names(of: "partition-tables", "img.xz")

    @Test("every image is there")
    func count() {
        #expect(Self.images.count >= 73 && Self.tables.count >= 5)
    }

    @Test("type, usage, version, label and UUID", arguments: images)
    func superblock(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let image = try ConformanceSet.unpack("blkid/images/\(name).img.xz", in: directory)
        let expected = try ConformanceSet.values("blkid/expected/\(name)")
        let report = try Probe(path: image).report()
        #expect(report.type == expected["ID_FS_TYPE"])
        #expect(report.usage == expected["ID_FS_USAGE"])
        #expect(report.version == expected["ID_FS_VERSION"].map { $0.split(separator: "\\x20").joined(separator: " ") })
        #expect(udevSafe(report.uuid) == expected["ID_FS_UUID"])
        #expect(udevSafe(report.label) == expected["ID_FS_LABEL"])
    }

    @Test("the kind, the identifier and the partitions of a table", arguments: tables)
    func table(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let image = try ConformanceSet.unpack("partition-tables/\(name).img.xz", in: directory)
        let lines = try ConformanceSet.lines("partition-tables/\(name).expected")
        var options = ProbeOptions()
        options.listsSignatures = true
        let report = try Probe(path: image, options).report()
        let head = try #require(lines.first)
        func word(_ key: String) -> String? {
            head.split(separator: ", ").map { $0.split(separator: $0.contains("=") ? "=" : ":") }
                .first { $0.count == 2 && $0[0].trimmed == key }.map { $0[1].trimmed }
        }
        #expect(report.partitionTable == word("PT"))
        #expect(report.partitionTableUUID == word("id").flatMap { $0 == "(null)" ? nil : $0 })
        // `#1:       7936       4864  0x7 name='…' uuid='…' type='…'`
        let expected = lines.filter { $0.hasPrefix("#") }.map { line -> String in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            return "\(words[0].dropFirst().dropLast()) \(words[1]) \(words[2])"
        }
        #expect(report.partitions.map { "\($0.number) \($0.start) \($0.size)" } == expected)
        #expect(!expected.isEmpty)
    }

    @Test("every signature that wipefs lists, and no other but what it cannot name", arguments: images + tables)
    func signatures(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let folder = Self.images.contains(name) ? "blkid/images" : "partition-tables"
        let image = try ConformanceSet.unpack("\(folder)/\(name).img.xz", in: directory)
        let list = try run("wipefs -J -n -O OFFSET,TYPE \(image)").output
        let all = list.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: list)["signatures"]?.array ?? []
        let theirs = Set(all.map { "\($0["type"]?.string ?? "") \($0["offset"]?.string ?? "")" })
        var options = ProbeOptions()
        options.listsSignatures = true
        let report = try Probe(path: image, options).report()
        let ours = Set(report.signatures.map { "\($0.type) 0x\(String($0.offset, radix: 16))" })
        #expect(theirs.subtracting(ours).isEmpty)
        let own: Set = ["bcachefs", "cs_fvault2", "scoutfs", "swap", "swap-luks", "dasd-ldl"]
        let extra = report.signatures.filter { !theirs.contains("\($0.type) 0x\(String($0.offset, radix: 16))") }
        #expect(extra.allSatisfy { own.contains($0.type) }, "\(extra)")
    }

    /// udev keeps letters, digits and a few others, and puts `_` for the rest (util_replace_chars, encode_devnode_name).
    private func udevSafe(_ label: String?) -> String? {
        guard let raw = label, !raw.isEmpty else { return nil }
        // Bytes that are no UTF-8 are `_` there and `\xNN` here.
        let text = raw.replacing(/\\x[0-9a-f]{2}/, with: "_")
        var trimmed = text.trimmed[...]
        while trimmed.last == " " { trimmed = trimmed.dropLast() }
        var safe = ""
        var isBlank = false
        for scalar in trimmed.unicodeScalars {
            if scalar == " " || scalar == "\t" {
                if !isBlank { safe += "_" }
                isBlank = true
                continue
            }
            isBlank = false
            let isPlain =
                scalar.value >= 0x80 || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
                || ("A"..."Z").contains(scalar) || "#+-.:=@_/$%?,".unicodeScalars.contains(scalar)
            safe.unicodeScalars.append(isPlain ? scalar : "_")
        }
        return safe
    }
}

/// The data of others' tests; never in this repository.
enum ConformanceSet {
    // SAFETY: what getenv answers stays until the environment is changed, which nobody does.
    static var directory: String {
        guard let value = unsafe getenv("SLIPWAY_CONFORMANCE") else { return "../shared/conformance" }
        return unsafe String(cString: value)
    }

    static var isPresent: Bool { unsafe access("\(directory)/blkid/expected", R_OK) == 0 }

    /// Without their suffix.
    static func names(of folder: String, _ suffix: String) -> [String] {
        let all = (try? LiveFiles().entries(of: FilePath("\(directory)/\(folder)"))) ?? []
        return all.filter { $0.hasSuffix(".\(suffix)") }.map { String($0.dropLast(suffix.utf8.count + 1)) }.sorted()
    }

    static func unpack(_ file: String, in target: borrowing TemporaryDirectory) throws -> FilePath {
        let image = target.path.appending("image")
        // Sparse, as the image was: xz makes holes of zeros in a file that it names itself.
        try run("cp \(directory)/\(file) \(image).xz")
        try run("xz -d \(image).xz")
        return image
    }

    static func lines(_ file: String) throws -> [String] {
        let bytes = try HostRoot.live.contents(of: FilePath("\(directory)/\(file)"), limit: 1 << 20)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// `KEY=value` lines.
    static func values(_ file: String) throws -> [String: String] {
        let pairs = try lines(file).map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        return Dictionary(pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { first, _ in first }
    }
}

extension Trait where Self == ConditionTrait {
    static var conformance: Self {
        .enabled(
            if: ConformanceSet.isPresent,
            "no conformance set at \(ConformanceSet.directory); SLIPWAY_CONFORMANCE says where it is")
    }
}

extension StringProtocol {
    var trimmed: String {
        String(
            drop { $0 == " " || $0 == "\t" || $0 == "\n" }.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\n" }
                .reversed())
    }
}
