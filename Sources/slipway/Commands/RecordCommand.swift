import ArgumentParser
import Documents
import Glibc
import Kernel
import Recordings
import RouteNetlink
import SystemPackage

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Records what the reading verbs read here, so that they answer the same elsewhere.",
        discussion: "Secrets are redacted. Use the recording with --replay FILE.")
    @Option(name: [.short, .long], help: ArgumentHelp("The recording to write.", valueName: "file")) var output: String
    @Flag(help: "Redact serial numbers too.") var redactSerialNumbers = false
    @OptionGroup var service: ServiceOptions
    @Option(help: ArgumentHelp("Record the host under this directory.", valueName: "dir")) var root: String?
    @Flag(name: .long, help: "Answer with a JSON document.") var json = false

    /// The verbs whose planes are in a recording: files, netlink, disks, metadata.
    private static let verbs = [
        ReadingVerb("platform facts") { try PlatformCommand.Facts.document($0.root) },
        ReadingVerb("platform detect") { try PlatformCommand.Detect.document($0.root) },
        ReadingVerb("link list") { try JSONText.encode(LinkCommand.List.document($0)) },
        ReadingVerb("link ethtool") { try JSONText.encode(LinkCommand.Ethtool.document($0)) },
        ReadingVerb("link wireguard") { try JSONText.encode(LinkCommand.WireGuard.document($0)) },
        ReadingVerb("link vlan list") { try JSONText.encode(LinkCommand.VLAN.List.document($0)) },
        ReadingVerb("address list") {
            try JSONText.encode(RoutingList<AddressCommand>.document($0))
        },
        ReadingVerb("route list") {
            try JSONText.encode(RoutingList<RouteCommand>.document($0))
        },
        ReadingVerb("rule list") {
            try JSONText.encode(RoutingList<RuleCommand>.document($0))
        },
        ReadingVerb("disk list") { try JSONText.encode(DiskCommand.list($0)) },
        ReadingVerb("neighbor list") {
            try JSONText.encode(RoutingList<NeighborCommand>.document($0))
        },
    ]

    /// By the service that the command names, if it names one: what is recorded says so, and the replay needs no word of it.
    private var metadata: ReadingVerb {
        let words = (service.platform, service.endpoint, service.interface)
        return ReadingVerb("platform metadata") { host in
            var service = ServiceOptions()
            (service.platform, service.endpoint, service.interface) = words
            // Only while it is asked: a replay has it in the recording.
            return try PlatformCommand.Metadata.document(host, host.documents.mode == .recording ? service : nil)
        }
    }

    func run() throws {
        var options = HostOptions()
        options.root = root
        options.replay = nil
        let recording = try options.withHost("record") { host in
            try Recorder(redaction: redactSerialNumbers ? .secretsAndSerialNumbers : .secrets)
                .record(Self.verbs + [metadata], of: host, date: Int64(time(nil)))
        }
        do { try recording.write(to: FilePath(output)) } catch {
            throw CommandFailure(
                .failed, "record", on: output, message: "\(error)", hint: "give a file that can be written")
        }
        let manifest = recording.manifest
        if json { return try Terminal.answer(manifest) }
        Terminal.answer(
            "\(output): \(manifest.answered.joined(separator: ", ")); redacted: "
                + (manifest.redacted.isEmpty ? "nothing" : manifest.redacted.joined(separator: ", ")))
        for what in manifest.doubtful ?? [] {
            Terminal.note("slipway: the recording cannot answer as this host does: \(what)")
        }
        for (verb, reason) in manifest.failed.sorted(by: { $0.key < $1.key }) {
            Terminal.note("slipway: \(verb) does not answer on this host: \(reason)")
        }
    }
}
