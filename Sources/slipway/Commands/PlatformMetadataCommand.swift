import ArgumentParser
import Documents
import Fetch
import Kernel
import Network
import Platform
import Platforms

extension PlatformCommand {
    struct Metadata: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetches what the platform says of this node, whole or not at all.")
        @Option(help: "Ask this platform's service, whatever is detected.") var platform: String?
        @Option(help: ArgumentHelp("Instead of the platform's own address: http://ADDRESS[:PORT].", valueName: "url"))
        var endpoint: String?
        @Option(help: ArgumentHelp("Seconds until it gives up.", valueName: "seconds")) var timeout: Double = 20
        @Flag(help: "Add the platform's own keys.") var raw = false
        @Flag(help: "Print the network that this metadata asks for instead.") var network = false
        @Option(
            help: ArgumentHelp(
                "Ask by this link; with several, whichever answers first.", valueName: "link"))
        var interface: [String] = []
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard timeout > 0, timeout <= 86_400 else {
                throw ValidationError("--timeout is a number of seconds up to 86400.")
            }
        }

        func run() throws {
            try host.requireLive("platform metadata")
            do { try fetch() } catch let error as PlatformError {
                throw CommandFailure(error, "platform metadata", on: endpoint)
            }
        }

        private func fetch() throws {
            let name: PlatformName
            if let platform {
                name = PlatformName(rawValue: platform)
            } else {
                name = try Registry.detector.verdict(on: PlatformFacts(reading: .live)).platform
            }
            guard let definition = Registry.platform(name) else {
                let names = Registry.platforms.map(\.name.rawValue).sorted().joined(separator: ", ")
                throw CommandFailure(
                    .usage, "platform metadata", on: name.rawValue, message: "no such platform",
                    hint: "the platforms are \(names)")
            }
            guard let source = definition.source else {
                throw PlatformError(
                    .noMetadata, platform: name,
                    hint: "this build knows \(name) by sight alone; 'slipway platform list' says which it asks")
            }
            var context = MetadataContext.live(deadline: Deadline(in: .seconds(timeout)))
            context.endpoints = try endpoint.map { [try HTTPEndpoint(url: $0)] }
            context.links = interface
            let asked = context
            let snapshot = try WorkerThread.blocking { try await source.snapshot(in: asked) }
            let document = network ? snapshot.network.document : snapshot.document(includingRaw: raw)
            try output.answer(document, table: Self.table(document))
        }

        private static func table(_ document: JSONValue) -> String {
            var table = Table("KEY", "VALUE")
            for (key, value) in (document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                table.add(key, value.string ?? (value == .null ? nil : try? JSONText.encode(value, as: .line)))
            }
            return table.text
        }
    }
}

extension HTTPEndpoint {
    /// `http://169.254.169.254`, `http://[fd00:ec2::254]:8080`.
    init(url: String) throws {
        let failure = CommandFailure(
            .usage, "platform metadata", on: url, message: "no endpoint",
            hint: "give http://ADDRESS[:PORT], the address a literal one, IPv6 in brackets")
        guard url.hasPrefix("http://") else { throw failure }
        var rest = url.dropFirst("http://".count)
        if rest.last == "/" { rest = rest.dropLast() }
        let address: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw failure }
            address = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            address = rest[..<end]
            rest = rest[end...]
        }
        guard IPAddress(String(address)) != nil, rest.isEmpty || rest.first == ":",
            let port = rest.isEmpty ? 80 : UInt16(rest.dropFirst()), port > 0
        else { throw failure }
        self.init(address: String(address), port: Int(port))
    }
}
