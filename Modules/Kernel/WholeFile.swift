internal import Glibc
public import SystemPackage

/// Writes a file that is whole or as it was, for its owner alone (0600): a temporary name in the same folder, fsync(2), rename(2),
/// fsync(2) of the folder.
public func writeWhole(_ bytes: [UInt8], to path: FilePath) throws(OSError) {
    guard let name = path.lastComponent else {
        throw OSError(operation: "open", errno: .isDirectory, subject: path.string)
    }
    let parent = path.removingLastComponent()
    let folder: FilePath = parent.isEmpty ? "." : parent
    let temporary = folder.appending(".\(name.string).\(getpid()).partial")
    let file = try OwnedDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    do throws(OSError) {
        try file.writeAll(bytes, subject: temporary.string)
        try systemCall("fsync", on: temporary.string) { fsync(file.rawValue) }
        let (from, to) = (temporary.string, path.string)
        try systemCall("rename", on: to) { unsafe rename(from, to) }
    } catch {
        unsafe _ = unlink(temporary.string)
        throw error
    }
    let directory = try OwnedDescriptor.open(folder, O_RDONLY | O_DIRECTORY)
    try systemCall("fsync", on: folder.string) { fsync(directory.rawValue) }
}
