public import SystemPackage

/// Where the files of a host come from: its kernel, a directory tree, or a recording.
///
/// Paths are absolute, as the host sees them. A failure is the errno that the host's kernel gave.
public protocol FileSource: Sendable {
    /// The first `limit` bytes of a file.
    func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8]
    /// The names in a directory, sorted by bytes, without `.` and `..`.
    func entries(of path: FilePath) throws(OSError) -> [String]
    /// What a symbolic link says, unresolved.
    func linkTarget(of path: FilePath) throws(OSError) -> FilePath
}
