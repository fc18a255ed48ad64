/// What Package.swift may say. Each rule answers with its violations.
extension House {
    /// What each module may depend on of ours. A row names only rows above it: so there is one direction, and no cycle.
    static let moduleEdges: [(module: String, mayUse: Set<String>)] = [
        ("CKernel", []),
        ("CInit", []),
        ("CBlkid", []),
        ("CExpat", []),
        ("CCrypto", []),
        ("CKmod", []),
        ("CYAML", []),
        ("CZlib", []),
        ("CZstd", []),
        ("Kernel", ["CKernel"]),
        ("Documents", ["CExpat", "CYAML"]),
        ("Compression", ["CZlib", "CZstd"]),
        // Netlink knows nothing of routes.
        ("Netlink", ["CKernel", "Kernel"]),
        ("RouteNetlink", ["CKernel", "Kernel", "Netlink"]),
        ("Recordings", ["CKernel", "Documents", "Kernel", "Netlink"]),
        ("DHCP", ["CKernel", "Kernel"]),
        ("Devices", ["CKernel", "Kernel"]),
        ("KernelModules", ["CKernel", "CKmod", "Kernel"]),
        ("Partitions", ["CKernel", "Documents", "Kernel"]),
        ("BlockDevices", ["CBlkid", "CKernel", "Documents", "Kernel", "Partitions"]),
        ("FileSystems", ["Kernel"]),
        ("Fetch", ["Kernel"]),
        ("GuestRPC", ["CKernel", "Kernel"]),
        ("Network", ["Documents", "Kernel"]),
        ("Trust", ["CCrypto", "Documents", "Kernel"]),
    ]

    private static let others: Set<String> = ["argumentParser", "nio", "tls"]
    private static let cTargets: Set<String> = ["CKernel", "CInit", "CTestSupport", "CAllocationCount"]

    /// Every target's folder has code, every file of code is in a target's folder, a module's folder has its name.
    func folderRule() -> [String] {
        var violations = manifest.problems
        let code = files.filter { ["swift", "c", "cpp", "h", "m", "s", "S", "modulemap"].contains($0.suffix) }
        for target in manifest.targets where !code.contains(where: { owner(of: $0)?.name == target.name }) {
            violations.append("target \(target.name): no code in \(target.path)")
        }
        for file in code where file.path.contains("/") && owner(of: file) == nil {
            violations.append("\(file.path): in no target's folder")
        }
        for target in manifest.targets
        where target.path.hasPrefix("Modules/") && target.path != "Modules/\(target.name)" {
            violations.append("target \(target.name): its folder is \(target.path)")
        }
        return violations
    }

    /// Modules use modules, by the table, downwards.
    func moduleEdgeRule(_ table: [(module: String, mayUse: Set<String>)] = Self.moduleEdges) -> [String] {
        var violations: [String] = []
        var above: Set<String> = []
        for (module, mayUse) in table {
            for name in mayUse.subtracting(above).sorted() {
                violations.append("the table: \(module) may use \(name), which is no row above it")
            }
            above.insert(module)
            if manifest[module] == nil { violations.append("the table: \(module) is no target") }
        }
        for target in manifest.targets where target.path.hasPrefix("Modules/") {
            guard let mayUse = table.first(where: { $0.module == target.name })?.mayUse else {
                violations.append("module \(target.name) is not in the table of edges")
                continue
            }
            for name in Set(target.dependencies).subtracting(mayUse).subtracting(Self.others).sorted() {
                violations.append("module \(target.name) depends on \(name), which the table does not allow")
            }
        }
        return violations
    }

