import ArgumentParser
import Documents
import Fetch
import GuestRPC
import Kernel
import Network
import Platform
import Platforms
import Recordings

extension PlatformCommand {
    struct Metadata: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetches what the platform says of this node, whole or not at all.")
        @OptionGroup var service: ServiceOptions
        @Option(help: ArgumentHelp("Seconds until it gives up (20), or until --watch ends.", valueName: "seconds"))
        var timeout: Double?
        @Flag(help: "Add the platform's own keys.") var raw = false
        @Flag(help: "Print the network that this metadata asks for instead.") var network = false
        @Flag(help: "Print what there is, then each change as it comes.") var watch = false
        @Flag(
            help:
                "When all is printed, take from the host what the metadata's 'redact' lists. It cannot be fetched again."
        )
        var redact = false
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if let timeout {
                guard timeout > 0, timeout <= 31_536_000 else {
                    throw ValidationError("--timeout is a number of seconds up to 31536000.")
                }
            }
            if watch, redact { throw ValidationError("--redact is for one snapshot, not for --watch.") }
            if watch, network || raw {
                throw ValidationError("--watch prints events, which --network and --raw have no part in.")
            }
        }

        /// What `platform metadata --json` answers, for recordings. A machine without a service is not waited for.
        static func document(_ host: Host, _ service: ServiceOptions?) throws -> String {
            let asked = try service?.asked(on: host) ?? ServiceOptions.Asked(nil, on: host)
            return try JSONText.encode(asked.snapshot(until: Deadline(in: .seconds(10))).document())
        }

        func run() throws {
            if host.root != nil { try host.requireLive("platform metadata") }
            if redact { try host.requireLive("platform metadata --redact") }
            do {
                if watch {
                    try host.requireLive("platform metadata --watch")
                    return try MetadataWatchRun(service, timeout: timeout, json: output.json).run()
                }
                try host.withHost("platform metadata") { host in
                    let asked = try service.asked(on: host)
                    let snapshot = try asked.snapshot(until: Deadline(in: .seconds(timeout ?? 20)))
                    let document = network ? snapshot.network.document : snapshot.document(includingRaw: raw)
                    try output.answer(document, table: Self.table(document))
                    if redact { try asked.redact(after: snapshot, until: Deadline(in: .seconds(timeout ?? 20))) }
                }
            } catch let error as PlatformError {
                throw CommandFailure(error, "platform metadata", on: service.endpoint)
            }
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

/// Whose service is asked, and how it is reached.
struct ServiceOptions: ParsableArguments {
    @Option(help: "Ask this platform's service, whatever is detected.") var platform: String?
    @Option(help: ArgumentHelp("Instead of the platform's own address: http://ADDRESS[:PORT].", valueName: "url"))
    var endpoint: String?
    @Option(help: ArgumentHelp("Ask by this link; of several, by whichever answers first.", valueName: "link"))
    var interface: [String] = []

    func asked(on host: Host) throws -> Asked {
        let endpoints = try endpoint.map { [try HTTPEndpoint(url: $0)] }
        var asked = try Asked(platform, on: host)
        asked.endpoints = endpoints ?? asked.endpoints
        asked.links = interface
        return asked
    }

    /// A platform that can be asked, on a host.
    struct Asked: Sendable {
        let platform: PlatformName
        let source: any MetadataSource
        let host: Host
        /// Whether the platform was named, not detected.
        let isNamed: Bool
        /// What a recording has of it.
        let recording: MetadataRecording?
        var endpoints: [HTTPEndpoint]?
        var links: [String] = []

        /// `platform` is nil for the one that was recorded, or is detected.
        init(_ platform: String?, on host: Host) throws {
            self.host = host
            isNamed = platform != nil
            if host.documents.mode == .replay {
                guard let bytes = host.documents.document("metadata") else {
                    throw PlatformError(.noMetadata, hint: "the recording has no metadata")
                }
                let recording = try JSONText.decode(MetadataRecording.self, from: bytes)
                self.recording = recording
                self.platform = PlatformName(rawValue: platform ?? recording.platform)
                endpoints = try recording.endpoint.map { [try HTTPEndpoint(url: $0)] }
            } else {
                recording = nil
                self.platform =
                    try platform.map { PlatformName(rawValue: $0) }
                    ?? Registry.detector.verdict(reading: host.root).platform
            }
            guard let definition = Registry.platform(self.platform) else {
                let names = Registry.platforms.map(\.name.rawValue).sorted().joined(separator: ", ")
                throw CommandFailure(
                    .usage, "platform metadata", on: self.platform.rawValue, message: "no such platform",
                    hint: "the platforms are \(names)")
            }
            guard let source = definition.source else {
                throw PlatformError(
                    .noMetadata, platform: self.platform,
                    hint: "this build knows \(self.platform) by sight alone; 'slipway platform list' says which it asks"
                )
            }
            self.source = source
        }

        func context(until deadline: Deadline) -> MetadataContext {
            var context = MetadataContext.live(host.root, deadline: deadline)
            context.endpoints = endpoints
            context.links = links
            // Its ports are guarded: who names the platform is believed, whatever the processor says of its hypervisor.
            if isNamed, platform == "vmware" { context.guestInfo = LiveGuestInfo(LiveGuestRPC(assumingVMware: true)) }
            return context
        }

        func redact(after snapshot: MetadataSnapshot, until deadline: Deadline) throws {
            let context = context(until: deadline)
            defer { context.guestInfo.close() }
            try WorkerThread.blocking { [source] in try await source.redact(after: snapshot, in: context) }
        }

        func snapshot(until deadline: Deadline) throws -> MetadataSnapshot {
            if let recording {
                let replay = MetadataReplay(recording)
                var context = replay.context(host.root, deadline: deadline)
                context.endpoints = endpoints
                defer { host.documents.miss(replay.unanswered) }
                return try fetch(context)
            }
            guard host.documents.mode == .recording else { return try fetch(context(until: deadline)) }
            guard host.root.isLive else {
                throw PlatformError(.noMetadata, platform: platform, hint: "a directory has no service to ask")
            }
            let recorder = MetadataRecorder(of: platform, before: context(until: deadline))
            // What was asked in vain is kept too.
            defer {
                var recording = recorder.recording
                let redacted = recording.redact()
                if let text = try? JSONText.encode(recording) {
                    host.documents.keep("metadata", Array(text.utf8), redacted: redacted)
                }
            }
            return try fetch(recorder.context)
        }

        private func fetch(_ context: MetadataContext) throws -> MetadataSnapshot {
            defer { context.guestInfo.close() }
            return try WorkerThread.blocking { [source] in try await source.snapshot(in: context) }
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
