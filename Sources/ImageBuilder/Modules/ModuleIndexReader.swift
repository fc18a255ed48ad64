internal import Kernel
internal import SystemPackage

/// The text forms of depmod's output (modules.dep(5), depmod(8)).
struct ModuleIndexReader {
    private static let limit = 64 << 20
    let directory: FilePath
    let files: any FileSource

    /// `path: path path`, what is needed in reverse order of loading.
    func dependencies() throws(ImageError) -> (paths: [String: String], dependencies: [String: [String]]) {
        guard let lines = try lines(of: "modules.dep") else { throw .notAModuleTree(directory) }
        var paths: [String: String] = [:]
        var dependencies: [String: [String]] = [:]
        for (number, line) in lines {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let name = ModuleName.ofFile(String(halves[0])) else {
                throw malformed("modules.dep", number)
            }
            var needed: [String] = []
            for path in halves[1].split(separator: " ").reversed() {
                guard let other = ModuleName.ofFile(String(path)) else { throw malformed("modules.dep", number) }
                needed.append(other)
            }
            paths[name] = String(halves[0])
            dependencies[name] = needed
        }
        // What is needed is there: depmod never writes otherwise, and the closure relies on it.
        for (number, line) in lines {
            let name = ModuleName.ofFile(String(line.prefix { $0 != ":" })) ?? ""
            if dependencies[name, default: []].contains(where: { paths[$0] == nil }) {
                throw malformed("modules.dep", number)
            }
        }
        return (paths, dependencies)
    }

    /// `softdep NAME pre: NAME … post: NAME …`; words before either count for nothing, as in libkmod.
    ///
    /// depmod writes one line for each MODULE_SOFTDEP of a module. libkmod 30 obeys the first line alone, so that
    /// modprobe loads less; an image holds what all of them name, for the kernel asks for the rest by request_module.
    func softDependencies() throws(ImageError) -> [String: ModuleTree.SoftDependencies] {
        var result: [String: ModuleTree.SoftDependencies] = [:]
        for (number, line) in try lines(of: "modules.softdep") ?? [] {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2, words[0] == "softdep" else { throw malformed("modules.softdep", number) }
            var isBefore: Bool?
            for word in words.dropFirst(2) {
                switch (word, isBefore) {
                case ("pre:", _): isBefore = true
                case ("post:", _): isBefore = false
                case (_, true): result[ModuleName.normalized(words[1]), default: .init()].before.append(word)
                case (_, false): result[ModuleName.normalized(words[1]), default: .init()].after.append(word)
                default: break
                }
            }
        }
        return result
    }

    /// A path a line.
    func builtin() throws(ImageError) -> [String: String] {
        var result: [String: String] = [:]
        for (number, line) in try lines(of: "modules.builtin") ?? [] {
            guard let name = ModuleName.ofFile(line) else { throw malformed("modules.builtin", number) }
            result[name] = line
        }
        return result
    }

    /// `alias PATTERN NAME`
    func aliases() throws(ImageError) -> [(pattern: String, module: String)] {
        var result: [(pattern: String, module: String)] = []
        for (number, line) in try lines(of: "modules.alias") ?? [] {
            // A pattern may have spaces in it (some ACPI and DMI strings): the name is the last word.
            let rest = line.dropFirst("alias ".count)
            guard line.hasPrefix("alias "), let space = rest.lastIndex(of: " "), space > rest.startIndex else {
                throw malformed("modules.alias", number)
            }
            let name = String(rest[rest.index(after: space)...])
            result.append((ModuleName.normalized(String(rest[..<space])), ModuleName.normalized(name)))
        }
        return result
    }

    /// `NAME.alias=PATTERN`, each ended by a zero.
    func builtinAliases() throws(ImageError) -> [(pattern: String, module: String)] {
        var result: [(pattern: String, module: String)] = []
        for entry in (try contents(of: "modules.builtin.modinfo") ?? []).split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            let halves = text.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].hasSuffix(".alias") else { continue }
            let name = ModuleName.normalized(String(halves[0].dropLast(".alias".count)))
            result.append((ModuleName.normalized(String(halves[1])), name))
        }
        return result
    }

    private func malformed(_ name: String, _ line: Int) -> ImageError {
        .malformedModuleIndex(directory.appending(name), line: line)
    }

    /// Numbered from one, without empty ones and comments; nil where the file is absent.
    private func lines(of name: String) throws(ImageError) -> [(number: Int, text: String)]? {
        guard let bytes = try contents(of: name) else { return nil }
        var result: [(number: Int, text: String)] = []
        for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty && line.first != UInt8(ascii: "#") {
            result.append((index + 1, String(decoding: line, as: UTF8.self)))
        }
        return result
    }

    private func contents(of name: String) throws(ImageError) -> [UInt8]? {
        try files.contentsIfPresent(of: directory.appending(name), limitInBytes: Self.limit)
    }
}
