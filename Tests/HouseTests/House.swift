import Kernel
import SystemPackage

/// The tree as the rules see it: the manifest and every file of ours as text. A test makes small bad ones.
struct House: Sendable {
    struct File: Sendable {
        /// Below the repository's root.
        let path: String
        let text: String
        /// nil for what is no Swift.
        let swift: SwiftText?

        init(_ path: String, _ text: String) {
            self.path = path
            self.text = text
            swift = path.hasSuffix(".swift") ? SwiftText(text) : nil
        }

        var isShipping: Bool { ["Modules/", "Platforms/", "Sources/"].contains { path.hasPrefix($0) } }
        var isBelowSources: Bool { ["Modules/", "Platforms/"].contains { path.hasPrefix($0) } }
        var suffix: String { path.split(separator: ".").last.map(String.init) ?? "" }
    }

    let manifest: Manifest
    let files: [File]

    init(manifest: String, _ files: [String: String]) {
        self.manifest = Manifest(manifest)
        self.files = files.sorted { $0.key < $1.key }.map { File($0.key, $0.value) }
    }

    /// The checkout that this test was built from.
    static func ofThisCheckout() throws -> House {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        var files: [String: String] = [:]
        func add(_ relative: String) throws {
            let bytes = try LiveFiles().contents(of: root.appending(relative), limit: 16 << 20)
            // Binary files are nobody's source.
            if let text = String(validating: bytes, as: UTF8.self) { files[relative] = text }
        }
        func walk(_ relative: String) throws {
            let directories = Set(try LiveFiles().directories(of: root.appending(relative)))
            for name in try LiveFiles().entries(of: root.appending(relative)) {
                if directories.contains(name) {
                    try walk("\(relative)/\(name)")
                } else {
                    try add("\(relative)/\(name)")
                }
            }
        }
        let folders = try LiveFiles().directories(of: root)
        for name in [".ci", "Benchmarks", "Modules", "Platforms", "Scripts", "Sources", "Tests"]
        where folders.contains(name) {
            try walk(name)
        }
        for name in try LiveFiles().entries(of: root)
        where name == "Makefile" || name.hasSuffix(".md") || name == "Package.swift" {
            try add(name)
        }
        return House(manifest: files["Package.swift"] ?? "", files)
    }

    var swiftFiles: [(file: File, swift: SwiftText)] { files.compactMap { file in file.swift.map { (file, $0) } } }

    /// The target whose folder the file is in: the innermost.
    func owner(of file: File) -> Manifest.Target? {
        manifest.targets.filter { file.path.hasPrefix($0.path + "/") }.max { $0.path.count < $1.path.count }
    }

    /// The modules that a target's files import.
    func imports(of target: Manifest.Target) -> Set<String> {
        Set(swiftFiles.filter { owner(of: $0.file)?.name == target.name }.flatMap { $0.swift.imports.map(\.module) })
    }
}
