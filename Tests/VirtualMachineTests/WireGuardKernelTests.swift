import Documents
import FoundationEssentials
import Kernel
import TestSupport
import Testing
import VirtualMachine

/// WireGuard of Debian's generic kernel, written by us and by wg(8) and read by both.
@Suite("WireGuard against a kernel", .machines)
struct WireGuardKernelTests {
    @Test("what we write is what wg reads, what wg writes is what we read, and a change sends what differs alone")
    func likeWG() async throws {
        var configurations = WireGuardConfigurations(seed: 0x3177)
        let first = configurations.large()
        let second = configurations.changed(first)
        let keys = (0..<8).map { _ in configurations.key() }
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.timeout = .seconds(500)
        }
        try await Lab.boot(configuration) { machine, _ in
            var guest = Guest(agent: try Agent(machine))
            try guest.run("ip", "link", "add", "wg0", "type", "wireguard")
            try guest.run("ip", "link", "add", "wg1", "type", "wireguard")
            try guest.large(first, second)
            try guest.words(keys)
            try guest.recorded(keys)
            try guest.sessions()
            try guest.refusals(keys)
        }
    }
}

private struct Guest: ~Copyable {
    var agent: Agent

    @discardableResult
    mutating func run(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let answer = try agent.run(words)
        #expect(answer.status == 0, "\(words): \(answer.errors)", sourceLocation: sourceLocation)
        return answer.output
    }

    /// `slipway link wireguard`.
    mutating func ours(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let answer = try agent.run(["/sbin/slipway", "link", "wireguard"] + words + ["--json"])
        #expect(answer.status == 0, "\(words): \(answer.errors)", sourceLocation: sourceLocation)
        return (try? JSONText.decode(JSONValue.self, from: Array(answer.output.utf8))) ?? .null
    }

    /// `wg show all dump` by the interfaces' names: the device's fields and each peer's by its key, addresses in order of their text.
    mutating func dump() throws -> [String: [String: [String]]] {
        var result: [String: [String: [String]]] = [:]
        for line in try run("wg", "show", "all", "dump").split(separator: "\n") {
            var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let name = fields.removeFirst()
            if fields.count == 4 { result[name, default: [:]]["device"] = fields }
            if fields.count == 8 {
                fields[3] = fields[3].split(separator: ",").sorted().joined(separator: ",")
                result[name, default: [:]][fields[0]] = fields
            }
        }
        return result
    }

    /// The same of `slipway link wireguard --json --show-keys`, in wg's words.
    mutating func told() throws -> [String: [String: [String]]] {
        var result: [String: [String: [String]]] = [:]
        for device in try ours("--show-keys").array ?? [] {
            var entries: [String: [String]] = [:]
            let mark = device["fwmark"]?.integer.map { "0x" + String($0, radix: 16) }
            entries["device"] = [
                device["private_key"]?.string ?? "(none)", device["public_key"]?.string ?? "(none)",
                "\(device["listen_port"]?.integer ?? -1)", mark ?? "off",
            ]
            for peer in device["peers"]?.array ?? [] {
                let addresses = (peer["allowed_ips"]?.array ?? []).compactMap(\.string)
                func number(_ key: String) -> String { "\(peer[key]?.integer ?? -1)" }
                entries[peer["public_key"]?.string ?? ""] = [
                    peer["public_key"]?.string ?? "", peer["preshared_key"]?.string ?? "(none)",
                    peer["endpoint"]?.string ?? "(none)",
                    addresses.isEmpty ? "(none)" : addresses.sorted().joined(separator: ","),
                    number("latest_handshake"), number("transfer_rx"), number("transfer_tx"),
                    peer["persistent_keepalive"]?.integer.map { "\($0)" } ?? "off",
                ]
            }
            result[device["ifname"]?.string ?? ""] = entries
        }
        return result
    }

