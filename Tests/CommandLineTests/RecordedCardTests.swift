import Documents
import FoundationEssentials
import Kernel
import SystemPackage
import TestSupport
import Testing

/// A node with Debian's kernel, three network cards and WireGuard, as `slipway record` kept it, and what wg, ethtool and ip printed
/// there at the same time (Tests/Fixtures/recordings; Scripts/recording-fixtures makes them).
private struct RecordedNode {
    static let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures/recordings/cards-debian-6.1.slipway")
    let peers: JSONValue

    init() throws {
        let path = Self.file.removingLastComponent().appending("cards-debian-6.1.json")
        peers = try JSONText.decode(JSONValue.self, from: LiveFiles().contents(of: path, limit: 4 << 20))
    }

    static func replay(_ words: String) throws -> CommandOutput { try slipway("\(words) --replay", file.string) }

    static func documents(_ words: String) throws -> [String: JSONValue] {
        let outcome = try replay("\(words) --json")
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        let all = try outcome.document.array ?? []
        return Dictionary(all.map { ($0["ifname"]?.string ?? "", $0) }) { first, _ in first }
    }

    /// The lines of `wg show all dump`.
    var dump: [[String]] {
        (peers["wg show all dump"]?.string ?? "").split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The lines `key: value` of one of ethtool's texts.
    func lines(_ link: String, _ part: String) -> [String: String] {
        var result: [String: String] = [:]
        var heading = ""
        for line in (peers["ethtool"]?[link]?[part]?.string ?? "").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            }
            guard parts.count == 2 else { continue }
            if parts[0] == "Pre-set maximums" { heading = "-max" }
            if parts[0] == "Current hardware settings" { heading = "" }
            result[parts[0] + heading] = parts[1]
        }
        return result
    }
}

@Suite("A recorded node with network cards and WireGuard")
struct RecordedCardTests {
    @Test("each verb's replay is the answer that was stored, and one link's is its part of that of all")
    func stored() throws {
        for verb in ["link ethtool", "link wireguard", "link list", "address list", "route list", "neighbor list"] {
            let stored = try run("tar -xOf \(RecordedNode.file) answers/\(verb.replacing(" ", with: "-")).json").output
            let outcome = try RecordedNode.replay("\(verb) --json")
            #expect(outcome.isSuccess && outcome.errors.isEmpty && outcome.output == stored, "\(verb)")
        }
        for verb in ["link ethtool", "link wireguard"] {
            for (name, document) in try RecordedNode.documents(verb) {
                #expect(try RecordedNode.documents("\(verb) \(name)") == [name: document], "\(verb) \(name)")
            }
            expectOneLine(try RecordedNode.replay("\(verb) eth9"), exit: 4, "eth9")
        }
    }

    @Test("WireGuard's peers are those that wg printed, and of its secret keys that there are some")
    func wireGuard() throws {
        let node = try RecordedNode()
        let documents = try RecordedNode.documents("link wireguard")
        let shown = try RecordedNode.replay("link wireguard --json --show-keys")
        #expect(shown.output == (try RecordedNode.replay("link wireguard --json").output))
        #expect(shown.errors.contains("redacted") && shown.errors.split(separator: "\n").count == 1)
        var count = 0
        for fields in node.dump {
            let device = documents[fields[0]]
            func secret(_ text: String) -> JSONValue { text == "(none)" ? .null : "<redacted>" }
            guard fields.count == 9 else {
                #expect(device?["private_key"] == secret(fields[1]))
                #expect(device?["public_key"] == (fields[2] == "(none)" ? .null : .string(fields[2])))
                #expect(device?["listen_port"]?.integer.map { "\($0)" } == fields[3])
                #expect(device?["fwmark"]?.integer.map { "0x" + String($0, radix: 16) } ?? "off" == fields[4])
                continue
            }
            count += 1
            let peer = device?["peers"]?.array?.first { $0["public_key"]?.string == fields[1] }
            #expect(peer?["preshared_key"] == secret(fields[2]), "\(fields[1])")
            #expect(peer?["endpoint"]?.string ?? "(none)" == fields[3])
            let addresses = (peer?["allowed_ips"]?.array ?? []).compactMap(\.string)
            #expect((addresses.isEmpty ? "(none)" : addresses.joined(separator: ",")) == fields[4])
            #expect(peer?["latest_handshake"]?.integer.map { "\($0)" } == fields[5])
            #expect(peer?["persistent_keepalive"]?.integer.map { "\($0)" } ?? "off" == fields[8])
        }
        #expect(count == 24 && documents.count == 2 && documents["wg0"]?["peers"]?.array?.count == count)
        #expect(node.dump.contains { $0.count == 9 && $0[4].split(separator: ",").count == 300 })
    }

