internal import Glibc

/// A tree of files to be written as a newc archive (`Documentation/driver-api/early-userspace/buffer-format.rst`).
///
/// The same tree is the same bytes: entries are in the order of their paths' bytes (so a directory comes before what
/// is in it), inode numbers count from 1 in that order, owners and times are zero, and nothing is a hard link.
package struct CPIOArchive: Hashable, Sendable {
    /// PATH_MAX, the zero at the end included: the kernel's unpacker skips what is longer.
    static let longestName = 4096

    private var entries: [String: CPIOEntry] = [:]

    /// An empty tree: its archive is the trailer alone.
    package init() {}

    /// In the order in which they are written.
    package var sortedEntries: [CPIOEntry] {
        entries.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// How many entries there are, the trailer not counted.
    package var count: Int { entries.count }

    /// What is at `path`; nil where nothing is.
    package subscript(path: String) -> CPIOEntry? { entries[Self.relative(path)] }

    /// Adds an entry, and the directories above it that are not there yet (0755).
    ///
    /// A path may start with a slash. The same entry twice is one; a directory named again keeps the permissions that
    /// were given last. Anything else at an occupied path is an error.
    package mutating func add(_ entry: CPIOEntry) throws(ImageError) {
        var entry = entry
        entry.path = Self.relative(entry.path)
        let components = entry.path.split(separator: "/", omittingEmptySubsequences: false)
        let bad = components.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.utf8.contains(0) }
        guard !bad, entry.path.utf8.count < Self.longestName else {
            throw .unwritableEntry(path: entry.path, .badPath)
        }
        if case .symbolicLink(let target) = entry.content {
            guard !target.isEmpty, target.utf8.count < Self.longestName, !target.utf8.contains(0) else {
                throw .unwritableEntry(path: entry.path, .badLinkTarget)
            }
        }
        guard entry.content.bytes.count <= UInt32.max else { throw .unwritableEntry(path: entry.path, .tooLarge) }
        if let present = entries[entry.path], present != entry {
            guard present.content == .directory, entry.content == .directory else {
                throw .unwritableEntry(path: entry.path, .occupied)
            }
        }
        try addParents(of: components, for: entry.path)
        entries[entry.path] = entry
    }

    private mutating func addParents(of components: [Substring], for path: String) throws(ImageError) {
        var parent = ""
        for component in components.dropLast() {
            parent += (parent.isEmpty ? "" : "/") + component
            if let present = entries[parent] {
                guard present.content == .directory else { throw .unwritableEntry(path: path, .parentIsNoDirectory) }
            } else {
                entries[parent] = CPIOEntry(path: parent, content: .directory, permissions: 0o755)
            }
        }
    }

    private static func relative(_ path: String) -> String { path.hasPrefix("/") ? String(path.dropFirst()) : path }

    /// The archive's bytes, the trailer included; a multiple of four long.
    package func serialized() -> [UInt8] {
        let entries = sortedEntries
        var directoriesWithin: [String: Int] = [:]
        for entry in entries where entry.content == .directory {
            directoriesWithin[Self.parent(of: entry.path), default: 0] += 1
        }
        var output: [UInt8] = []
        output.reserveCapacity(entries.reduce(512) { $0 + $1.content.bytes.count + $1.path.utf8.count + 128 })
        for (index, entry) in entries.enumerated() {
            // "." and the entry in the parent, and each subdirectory's "..".
            let links = entry.content == .directory ? 2 + directoriesWithin[entry.path, default: 0] : 1
            Self.append(entry, inode: UInt32(clamping: index + 1), links: UInt32(clamping: links), to: &output)
        }
        let trailer = CPIOEntry(path: CPIOFormat.trailer, content: .file([]), permissions: 0)
        Self.append(trailer, inode: 0, links: 1, isTrailer: true, to: &output)
        return output
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func append(
        _ entry: CPIOEntry, inode: UInt32, links: UInt32, isTrailer: Bool = false, to output: inout [UInt8]
    ) {
        let bytes = entry.content.bytes
        var device: (major: UInt32, minor: UInt32) = (0, 0)
        switch entry.content {
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor): device = (major, minor)
        default: break
        }
        output += CPIOFormat.magic
        let fields: [UInt32] = [
            inode, isTrailer ? 0 : entry.content.typeBits | entry.permissions & 0o7777, entry.user, entry.group, links,
            entry.modified, UInt32(clamping: bytes.count), 0, 0, device.major, device.minor,
            UInt32(clamping: entry.path.utf8.count + 1), 0,
        ]
        for field in fields { CPIOFormat.appendHexadecimal(field, to: &output) }
        output += entry.path.utf8
        output.append(0)
        pad(&output)
        output += bytes
        pad(&output)
    }

    private static func pad(_ output: inout [UInt8]) {
        output += repeatElement(0, count: CPIOFormat.padding(after: output.count))
    }
}

extension CPIOEntry.Content {
    /// The file type's bits of st_mode.
    var typeBits: UInt32 {
        switch self {
        case .file: S_IFREG
        case .directory: S_IFDIR
        case .symbolicLink: S_IFLNK
        case .characterDevice: S_IFCHR
        case .blockDevice: S_IFBLK
        case .fifo: S_IFIFO
        case .socket: S_IFSOCK
        }
    }
}