    /// wg reads the same of wg0, which we wrote, and of wg1, which it wrote; and we read what it reads.
    @discardableResult
    mutating func same(_ moment: String) throws -> [String: [String]] {
        let theirs = try dump()
        let (written, expected) = (theirs["wg0"] ?? [:], theirs["wg1"] ?? [:])
        #expect(written["device"] == expected["device"] && written.count == expected.count, "\(moment)")
        for (key, peer) in expected { #expect(written[key] == peer, "\(moment): \(key)") }
        let told = try told()
        #expect(told.keys.sorted() == theirs.keys.sorted())
        for (name, entries) in theirs {
            #expect(told[name]?.count == entries.count, "\(moment): \(name)")
            for (key, fields) in entries { #expect(told[name]?[key] == fields, "\(moment): \(name) \(key)") }
        }
        return expected
    }

    mutating func large(
        _ first: WireGuardConfigurations.File, _ second: WireGuardConfigurations.File
    ) throws {
        try agent.put(first.bytes, to: "/run/first.conf")
        try agent.put(second.bytes, to: "/run/second.conf")
        try run("wg", "setconf", "wg1", "/run/first.conf")
        let before = try dump()
        let plan = try ours("wg0", "--set", "/run/first.conf", "--dry-run")
        #expect(plan["peers"]?.array?.count == 300 && plan["private_key"] == "set" && plan["fwmark"] == 42)
        #expect(try dump() == before, "a dry run changes nothing")
        #expect(try ours("wg0", "--set", "/run/first.conf") == plan)
        let made = try same("made")
        #expect(
            made.count == 301 && made.values.contains { ($0.last(where: { $0.contains(",") }) ?? "").count > 20_000 })
        // Once more: nothing is left to do.
        let nothing = try ours("wg0", "--set", "/run/first.conf")
        #expect(nothing["peers"] == [] && nothing.object?.keys.sorted() == ["ifindex", "ifname", "peers"])
        try same("made twice")

        try run("wg", "setconf", "wg1", "/run/second.conf")
        let change = try ours("wg0", "--set", "/run/second.conf")
        let actions = (change["peers"]?.array ?? []).compactMap { $0["action"]?.string }
        #expect(actions.filter { $0 == "remove" }.count == 25 && actions.filter { $0 == "add" }.count == 10)
        #expect(actions.count < 100, "the peers that stay are not spoken of")
        try same("changed")

        // All at once, as setconf does it.
        try run("wg", "setconf", "wg1", "/run/first.conf")
        let whole = try ours("wg0", "--set", "/run/first.conf", "--replace")
        #expect(whole["replace_peers"] == true && whole["peers"]?.array?.count == 300)
        try same("replaced")
        // And back to nothing: without a key, a mark and peers; the port is the kernel's to choose.
        try agent.put(Array("[Interface]\n".utf8), to: "/run/empty.conf")
        try run("wg", "setconf", "wg1", "/run/empty.conf")
        _ = try ours("wg0", "--set", "/run/empty.conf", "--replace")
        let empty = try dump()
        for name in ["wg0", "wg1"] {
            #expect(empty[name]?.count == 1 && empty[name]?["device"]?.prefix(2) == ["(none)", "(none)"])
            #expect(empty[name]?["device"]?.last == "off")
        }
    }

    /// What wg's single words do is what a file that says the same does.
    mutating func words(_ keys: [String]) throws {
        for (number, key) in keys.enumerated() { try agent.put(Array(key.utf8), to: "/run/key\(number)") }
        try run(
            "wg", "set", "wg1", "listen-port", "777", "fwmark", "0xfffffff0", "private-key", "/run/key0", "peer",
            keys[1],
            "preshared-key", "/run/key2", "endpoint", "[fe80::1%eth0]:5", "persistent-keepalive", "65535",
            "allowed-ips",
            "10.1.2.3/8,fd00::1/16,0.0.0.0/0", "peer", keys[3], "allowed-ips", "10.9.0.0/16")
        let file = """
            [Interface]
            PrivateKey = \(keys[0])
            ListenPort = 777
            FwMark = 0xFFFFFFF0
            [peer]
            PUBLICKEY = \(keys[1])
            PresharedKey = \(keys[2])
            Endpoint = [fe80::1%eth0]:5
            PersistentKeepalive = 65535
            AllowedIPs = 10.1.2.3/8, fd00::1/16
            AllowedIPs = 0.0.0.0/0
            [Peer]
            PublicKey = \(keys[3])
            AllowedIPs = 10.9.0.0/16
            """
        try agent.put(Array(file.utf8), to: "/run/words.conf")
        _ = try ours("wg0", "--set", "/run/words.conf")
        let made = try same("words")
        #expect(made[keys[1]]?[2] == "[fe80::1%eth0]:5" && made["device"]?.last == "0xfffffff0")
        // addconf joins; a peer goes, addresses go, an address moves, keys go.
        try agent.put(
            Array("[Peer]\nPublicKey=\(keys[4])\nAllowedIPs=10.9.0.0/16, 10.10.10.10\n".utf8), to: "/run/more.conf")
        try run("wg", "addconf", "wg1", "/run/more.conf")
        try run("wg", "set", "wg1", "peer", keys[1], "preshared-key", "/dev/null", "persistent-keepalive", "off")
        try run("wg", "set", "wg1", "private-key", "/dev/null", "fwmark", "0")
        let after = """
            [Interface]
            ListenPort = 777
            [Peer]
            PublicKey = \(keys[1])
            AllowedIPs = 10.1.2.3/8, fd00::1/16, 0.0.0.0/0
            [Peer]
            PublicKey = \(keys[3])
            [Peer]
            PublicKey = \(keys[4])
            AllowedIPs = 10.9.0.0/16, 10.10.10.10
            """
        try agent.put(Array(after.utf8), to: "/run/after.conf")
        let change = try ours("wg0", "--set", "/run/after.conf")
        #expect(change["private_key"] == "removed" && change["fwmark"] == 0 && change["listen_port"] == nil)
        // Its address went over to another: nothing is to be said of the peer that lost it.
        #expect((change["peers"]?.array ?? []).compactMap { $0["public_key"]?.string } == [keys[1], keys[4]])
        let expected = try same("changed by words")
        #expect(expected[keys[3]]?[3] == "(none)" && expected["device"]?.first == "(none)")
        #expect(expected[keys[1]]?[2] == "[fe80::1%eth0]:5", "an endpoint that the file does not name stays")
        try run("wg", "set", "wg1", "peer", keys[1], "remove", "peer", keys[4], "allowed-ips", "")
        let last =
            "[Interface]\nListenPort = 0\n[Peer]\nPublicKey=\(keys[3])\n[Peer]\nPublicKey=\(keys[4])\nAllowedIPs =\n"
        try agent.put(Array(last.utf8), to: "/run/last.conf")
        _ = try ours("wg0", "--set", "/run/last.conf")
        try same("removed")
    }

    /// A recording has the peers and no secret key, in no form; a replay says that there are keys, and tells none.
    mutating func recorded(_ keys: [String]) throws {
        _ = try ours("wg0", "--set", "/run/words.conf")
        let theirs = try dump()["wg0"] ?? [:]
        let secrets = [keys[0], theirs["device"]?.first ?? "", theirs[keys[1]]?[1] ?? ""]
        #expect(secrets[2] == keys[2])
        try run("/sbin/slipway", "record", "-o", "/run/node.slipway")
        let recording = try agent.get("/run/node.slipway")
        for secret in secrets {
            let raw = Array(try #require(Data(base64Encoded: secret)))
            #expect(raw.count == 32 && !recording.tells(secret: raw, base64: secret))
        }
        #expect(recording.contains(bytes: Array(try #require(Data(base64Encoded: keys[1])))))
        let replay = try agent.run(
            "/sbin/slipway", "link", "wireguard", "wg0", "--show-keys", "--json", "--replay", "/run/node.slipway")
        #expect(replay.status == 0 && replay.errors.contains("redacted"))
        let device = try JSONText.decode(JSONValue.self, from: Array(replay.output.utf8)).array?.first
        #expect(device?["private_key"] == "<redacted>" && device?["public_key"]?.string == theirs["device"]?[1])
        let peers = device?["peers"]?.array ?? []
        #expect(peers.count + 1 == theirs.count)
        // In the kernel's order, which is that of their coming.
        for peer in peers {
            let isKeyed = peer["public_key"]?.string == keys[1]
            #expect(peer["preshared_key"] == (isKeyed ? JSONValue.string("<redacted>") : JSONValue.null))
        }
    }

    /// Two ends that talk: what we tell of the session is what wg tells, and a change of something else leaves the session.
    mutating func sessions() throws {
        for (name, number) in [("sa", 1), ("sb", 2)] {
            try run("ip", "link", "add", name, "type", "wireguard")
            let key = WireGuardConfigurations.File(
                interface: ["PrivateKey = \(try newKey())", "ListenPort = \(6_000 + number)"], peers: [])
            try agent.put(key.bytes, to: "/run/\(name).conf")
            try run("wg", "setconf", name, "/run/\(name).conf")
            try run("ip", "address", "add", "10.77.0.\(number)/32", "dev", name)
            try run("ip", "link", "set", name, "up")
        }
        let devices = try dump()
        var files: [String: String] = [:]
        for (name, other, port) in [("sa", "sb", 6_002), ("sb", "sa", 6_001)] {
            let own = String(decoding: try agent.get("/run/\(name).conf"), as: UTF8.self)
            files[name] = """
                \(own)
                [Peer]
                PublicKey = \(devices[other]?["device"]?[1] ?? "")
                Endpoint = 127.0.0.1:\(port)
                AllowedIPs = 10.78.0.0/24
                PersistentKeepalive = 1
                """
            try agent.put(Array((files[name] ?? "").utf8), to: "/run/\(name).conf")
            _ = try ours(name, "--set", "/run/\(name).conf")
        }
        let peer = devices["sb"]?["device"]?[1] ?? ""
        let deadline = Deadline(in: .seconds(60))
        var session: [String] = []
        while session.count < 8 || session[4] == "0" || session[5] == "0" || session[6] == "0" {
            try #require(!deadline.hasPassed, "no handshake: \(session)")
            session = try dump()["sa"]?[peer] ?? []
        }
        let told = try told()["sa"]?[peer] ?? []
        #expect(told.count == 8 && told[4] == session[4] && (Int(told[5]) ?? 0) >= (Int(session[5]) ?? 1))
        // Another peer comes, this one's addresses and preshared key stay, and so does its session; the port is the one that there is.
        let more = (files["sa"] ?? "") + "\n[Peer]\nPublicKey = \(try newKey())\nAllowedIPs = 10.79.0.0/24\n"
        try agent.put(Array(more.utf8), to: "/run/sa.conf")
        let change = try ours("sa", "--set", "/run/sa.conf")
        #expect(change["peers"]?.array?.count == 1 && change["peers"]?.array?.first?["action"] == "add")
        let kept = try dump()["sa"]?[peer] ?? []
        #expect(kept.count == 8 && kept[4] >= session[4] && (Int(kept[5]) ?? 0) >= (Int(session[5]) ?? 1))
        // setconf ends it.
        _ = try ours("sa", "--set", "/run/sa.conf", "--replace")
        #expect((Int(try dump()["sa"]?[peer]?[5] ?? "") ?? .max) < (Int(kept[5]) ?? 0))
    }

    private mutating func newKey() throws -> String { try run("wg", "genkey").filter { $0 != "\n" } }

    /// Kernel's refusals and a file's faults, each in a line.
    mutating func refusals(_ keys: [String]) throws {
        func expect(
            _ answer: Agent.Answer, _ exit: Int32, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(answer.status == exit && answer.output.isEmpty, "\(answer.errors)", sourceLocation: sourceLocation)
            #expect(answer.errors.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
            for word in words {
                #expect(answer.errors.contains(word), "\(answer.errors)", sourceLocation: sourceLocation)
            }
            for key in keys { #expect(!answer.errors.contains(key), sourceLocation: sourceLocation) }
        }
        let verb = ["/sbin/slipway", "link", "wireguard"]
        // The port of a link that is up.
        try agent.put(Array("[Interface]\nListenPort = 6002\n".utf8), to: "/run/port.conf")
        try run("ip", "link", "set", "wg0", "up")
        expect(try agent.run(verb + ["wg0", "--set", "/run/port.conf"]), 1, "wg0", "Address already in use")
        expect(try agent.run(verb + ["lo"]), 1, "lo")
        expect(try agent.run(verb + ["wg7"]), 4, "wg7")
        try agent.put(Array("[Interface]\nPrivateKey = \(keys[5])=\n".utf8), to: "/run/bad.conf")
        expect(try agent.run(verb + ["wg0", "--set", "/run/bad.conf"]), 1, "/run/bad.conf", "line 2", "PrivateKey")
        expect(try agent.run(verb + ["wg0", "--set", "/run/nonesuch.conf"]), 1, "/run/nonesuch.conf")
    }
}
