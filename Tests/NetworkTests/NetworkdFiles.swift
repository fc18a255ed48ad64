import FoundationEssentials
import Kernel
import SystemPackage

/// systemd-networkd's files of a directory (systemd.network(5), systemd.netdev(5)), as a judge wrote them.
struct NetworkdFiles {
    struct Section {
        let name: String
        private(set) var entries: [(key: String, value: String)] = []

        init(name: String) { self.name = name }
        mutating func add(_ key: String, _ value: String) { entries.append((key, value)) }

        subscript(key: String) -> String? { entries.last { $0.key == key }?.value }
        func all(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }
    }

    struct File {
        let name: String
        let sections: [Section]

        func sections(_ name: String) -> [Section] { sections.filter { $0.name == name } }
        func value(_ section: String, _ key: String) -> String? { sections(section).compactMap { $0[key] }.last }
        func values(_ section: String, _ key: String) -> [String] { sections(section).flatMap { $0.all(key) } }
    }

    let files: [File]
    func files(_ suffix: String) -> [File] { files.filter { $0.name.hasSuffix(suffix) } }

    init(in directory: FilePath) throws {
        let live = LiveFiles()
        files = try ((try? live.entries(of: directory)) ?? []).map { name in
            let text = String(
                decoding: try live.contents(of: directory.appending(name), limit: 1 << 20), as: UTF8.self)
            var sections: [Section] = []
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                if line.hasPrefix("["), line.hasSuffix("]") {
                    sections.append(Section(name: String(line.dropFirst().dropLast())))
                } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
                    sections[sections.count - 1].add(
                        String(line[..<equals]), String(line[line.index(after: equals)...]))
                }
            }
            return File(name: name, sections: sections)
        }
    }
}
