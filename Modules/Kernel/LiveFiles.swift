internal import CKernel
internal import Glibc
public import SystemPackage

/// The files of this machine, or of a directory tree that stands for one.
public struct LiveFiles: FileSource {
    private let prefix: FilePath

    /// `prefix` is `/` for this machine. With another, absolute links and `..` stay inside it (openat2's RESOLVE_IN_ROOT).
    public init(prefix: FilePath = "/") { self.prefix = prefix }

    public func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        try opened(path, O_RDONLY | O_NOCTTY | O_NONBLOCK).readAll(limit: limit, subject: path.string)
    }

    public func entries(of path: FilePath) throws(OSError) -> [String] { try names(in: path) { _ in true } }

    public func directories(of path: FilePath) throws(OSError) -> [String] {
        // sysfs, procfs, tmpfs and every disk file system that we meet fill in d_type.
        try names(in: path) { $0 == UInt8(DT_DIR) }
    }

    private func names(in path: FilePath, where wanted: (UInt8) -> Bool) throws(OSError) -> [String] {
        let descriptor = try opened(path, O_RDONLY | O_DIRECTORY)
        guard let stream = unsafe fdopendir(descriptor.rawValue) else {
            throw OSError(operation: "fdopendir", errno: Errno(rawValue: errno), subject: path.string)
        }
        _ = descriptor.release()  // the stream owns it now
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                // SAFETY: the kernel ends d_name with a zero within its 256 bytes.
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != "..", wanted(unsafe entry.pointee.d_type) { names.append(name) }
        }
        if errno != 0 { throw OSError(operation: "readdir", errno: Errno(rawValue: errno), subject: path.string) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    public func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        let descriptor = try opened(path, SW_O_PATH | O_NOFOLLOW)
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = try systemCall("readlink", on: path.string) {
            // SAFETY: the buffer lives through the call and is one longer than the length passed, so it ends in zero.
            unsafe readlinkat(descriptor.rawValue, "", &buffer, Int(PATH_MAX))
        }
        return FilePath(String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private func opened(_ path: FilePath, _ flags: Int32) throws(OSError) -> OwnedDescriptor {
        if prefix == "/" { return try OwnedDescriptor.open(path, flags) }
        let root = try OwnedDescriptor.open(prefix, SW_O_PATH | O_DIRECTORY)
        let text = path.string
        return OwnedDescriptor(
            adopting: try systemCall("openat2", on: text) { unsafe sw_open_in_root(root.rawValue, text, flags) })
    }
}
