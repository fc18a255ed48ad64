internal import Compression
internal import Glibc
internal import Kernel
package import SystemPackage

/// Makes an initramfs: the init with its libraries, device nodes, mount points, kernel modules and firmware.
///
/// The same inputs give the same bytes: no time, owner, order of a directory or number of processors gets into them.
package struct InitramfsBuilder: Sendable {
    private static let programLimit = 1 << 30
    private static let levels = 1...19

    private let options: InitramfsOptions
    private let files = LiveFiles()

    package init(_ options: InitramfsOptions) { self.options = options }

    /// Builds the image and writes it to `output`, whole or not at all.
    package func build(to output: FilePath) throws(ImageError) -> InitramfsReport {
        guard Self.levels.contains(options.level) else { throw .unsupportedLevel(options.level) }
        var (archive, report) = try assemble()
        let bytes = archive.serialized()
        report.entryCount = archive.count
        report.uncompressedSizeInBytes = bytes.count
        archive = CPIOArchive()  // the files' memory is not needed twice while zstd takes its own
        let image: [UInt8]
        do {
            image = try Zstandard.compress(
                bytes, level: options.level, workers: options.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
                isInterrupted: options.isInterrupted)
        } catch .interrupted {
            throw .interrupted
        } catch {
            throw .compression(subject: output.string, error)
        }
        try AtomicFile.write(image, to: output)
        report.output = output.string
        report.compressedSizeInBytes = image.count
        return report
    }

    /// The image's tree, and what the report says of it but for sizes.
    package func assemble() throws(ImageError) -> (archive: CPIOArchive, report: InitramfsReport) {
        var archive = CPIOArchive()
        var report = InitramfsReport()
        try addGround(to: &archive)
        try addPrograms(to: &archive, &report)
        if let modules = options.modules { try add(modules, to: &archive, &report) }
        return (archive, report)
    }

    /// What is in every image.
    private func addGround(to archive: inout CPIOArchive) throws(ImageError) {
        for path in ["dev", "etc", "proc", "run", "sbin", "sys"] {
            try archive.add(CPIOEntry(path: path, content: .directory, permissions: 0o755))
        }
        try archive.add(CPIOEntry(path: "tmp", content: .directory, permissions: 0o1777))
        // There is no devtmpfs before init mounts it, and init's own messages want somewhere to go until then.
        let nodes: [(name: String, major: UInt32, minor: UInt32, permissions: UInt32)] = [
            ("console", 5, 1, 0o600), ("kmsg", 1, 11, 0o600), ("null", 1, 3, 0o666),
        ]
        for node in nodes {
            let content = CPIOEntry.Content.characterDevice(major: node.major, minor: node.minor)
            try archive.add(CPIOEntry(path: "dev/\(node.name)", content: content, permissions: node.permissions))
        }
        // The kernel calls /sbin/modprobe; the command line is called slipway.
        for link in ["sbin/modprobe", "sbin/slipway"] {
            try archive.add(CPIOEntry(path: link, content: .symbolicLink("/init"), permissions: 0o777))
        }
        if let version = options.version {
            let text = Array("SLIPWAY_VERSION=\(version)\n".utf8)
            try archive.add(CPIOEntry(path: "etc/slipway-release", content: .file(text), permissions: 0o644))
        }
    }

    private func addPrograms(to archive: inout CPIOArchive, _ report: inout InitramfsReport) throws(ImageError) {
        var closure = LibraryClosure(files: files)
        let program = try files.wholeContents(of: options.initProgram, limitInBytes: Self.programLimit)
        // A script is refused: the image has no shell for it.
        try closure.add(program, hostPath: try realPath(options.initProgram), imagePath: "/init")
        try archive.add(CPIOEntry(path: "init", content: .file(program), permissions: 0o755))
        for inclusion in options.include {
            let bytes = try files.wholeContents(of: inclusion.hostPath, limitInBytes: Self.programLimit)
            if ELFFile.isELF(bytes) {
                let hostPath = try realPath(inclusion.hostPath)
                try closure.add(bytes, hostPath: hostPath, imagePath: inclusion.imagePath)
            }
            // Two modes only: the build host's umask is not the image's business.
            let permissions: UInt32 = try isExecutable(inclusion.hostPath) ? 0o755 : 0o644
            let path = inclusion.imagePath.string
            try archive.add(CPIOEntry(path: path, content: .file(bytes), permissions: permissions))
        }
        for library in closure.libraries {
            let path = library.imagePath.string
            // A library that was included by name is there already, perhaps without its x bits.
            if archive[path]?.content == .file(library.bytes) { continue }
            try archive.add(CPIOEntry(path: path, content: .file(library.bytes), permissions: 0o755))
            report.libraries.append(
                InitramfsReport.Library(
                    path: path, hostPath: library.hostPath.string, neededBy: library.neededBy.string,
                    sizeInBytes: library.bytes.count))
        }
    }

    private func add(
        _ wanted: InitramfsOptions.Modules, to archive: inout CPIOArchive, _ report: inout InitramfsReport
    ) throws(ImageError) {
        let tree = try ModuleTree(directory: wanted.tree, files: files)
        let closure = try ModuleClosure(wanted.requests, in: tree)
        let home = "lib/modules/\(tree.version)"
        var modules: [ModuleFile] = []
        var named: [String: [String]] = [:]
        for member in closure.members {
            if options.isInterrupted() { throw .interrupted }
            let module = try ModuleFile(member.path, in: tree.directory, files: files)
            modules.append(module)
            for firmware in Set(module.firmware) { named[firmware, default: []].append(member.name) }
            let path = "\(home)/\(module.path)"
            try archive.add(CPIOEntry(path: path, content: .file(module.bytes), permissions: 0o644))
            report.modules.append(
                InitramfsReport.Module(
                    name: member.name, path: "/" + path, sizeInBytes: module.bytes.count,
                    why: member.reason.rawValue, by: member.by))
        }
        let indexes = try ModuleIndexes(
            for: modules, of: tree, source: files, depmod: options.depmod, within: options.depmodLimit,
            isInterrupted: options.isInterrupted)
        for (name, bytes) in indexes.files {
            try archive.add(CPIOEntry(path: "\(home)/\(name)", content: .file(bytes), permissions: 0o644))
        }
        let firmware = try FirmwareSet(named, in: wanted.firmware, source: files)
        for (name, bytes) in firmware.files {
            let path = "lib/firmware/\(name)"
            try archive.add(CPIOEntry(path: path, content: .file(bytes), permissions: 0o644))
            report.firmware.append(InitramfsReport.Firmware(path: "/" + path, sizeInBytes: bytes.count))
        }
        report.kernel = tree.version
        report.builtinModules = closure.builtin
        report.missingFirmware = firmware.missing.map { .init(name: $0.name, modules: $0.modules) }
    }
}
