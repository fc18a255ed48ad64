internal import Glibc
internal import Kernel
internal import SystemPackage

/// A directory of the build host's for one step; it goes away with this value, whatever becomes of the step.
struct StagingDirectory: ~Copyable {
    let path: FilePath

    init() throws(ImageError) {
        self.path = try Self.made()
    }

    deinit { Self.remove(path) }

    private static func made() throws(ImageError) -> FilePath {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        var template = Array("\(parent.isEmpty ? "/tmp" : parent)/slipway-image-XXXXXX".utf8CString)
        // SAFETY: the template ends in a zero and is ours to be written.
        guard unsafe mkdtemp(&template) != nil else {
            throw .system(OSError(operation: "mkdtemp", errno: Errno(rawValue: errno), subject: parent))
        }
        return FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Writes a file below the directory, with the directories above it.
    func write(_ bytes: [UInt8], to relative: String) throws(ImageError) {
        do {
            let target = try makeDirectories(above: relative)
            let file = try OwnedDescriptor.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
            try file.writeAll(bytes, subject: target.string)
        } catch {
            throw .system(error)
        }
    }

    private func makeDirectories(above relative: String) throws(OSError) -> FilePath {
        var parent = path
        let components = FilePath(relative).lexicallyNormalized().components
        for component in components.dropLast() {
            parent.append(component)
            let text = parent.string
            do throws(OSError) {
                try systemCall("mkdir", on: text) { unsafe mkdir(text, 0o755) }
            } catch {
                if error.errno != .fileExists { throw error }
            }
        }
        return path.appending(components)
    }

    /// A link is removed, never followed: depmod makes none, and nothing else writes here.
    private static func remove(_ path: FilePath) {
        if unsafe unlink(path.string) == 0 { return }
        for name in (try? LiveFiles().entries(of: path)) ?? [] { remove(path.appending(name)) }
        unsafe _ = rmdir(path.string)
    }
}
