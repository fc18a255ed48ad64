import ArgumentParser
import Devices
import Documents
import Kernel
import KernelModules
import SystemPackage

struct ModuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Kernel modules.", subcommands: [ColdplugVerb.self])

    struct ColdplugVerb: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "coldplug",
            abstract: "Loads a driver for every device that asks for one, until nothing new asks.")
        @Flag(name: [.long, .customShort("n")], help: "Say what would be loaded, and load nothing.") var dryRun = false
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try host.requireLive("module coldplug")
            let report: Coldplug.Report
            do throws(ModuleError) {
                let index = try ModuleIndex()
                let loader: any ModuleLoader = dryRun ? NoLoader() : KernelModuleLoader()
                report = try Coldplug(loader: loader, workers: 4).run(
                    index: index, until: Deadline(in: .seconds(120)),
                    walk: { DeviceTree.requests(in: .live).map(\.alias) }, arrivals: { _ in [] })
            } catch {
                throw CommandFailure(
                    error.errno == .timedOut ? .timedOut : .failed, "module coldplug", on: error.subject,
                    errno: error.errno, message: error.reason,
                    hint: error.errno == .noSuchFileOrDirectory ? "install the running kernel's modules" : nil)
            }
            // Without the privilege nothing is loaded: that is no coldplug.
            if let error = report.results.compactMap(\.error).first(where: { $0.errno == .notPermitted }) {
                throw CommandFailure(error, "module coldplug", hint: "run this as root (CAP_SYS_MODULE)")
            }
            try output.answer(document(report), table: table(report))
        }

        private func document(_ report: Coldplug.Report) -> JSONValue {
            [
                "applied": .bool(!dryRun), "aliases": JSONValue(report.aliases), "rounds": JSONValue(report.rounds),
                "modules": .array(
                    report.results.map { result in
                        [
                            "name": .string(result.name), "loaded": .bool(!dryRun && result.error == nil),
                            "seconds": .number(result.duration.inSeconds), "error": JSONValue(result.error?.reason),
                        ]
                    }),
            ]
        }

        private func table(_ report: Coldplug.Report) -> String {
            var table = Table("MODULE", dryRun ? "WOULD LOAD" : "LOADED", "TIME", "WHY NOT")
            for result in report.results {
                let time = "\((result.duration.inSeconds * 1_000).tenths) ms"
                table.add(result.name, result.error == nil ? "yes" : "no", dryRun ? nil : time, result.error?.reason)
            }
            return report.results.isEmpty ? "nothing to load" : table.text
        }
    }
}

/// For a dry run.
private struct NoLoader: ModuleLoader {
    func load(_ path: FilePath, options: String) throws(OSError) {}
}
