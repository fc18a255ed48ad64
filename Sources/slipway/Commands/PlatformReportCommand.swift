import ArgumentParser
import Documents
import Kernel
import Platform
import Platforms
import Recordings

extension PlatformCommand {
    struct ReportReady: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report-ready",
            abstract: "Tells the platform that this machine is up, where it waits for that.",
            discussion: "Azure does. The node's own bring-up does it too, once it is ready.")
        @OptionGroup var service: ServiceOptions
        @Option(help: ArgumentHelp("Seconds until it gives up.", valueName: "seconds")) var timeout: Double = 20
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard timeout > 0, timeout <= 86_400 else {
                throw ValidationError("--timeout is a number of seconds up to 86400.")
            }
        }

        func run() throws {
            do {
                let asked = try service.asked(on: .live)
                let context = asked.context(until: Deadline(in: .seconds(timeout)))
                let isReported = try WorkerThread.blocking { [source = asked.source] in
                    try await source.reportReady(in: context)
                }
                try output.answer(
                    ["platform": .string(asked.platform.rawValue), "reported": .bool(isReported)],
                    table: isReported
                        ? "\(asked.platform): reported ready"
                        : "\(asked.platform) waits for no report; nothing was sent")
            } catch let error as PlatformError {
                throw CommandFailure(error, "platform report-ready", on: service.endpoint)
            }
        }
    }
}
