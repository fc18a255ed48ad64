public import Kernel
internal import Synchronization
public import SystemPackage

/// Files that answer from a recording: the same bytes, the same order, the same errno.
///
/// What was never recorded is no "file not found": it is ``unrecorded``, operation `replay`, and ``unanswered`` lists it, because a
/// caller may take any failure for an absent file.
public final class ReplayFiles: FileSource {
    /// The errno of what the recording does not hold. No file that the layer reads fails with it on a live host.
    public static let unrecorded = Errno.noData

    private let plane: FilePlane
    private let asked = Mutex(Set<String>())

    public init(_ plane: FilePlane) { self.plane = plane }

    /// The paths that were asked for and are not in the recording, sorted.
    public var unanswered: [String] { asked.withLock { $0 }.sorted() }

    /// The start of a recorded file. A file that was cut when it was recorded answers for no more than was read then.
    public func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        guard let body = plane.bodies[path.string] else { throw failure(.contents, path) }
        if limit <= body.bytes.count { return Array(body.bytes.prefix(max(0, limit))) }
        guard !body.isTruncated else { throw notRecorded(path) }
        return body.bytes
    }

    public func entries(of path: FilePath) throws(OSError) -> [String] {
        guard let names = plane.directories[path.string] else { throw failure(.entries, path) }
        return names
    }

    public func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        guard let target = plane.links[path.string] else { throw failure(.link, path) }
        return FilePath(target)
    }

    private func failure(_ reading: FilePlane.Reading, _ path: FilePath) -> OSError {
        plane.failures[FilePlane.Place(reading, path.string)] ?? notRecorded(path)
    }

    private func notRecorded(_ path: FilePath) -> OSError {
        asked.withLock { _ = $0.insert(path.string) }
        return OSError(operation: "replay", errno: Self.unrecorded, subject: path.string)
    }
}
