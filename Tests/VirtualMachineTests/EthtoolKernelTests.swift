import Documents
import Kernel
import TestSupport
import Testing
import VirtualMachine

/// What the drivers of QEMU's network cards tell us, and what they tell ethtool(8).
@Suite("ethtool against drivers", .machines)
struct EthtoolKernelTests {
    @Test(
        "features, rings, channels, coalescing, pause, settings, driver and time stamps are those that ethtool prints")
    func likeEthtool() async throws {
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.nics = [.virtio, .e1000e, .vmxnet3]
            $0.timeout = .seconds(500)
        }
        try await Lab.boot(configuration) { machine, _ in
            var cards = Cards(agent: try Agent(machine))
            let all = try cards.documents("link", "ethtool")
            let drivers = all.mapValues { $0["driver_info"]?["driver"]?.string ?? "" }
            #expect(Set(drivers.values).isSuperset(of: ["virtio_net", "e1000e", "vmxnet3"]))
            for (name, document) in all {
                let one = try cards.documents("link", "ethtool", name)[name]
                #expect(
                    differences(of: one, from: document) == [] && differences(of: document, from: one ?? .null) == [])
                try cards.judge(document, name)
            }
            try cards.changes(drivers)
            try cards.recorded()
        }
    }
}

private struct Cards: ~Copyable {
    var agent: Agent

    mutating func documents(_ words: String...) throws -> [String: JSONValue] {
        let answer = try agent.run(["/sbin/slipway"] + words + ["--json"])
        #expect(answer.status == 0, "\(words): \(answer.errors)")
        let all = try JSONText.decode(JSONValue.self, from: Array(answer.output.utf8)).array ?? []
        return Dictionary(all.map { ($0["ifname"]?.string ?? "", $0) }) { first, _ in first }
    }

    /// The object of `ethtool --json`; nil where the driver has nothing of the kind.
    mutating func json(_ words: String...) throws -> [String: JSONValue]? {
        let answer = try agent.run(["ethtool", "--json"] + words)
        guard answer.status == 0 else { return nil }
        var object = try JSONText.decode(JSONValue.self, from: Array(answer.output.utf8)).array?.first?.object
        object?["ifname"] = nil
        return object
    }

