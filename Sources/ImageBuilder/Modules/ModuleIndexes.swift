internal import Kernel
internal import SystemPackage

/// The `modules.*` files for a part of a tree, made by the host's depmod.
struct ModuleIndexes {
    /// What libkmod and depmod take from the kernel's build.
    private static let inputs = ["modules.order", "modules.builtin", "modules.builtin.modinfo"]
    private static let limit = 64 << 20

    /// By name, sorted.
    let files: [(name: String, bytes: [UInt8])]

    /// Stages the modules in a temporary directory, runs depmod there, and takes what it made.
    init(
        for modules: [ModuleFile], of tree: ModuleTree, source: any FileSource, depmod: [FilePath], within: Duration,
        isInterrupted: () -> Bool = { false }
    ) throws(ImageError) {
        let staging = try StagingDirectory()
        let home = "lib/modules/\(tree.version)"
        for module in modules { try staging.write(module.bytes, to: "\(home)/\(module.path)") }
        let builtin = try source.contentsIfPresent(
            of: tree.directory.appending("modules.builtin"), limitInBytes: Self.limit)
        let information = try source.contentsIfPresent(
            of: tree.directory.appending("modules.builtin.modinfo"), limitInBytes: Self.limit)
        let order = try source.contentsIfPresent(
            of: tree.directory.appending("modules.order"), limitInBytes: Self.limit)
        try staging.write(builtin ?? [], to: "\(home)/modules.builtin")
        // Without it depmod warns and goes on.
        if let information { try staging.write(information, to: "\(home)/modules.builtin.modinfo") }
        try staging.write(Self.order(of: modules.map(\.path), like: order ?? []), to: "\(home)/modules.order")
        // An empty configuration of our own: the host's depmod.d says which directory wins on the host.
        try staging.write([], to: "depmod.conf")
        let tool = HostTool(name: "depmod", package: "kmod", places: depmod)
        try tool.run(
            ["-b", staging.path.string, "-C", staging.path.appending("depmod.conf").string, tree.version],
            errors: staging.path.appending("errors"), within: within, isInterrupted: isInterrupted)

        let reader = LiveFiles()
        let made = staging.path.appending("lib/modules").appending(tree.version)
        let names: [String]
        do { names = try reader.entries(of: made) } catch { throw .system(error) }
        var files: [(name: String, bytes: [UInt8])] = []
        for name in names where name.hasPrefix("modules.") {
            files.append((name, try reader.wholeContents(of: made.appending(name), limitInBytes: Self.limit)))
        }
        self.files = files
    }

    /// The lines of modules.order that the image has, then what has no line, sorted: depmod's own order, which is that
    /// of modules.dep, of equal aliases and of the binary indexes, then hangs on nothing else.
    private static func order(of paths: [String], like order: [UInt8]) -> [UInt8] {
        var left = Set(paths)
        var lines: [String] = []
        for line in order.split(separator: 0x0a) {
            // Old trees say .o for .ko.
            var path = String(decoding: line, as: UTF8.self)
            if path.hasSuffix(".o") && !path.hasSuffix(".ko") { path = path.dropLast(2) + ".ko" }
            if left.remove(path) != nil { lines.append(path) }
        }
        lines += left.sorted()
        return Array(lines.joined(separator: "\n").utf8) + [0x0a]
    }
}
