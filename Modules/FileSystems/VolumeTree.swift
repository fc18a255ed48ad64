/// What a path leads to in a file system.
protocol VolumeNode: Sendable {
    var kind: VolumeEntry.Kind { get }
    var sizeInBytes: UInt64 { get }
    /// The same for the same directory, another for each other one: a directory below itself is told by it.
    var identity: UInt64 { get }
}

/// A file system whose top has been read. Its own methods know nothing of paths: ``VolumeReader`` adds them to errors.
protocol FileSystem: Sendable {
    associatedtype Node: VolumeNode
    /// What a directory says of an entry, from which its node is read.
    associatedtype Reference: Sendable

    var volume: VolumeBytes { get set }
    var type: VolumeType { get }
    var label: String? { get }
    var uuid: String? { get }
    var notes: Set<VolumeNote> { get }
    /// Whether `A` and `a` are one name.
    var foldsCase: Bool { get }
    var root: Node { get }

    /// In the order of the volume, without `.` and `..`; at most ``VolumeReader/entryLimit``.
    func entries(of directory: Node) throws(VolumeError) -> [(name: String, reference: Reference)]
    func node(_ reference: Reference) throws(VolumeError) -> Node
    /// The whole of a file, which is at most `limit` bytes long.
    func contents(of file: Node, limit: Int) throws(VolumeError) -> [UInt8]
    /// What a symbolic link says.
    func target(of link: Node) throws(VolumeError) -> String
}

/// A file system behind its paths.
protocol VolumeTree: Sendable {
    var type: VolumeType { get }
    var label: String? { get }
    var uuid: String? { get }
    var notes: Set<VolumeNote> { get }
    func entry(at path: String) throws(VolumeError) -> VolumeEntry
    func entries(of path: String) throws(VolumeError) -> [VolumeEntry]
    func contents(of path: String, limit: Int) throws(VolumeError) -> [UInt8]
}

/// Paths from a file system's root, symbolic links followed within it.
struct PathWalker<System: FileSystem>: VolumeTree {
    private var system: System

    init(_ system: System) { self.system = system }

    var type: VolumeType { system.type }
    var label: String? { system.label }
    var uuid: String? { system.uuid }
    var notes: Set<VolumeNote> { system.notes }

    func entry(at path: String) throws(VolumeError) -> VolumeEntry {
        try asked(path) { (walker) throws(VolumeError) in
            let node = try walker.resolve(path)
            let name = path.split(separator: "/").last.map(String.init) ?? "/"
            return VolumeEntry(name: name, kind: node.kind, sizeInBytes: node.sizeInBytes)
        }
    }

    func entries(of path: String) throws(VolumeError) -> [VolumeEntry] {
        try asked(path) { (walker) throws(VolumeError) in
            let directory = try walker.resolve(path)
            guard directory.kind == .directory else { throw VolumeError(.notADirectory) }
            let prefix = path.hasSuffix("/") || path.isEmpty ? path : path + "/"
            var result: [VolumeEntry] = []
            for (name, reference) in try walker.system.entries(of: directory) {
                do throws(VolumeError) {
                    let node = try walker.system.node(reference)
                    result.append(VolumeEntry(name: name, kind: node.kind, sizeInBytes: node.sizeInBytes))
                } catch {
                    throw error.with(path: prefix + name)
                }
            }
            return result
        }
    }

    func contents(of path: String, limit: Int) throws(VolumeError) -> [UInt8] {
        try asked(path, limit: limit) { (walker) throws(VolumeError) in
            let file = try walker.resolve(path)
            guard file.kind == .file else { throw VolumeError(.notAFile) }
            guard file.sizeInBytes <= UInt64(max(0, limit)) else {
                throw VolumeError(.tooLarge(sizeInBytes: file.sizeInBytes, limit: limit))
            }
            return try walker.system.contents(of: file, limit: limit)
        }
    }

    /// Each question has a budget of its own, and its errors the path.
    private func asked<Value>(
        _ path: String, limit: Int = 0, _ body: (PathWalker) throws(VolumeError) -> Value
    ) throws(VolumeError) -> Value {
        var walker = self
        walker.system.volume.budget = ReadingBudget(fileLimit: limit)
        do { return try body(walker) } catch { throw error.with(type: type, path: path) }
    }

    private func resolve(_ path: String) throws(VolumeError) -> System.Node {
        var chain = [system.root]
        var waiting = Array(path.split(separator: "/").reversed())
        var links = 0
        while let name = waiting.popLast() {
            guard let directory = chain.last, directory.kind == .directory else { throw VolumeError(.notADirectory) }
            if name == "." { continue }
            if name == ".." {
                if chain.count > 1 { chain.removeLast() }
                continue
            }
            let node = try child(String(name), of: directory)
            switch node.kind {
            case .symbolicLink:
                links += 1
                guard links <= VolumeReader.linkLimit else { throw VolumeError(.tooManyLinks) }
                let target = try system.target(of: node)
                if target.hasPrefix("/") { chain.removeLast(chain.count - 1) }
                waiting += target.split(separator: "/").reversed()
            case .directory:
                guard !chain.contains(where: { $0.kind == .directory && $0.identity == node.identity }) else {
                    throw VolumeError(.cycle(.directory))
                }
                guard chain.count <= VolumeReader.depthLimit else { throw VolumeError(.tooDeep) }
                chain.append(node)
            case .file, .special: chain.append(node)
            }
        }
        return chain.last ?? system.root
    }

    /// By its very name, or else by one that differs in case where the file system makes no difference.
    private func child(_ name: String, of directory: System.Node) throws(VolumeError) -> System.Node {
        let entries = try system.entries(of: directory)
        // Not ==, for which two spellings of one character are the same.
        if let entry = entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            return try system.node(entry.reference)
        }
        if system.foldsCase {
            let folded = name.lowercased()
            if let entry = entries.first(where: { $0.name.lowercased().utf8.elementsEqual(folded.utf8) }) {
                return try system.node(entry.reference)
            }
        }
        throw VolumeError(.notFound)
    }
}

/// The entries of one directory while they are read.
struct EntryList<Reference> {
    private(set) var entries: [(name: String, reference: Reference)] = []

    /// Keeps an entry, `.` and `..` aside; a name that no path could hold is damage.
    mutating func append(_ name: String, _ reference: Reference, in piece: VolumePiece) throws(VolumeError) {
        if name == "." || name == ".." { return }
        guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) else {
            throw piece.error(.invalid(.name))
        }
        guard entries.count < VolumeReader.entryLimit else { throw piece.error(.tooManyEntries) }
        entries.append((name, reference))
    }
}