    /// The lines `key: value` of `ethtool`'s text, those behind a heading with it before them; nil where the driver has none.
    mutating func text(_ words: String...) throws -> [String: String]? {
        let answer = try agent.run(["ethtool"] + words)
        guard answer.status == 0 else { return nil }
        var result: [String: String] = [:]
        var heading = ""
        for line in answer.output.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
            guard parts.count == 2 else { continue }
            if parts[1].isEmpty, ["Pre-set maximums", "Current hardware settings"].contains(parts[0]) {
                heading = parts[0] + " "
            }
            result[heading + parts[0]] = parts[1]
        }
        return result
    }

    private static func trimmed(_ text: Substring) -> String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
    }

    mutating func judge(_ ours: JSONValue, _ name: String) throws {
        try judgeSettings(ours, name)
        try judgeDriver(ours, name)
        // What 6.1's ethtool has as JSON.
        let features = try json("-k", name) ?? [:]
        #expect(features.count > 40 && ours["features"]?.object?.count == features.count, "\(name)")
        #expect(differences(of: ours["features"], from: .object(features)) == [], "\(name)")
        let pause = try json("-I", "-a", name)
        #expect((pause?.isEmpty ?? true) == (ours["pause"] == nil), "\(name)")
        if let pause, !pause.isEmpty {
            // 6.1 says true in JSON whatever it is (it prints whether there is a value): its keys count, and its text's values.
            let lines = try text("-a", name)
            func isOn(_ line: String) -> JSONValue { .bool(lines?[line] == "on") }
            var expected: [String: JSONValue] = [
                "autonegotiate": isOn("Autonegotiate"), "rx": isOn("RX"), "tx": isOn("TX"),
            ]
            if pause["negotiated"] != nil {
                expected["negotiated"] = ["rx": isOn("RX negotiated"), "tx": isOn("TX negotiated")]
            }
            // Counts that a driver does not have are an empty object there.
            if let counts = pause["statistics"], counts != [:] { expected["statistics"] = counts }
            #expect(ours["pause"]?.object == expected && pause.keys.sorted().starts(with: ["autonegotiate"]), "\(name)")
        }
        let correction = try json("-I", "--show-fec", name)
        #expect((correction?.isEmpty ?? true) == (ours["fec"] == nil), "\(name)")
        if let correction, !correction.isEmpty {
            #expect(ours["fec"]?.object == correction.filter { $0.value != [:] }, "\(name)")
        }
        // Of these drivers none counts any; the groups are there all the same.
        let groups = try json("-S", name, "--all-groups") ?? [:]
        #expect(groups.count >= 4 && ours["statistics"]?.object == groups, "\(name)")
        // And what it has as text.
        try judgeNumbers(ours["rings"], try text("-g", name), Self.rings, name)
        try judgeNumbers(ours["channels"], try text("-l", name), Self.channels, name)
        let coalescing = try text("-c", name)
        try judgeNumbers(ours["coalesce"], coalescing, Self.coalescing, name)
        if let adaptive = coalescing?["Adaptive RX"], adaptive.hasPrefix("o") {
            #expect(ours["coalesce"]?["adaptive-rx"]?.bool == adaptive.hasPrefix("on"), "\(name)")
        }
    }

    private static let rings = [
        "rx-max": "Pre-set maximums RX", "rx-mini-max": "Pre-set maximums RX Mini",
        "rx-jumbo-max": "Pre-set maximums RX Jumbo",
        "tx-max": "Pre-set maximums TX", "rx": "Current hardware settings RX",
        "rx-mini": "Current hardware settings RX Mini",
        "rx-jumbo": "Current hardware settings RX Jumbo", "tx": "Current hardware settings TX",
        "rx-buf-len": "Current hardware settings RX Buf Len", "cqe-size": "Current hardware settings CQE Size",
    ]
    private static let channels = [
        "rx-max": "Pre-set maximums RX", "tx-max": "Pre-set maximums TX", "other-max": "Pre-set maximums Other",
        "combined-max": "Pre-set maximums Combined", "rx": "Current hardware settings RX",
        "tx": "Current hardware settings TX", "other": "Current hardware settings Other",
        "combined": "Current hardware settings Combined",
    ]
    private static let coalescing = Dictionary(
        uniqueKeysWithValues: [
            "rx-usecs", "rx-frames", "rx-usecs-irq", "rx-frames-irq", "tx-usecs", "tx-frames", "tx-usecs-irq",
            "tx-frames-irq",
            "stats-block-usecs", "sample-interval", "pkt-rate-low", "pkt-rate-high", "rx-usecs-low", "rx-frame-low",
            "tx-usecs-low", "tx-frame-low", "rx-usecs-high", "rx-frame-high", "tx-usecs-high", "tx-frame-high",
        ].map { ($0, $0) })

    private mutating func judgeNumbers(
        _ ours: JSONValue?, _ theirs: [String: String]?, _ keys: [String: String], _ name: String
    ) throws {
        guard let theirs else {
            #expect(ours == nil, "\(name)")
            return
        }
        for (key, line) in keys {
            let expected = theirs[line].flatMap { $0 == "n/a" ? nil : $0 }
            #expect(ours?[key]?.integer.map { "\($0)" } == expected, "\(name) \(line)")
        }
        #expect(
            ours?.object?.keys.allSatisfy {
                keys[$0] != nil || ["tx-push", "tcp-data-split"].contains($0) || $0.hasPrefix("adaptive")
                    || $0.hasPrefix("cqe-mode")
            } == true)
    }

    private mutating func judgeSettings(_ ours: JSONValue, _ name: String) throws {
        let settings = try text(name) ?? [:]
        #expect(settings["Link detected"] == ours["linkstate"]?["link"]?.bool.map { $0 ? "yes" : "no" }, "\(name)")
        let modes = ours["linkmodes"]
        if modes == nil {
            #expect(settings["Speed"] == nil, "\(name)")
        } else {
            #expect(settings["Speed"] == modes?["speed"]?.integer.map { "\($0)Mb/s" } ?? "Unknown!", "\(name)")
            #expect(settings["Duplex"] == modes?["duplex"]?.string, "\(name)")
            #expect(settings["Auto-negotiation"] == modes?["autoneg"]?.bool.map { $0 ? "on" : "off" }, "\(name)")
        }
        // The modes, over several lines: each of theirs is one of ours.
        let lines = try agent.run("ethtool", name).output.split(separator: "\n").map(Self.trimmed)
        for (heading, key) in [("Supported link modes:", "supported"), ("Advertised link modes:", "advertised")] {
            guard let start = lines.firstIndex(where: { $0.hasPrefix(heading) }) else { continue }
            var listed = lines[start].dropFirst(heading.count).split(separator: " ").map(String.init)
            for line in lines[(start + 1)...].prefix(while: { !$0.contains(":") }) {
                listed += line.split(separator: " ").map(String.init)
            }
            if listed == ["Not", "reported"] { listed = [] }
            let own = Set((modes?[key]?.array ?? []).compactMap(\.string))
            #expect(Set(listed).isSubset(of: own), "\(name) \(heading) \(own)")
            #expect(own.filter { $0.contains("base") } == Set(listed), "\(name) \(heading)")
        }
        let information = ours["linkinfo"]
        #expect(settings["Port"] == information?["port"]?.string, "\(name)")
        #expect(settings["PHYAD"] == information?["phyaddr"]?.integer.map { "\($0)" }, "\(name)")
        #expect(settings["Transceiver"] == information?["transceiver"]?.string, "\(name)")
        if let crossed = settings["MDI-X"] {
            #expect(crossed.lowercased().hasPrefix(information?["tp_mdix"]?.string ?? "-"), "\(name)")
        }
        // Letters for the modes that wake: p is phy, u ucast, m mcast, b bcast, a arp, g magic, s magic's password, f filter.
        let letters = [
            "p": "phy", "u": "ucast", "m": "mcast", "b": "bcast", "a": "arp", "g": "magic", "s": "magicsecure",
            "f": "filter",
        ]
        for (line, key) in [("Supports Wake-on", "supported"), ("Wake-on", "enabled")] {
            guard let letter = settings[line] else {
                #expect(ours["wol"] == nil || ours["wol"]?["supported"] == [], "\(name)")
                continue
            }
            let expected = letter.compactMap { letters[String($0)] }
            #expect(Set(expected) == Set((ours["wol"]?[key]?.array ?? []).compactMap(\.string)), "\(name) \(line)")
        }
    }

    private mutating func judgeDriver(_ ours: JSONValue, _ name: String) throws {
        let info = ours["driver_info"]
        let theirs = try text("-i", name)
        #expect((theirs == nil) == (info == nil), "\(name)")
        if let theirs {
            #expect(
                theirs["driver"] == info?["driver"]?.string && theirs["version"] == info?["version"]?.string, "\(name)")
            #expect(theirs["bus-info"] == info?["bus_info"]?.string ?? "", "\(name)")
            #expect(theirs["firmware-version"] == info?["fw_version"]?.string ?? "", "\(name)")
            #expect(theirs["expansion-rom-version"] == info?["erom_version"]?.string ?? "", "\(name)")
            for (line, key) in [
                ("supports-statistics", "n_stats"), ("supports-test", "testinfo_len"),
                ("supports-eeprom-access", "eedump_len"),
                ("supports-register-dump", "regdump_len"), ("supports-priv-flags", "n_priv_flags"),
            ] { #expect(theirs[line] == ((info?[key]?.integer ?? 0) > 0 ? "yes" : "no"), "\(name) \(line)") }
            // As many as -S lists, below a heading.
            let statistics = try agent.run("ethtool", "-S", name)
            let count = statistics.status == 0 ? statistics.output.split(separator: "\n").count - 1 : 0
            #expect(info?["n_stats"]?.integer == Int64(count), "\(name)")
        }
        let permanent = try text("-P", name)?["Permanent address"]
        let isNone = permanent == "not set" || permanent == "00:00:00:00:00:00"
        #expect(ours["permanent_address"]?.string == (isNone ? nil : permanent), "\(name)")
        let stamps = try agent.run("ethtool", "-T", name).output.split(separator: "\n").map(String.init)
        let capabilities = stamps.drop { $0 != "Capabilities:" }.dropFirst().prefix { $0.hasPrefix("\t") }.map {
            $0.filter { $0 != "\t" }
        }
        #expect(
            Set(capabilities) == Set((ours["tsinfo"]?["timestamping"]?.array ?? []).compactMap(\.string)), "\(name)")
        let clock = stamps.first { $0.hasPrefix("PTP Hardware Clock:") }?.split(separator: ":").last.map(Self.trimmed)
        #expect(clock == (ours["tsinfo"]?["phc_index"]?.integer.map { "\($0)" } ?? "none"), "\(name)")
    }

    /// What ethtool changes, we read.
    mutating func changes(_ drivers: [String: String]) throws {
        for (name, driver) in drivers {
            var settings: [[String]] = []
            switch driver {
            case "e1000e":
                settings = [
                    ["-A", name, "autoneg", "off", "rx", "on", "tx", "off"], ["-G", name, "rx", "512", "tx", "1024"],
                    ["-C", name, "rx-usecs", "30"], ["-s", name, "wol", "d"],
                ]
            case "vmxnet3": settings = [["-G", name, "rx", "512"], ["-K", name, "gro", "off", "rxvlan", "off"]]
            case "virtio_net":
                settings = [["-K", name, "tso", "off"], ["-s", name, "duplex", "full", "speed", "1000"]]
            default: continue
            }
            for words in settings {
                let answer = try agent.run(["ethtool"] + words)
                #expect(answer.status == 0, "\(words): \(answer.errors)")
            }
            // A card may be set anew by that, and its link come back later.
            let deadline = Deadline(in: .seconds(20))
            while try text(name)?["Link detected"] != "yes", !deadline.hasPassed {}
            try judge(try documents("link", "ethtool", name)[name] ?? .null, name)
        }
    }

    /// A recording answers the same, for one card too, but for what the driver alone says of itself.
    mutating func recorded() throws {
        let made = try agent.run("/sbin/slipway", "record", "-o", "/run/node.slipway")
        #expect(made.status == 0, "\(made.errors)")
        let live = try documents("link", "ethtool")
        let replayed = try documents("link", "ethtool", "--replay", "/run/node.slipway")
        #expect(live.keys.sorted() == replayed.keys.sorted())
        let byDriver: Set = [
            "version", "fw_version", "erom_version", "n_stats", "testinfo_len", "n_priv_flags", "eedump_len",
            "regdump_len",
        ]
        for (name, document) in live {
            guard case .object(var expected) = document else { continue }
            if case .object(let info) = expected["driver_info"] {
                expected["driver_info"] = .object(info.filter { !byDriver.contains($0.key) })
            }
            #expect(replayed[name]?.object == expected, "\(name)")
            let one = try documents("link", "ethtool", name, "--replay", "/run/node.slipway")
            #expect(one == [name: replayed[name] ?? .null], "\(name)")
        }
    }
}
