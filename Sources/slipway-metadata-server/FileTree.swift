import Kernel
import SystemPackage

/// The files that are served. Links are followed inside the directory only (openat2's RESOLVE_IN_ROOT).
struct FileTree: Sendable {
    /// What a path is.
    enum Node: Hashable, Sendable {
        case file([UInt8])
        /// The names in it; those of directories end in a slash.
        case directory([String])
        /// A directory whose file `.listing` says what the service answers for it, as EC2's `public-keys/` has `0=name`.
        case listing([UInt8])
    }

    private static let fileLimit = 64 << 20
    private let root: FilePath
    private let files: LiveFiles

    init(directory: FilePath) {
        root = directory
        files = LiveFiles(prefix: directory)
    }

    /// nil where there is nothing, or nothing that may be read.
    func node(at path: RequestPath) -> Node? {
        let place = FilePath(path.text)
        if let names = try? files.entries(of: place) {
            if let bytes = contents(of: place.appending(".listing")) { return .listing(bytes) }
            return .directory(names.filter { !$0.hasPrefix(".") }.compactMap { listed($0, in: place) })
        }
        return path.endsInSlash ? nil : contents(of: place).map { .file($0) }
    }

    private func contents(of path: FilePath) -> [UInt8]? { try? files.contents(of: path, limit: Self.fileLimit) }

    /// The name as a listing has it; nil for a link that leads nowhere inside.
    private func listed(_ name: String, in directory: FilePath) -> String? {
        let path = directory.appending(name)
        if (try? files.entries(of: path)) != nil { return name + "/" }
        return (try? files.contents(of: path, limit: 0)) == nil ? nil : name
    }
}
