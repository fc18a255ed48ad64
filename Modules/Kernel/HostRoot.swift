public import SystemPackage

/// The host whose `/sys`, `/proc`, `/dev`, `/run` and `/etc` are read: this machine, a directory, or a recording.
///
/// Nothing in Slipway opens those by a literal path; every reading goes through a value of this type.
public struct HostRoot: Sendable {
    private enum Kind: Sendable {
        case live
        case directory(FilePath)
        case replay
    }
    private let kind: Kind
    /// Where the bytes come from.
    public let files: any FileSource

    /// This machine.
    public static let live = HostRoot(kind: .live, files: LiveFiles())

    private init(kind: Kind, files: any FileSource) {
        self.kind = kind
        self.files = files
    }

    /// A directory tree: a sysroot, a container's view. `/` is this machine.
    public init(directory: FilePath) {
        self = directory == "/" ? .live : HostRoot(kind: .directory(directory), files: LiveFiles(prefix: directory))
    }

    /// A recording that answers for a host.
    public init(replaying files: any FileSource) { self.init(kind: .replay, files: files) }

    /// The same host, read through `files` (a recorder that stands before it).
    public func reading(through files: any FileSource) -> HostRoot { HostRoot(kind: kind, files: files) }

    /// Whether this is the machine that we run on: only then may the kernel or a device be changed or asked by ioctl.
    public var isLive: Bool { if case .live = kind { true } else { false } }

    /// Where `absolute` is on this machine; nil for a recording.
    public func path(_ absolute: FilePath) -> FilePath? {
        switch kind {
        case .live: absolute
        case .directory(let prefix): prefix.appending(absolute.components)
        case .replay: nil
        }
    }

    /// The bytes of a file, at most `limit` of them.
    public func contents(of path: FilePath, limit: Int = 65_536) throws(OSError) -> [UInt8] {
        try files.contents(of: path, limit: limit)
    }

    /// A file's text without the white space at its ends, as sysfs attributes are meant.
    public func text(_ path: FilePath, limit: Int = 65_536) throws(OSError) -> String {
        let bytes = try files.contents(of: path, limit: limit)
        let blank: (UInt8) -> Bool = { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0d) || $0 == 0 }
        return String(decoding: bytes.drop(while: blank).reversed().drop(while: blank).reversed(), as: UTF8.self)
    }

    /// The text, or nil where the file is absent or may not be read.
    public func textIfPresent(_ path: FilePath, limit: Int = 65_536) -> String? { try? text(path, limit: limit) }

    /// The names in a directory, sorted.
    public func entries(of path: FilePath) throws(OSError) -> [String] { try files.entries(of: path) }

    /// The names in a directory; none where it is absent.
    public func entriesIfPresent(of path: FilePath) -> [String] { (try? files.entries(of: path)) ?? [] }

    /// The names of the directories in a directory, links to directories not among them; none where it is absent.
    public func directoriesIfPresent(of path: FilePath) -> [String] { (try? files.directories(of: path)) ?? [] }

    /// What a symbolic link says.
    public func linkTarget(of path: FilePath) throws(OSError) -> FilePath { try files.linkTarget(of: path) }

    /// The last component of what a link says: `driver`, `subsystem` and `module` links in sysfs.
    public func linkName(of path: FilePath) -> String? { (try? files.linkTarget(of: path))?.lastComponent?.string }
}
