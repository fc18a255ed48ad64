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
    /// The names of the directories in a directory, sorted by bytes; links to directories are not among them.
    func directories(of path: FilePath) throws(OSError) -> [String]
}

extension FileSource {
    /// From the other answers, for a source that cannot tell kinds: what is no link and can be listed.
    public func directories(of path: FilePath) throws(OSError) -> [String] {
        try entries(of: path).filter { name in
            (try? linkTarget(of: path.appending(name))) == nil && (try? entries(of: path.appending(name))) != nil
        }
    }
}
