internal import Glibc
public import Kernel
public import SystemPackage

/// A directory that goes away, with all that is in it, with this value.
public struct TemporaryDirectory: ~Copyable, Sendable {
    public let path: FilePath

    public init() throws(OSError) {
        var template = Array("/tmp/slipway-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw OSError(operation: "mkdtemp", errno: Errno(rawValue: errno), subject: "/tmp")
        }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    deinit { remove(path) }

    /// Writes a file below the directory, making its parents.
    public func write(_ relative: String, _ text: String) throws(OSError) { try write(relative, Array(text.utf8)) }

    public func write(_ relative: String, _ bytes: [UInt8]) throws(OSError) {
        let target = path.appending(relative)
        var parent = path
        for component in target.removingLastComponent().components.dropFirst(path.components.count) {
            parent.append(component)
            unsafe _ = mkdir(parent.string, 0o755)
        }
        let file = try OwnedDescriptor.open(target, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(bytes, subject: target.string)
    }
}

private func remove(_ path: FilePath) {
    for name in (try? LiveFiles().entries(of: path)) ?? [] {
        let child = path.appending(name)
        if unsafe unlink(child.string) != 0 { remove(child) }
    }
    unsafe _ = rmdir(path.string)
}
