import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteNetlink
import SystemPackage

extension LinkCommand {
    struct WireGuard: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "wireguard", abstract: "Shows a WireGuard link and its peers, or all of them.",
            discussion: "Private and preshared keys are told with --show-keys alone.")
        @Argument(help: "The link's name.") var link: String?
        @Flag(help: "Tell the private and the preshared keys.") var showKeys = false
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try host.requireLive("link wireguard")
            let devices: [WireGuardDevice]
            do throws(NetlinkError) { devices = try Self.read(link) } catch {
                throw CommandFailure(error, "link wireguard", .init(subject: link))
            }
            try output.answer(.array(devices.map { Self.document($0, showKeys: showKeys) }), table: table(devices))
        }

        private static func read(_ name: String?) throws(NetlinkError) -> [WireGuardDevice] {
            let deadline = Deadline(in: .seconds(30))
            var links: [Int32] = []
            var route = try RouteConnection.open()
            if let name {
                links = [try route.link(named: name, until: deadline).index]
            } else {
                links = try route.links(until: deadline).filter { $0.kind == "wireguard" }.map(\.index)
                // Without a link the family need not be there.
                if links.isEmpty { return [] }
            }
            var wireguard = try WireGuardConnection.open(until: deadline)
            var devices: [WireGuardDevice] = []
            for link in links { devices.append(try wireguard.device(.index(link), until: deadline).value) }
            return devices
        }

        /// The columns of `wg show dump`, by their names in wg(8).
        static func document(_ device: WireGuardDevice, showKeys: Bool) -> JSONValue {
            func secret(_ key: WireGuardSecretKey?) -> JSONValue {
                key.map { .string(showKeys ? $0.base64 : "\($0)") } ?? .null
            }
            let peers = device.peers.map { peer -> JSONValue in
                [
                    "public_key": .string(peer.publicKey.base64), "preshared_key": secret(peer.presharedKey),
                    "endpoint": JSONValue(peer.endpoint?.description),
                    "allowed_ips": JSONValue(peer.allowedAddresses.map(\.description)),
                    "latest_handshake": JSONValue(peer.lastHandshake.map { $0.components.seconds } ?? 0),
                    "transfer_rx": JSONValue(peer.bytesReceived), "transfer_tx": JSONValue(peer.bytesSent),
                    "persistent_keepalive": JSONValue(peer.keepaliveSeconds),
                    "protocol_version": JSONValue(peer.protocolVersion),
                ]
            }
            return [
                "ifindex": JSONValue(device.linkIndex), "ifname": .string(device.linkName),
                "private_key": secret(device.privateKey), "public_key": JSONValue(device.publicKey?.base64),
                "listen_port": JSONValue(device.listenPort), "fwmark": JSONValue(device.firewallMark),
                "peers": .array(peers),
            ]
        }

        private func table(_ devices: [WireGuardDevice]) -> String {
            var table = Table("LINK", "PEER", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT", "KEEPALIVE", "ALLOWED")
            for device in devices {
                table.add(
                    device.linkName, device.publicKey?.base64, "port \(device.listenPort)", nil, nil, nil, nil, nil)
                for peer in device.peers {
                    table.add(
                        nil, peer.publicKey.base64, peer.endpoint?.description,
                        peer.lastHandshake.map { "\($0.components.seconds)" }, String.size(peer.bytesReceived),
                        String.size(peer.bytesSent), peer.keepaliveSeconds.map { "\($0)" },
                        peer.allowedAddresses.map(\.description).joined(separator: " "))
                }
            }
            return table.text
        }
    }
}
