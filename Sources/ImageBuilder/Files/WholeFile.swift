internal import Glibc
internal import Kernel
internal import SystemPackage

extension FileSource {
    /// All of a file; a longer one than the limit is an error rather than a part.
    func wholeContents(of path: FilePath, limitInBytes limit: Int) throws(ImageError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try contents(of: path, limit: limit + 1) } catch { throw .system(error) }
        guard bytes.count <= limit else { throw .fileTooLarge(path, limitInBytes: limit) }
        return bytes
    }

    /// The same; nil where there is no such file, or a directory in its place.
    func contentsIfPresent(of path: FilePath, limitInBytes limit: Int) throws(ImageError) -> [UInt8]? {
        do throws(ImageError) {
            return try wholeContents(of: path, limitInBytes: limit)
        } catch {
            let absent: [Errno] = [.noSuchFileOrDirectory, .notDirectory, .isDirectory]
            if case .system(let cause) = error, absent.contains(cause.errno) { return nil }
            throw error
        }
    }
}

/// Whether the owner may execute a file of this machine.
func isExecutable(_ path: FilePath) throws(ImageError) -> Bool {
    var status = stat()
    do {
        // SAFETY: stat fills the structure, which lives through the call.
        try systemCall("stat", on: path.string) { unsafe stat(path.string, &status) }
    } catch {
        throw .system(error)
    }
    return status.st_mode & S_IXUSR != 0
}

/// The path without links, from the root: what `$ORIGIN` means for a program.
func realPath(_ path: FilePath) throws(ImageError) -> FilePath {
    // SAFETY: realpath allocates its answer, which is copied and freed here.
    guard let answer = unsafe realpath(path.string, nil) else {
        throw .system(OSError(operation: "realpath", errno: Errno(rawValue: errno), subject: path.string))
    }
    defer { unsafe free(answer) }
    return FilePath(unsafe String(cString: answer))
}
