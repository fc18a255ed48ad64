import ArgumentParser
import Documents
import ImageBuilder
import Kernel
import SystemPackage

struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "The node's image.", subcommands: [Build.self, Inspect.self])

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Builds the initramfs: this binary as /init, its libraries, kernel modules.",
            discussion: "The same inputs make the same bytes.")
        @Option(name: [.short, .long], help: ArgumentHelp("The image to write.", valueName: "file")) var output: String
        @Option(
            help: ArgumentHelp(
                "Modules: names, aliases, globs, classes (storage, network, bus, input, filesystems, all), files with a line each; by commas.",
                valueName: "list"))
        var modules: String?
        @Option(
            help: ArgumentHelp("The kernel's modules, …/lib/modules/RELEASE; needed with --modules.", valueName: "dir"))
        var moduleTree: String?
        @Option(help: ArgumentHelp("Where firmware is looked for.", valueName: "dir")) var firmware = "/lib/firmware"
        @Option(help: ArgumentHelp("A file more: HOST[:IN-IMAGE]; programs bring their libraries.", valueName: "path"))
        var include: [String] = []
        @Option(
            help: ArgumentHelp(
                "The certificates that https servers are believed by; 'none' for an image without.", valueName: "file"))
        var certificates: String?
        @Option(help: "zstd's level, 1 to 19.") var level = 19
        @Option(help: ArgumentHelp("The program that becomes /init; without it this one.", valueName: "file"))
        var program: String?
        @OptionGroup var options: OutputOptions

        func validate() throws {
            guard !output.isEmpty else { throw ValidationError("--output is empty.") }
            guard (1...19).contains(level) else { throw ValidationError("--level is from 1 to 19.") }
            guard modules == nil || moduleTree != nil else { throw ValidationError("--modules needs --module-tree.") }
        }

        func run() throws {
            let interrupt = Interrupt()
            var build = InitramfsOptions(initProgram: FilePath(program ?? "/proc/self/exe"))
            build.isInterrupted = { interrupt.isPending }
            build.level = level
            build.include = try include.map { try Self.inclusion($0) } + roots()
            let report: InitramfsReport
            do throws(ImageError) {
                if let modules, let moduleTree {
                    var chosen = InitramfsOptions.Modules(
                        tree: FilePath(moduleTree), requests: try ModuleRequest.parse(list: modules))
                    chosen.firmware = FilePath(firmware)
                    build.modules = chosen
                }
                report = try InitramfsBuilder(build).build(to: FilePath(output))
            } catch {
                throw CommandFailure(error, on: output)
            }
            try options.answer(JSONText.value(report), table: Self.text(report))
        }

        private static let systemRoots = "/etc/ssl/certs/ca-certificates.crt"

        /// Debian's, where somebody does not say otherwise. A build host without them makes an image without, and says so.
        private func roots() -> [InitramfsOptions.Inclusion] {
            if certificates == "none" { return [] }
            let host = FilePath(certificates ?? Self.systemRoots)
            let image = FilePath(Self.systemRoots)
            if certificates == nil, (try? HostRoot.live.contents(of: host, limit: 0)) == nil {
                Terminal.note("slipway: no \(host) here: the image has no certificates, and believes no https server")
                return []
            }
            return [.init(hostPath: host, imagePath: image)]
        }

        private static func inclusion(_ text: String) throws -> InitramfsOptions.Inclusion {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let host = parts.first, let image = parts.last, !host.isEmpty, !image.isEmpty else {
                throw CommandFailure(
                    .usage, "image build", on: "--include '\(text)'", message: "no file is named",
                    hint: "give HOST or HOST:IN-IMAGE")
            }
            return .init(hostPath: FilePath(host), imagePath: FilePath(image))
        }

        private static func text(_ report: InitramfsReport) -> String {
            func size(_ bytes: Int) -> String { String.size(UInt64(clamping: bytes)) }
            let packed = size(report.compressedSizeInBytes)
            let unpacked = size(report.uncompressedSizeInBytes)
            let libraries = size(report.libraries.reduce(0) { $0 + $1.sizeInBytes })
            let modules = size(report.modules.reduce(0) { $0 + $1.sizeInBytes })
            var lines = [
                "\(report.output): \(packed) compressed, \(unpacked) unpacked",
                "libraries  \(report.libraries.count), \(libraries)", "modules    \(report.modules.count), \(modules)",
            ]
            if !report.firmware.isEmpty { lines.append("firmware   \(report.firmware.count)") }
            if !report.missingFirmware.isEmpty {
                lines.append(
                    "missing    \(report.missingFirmware.count) firmware files that the modules name (see --json)")
            }
            return lines.joined(separator: "\n")
        }
    }

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what is in an image.")
        @Argument(help: "An initramfs: newc, plain or zstd.") var image: String
        @OptionGroup var options: OutputOptions

        func run() throws {
            let inspection: InitramfsInspection
            do { inspection = try InitramfsInspection(reading: FilePath(image)) } catch {
                throw CommandFailure(.failed, "image inspect", on: image, message: "\(error)")
            }
            var table = Table("MODE", "SIZE", "PATH")
            for entry in inspection.entries {
                table.add(
                    entry.mode, entry.device ?? String.size(UInt64(entry.sizeInBytes)),
                    entry.target.map { "\(entry.path) -> \($0)" } ?? entry.path)
            }
            let total =
                "\(inspection.entries.count) entries, \(inspection.modules.count) modules, "
                + "\(String.size(UInt64(inspection.compressedSizeInBytes))) (\(inspection.compression))"
            try options.answer(JSONText.value(inspection), table: "\(table.text)\n\(total)")
        }
    }
}

extension CommandFailure {
    /// Of `image build`, by whichever verb.
    init(_ error: ImageError, on path: String) {
        self.init(error == .interrupted ? .interrupted : .failed, "image build", on: path, message: "\(error)")
    }
}
