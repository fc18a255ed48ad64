import Documents
import Glibc
import Kernel
import Network
import SystemPackage
import TestSupport
import Testing

/// A document of `Tests/Fixtures/network/<version>/`: JSON, which is YAML to the judges.
struct WrittenNetworkFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let path: FilePath
    var testDescription: String { name }

    static func all(_ version: String) -> [WrittenNetworkFixture] {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .appending("Fixtures").appending("network").appending(version)
        return ((try? LiveFiles().entries(of: folder)) ?? []).filter { $0.hasSuffix(".json") }
            .map { WrittenNetworkFixture(name: "\(version)/\($0.dropLast(5))", path: folder.appending($0)) }
    }

    func document() throws -> NetworkDocument {
        let bytes = try LiveFiles().contents(of: path, limit: 1 << 20)
        return try NetworkDocument(try JSONText.decode(JSONValue.self, from: bytes))
    }
}

/// The judges are Debian's netplan and cloud-init: each turns the same document into systemd-networkd's files.
@Suite("Written networks mean what the judges make of them")
struct NetworkJudgeTests {
    @Test("netplan's format", arguments: WrittenNetworkFixture.all("v2"))
    func version2(fixture: WrittenNetworkFixture) async throws {
        let document = try fixture.document()
        let directory = try TemporaryDirectory()
        let configuration = directory.path.appending("etc").appending("netplan")
        try await run([
            "mkdir -p \(configuration)", "cp \(fixture.path) \(configuration)/10.yaml",
            "chmod 600 \(configuration)/10.yaml", "netplan generate --root-dir \(directory.path)",
        ])
        let judge = try NetworkdFiles(in: directory.path.appending("run/systemd/network"))
        compare(document.network, with: judge)
    }

    /// By way of netplan's format, for cloud-init's own files of networkd know neither bonds nor VLANs; what it loses on that way
    /// is asked of those files (`loses`).
    @Test("cloud-init's first version", arguments: WrittenNetworkFixture.all("v1"))
    func version1(fixture: WrittenNetworkFixture) async throws {
        let network = try fixture.document().network
        let directory = try TemporaryDirectory()
        let top = directory.path
        try await run([
            "cloud-init devel net-convert -p \(fixture.path) -k yaml -D debian -O netplan -d \(top)/n",
            "netplan generate --root-dir \(top)/n",
            "cloud-init devel net-convert -p \(fixture.path) -k yaml -D debian -O networkd -d \(top)/d",
        ])
        compare(network, with: try NetworkdFiles(in: top.appending("n/run/systemd/network"))) { ours, judge in
            // Debian 12's loses name servers, routes of the machine and metrics of leases (their meaning is judged below); it says
            // `dhcp6` of every way to IPv6 addresses, because networkd brings no link up for advertisements alone; and its format
            // has no word for a link that somebody else brings up.
            for key in ["metric", "use_mtu", "dhcp", "accept_ra", "optional", "activation"] {
                ours.properties[key] = nil
                judge.properties[key] = nil
            }
            (ours.nameServers, ours.domains, judge.nameServers, judge.domains) = ([], [], [], [])
            ours.routes = ours.routes.filter { !machineRoutes(network, fixture).contains($0) }
        }
        let own = try NetworkdFiles(in: top.appending("d/etc/systemd/network"))
        #expect(own.files(".network").count == network.interfaces.count)
        for interface in network.interfaces {
            let file = try #require(own.files.first { $0.name == "10-cloud-init-\(interface.name ?? "").network" })
            let judge = LinkMeaning(file)
            var ours = LinkMeaning(interface, master: nil, vlans: [], isPrimary: false)
            // It writes what is of the machine to every link.
            ours.nameServers.formUnion(network.nameServers.map(\.description))
            ours.domains.formUnion(network.searchDomains)
            // A link's own servers stand instead of the machine's where an entry names the link.
            #expect(judge.nameServers.isSubset(of: ours.nameServers))
            #expect(Set(interface.nameServers.map(\.description)).isSubset(of: judge.nameServers))
            #expect(judge.domains.isSubset(of: ours.domains))
            let machine = Set(network.routes.map(LinkMeaning.words)).union(machineRoutes(network, fixture))
            #expect(ours.routes.subtracting(judge.routes) == [])
            #expect(judge.routes.subtracting(ours.routes).subtracting(machine) == [])
            #expect(ours.addresses == judge.addresses)
            // Advertisements alone are no lease.
            #expect(ours.properties["dhcp"] == judge.properties["dhcp"])
            #expect(ours.properties["mtu"] == judge.properties["mtu"])
        }
    }

