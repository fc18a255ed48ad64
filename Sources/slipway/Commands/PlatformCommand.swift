import ArgumentParser
import Documents
import Kernel
import Platform
import Platforms
import SystemPackage

struct PlatformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform", abstract: "Which platform this is, and what it says of this node.",
        subcommands: [Detect.self, Facts.self, List.self, Metadata.self, ReportReady.self, VMware.self])

    struct Facts: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints what detection reads.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        static func document(_ host: HostRoot) throws -> String {
            let labels = PlatformFacts.blockLabels(of: host, until: Deadline(in: .seconds(1)))
            return try JSONText.encode(PlatformFacts(reading: host, blockLabels: labels))
        }

        func run() throws {
            let text = try host.read("platform facts", Self.document)
            if output.json { return Terminal.answer(text) }
            var table = Table("FACT", "VALUE")
            let document = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
            for (key, value) in (document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let members = value.object else {
                    table.add(key, Self.text(value))
                    continue
                }
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    table.add("\(key).\(name)", Self.text(member))
                }
            }
            Terminal.answer(table.text)
        }

        private static func text(_ value: JSONValue) -> String? {
            switch value {
            case .string(let text): text
            case .array(let list): list.compactMap(\.string).joined(separator: ", ")
            case .bool(let truth): truth ? "yes" : "no"
            default: nil
            }
        }
    }

    struct Detect: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says which platform this is, and why.")
        @Option(
            help: ArgumentHelp("Judge the facts in this file ('platform facts --json' prints such).", valueName: "file")
        )
        var facts: String?
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        static func document(_ host: HostRoot) throws -> String { try JSONText.encode(verdict(host)) }

        private static func verdict(_ host: HostRoot) throws -> PlatformVerdict {
            try Registry.detector.verdict(reading: host)
        }

        func run() throws {
            let verdict: PlatformVerdict
            do {
                if let facts {
                    verdict = try Registry.detector.verdict(on: PlatformFacts(readingDocument: FilePath(facts)))
                } else {
                    verdict = try host.read("platform detect", Self.verdict)
                }
            } catch let error as PlatformError {
                throw CommandFailure(error, "platform detect", on: facts)
            }
            if output.json { return Terminal.answer(try JSONText.encode(verdict)) }
            var table = Table("SIGNAL", "VALUE", "WEIGHT", "FOR")
            for signal in verdict.signals {
                table.add(signal.source, signal.value, "\(signal.weight)", "\(signal.platform)")
            }
            for signal in verdict.conflicts {
                table.add("\(signal.source) (conflict)", signal.value, "\(signal.weight)", "\(signal.platform)")
            }
            let head = """
                platform        \(verdict.platform)
                virtualization  \(verdict.virtualization ?? "unknown")
                data source     \(verdict.dataSource.rawValue)
                """
            Terminal.answer(verdict.signals.isEmpty && verdict.conflicts.isEmpty ? head : "\(head)\n\n\(table.text)")
        }
    }
}

extension CommandFailure {
    init(_ error: PlatformError, _ operation: String, on subject: String?) {
        let exit: Exit =
            switch error.exit {
            case .failed: .failed
            case .notFound: .notFound
            case .timedOut: .timedOut
            }
        self.init(
            exit, operation, on: error.url ?? subject, message: error.url == nil ? error.message : error.reason,
            hint: error.hint.isEmpty ? nil : error.hint)
    }
}
