import Documents
import Kernel
import RouteDocuments
import RouteNetlink

/// WireGuard's devices and changes as documents, by the names of wg(8), and as lines for people.
enum WireGuardDocument {
    /// The columns of `wg show dump`. A secret key is `<redacted>` unless it is asked for; out of a recording it always is.
    static func document(_ device: WireGuardDevice, _ links: LinkDirectory, showKeys: Bool) -> JSONValue {
        func secret(_ key: WireGuardSecretKey?) -> JSONValue {
            key.map { .string(showKeys && !$0.isRedacted ? $0.base64 : "\($0)") } ?? .null
        }
        let peers = device.peers.map { peer -> JSONValue in
            [
                "public_key": .string(peer.publicKey.base64), "preshared_key": secret(peer.presharedKey),
                "endpoint": JSONValue(peer.endpoint.map { text($0, links) }),
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

    static func table(_ devices: [WireGuardDevice], _ links: LinkDirectory) -> String {
        var table = Table("LINK", "PEER", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT", "KEEPALIVE", "ALLOWED")
        for device in devices {
            table.add(
                device.linkName, device.publicKey?.base64, "port \(device.listenPort)", nil, nil, nil, nil, nil)
            for peer in device.peers {
                table.add(
                    nil, peer.publicKey.base64, peer.endpoint.map { text($0, links) },
                    peer.lastHandshake.map { "\($0.components.seconds)" }, String.size(peer.bytesReceived),
                    String.size(peer.bytesSent), peer.keepaliveSeconds.map { "\($0)" },
                    peer.allowedAddresses.map(\.description).joined(separator: " "))
            }
        }
        return table.text
    }

    /// As `wg` prints it, the link of a zone by its name.
    private static func text(_ endpoint: WireGuardEndpoint, _ links: LinkDirectory) -> String {
        guard endpoint.scope != 0, let name = links.name(of: Int32(bitPattern: endpoint.scope)) else {
            return endpoint.description
        }
        return "[\(endpoint.address)%\(name)]:\(endpoint.port)"
    }

    // MARK: Changes

    /// What differs and nothing else; of a secret key only what becomes of it: `set` or `removed`.
    static func document(
        _ change: WireGuardChange, of device: WireGuardDevice, _ links: LinkDirectory
    ) -> JSONValue {
        var all: [String: JSONValue] = ["ifindex": JSONValue(device.linkIndex), "ifname": .string(device.linkName)]
        all["private_key"] = change.privateKey.map { .string(fate($0)) }
        all["listen_port"] = change.listenPort.map { JSONValue($0) }
        all["fwmark"] = change.firewallMark.map { JSONValue($0) }
        if change.replacesPeers { all["replace_peers"] = true }
        all["peers"] = .array(
            change.peers.map { peer in
                var entry: [String: JSONValue] = ["public_key": .string(peer.publicKey.base64)]
                entry["action"] = .string(action(peer, device))
                entry["preshared_key"] = peer.presharedKey.map { .string(fate($0)) }
                entry["endpoint"] = peer.endpoint.map { .string(text($0, links)) }
                entry["persistent_keepalive"] = peer.keepaliveSeconds.map { JSONValue($0) }
                if peer.replacesAllowedAddresses || !peer.allowedAddresses.isEmpty {
                    entry[peer.replacesAllowedAddresses ? "allowed_ips" : "more_allowed_ips"] =
                        JSONValue(peer.allowedAddresses.map(\.description))
                }
                return .object(entry)
            })
        return .object(all)
    }

    /// A line a thing that changes; nothing where nothing does.
    static func table(_ change: WireGuardChange, of device: WireGuardDevice, _ links: LinkDirectory) -> String {
        var lines: [String] = []
        if let key = change.privateKey { lines.append("private key \(fate(key))") }
        if let port = change.listenPort { lines.append("listen port \(port)") }
        if let mark = change.firewallMark {
            lines.append("fwmark \(mark == 0 ? "off" : "0x" + String(mark, radix: 16))")
        }
        if change.replacesPeers { lines.append("all peers are replaced") }
        for peer in change.peers {
            var words = ["peer", peer.publicKey.base64, action(peer, device)]
            if let key = peer.presharedKey { words.append("preshared key \(fate(key))") }
            if let endpoint = peer.endpoint { words.append("endpoint \(text(endpoint, links))") }
            if let seconds = peer.keepaliveSeconds { words.append("keepalive \(seconds == 0 ? "off" : "\(seconds)")") }
            if peer.replacesAllowedAddresses || !peer.allowedAddresses.isEmpty {
                let list = peer.allowedAddresses.map(\.description).joined(separator: ",")
                words.append(
                    (peer.replacesAllowedAddresses ? "allowed ips " : "more allowed ips ")
                        + (list.isEmpty ? "none" : list))
            }
            lines.append(words.joined(separator: " "))
        }
        return lines.joined(separator: "\n")
    }

    private static func fate(_ key: WireGuardSecretKey) -> String { key.isNone ? "removed" : "set" }

    private static func action(_ peer: WireGuardChange.Peer, _ device: WireGuardDevice) -> String {
        if peer.removes { return "remove" }
        return device.peers.contains { $0.publicKey == peer.publicKey } ? "change" : "add"
    }
}