    /// Modules, then Platform, then Platforms, then Sources, then Tests; PID 1 stands on Kernel alone; nothing uses a
    /// program.
    func layerRule() -> [String] {
        func layer(_ target: Manifest.Target) -> Int {
            switch target.kind {
            case .platformCore: 1
            case .platforms: 2
            default:
                target.path.hasPrefix("Tests/") || target.path.hasPrefix("Benchmarks/")
                    ? 4 : target.path.hasPrefix("Sources/") ? 3 : 0
            }
        }
        var violations: [String] = []
        for target in manifest.targets {
            for used in target.dependencies.compactMap({ manifest[$0] }) {
                if layer(used) > layer(target) {
                    violations.append("\(target.name) depends on \(used.name), a layer above")
                }
                if used.kind == .executable || used.kind == .benchmark {
                    violations.append("\(target.name) depends on the program \(used.name)")
                }
            }
            for name in target.dependencies where manifest[name] == nil && !Self.others.contains(name) {
                violations.append("\(target.name) depends on \(name), which is unknown here")
            }
        }
        for name in Set(manifest["Init"]?.dependencies ?? []).subtracting(["CKernel", "Kernel"]).sorted() {
            violations.append("Init depends on \(name): PID 1 stands on CKernel and Kernel alone")
        }
        return violations
    }

    /// C code is in few targets; CInit is slipway's; a system library has one user and no code.
    func cRule() -> [String] {
        var violations: [String] = []
        for file in files where ["c", "cpp", "cc", "m", "s", "S", "h"].contains(file.suffix) {
            guard let owner = owner(of: file), !Self.cTargets.contains(owner.name) else { continue }
            // A system library's header includes, and that is all.
            let lines = file.text.split(separator: "\n").map(\.trimmed)
            let fence = Self.cTargets.sorted().joined(separator: ", ")
            let isInclude = owner.kind == .system && file.suffix == "h" && lines.allSatisfy { $0.hasPrefix("#") }
            if !isInclude { violations.append("\(file.path): C code outside \(fence)") }
        }
        for target in manifest.targets where target.dependencies.contains("CInit") && target.name != "slipway" {
            violations.append("\(target.name) depends on CInit, which is slipway's alone")
        }
        for library in manifest.targets where library.kind == .system {
            let users = manifest.targets.filter { imports(of: $0).contains(library.name) }.map(\.name)
            if users.count != 1 {
                let words = users.isEmpty ? "nobody" : users.joined(separator: ", ")
                violations.append("\(library.name) is imported by \(words)")
            }
        }
        let c = Set(manifest.targets.filter { $0.kind == .c || $0.kind == .system }.map(\.name))
        for (file, swift) in swiftFiles {
            for line in swift.imports where c.contains(line.module) {
                if line.modifiers.contains(where: { $0 == "public" || $0 == "package" || $0 == "@_exported" }) {
                    violations.append("\(file.path):\(line.line): \(line.module) shown to importers")
                }
            }
        }
        return violations
    }

    /// The flags that keep a stranger from depending on a target stand at programs only.
    func unsafeFlagsRule() -> [String] {
        manifest.strayUnsafeFlags.map { "Package.swift:\($0): unsafeFlags outside func executable" }
            + manifest.libraries.filter { manifest[$0]?.kind == .executable && $0 != "slipway" }
            .map { "product \($0): a program as a library" }
    }

    // MARK: - Imports against declarations

    private static let products: [String: String] = [
        "ArgumentParser": "argumentParser", "NIOCore": "nio", "NIOPosix": "nio", "NIOHTTP1": "nio",
        "NIOSSL": "tls", "NIOTLS": "tls",
    ]
    /// Of the toolchain; SystemPackage is every target's.
    private static let given: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials", "SystemPackage"]

    /// What is imported is declared, and what is declared is imported.
    func importRule() -> [String] {
        var violations: [String] = []
        for (file, swift) in swiftFiles where file.path != "Package.swift" {
            guard let target = owner(of: file) else { continue }
            for line in swift.imports where !Self.given.contains(line.module) {
                if line.module == "Testing", file.path.hasPrefix("Tests/") { continue }
                let wanted = Self.products[line.module] ?? line.module
                if !target.dependencies.contains(wanted) {
                    violations.append("\(file.path):\(line.line): \(line.module) is not declared for \(target.name)")
                }
            }
        }
        for target in manifest.targets {
            let imported = Set(imports(of: target).map { Self.products[$0] ?? $0 })
            for name in Set(target.dependencies).subtracting(imported).sorted() {
                violations.append("\(target.name) declares \(name) and imports it nowhere")
            }
        }
        return violations
    }
}