    @Test("no secret key of wg's is in the recording: neither its bytes nor its base64 nor its hexadecimal")
    func secrets() throws {
        let bytes = try LiveFiles().contents(of: RecordedNode.file, limit: 8 << 20)
        let dump = try RecordedNode().dump
        let secrets = dump.map { $0.count == 9 ? $0[2] : $0[1] }.filter { $0 != "(none)" }
        #expect(secrets.count == 13)
        for secret in secrets {
            let raw = Array(try #require(Data(base64Encoded: secret)))
            #expect(raw.count == 32 && !bytes.tells(secret: raw, base64: secret))
        }
        // Public keys are told, so that the search is one.
        let known = try #require(dump.last { $0.count == 9 }?[1])
        #expect(bytes.tells(secret: Array(try #require(Data(base64Encoded: known))), base64: known))
    }

    @Test("features, rings, channels, coalescing, settings, addresses and drivers are those that ethtool printed")
    func ethtool() throws {
        let node = try RecordedNode()
        let documents = try RecordedNode.documents("link ethtool")
        #expect(documents.keys.sorted() == ["eth0", "eth1", "eth2", "lo", "wg0", "wg1"])
        for (name, document) in documents where name != "wg1" {
            var features = node.peers["ethtool"]?[name]?["k"]?.array?.first?.object ?? [:]
            features["ifname"] = nil
            #expect(features.count > 40 && document["features"]?.object == features, "\(name)")
            let settings = node.lines(name, "settings")
            #expect(
                settings["Speed"] == document["linkmodes"]?["speed"]?.integer.map { "\($0)Mb/s" }
                    ?? (document["linkmodes"] == nil ? nil : "Unknown!"), "\(name)")
            #expect(settings["Duplex"] == document["linkmodes"]?["duplex"]?.string, "\(name)")
            #expect(settings["Port"] == document["linkinfo"]?["port"]?.string, "\(name)")
            #expect(
                settings["Link detected"] == document["linkstate"]?["link"]?.bool.map { $0 ? "yes" : "no" }, "\(name)")
            let permanent = node.lines(name, "P")["Permanent address"] ?? ""
            #expect(document["permanent_address"]?.string ?? "not set" == permanent, "\(name)")
            let numbers = [
                ("g", "rings", ["RX": "rx", "TX": "tx"]),
                ("l", "channels", ["RX": "rx", "TX": "tx", "Combined": "combined"]),
            ]
            for (part, key, words) in numbers {
                for (word, field) in words {
                    for end in ["", "-max"] {
                        let value = document[key]?[field + end]?.integer.map { "\($0)" }
                        let line = node.lines(name, part)[word + end]
                        #expect(value == (line == "n/a" ? nil : line), "\(name) \(key) \(field)\(end)")
                    }
                }
            }
            for (word, value) in node.lines(name, "c") where word.contains("-") && value != "n/a" {
                #expect(document["coalesce"]?[word]?.integer.map { "\($0)" } == value, "\(name) \(word)")
            }
            let driver = node.lines(name, "i")
            #expect(document["driver_info"]?["driver"]?.string == driver["driver"], "\(name)")
            #expect(document["driver_info"]?["bus_info"]?.string ?? "" == driver["bus-info"] ?? "", "\(name)")
            // What only the driver can be asked is not made up.
            #expect(document["driver_info"]?["version"] == nil)
        }
        let drivers = Set(documents.values.compactMap { $0["driver_info"]?["driver"]?.string })
        #expect(drivers == ["virtio_net", "e1000e", "vmxnet3", "wireguard"])
        let counts = node.peers["ethtool"]?.object?.values.compactMap { $0["a"]?.array?.first?["autonegotiate"] }
        #expect(counts?.count == documents.values.filter { $0["pause"] != nil }.count)
    }

    @Test("links and addresses are those that ip printed")
    func links() throws {
        let node = try RecordedNode()
        let documents = try RecordedNode.documents("link list")
        let theirs = node.peers["ip -j -d address show"]?.array ?? []
        #expect(theirs.count == documents.count && documents.count == 6)
        for link in theirs {
            guard let name = link["ifname"]?.string, case .object(var expected) = link else { continue }
            let addresses = expected.removeValue(forKey: "addr_info")?.array ?? []
            #expect(differences(of: documents[name], from: .object(expected)) == [], "\(name)")
            let ours = documents[name]?["addr_info"]?.array ?? []
            #expect(ours.map { $0["local"] } == addresses.map { $0["local"] }, "\(name)")
        }
    }
}