    /// Routes that stand beside the devices in the document, whichever interface we have them on.
    private func machineRoutes(_ network: DesiredNetwork, _ fixture: WrittenNetworkFixture) -> Set<String> {
        let bytes = (try? LiveFiles().contents(of: fixture.path, limit: 1 << 20)) ?? []
        guard let value = try? JSONText.decode(JSONValue.self, from: bytes) else { return [] }
        let entries = (value["network"] ?? value)["config"]?.array ?? []
        let alone: JSONValue = [
            "version": 1, "config": .array(entries.filter { $0["type"]?.string == "route" }),
        ]
        let routes = (try? NetworkDocument(alone))?.network.routes ?? []
        return Set(routes.map(LinkMeaning.words))
    }

    func compare(
        _ network: DesiredNetwork, with judge: NetworkdFiles,
        but adjust: (inout LinkMeaning, inout LinkMeaning) -> Void = { _, _ in }
    ) {
        var seen: Set<String> = []
        for file in judge.files(".network") {
            let key = Self.key(file)
            guard let interface = network.interfaces.first(where: { Self.key($0) == key }) else {
                Issue.record("\(file.name): no interface of ours is \(key)")
                continue
            }
            seen.insert(key)
            let names = [interface.reference, interface.name].compactMap { $0 }
            let owners = network.interfaces.filter { Self.members(of: $0).contains(where: names.contains) }
            let vlans = network.interfaces.filter {
                if case .vlan(_, let link) = $0.kind { names.contains(link) } else { false }
            }
            let isPrimary = owners.contains { owner in
                if case .bond(_, let options) = owner.kind {
                    options["primary"].map(names.contains) == true
                } else {
                    false
                }
            }
            var ours = LinkMeaning(
                interface, master: owners.first?.name, vlans: Set(vlans.compactMap(\.name)), isPrimary: isPrimary)
            var theirs = LinkMeaning(file)
            adjust(&ours, &theirs)
            #expect(ours.differences(from: theirs) == [], "\(file.name)")
        }
        // netplan writes no file for a link of which nothing is said but what is in its .link file.
        for interface in network.interfaces where !seen.contains(Self.key(interface)) {
            Issue.record("the judge has no \(Self.key(interface))")
        }
        for file in judge.files(".netdev") { compareDevice(network, file) }
        for file in judge.files(".link") {
            guard let name = file.value("Link", "Name") else { continue }
            #expect(network.interfaces.contains { $0.name == name && Self.linkKey($0) == Self.linkKey(file) })
        }
    }

    private static func members(of interface: DesiredNetwork.Interface) -> [String] {
        switch interface.kind {
        case .bond(let members, _), .bridge(let members, _): members
        default: []
        }
    }

    private static func key(_ file: NetworkdFiles.File) -> String {
        if let mac = file.value("Match", "PermanentMACAddress") { return mac.lowercased() }
        return "\(file.value("Match", "Driver") ?? "")|\(file.value("Match", "Name") ?? "")"
    }

    private static func key(_ interface: DesiredNetwork.Interface) -> String {
        if interface.kind == .physical, let mac = interface.mac { return mac.description }
        let drivers = interface.match?.drivers.joined(separator: " ") ?? ""
        return "\(drivers)|\(interface.name ?? interface.match?.name ?? "")"
    }

    private static func linkKey(_ file: NetworkdFiles.File) -> String {
        if let mac = file.value("Match", "PermanentMACAddress") { return mac.lowercased() }
        return "\(file.value("Match", "Driver") ?? "")|\(file.value("Match", "OriginalName") ?? "")"
    }

    private static func linkKey(_ interface: DesiredNetwork.Interface) -> String {
        if let mac = interface.mac { return mac.description }
        return "\(interface.match?.drivers.joined(separator: " ") ?? "")|\(interface.match?.name ?? "")"
    }
}
