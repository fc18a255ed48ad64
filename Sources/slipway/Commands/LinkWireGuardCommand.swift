import ArgumentParser
import CKernel
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink
import SystemPackage

extension LinkCommand {
    struct WireGuard: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "wireguard", abstract: "Shows a WireGuard link and its peers, or all of them, or sets one.",
            discussion: """
                Private and preshared keys are told with --show-keys alone, and never out of a recording.
                --set takes a file of wg(8)'s format and sends what differs, so that the sessions of peers that stay go on: what \
                'wg syncconf' does. A port or an endpoint that the file does not name stays as it is.
                """)
        @Argument(help: "The link's name.") var link: String?
        @Flag(help: "Tell the private and the preshared keys.") var showKeys = false
        @Option(
            name: .customLong("set"),
            help: ArgumentHelp("Make the link what this configuration says; '-' is stdin.", valueName: "file"))
        var file: String?
        @Flag(help: "With --set: all peers go first, and their sessions with them, as 'wg setconf' does.") var replace =
            false
        @Flag(help: "Tell what --set would change, and change nothing.") var dryRun = false
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        private static let operation = "link wireguard"

        func validate() throws {
            if file != nil, link == nil { throw ValidationError("--set needs a link.") }
            if file != nil, showKeys { throw ValidationError("--set and --show-keys exclude each other.") }
            if file == nil, dryRun || replace { throw ValidationError("--dry-run and --replace go with --set.") }
        }

        func run() throws {
            if let file, let link { return try set(link, file) }
            let (devices, links) = try host.ask(Self.operation) { host in try Self.read(host, link) }
            let isRedacted = devices.contains { device in
                device.privateKey?.isRedacted == true || device.peers.contains { $0.presharedKey?.isRedacted == true }
            }
            if showKeys, isRedacted {
                Terminal.note("slipway: \(Self.operation): the recording has no secret keys, they were redacted")
            }
            try output.answer(
                .array(devices.map { WireGuardDocument.document($0, links, showKeys: showKeys) }),
                table: WireGuardDocument.table(devices, links))
        }

        /// What `--json` prints of all of them.
        static func document(_ host: Host) throws -> JSONValue {
            let (devices, links) = try read(host, nil)
            return .array(devices.map { WireGuardDocument.document($0, links, showKeys: false) })
        }

        /// The links are always read all, and the devices by their numbers: so a recording of all of them answers for each.
        private static func read(_ host: Host, _ name: String?) throws -> ([WireGuardDevice], LinkDirectory) {
            let deadline = Deadline(in: .seconds(30))
            do throws(NetlinkError) {
                var route = RouteConnection(try host.netlink.open(.route))
                let all = try route.links(until: deadline)
                let links = LinkDirectory(all)
                var wanted = all.filter { $0.kind == "wireguard" }.map(\.index)
                if let name {
                    guard let index = links.index(of: name) else { throw LinkCommand.absent(name) }
                    wanted = [index]
                }
                // Without a link the family need not be there.
                if wanted.isEmpty { return ([], links) }
                var wireguard = try WireGuardConnection(host.netlink.open(.generic), until: deadline)
                var devices: [WireGuardDevice] = []
                for index in wanted { devices.append(try wireguard.device(.index(index), until: deadline).value) }
                return (devices, links)
            } catch {
                throw CommandFailure(error, operation, .init(subject: name))
            }
        }

        // MARK: Setting

        private func set(_ link: String, _ file: String) throws {
            try host.requireLive("\(Self.operation) --set")
            let deadline = Deadline(in: .seconds(60))
            let bytes = try Self.contents(of: file)
            let (devices, links) = try Self.read(.live, link)
            guard let device = devices.first else { return }
            let wanted: WireGuardDevice
            do {
                wanted = try WireGuardFile.parse(bytes, links: links) { host, line in
                    do throws(HostNames.Failure) { return try HostNames.address(of: host, until: deadline) } catch {
                        throw CommandFailure(
                            error.isTimeout ? .timedOut : .failed, Self.operation, on: file,
                            message: "line \(line): the endpoint's host \(host): \(error.words)",
                            hint: "give its address, or see that its name can be resolved")
                    }
                }
            } catch let error as WordError {
                throw CommandFailure(
                    .failed, Self.operation, on: file, message: error.description, hint: Self.hint(error))
            }
            let change = replace ? WireGuardChange(wanted) : WireGuardChange(from: device, to: wanted)
            if !dryRun, !change.isEmpty {
                do throws(NetlinkError) {
                    var wireguard = try WireGuardConnection.open(until: deadline)
                    try wireguard.change(.index(device.linkIndex), change, until: deadline)
                } catch {
                    throw CommandFailure(error, Self.operation, .init(subject: link))
                }
            }
            try output.answer(
                WireGuardDocument.document(change, of: device, links),
                table: WireGuardDocument.table(change, of: device, links))
        }

        private static func contents(of file: String) throws -> [UInt8] {
            let limit = 64 << 20
            do throws(OSError) {
                let input =
                    file == "-"
                    ? OwnedDescriptor(adopting: try systemCall("dup", on: "stdin") { sw_fcntl(0, F_DUPFD_CLOEXEC, 3) })
                    : try OwnedDescriptor.open(FilePath(file), O_RDONLY)
                let bytes = try input.readAll(limit: limit, subject: file)
                if bytes.count < limit { return bytes }
            } catch {
                throw CommandFailure(error, operation)
            }
            throw CommandFailure(
                .failed, operation, on: file, message: "it has \(limit) bytes or more: no configuration")
        }

        private static func hint(_ error: WordError) -> String? {
            let others = [
                "address", "dns", "mtu", "table", "preup", "postup", "predown", "postdown", "saveconfig",
            ]
            guard case .unknown = error.kind, others.contains(error.word.lowercased()) else { return error.hint }
            return "that is a word of wg-quick's: 'wg-quick strip' takes those out"
        }
    }
}
