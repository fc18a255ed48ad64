internal import Kernel
internal import SystemPackage

/// Where glibc's loader searches on a host: what `ld.so.conf` lists (through ldconfig's cache), then the directories
/// that are compiled into it.
struct LibraryPaths {
    /// Of `ld.so.conf`, in its order.
    let configured: [FilePath]
    /// Compiled in: those that a loader without a cache, as in an image, searches.
    let compiledIn: [FilePath]
    /// What `$LIB` and `$PLATFORM` stand for.
    let libraryToken: String
    let platformToken: String

    /// For a machine, with `/etc/ld.so.conf` as `files` have it.
    init(machine: ELFFile.Machine, files: any FileSource) {
        let triplet = machine == .arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu"
        libraryToken = "lib/\(triplet)"
        platformToken = machine == .arm64 ? "aarch64" : "x86_64"
        // Debian's, then those of distributions without multiarch.
        compiledIn = [
            "/lib/\(triplet)", "/usr/lib/\(triplet)", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
        ].map { FilePath($0) }
        var configured: [FilePath] = []
        Self.read("/etc/ld.so.conf", files, depth: 0, &configured)
        self.configured = configured
    }

    /// One configuration file, with what it includes; what is absent is as if it were empty, as for ldconfig.
    private static func read(_ path: FilePath, _ files: any FileSource, depth: Int, _ directories: inout [FilePath]) {
        guard depth < 8, let bytes = try? files.contents(of: path, limit: 1 << 20) else { return }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let text = line.prefix { $0 != "#" }
            let words = text.split { $0 == " " || $0 == "\t" || $0 == ":" || $0 == "," || $0 == "\r" }
            guard let first = words.first else { continue }
            if first == "include" {
                for pattern in words.dropFirst() {
                    for file in matches(of: FilePath(String(pattern)), from: path, files) {
                        read(file, files, depth: depth + 1, &directories)
                    }
                }
            } else if first != "hwcap" {
                for word in words where word.hasPrefix("/") {
                    // An old form has "=TYPE" behind the directory.
                    let directory = FilePath(String(word.prefix { $0 != "=" }))
                    if !directories.contains(directory) { directories.append(directory) }
                }
            }
        }
    }

    /// The files that an include names: a pattern in its last component, relative to the including file.
    private static func matches(of pattern: FilePath, from file: FilePath, _ files: any FileSource) -> [FilePath] {
        let whole = pattern.isAbsolute ? pattern : file.removingLastComponent().appending(pattern.components)
        let directory = whole.removingLastComponent()
        guard let last = whole.lastComponent?.string else { return [] }
        let names = (try? files.entries(of: directory)) ?? []
        return names.filter { Glob.matches($0, pattern: last) }.map { directory.appending($0) }
    }

    /// A directory of DT_RUNPATH with its tokens replaced, for an object in `origin`.
    func expanded(_ directory: String, origin: FilePath) -> FilePath {
        var text = directory
        for (token, value) in [("ORIGIN", origin.string), ("LIB", libraryToken), ("PLATFORM", platformToken)] {
            text = Self.replacing("${\(token)}", by: value, in: text)
            text = Self.replacing("$\(token)", by: value, in: text)
        }
        return FilePath(text).lexicallyNormalized()
    }

    private static func replacing(_ token: String, by value: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix(token) {
                result += value
                rest = rest.dropFirst(token.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
