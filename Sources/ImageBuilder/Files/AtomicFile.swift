internal import Glibc
internal import Kernel
internal import SystemPackage

/// A file that is there whole or as it was before.
enum AtomicFile {
    /// Writes under a temporary name beside `path`, syncs, renames, syncs the directory; a failure leaves nothing behind.
    static func write(_ bytes: [UInt8], to path: FilePath) throws(ImageError) {
        guard let name = path.lastComponent?.string else {
            throw .system(OSError(operation: "rename", errno: .isDirectory, subject: path.string))
        }
        let parent = path.removingLastComponent()
        let directory = parent.isEmpty ? FilePath(".") : parent
        let temporary = directory.appending(".\(name).\(getpid()).\(UInt32.random(in: 0...UInt32.max))")
        do throws(OSError) {
            let file = try OwnedDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
            do throws(OSError) {
                try file.writeAll(bytes, subject: path.string)
                try systemCall("fsync", on: path.string) { fsync(file.rawValue) }
                // SAFETY: both C strings live through the call.
                try systemCall("rename", on: path.string) { unsafe rename(temporary.string, path.string) }
            } catch {
                unsafe _ = unlink(temporary.string)
                throw error
            }
            let holder = try OwnedDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
            try systemCall("fsync", on: directory.string) { fsync(holder.rawValue) }
        } catch {
            throw .system(error)
        }
    }
}
