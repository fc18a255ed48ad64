import FileSystems
import Glibc
import Kernel
import SystemPackage
import TestSupport

/// Directories, files and links by their paths, as a source directory has them and as a volume should.
struct FileTree: Hashable, CustomStringConvertible {
    enum Item: Hashable {
        case directory
        case file([UInt8])
        case link(String)
    }

    var items: [String: Item] = [:]

    init(_ items: [String: Item] = [:]) { self.items = items }

    /// What a test expects and what it has, path by path.
    func differences(from other: FileTree) -> [String] {
        Set(items.keys).union(other.items.keys).sorted().compactMap { path in
            items[path] == other.items[path]
                ? nil : "\(path): \(Self.say(items[path])), the other has \(Self.say(other.items[path]))"
        }
    }

    var description: String { items.keys.sorted().map { "\($0): \(Self.say(items[$0]))" }.joined(separator: "\n") }

    private static func say(_ item: Item?) -> String {
        switch item {
        case nil: "nothing"
        case .directory: "a directory"
        case .file(let bytes): "a file of \(bytes.count) bytes that begins \(bytes.prefix(8))"
        case .link(let target): "a link to \(target)"
        }
    }

    /// Writes it into a directory that is there.
    func write(to root: FilePath) throws {
        for (path, item) in items.sorted(by: { $0.key < $1.key }) {
            let place = root.appending(path)
            switch item {
            case .directory: try systemCall("mkdir", on: path) { unsafe mkdir(place.string, 0o755) }
            case .file(let bytes):
                let file = try OwnedDescriptor.open(place, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
                try file.writeAll(bytes)
            case .link(let target): try systemCall("symlink", on: path) { unsafe symlink(target, place.string) }
            }
        }
    }

    /// Reads all of a volume; links are told as `.link("")`, for what they say is not asked of a reader.
    init(of reader: VolumeReader, without omitted: Set<String> = []) throws(VolumeError) {
        var waiting = [""]
        while let directory = waiting.popLast() {
            for entry in try reader.entries(of: directory) where !omitted.contains(directory + entry.name) {
                let path = directory + entry.name
                switch entry.kind {
                case .directory:
                    items[path] = .directory
                    waiting.append(path + "/")
                case .file:
                    let bytes = try reader.contents(of: path, limit: 1 << 24)
                    guard UInt64(bytes.count) == entry.sizeInBytes else { throw VolumeError(.notAFile, path: path) }
                    items[path] = .file(bytes)
                case .symbolicLink: items[path] = .link("")
                case .special: items[path] = .file([])
                }
            }
        }
    }

    /// The same with its links' targets forgotten, as a reader tells it.
    var withoutTargets: FileTree {
        FileTree(items.mapValues { if case .link = $0 { .link("") } else { $0 } })
    }

    /// The paths of a config drive of NoCloud's and one of OpenStack's.
    static let configDrive = FileTree([
        "meta-data": .file(Array("instance-id: i-1\nlocal-hostname: node\n".utf8)),
        "user-data": .file(Array("#cloud-config\n{}\n".utf8)), "vendor-data": .file([]),
        "network-config": .file(Array("version: 2\n".utf8)), "openstack": .directory, "openstack/latest": .directory,
        "openstack/latest/meta_data.json": .file(Array(#"{"uuid": "1", "name": "node"}"#.utf8)),
        "openstack/latest/network_data.json": .file(Array((0..<5000).map { UInt8(truncatingIfNeeded: $0) })),
        "openstack/content": .directory, "openstack/content/0000": .file([UInt8](repeating: 0x61, count: 70_000)),
        "empty": .directory,
    ])
}

extension FileTree {
    /// What names a file system takes.
    struct Names {
        var letters = Array("abcdefghijklmnopqrstuvwxyz0123456789-_.ABCXYZ+=äöüßéø中文字Я")
        var length = 1...40
        var hasLinks = false

        /// Apart where case makes no difference, and neither hidden nor cut by anybody.
        func draw(_ random: inout SeededGenerator, not taken: Set<String>) -> String {
            while true {
                let name = String((0..<random.number(length)).map { _ in random.pick(letters) })
                guard name.first != ".", name.last != ".", name.last != " ", name.utf8.count <= 100 else { continue }
                if !taken.contains(name.lowercased()) { return name }
            }
        }
    }

    /// A tree drawn by a seed.
    static func random(seed: UInt64, names: Names = Names(), depth: Int = 5, entries: Int = 40) -> FileTree {
        var random = SeededGenerator(seed: seed)
        var tree = FileTree()
        var directories = [""]
        var taken: [String: Set<String>] = [:]
        for _ in 0..<entries {
            let parent = random.pick(directories)
            let name = names.draw(&random, not: taken[parent] ?? [])
            taken[parent, default: []].insert(name.lowercased())
            let path = parent + name
            if random.chance(25), parent.split(separator: "/").count < depth {
                tree.items[path] = .directory
                directories.append(path + "/")
            } else if names.hasLinks, random.chance(15) {
                tree.items[path] = .link(name + "-target")
            } else {
                let size = random.pick([0, 1, 100, 511, 512, 513, 2047, 2048, 2049, 4096, 10_000, 70_000])
                tree.items[path] = .file((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
        }
        return tree
    }

    /// The seeds of a test's trees: `make test-long` draws more.
    static var seeds: [UInt64] {
        let first = Sweep.seed ?? 1
        return (0..<(Sweep.isLong ? 50 : 3)).map { first &+ UInt64($0) }
    }
}
