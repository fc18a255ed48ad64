internal import CKernel
internal import Glibc
package import Kernel
package import SystemPackage

/// The files of one run: a directory that goes away with it. A run that was killed leaves one behind; the next run takes
/// it away, for its lock is free.
package final class WorkDirectory: Sendable {
    package let path: FilePath
    private let lock: OwnedDescriptor

    /// Below `parent`, which is made where it is not.
    package init(below parent: FilePath) throws(OSError) {
        try makeDirectories(parent)
        // One at a time: a directory that is made and not locked yet looks like one that was left.
        let turn = try OwnedDescriptor.open(parent, O_RDONLY | O_DIRECTORY)
        try Self.wait(for: turn, parent, until: Deadline(in: .seconds(30)))
        Self.sweep(parent)
        var template = Array("\(parent)/run-XXXXXX".utf8CString)
        // SAFETY: mkdtemp changes the template in place, within its length.
        guard unsafe mkdtemp(&template) != nil else {
            throw OSError(operation: "mkdtemp", errno: Errno(rawValue: errno), subject: parent.string)
        }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        lock = try OwnedDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        try systemCall("flock", on: path.string) { flock(lock.rawValue, LOCK_EX | LOCK_NB) }
        // A descriptor goes after its last use, and the turn with it.
        _ = turn.rawValue
    }

    private static func wait(
        for turn: borrowing OwnedDescriptor, _ parent: FilePath, until deadline: Deadline
    ) throws(OSError) {
        let raw = turn.rawValue
        while true {
            do throws(OSError) {
                try systemCall("flock", on: parent.string) { flock(raw, LOCK_EX | LOCK_NB) }
                return
            } catch {
                guard error.errno == .wouldBlock, !deadline.hasPassed else { throw error }
                Deadline(in: .milliseconds(10)).sleep()
            }
        }
    }

    deinit { remove() }

    /// Now, not with the last reference.
    package func remove() { removeTree(path) }

    private static func sweep(_ parent: FilePath) {
        for name in (try? LiveFiles().entries(of: parent)) ?? [] where name.hasPrefix("run-") {
            let old = parent.appending(name)
            guard let descriptor = try? OwnedDescriptor.open(old, O_RDONLY | O_DIRECTORY) else { continue }
            if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { removeTree(old) }
        }
    }
}

/// Removes a tree and follows no link.
func removeTree(_ path: FilePath) {
    for name in (try? LiveFiles().entries(of: path)) ?? [] {
        let child = path.appending(name)
        if unsafe unlink(child.string) != 0 { removeTree(child) }
    }
    unsafe _ = rmdir(path.string)
}

func makeDirectories(_ path: FilePath) throws(OSError) {
    var place = FilePath(root: path.root)
    for component in path.components {
        place.append(component)
        if unsafe mkdir(place.string, 0o755) != 0, errno != EEXIST {
            throw OSError(operation: "mkdir", errno: Errno(rawValue: errno), subject: place.string)
        }
    }
}

/// Writes a file whole, under its name only when it is.
func writeFile(_ path: FilePath, _ bytes: [UInt8]) throws(OSError) {
    try makeDirectories(path.removingLastComponent())
    let temporary = FilePath(path.string + ".new")
    do {
        let file = try OwnedDescriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(bytes, subject: path.string)
    } catch {
        unsafe _ = unlink(temporary.string)
        throw error
    }
    try systemCall("rename", on: path.string) { unsafe rename(temporary.string, path.string) }
}
