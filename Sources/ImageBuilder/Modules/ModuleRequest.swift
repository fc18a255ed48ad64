package import Kernel
package import SystemPackage

/// One wish for modules.
package enum ModuleRequest: Hashable, Sendable {
    /// A module's name (`-` and `_` alike) or an alias (`fs-vfat`, `pci:v00001AF4d…`).
    case name(String)
    /// A pattern over module names, or over paths below the tree if there is a slash in it.
    case pattern(String)
    case moduleClass(ModuleClass)

    /// One word of a file: a name, a pattern or an alias. An alias has a colon, and what looks like a pattern in it
    /// (modinfo prints such) is matched as it stands.
    package init(line: String) {
        self = Glob.isPattern(line) && !line.contains(":") ? .pattern(line) : .name(line)
    }

    /// `--modules`: words between commas, each a class, a file (it has a slash), a pattern or a name.
    package static func parse(
        list: String, files: any FileSource = LiveFiles()
    ) throws(ImageError) -> [ModuleRequest] {
        var requests: [ModuleRequest] = []
        for word in list.split(separator: ",").map({ trimmed($0) }) where !word.isEmpty {
            if let known = ModuleClass(word: word) {
                requests.append(.moduleClass(known))
            } else if word.contains("/"), !Glob.isPattern(word) {
                requests += try parse(file: FilePath(word), files: files)
            } else {
                requests.append(ModuleRequest(line: word))
            }
        }
        return requests
    }

    /// A file with a request a line; `#` starts a comment.
    package static func parse(
        file: FilePath, files: any FileSource = LiveFiles()
    ) throws(ImageError) -> [ModuleRequest] {
        let bytes = try files.wholeContents(of: file, limitInBytes: 1 << 20)
        return parse(text: String(decoding: bytes, as: UTF8.self))
    }

    /// The same of a text.
    package static func parse(text: String) -> [ModuleRequest] {
        text.split(whereSeparator: \.isNewline).map { trimmed($0.prefix { $0 != "#" }) }.filter { !$0.isEmpty }
            .map { ModuleRequest(line: $0) }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
