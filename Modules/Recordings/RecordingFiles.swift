public import Kernel
internal import Synchronization
public import SystemPackage

/// Files that answer as the source behind them does, and keep every answer and every failure.
public final class RecordingFiles: FileSource {
    private let source: any FileSource
    private let captured = Mutex(FilePlane())

    public init(before source: any FileSource) { self.source = source }

    /// All that was read up to now.
    public var plane: FilePlane { captured.withLock { $0 } }

    public func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        do {
            let bytes = try source.contents(of: path, limit: limit)
            captured.withLock { $0.note(bytes, of: path, limit: limit) }
            return bytes
        } catch {
            captured.withLock { $0.note(error, of: path, reading: .contents) }
            throw error
        }
    }

    /// A directory that was listed answers as it did then: what is read below it is what a replay will look for.
    public func entries(of path: FilePath) throws(OSError) -> [String] {
        if let names = captured.withLock({ $0.directories[path.string] }) { return names }
        do {
            let names = try source.entries(of: path)
            captured.withLock { $0.note(entries: names, of: path) }
            return names
        } catch {
            captured.withLock { $0.note(error, of: path, reading: .entries) }
            throw error
        }
    }

    public func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        do {
            let target = try source.linkTarget(of: path)
            captured.withLock { $0.note(target: target, of: path) }
            return target
        } catch {
            captured.withLock { $0.note(error, of: path, reading: .link) }
            throw error
        }
    }
}
