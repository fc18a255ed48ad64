import Documents
import Kernel
import Network
import SystemPackage
import TestSupport
import Testing

@Suite("ifupdown's format")
struct InterfacesFileTests {
    private static func path(_ name: String) -> FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures/network/interfaces")
            .appending(name)
    }

    private func read(_ text: String) throws -> NetworkDocument { try NetworkDocument(interfaces: Array(text.utf8)) }

    /// cloud-init takes one stanza an interface, and neither bonds nor bridges.
    @Test("it means what cloud-init and netplan make of it")
    func judged() async throws {
        let path = Self.path("static.txt")
        let document = try NetworkDocument(interfaces: try LiveFiles().contents(of: path, limit: 1 << 20))
        #expect(document.warnings == [])
        let directory = try TemporaryDirectory()
        try await run([
            "cloud-init devel net-convert -p \(path) -k eni -D debian -O netplan -d \(directory.path)",
            "netplan generate --root-dir \(directory.path)",
        ])
        NetworkJudgeTests().compare(
            document.network, with: try NetworkdFiles(in: directory.path.appending("run/systemd/network"))
        ) { ours, judge in
            // What cloud-init 22.4 loses on the way: `allow-hotplug`, and the MTU.
            for key in ["optional", "mtu"] {
                ours.properties[key] = nil
                judge.properties[key] = nil
            }
        }
    }

    @Test("bonds by either side, bridges, VLANs by name or option")
    func layers() throws {
        let bytes = try LiveFiles().contents(of: Self.path("layers.txt"), limit: 1 << 20)
        let document = try NetworkDocument(interfaces: bytes)
        #expect(document.warnings == [])
        func link(_ name: String) -> JSONValue? { document.network.interfaces.first { $0.name == name }?.document }
        #expect(link("bond0")?["members"] == ["eth0", "eth1"])
        #expect(link("bond0")?["options"] == ["mode": "802.3ad", "miimon": "100", "lacp_rate": "fast"])
        #expect(link("bond0")?["addresses"] == ["10.7.0.2/24"])
        #expect(link("br0")?["members"] == ["eth2"] && link("br0")?["dhcp4"] == true)
        // In hundredths of a second, as ip has them.
        #expect(link("br0")?["options"] == ["stp_state": "0", "forward_delay": "400"])
        #expect(link("eth0")?["kind"] == "physical")
        let vlans = try read(
            """
            iface eth0.5 inet dhcp
            iface vlan7 inet dhcp
              vlan-raw-device eth1
            iface eth0:1 inet static
              address 10.0.0.1/8
            iface eth0 inet6 auto
            """)
        #expect(vlans.network.interfaces.map { $0.document["id"] } == [5, 7, nil])
        #expect(vlans.network.interfaces.map { $0.document["link"] } == ["eth0", "eth1", nil])
        let last = try #require(vlans.network.interfaces.last)
        #expect(last.name == "eth0" && last.acceptsRouterAdvertisements == true && last.addresses.count == 1)
    }

    @Test("lines go on after a backslash, and each family has a stanza")
    func families() throws {
        let link = try read(
            """
            iface eth0 inet static
              address 10.0.0.1
              netmask 255.0.0.0
              dns-nameservers 10.0.0.53 \\
                10.0.0.54
            iface eth0 inet6 dhcp
              accept_ra 0
            """
        ).network.interfaces[0]
        #expect(link.addresses.map(\.description) == ["10.0.0.1/8"] && link.dhcp6 && !link.dhcp4)
        #expect(link.nameServers.count == 2 && link.acceptsRouterAdvertisements == false)
    }

    @Test("what is run, included or unknown is a warning with its line")
    func warnings() throws {
        let document = try read(
            """
            source /etc/network/interfaces.d/*
            iface eth0 inet dhcp
              up ip route add 10.0.0.0/8 via 10.1.0.1
              moon 1
            """)
        #expect(
            document.warnings.map(\.description) == [
                "line 1, source: not supported, left out", "line 3, up: not supported, left out",
                "line 4, moon: unknown, left out",
            ])
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            ("iface eth0", "line 1: missing"), ("\n\niface eth0 inet moon", "line 3: inet moon is none of"),
            ("iface eth0 inet static", "iface eth0.subnets[0].address: missing"),
            ("iface eth0 inet static\naddress 10.0.0.1\nnetmask 7.0.0.0", "iface eth0.subnets[0].netmask: 7.0.0.0"),
            ("iface eth0 inet dhcp\nmtu x", "iface eth0.mtu: x is not an integer"),
            ("iface averylongname0001 inet dhcp", "averylongname0001 is not an interface's name"),
        ])
    func wrong(text: String, words: String) throws {
        let error = #expect(throws: NetworkDocumentError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test("bytes that are no text are refused")
    func bytes() {
        #expect(throws: NetworkDocumentError.self) { try NetworkDocument(interfaces: [0xff, 0xfe]) }
        #expect(throws: NetworkDocumentError.self) {
            try NetworkDocument(interfaces: Array(repeating: 0x20, count: (1 << 20) + 1))
        }
    }
}
