import FileSystems
import Kernel
import SystemPackage
import TestSupport
import Testing

/// A volume that another's tool made of a tree.
struct Image {
    let bytes: [UInt8]
    /// What `blkid -p` says of it.
    let tags: [String: String]

    func reader() throws(VolumeError) -> VolumeReader { try VolumeReader.open(MemoryVolume(bytes)) }

    private init(_ path: FilePath) throws {
        bytes = try OwnedDescriptor.open(path, 0).readAll(limit: 1 << 30)
        var tags: [String: String] = [:]
        for tag in ["TYPE", "LABEL", "UUID", "VERSION"] {
            // Exit 2: there is none.
            let answer = try attempt("blkid", ["-p", "-s", tag, "-o", "value", path.string])
            if answer.isSuccess { tags[tag] = answer.lines.first }
        }
        self.tags = tags
    }

    /// Bytes that a test has changed.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        tags = [:]
    }

    /// Of genisoimage with these options.
    static func iso(_ tree: FileTree, _ options: [String], label: String? = "cidata") throws -> Image {
        try made(tree) { source, image in
            // It knows the letters of few sets for names beyond level 3.
            let charset = options.contains("4") ? ["-input-charset", "iso8859-1"] : ["-input-charset", "utf-8"]
            let volume = label.map { ["-V", $0] } ?? []
            try need("genisoimage", ["-quiet", "-o", image] + charset + volume + options + [source])
        }
    }

    /// Of xorriso.
    static func xorriso(_ tree: FileTree, _ options: [String], label: String = "cidata") throws -> Image {
        try made(tree) { source, image in
            try need(
                "xorriso", ["-as", "mkisofs", "-quiet", "-o", image, "-V", label] + options + [source],
                environment: ["LC_ALL=C.UTF-8"])
        }
    }

    /// Of mkfs.vfat, filled by mcopy.
    static func fat(_ tree: FileTree, _ options: [String], kibibytes: Int) throws -> Image {
        try made(tree) { source, image in
            try need("mkfs.vfat", options + ["-C", image, "\(kibibytes)"])
            let names = try LiveFiles().entries(of: FilePath(source))
            guard !names.isEmpty else { return }
            try need(
                "mcopy", ["-s", "-Q", "-i", image] + names.map { "\(source)/\($0)" } + ["::"],
                environment: ["LC_ALL=C.UTF-8", "MTOOLS_SKIP_CHECK=1"])
        }
    }

    /// Of mke2fs.
    static func ext(_ tree: FileTree, _ options: [String], size: String = "8M") throws -> Image {
        try made(tree) { source, image in
            try need("mke2fs", ["-q", "-F", "-d", source] + options + [image, size])
        }
    }

    /// Of any commands: `SOURCE` and `IMAGE` are the paths.
    static func made(_ tree: FileTree, _ make: (_ source: String, _ image: String) throws -> Void) throws -> Image {
        let directory = try TemporaryDirectory()
        let source = directory.path.appending("source")
        try need("mkdir", [source.string])
        try tree.write(to: source)
        let image = directory.path.appending("image")
        try make(source.string, image.string)
        return try Image(image)
    }

    /// A command that has to end well.
    @discardableResult
    static func need(_ program: String, _ arguments: [String], environment: [String] = []) throws -> CommandOutput {
        let answer = try environment.isEmpty
            ? attempt(program, arguments) : attempt("env", environment + [program] + arguments)
        guard answer.isSuccess else {
            throw CommandError(text: "\(program) \(arguments): \(answer.status) \(answer.errors)\(answer.text)")
        }
        return answer
    }

    struct CommandError: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}

/// The reader tells what blkid tells.
func expectTags(_ reader: VolumeReader, _ image: Image, _ location: SourceLocation = #_sourceLocation) {
    #expect(reader.type.name == image.tags["TYPE"], sourceLocation: location)
    #expect(reader.label == image.tags["LABEL"], sourceLocation: location)
    #expect(reader.uuid == image.tags["UUID"], sourceLocation: location)
}

/// The volume holds the tree and nothing else.
func expectTree(
    _ tree: FileTree, in image: Image, without omitted: Set<String> = [],
    _ location: SourceLocation = #_sourceLocation
) throws {
    let reader = try image.reader()
    expectTags(reader, image, location)
    let difference = try FileTree(of: reader, without: omitted).differences(from: tree.withoutTargets)
    #expect(difference.isEmpty, sourceLocation: location)
}
