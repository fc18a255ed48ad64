/// What the sources may say. Each rule answers with its violations.
extension House {
    /// Foundation drags ICU in, 51 MB: FoundationEssentials does not.
    func foundationRule() -> [String] {
        swiftFiles.flatMap { file, swift in
            swift.imports.filter { $0.module.hasPrefix("Foundation") && $0.module != "FoundationEssentials" }
                .map { "\(file.path):\($0.line): import \($0.module)" }
        }
    }

    /// The files of Modules and Platforms, Kernel's apart, that open by a path of this machine, and whose path it is.
    static let openers: [String: String] = [
        "Modules/BlockDevices/Loop/LoopNodes.swift":
            "the node that HostRoot.path gives, and the file that the caller names",
        "Modules/BlockDevices/Probing/Probe.swift": "the device or image that the caller names",
        "Modules/KernelModules/ModuleLoader.swift": "the module's file, as libkmod names it",
        "Modules/Partitions/Device/ExclusiveUse.swift": "the node that HostRoot.path gives",
        "Modules/Netlink/NetworkNamespace+Entering.swift": "the file that HostRoot.path gives",
        "Modules/Recordings/Recording.swift": "the recording that the caller names",
        "Platforms/Core/PlatformFacts.swift": "the facts document that the caller names",
    ]

    private static let opening: Set<String> = [
        "sw_open", "sw_open_in_root", "fopen", "freopen", "opendir", "access", "faccessat", "readlink", "lstat",
        "statfs",
        "chdir", "LiveFiles",
    ]

    /// `/sys`, `/proc`, `/dev`, `/run` and `/etc` are reached through a HostRoot that comes in by value: what opens
    /// by itself is a file of the list, and such a file holds no such path.
    func hostRootRule(_ openers: [String: String] = Self.openers) -> [String] {
        var violations: [String] = []
        var used: Set<String> = []
        for (file, swift) in swiftFiles where file.isBelowSources && !file.path.hasPrefix("Modules/Kernel/") {
            let lines = swift.code.enumerated().filter { _, line in
                !Self.opening.isDisjoint(with: SwiftText.words(line).map(String.init))
                    || line.contains("OwnedDescriptor.open(") || line.contains("Glibc.open(")
            }
            for (number, line) in swift.code.enumerated() where line.contains("HostRoot.live") {
                violations.append("\(file.path):\(number + 1): HostRoot.live: the host comes in by value")
            }
            guard !lines.isEmpty else { continue }
            used.insert(file.path)
            if openers[file.path] == nil {
                violations += lines.map { "\(file.path):\($0.offset + 1): opens past HostRoot" }
            }
            for literal in swift.literals where Self.isHostPath(literal.text) {
                violations.append("\(file.path):\(literal.line): \(literal.text) in a file that opens past HostRoot")
            }
        }
        for path in Set(openers.keys).subtracting(used).sorted() {
            violations.append("the list: \(path) opens nothing")
        }
        return violations
    }

    private static func isHostPath(_ text: String) -> Bool {
        ["/sys", "/proc", "/dev", "/run", "/etc"].contains { text == $0 || text.hasPrefix("\($0)/") }
    }

    /// A trap in PID 1 is a kernel panic: no `try!`, no `as!`, no forced unwrap but that of a base address, which is
    /// nil only for an empty buffer.
    func trapRule() -> [String] {
        let calls: Set<String> = [
            "fatalError", "preconditionFailure", "precondition", "assertionFailure", "unsafelyUnwrapped",
        ]
        var violations: [String] = []
        for (file, swift) in swiftFiles where file.isShipping {
            for (number, line) in swift.code.enumerated() where line.contains("!") || line.count > 8 {
                let place = "\(file.path):\(number + 1)"
                for word in SwiftText.words(line) where calls.contains(String(word)) {
                    violations.append("\(place): \(word)")
                }
                let characters = Array(line)
                for index in characters.indices.dropFirst() where characters[index] == "!" {
                    let before = characters[index - 1]
                    guard before.isLetter || before.isNumber || "_)]>?\"`".contains(before) else { continue }
                    if index + 1 < characters.count, characters[index + 1] == "=" { continue }
                    if String(characters[..<index]).hasSuffix(".baseAddress") { continue }
                    violations.append("\(place): \(line.trimmed)")
                }
            }
        }
        return violations
    }

    /// A platform's folder names nothing of another's: only the registry knows them all.
    func platformRule() -> [String] {
        func folder(_ file: File) -> String? {
            let parts = file.path.split(separator: "/").map(String.init)
            return parts.count > 2 && parts[0] == "Platforms" && parts[1] != "Core" ? parts[1] : nil
        }
        let kinds: Set<Substring> = ["enum", "struct", "class", "actor", "protocol", "typealias"]
        var owners: [String: String] = [:]
        for (file, swift) in swiftFiles {
            guard let folder = folder(file) else { continue }
            for line in swift.code where line.first.map({ !$0.isWhitespace }) ?? false {
                let words = SwiftText.words(line)
                guard !words.contains("private"), !words.contains("fileprivate"),
                    let place = words.firstIndex(where: kinds.contains)
                else { continue }
                if place + 1 < words.count { owners[String(words[place + 1])] = folder }
            }
        }
        var violations: [String] = []
        for (file, swift) in swiftFiles {
            guard let folder = folder(file) else { continue }
            for (number, line) in swift.code.enumerated() {
                for word in SwiftText.words(line) {
                    guard let owner = owners[String(word)], owner != folder else { continue }
                    violations.append("\(file.path):\(number + 1): \(word) is of \(owner)")
                }
            }
        }
        return violations
    }

    /// A file that passes 400 lines wants a split.
    func lengthRule() -> [String] {
        // A fixture is data: as long as what was recorded.
        files.filter { $0.suffix != "md" && !$0.path.hasPrefix("Tests/Fixtures/") }.compactMap { file in
            let count = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            return count > 400 ? "\(file.path): \(count) lines" : nil
        }
    }

    /// Where the compiler's word on data races is replaced by ours, and why that holds.
    static let unchecked: [String: String] = [
        "Modules/Kernel/Monitor.swift": "its state is touched with its mutex held, and nowhere else",
        "Modules/Netlink/Schema/AttributeSchema.swift": "it points at constant data of the program",
        "Modules/Netlink/Schema/MessageSchema.swift": "it points at constant data of the program",
    ]

    func sendableRule(_ allowed: [String: String] = Self.unchecked) -> [String] {
        var violations: [String] = []
        var used: Set<String> = []
        for (file, swift) in swiftFiles {
            for (number, line) in swift.code.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                used.insert(file.path)
                if allowed[file.path] == nil { violations.append("\(file.path):\(number + 1): \(line.trimmed)") }
            }
        }
        return violations
            + Set(allowed.keys).subtracting(used).sorted().map { "the list: \($0) has no unchecked Sendable" }
    }

    /// Debian's packages are listed in Scripts/packages.txt: what installs, installs that list.
    func packageListRule() -> [String] {
        var violations: [String] = []
        if !files.contains(where: { $0.path == "Scripts/packages.txt" }) {
            violations.append("no Scripts/packages.txt")
        }
        for file in files where !file.path.hasPrefix("Tests/HouseTests/") {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() {
                let words = line.split { $0.isWhitespace || "`'\";&(){}".contains($0) }
                guard let apt = words.firstIndex(where: { ["apt", "apt-get", "aptitude"].contains($0) }),
                    words[apt...].contains("install"), !line.contains("${missing[")
                else { continue }
                violations.append("\(file.path):\(number + 1): a list of packages of its own")
            }
        }
        return violations
    }
}
