import Documents
import Fetch
import Kernel
import Network
import Platform
import Platforms
import SystemPackage
import Testing

@Suite("Nova's metadata")
struct OpenStackTests {
    static let meta = "/openstack/latest/meta_data.json"
    static let net = "/openstack/latest/network_data.json"
    static let service = SpoiltService(
        platform: "openstack",
        documents: [
            meta: [
                "uuid": "d8e02d56", "hostname": "a.novalocal", "admin_pass": "secret", "random_seed": "secret",
                "public_keys": ["b": "ssh-rsa B\n", "a": "ssh-rsa A\n"],
            ],
            net: [
                "links": [
                    ["id": "tap0", "type": "ovs", "ethernet_mac_address": "fa:16:3e:9c:bf:3d", "mtu": 1450],
                    [
                        "id": "bond", "type": "bond", "ethernet_mac_address": "fa:16:3e:9c:bf:3d", "bond_mode": "802.3ad",
                        "bond_links": ["tap0"],
                    ],
                    [
                        "id": "vlan", "type": "vlan", "vlan_id": 5, "vlan_link": "bond",
                        "vlan_mac_address": "fa:16:3e:9c:bf:3e",
                    ],
                ],
                "networks": [
                    [
                        "id": "n0", "link": "tap0", "type": "ipv4", "ip_address": "10.0.0.5", "netmask": "255.255.255.0",
                        "routes": [["network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "10.0.0.1"]],
                    ]
                ],
                "services": [["type": "dns", "address": "10.0.0.2"]],
            ],
        ])

    @Test("the identity is waited for until the deadline, and then named")
    func required() async throws {
        try await Self.service.expectRequired(Self.meta, ["uuid"], "uuid")
    }

    @Test("a service that is not there yet, or not well, is asked again")
    func late() async throws {
        let service = Self.service
        let http = try service.http([
            Self.meta: [
                .status(500), .status(404), .body("{}"), service.reply(try #require(service.documents[Self.meta])),
            ],
            Self.net: [.status(503), service.reply(try #require(service.documents[Self.net]))],
        ])
        #expect(try await service.fetch(http).privateAddresses == ["10.0.0.5"])
    }

    @Test(
        "nonsense is refused and named, not believed",
        arguments: [
            (meta, [], "x"), (meta, ["uuid"], 5), (meta, ["hostname"], ["a"]), (meta, ["public_keys"], "ssh-rsa A"),
            (meta, ["public_keys"], ["a": 1]), (meta, ["meta"], [1]), (net, [], []), (net, ["links"], [:]),
            (net, ["links", "0"], "eth0"), (net, ["links", "0", "id"], nil), (net, ["links", "0", "id"], "bond"),
            (net, ["links", "0", "type"], 1), (net, ["links", "0", "ethernet_mac_address"], nil),
            (net, ["links", "0", "ethernet_mac_address"], "fa:16"), (net, ["links", "0", "mtu"], 70_000),
            (net, ["links", "0", "mtu"], 0), (net, ["links", "0", "mtu"], "9223372036854775808"),
            (net, ["links", "0", "name"], "a/b"), (net, ["links", "1", "bond_links"], ["nobody"]),
            (net, ["links", "1", "bond_links"], ["bond"]), (net, ["links", "1", "bond_links"], []),
            (net, ["links", "1", "bond_mode"], nil), (net, ["links", "1", "bond_miimon"], "1 0"),
            (net, ["links", "2", "vlan_id"], 4095), (net, ["links", "2", "vlan_id"], 0),
            (net, ["links", "2", "vlan_link"], "nobody"), (net, ["links", "2", "vlan_link"], "vlan"),
            (net, ["networks"], "x"), (net, ["networks", "0", "link"], "nobody"),
            (net, ["networks", "0", "type"], "ipv5"), (net, ["networks", "0", "type"], "ipv6"),
            (net, ["networks", "0", "ip_address"], nil), (net, ["networks", "0", "ip_address"], "10.0.0"),
            (net, ["networks", "0", "netmask"], nil), (net, ["networks", "0", "netmask"], "255.0.255.0"),
            (net, ["networks", "0", "netmask"], "33"), (net, ["networks", "0", "netmask"], "ffff::"),
            (net, ["networks", "0", "gateway"], "x"),
            (net, ["networks", "0", "routes"], [["network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "::1"]]),
            (net, ["networks", "0", "routes"], [["network": "0.0.0.0", "netmask": "0.0.0.0"]]),
            (net, ["networks", "0", "services"], [["type": "dns"]]), (net, ["services", "0", "address"], "resolver"),
        ] as [(String, [String], JSONValue?)])
    func nonsense(path: String, place: [String], value: JSONValue?) async throws {
        try await Self.service.expectNonsense(path, place, value ?? .null)
    }

    @Test("keys of others' making are understood: a gateway, a mask as a length, resolvers of a network, an unknown service")
    func dialects() async throws {
        let service = Self.service
        let http = try service.http([
            Self.net: [
                try service.reply([
                    "links": [["id": "a", "type": "vhostuser", "ethernet_mac_address": "fa:16:3e:9c:bf:3d", "name": "lan0"]],
                    "networks": [
                        [
                            "link": "a", "type": "ipv6", "ip_address": "2001:db8::5", "netmask": "64",
                            "gateway": "2001:db8::1", "dns_nameservers": ["2001:db8::53"],
                        ],
                        ["link": "a", "type": "ipv6_slaac"],
                    ],
                    "services": [["type": "ldap", "address": "nowhere"]],
                ])
            ]
        ])
        let snapshot = try await service.fetch(http)
        let interface = try #require(snapshot.network.interfaces.first)
        #expect(interface.name == "lan0" && interface.addresses.map(\.description) == ["2001:db8::5/64"])
        #expect(interface.routes.map { $0.gateway?.description } == ["2001:db8::1"])
        #expect(interface.acceptsRouterAdvertisements == true)
        #expect(snapshot.nameServers.map(\.description) == ["2001:db8::53"])
    }

    @Test("the keys are in the order of their names; the raw ones have no secrets")
    func keys() async throws {
        let snapshot = try await Self.service.fetch(Self.service.http())
        #expect(snapshot.sshKeys == ["ssh-rsa A", "ssh-rsa B"])
        #expect(snapshot.raw["meta_data"]?["admin_pass"] == nil && snapshot.raw["meta_data"]?["random_seed"] == nil)
        #expect(snapshot.raw["network_data"] == Self.service.documents[Self.net])
    }

    @Test("IPv6's address is asked on each link, where links are named")
    func perLink() async throws {
        let http = ScriptedHTTP([:], otherwise: .fault(.cannotConnect(.networkUnreachable)))
        var context = Self.service.context(http, within: .seconds(2))
        context.links = ["eth0", "eth1"]
        let source = try #require(Registry.platform("openstack")?.source)
        let error = await #expect(throws: PlatformError.self) { try await source.snapshot(in: context) }
        #expect(error?.exit == .timedOut)
        let asked = Set(http.seen.map { "\($0.endpoint.address)%\($0.endpoint.interface ?? "")" })
        #expect(
            asked == [
                "169.254.169.254%eth0", "fe80::a9fe:a9fe%eth0", "169.254.169.254%eth1", "fe80::a9fe:a9fe%eth1",
            ])
    }

    @Test("a config drive is read, and no service is asked; one whose files are nonsense is named")
    func drive() async throws {
        let http = ScriptedHTTP([:])
        var context = Self.service.context(http)
        context.volumes = Drive(files: ["openstack/2018-08-27/meta_data.json": #"{"uuid":"u1"}"#])
        let source = try #require(Registry.platform("openstack")?.source)
        #expect(try await source.snapshot(in: context).instanceID == "u1")
        for (text, words) in [("{}", "there is no uuid"), ("[", "/dev/sr0:openstack/2018-08-27/meta_data.json")] {
            context.volumes = Drive(files: ["openstack/2018-08-27/meta_data.json": text])
            let error = await #expect(throws: PlatformError.self) { try await source.snapshot(in: context) }
            #expect(error?.exit == .failed && error?.message.contains(words) == true)
        }
        context.volumes = Drive(files: ["openstack/2018-08-27/network_data.json": "{}"])
        let error = await #expect(throws: PlatformError.self) { try await source.snapshot(in: context) }
        #expect(error?.message.contains("there is no meta_data.json") == true)
        #expect(http.lines.isEmpty)
    }

    private struct Drive: VolumeFinder, ConfigurationVolume {
        let files: [String: String]
        let name = "/dev/sr0"
        let label = "config-2"
        func volumes(labeled labels: [String]) -> [any ConfigurationVolume] {
            Self.isOne(label, of: labels) ? [self] : []
        }
        func contents(of path: String, limit: Int) -> [UInt8]? { files[path].map { Array($0.utf8) } }
        func entries(of path: String) -> [String]? {
            let names = files.keys.filter { $0.hasPrefix(path + "/") }.compactMap {
                $0.dropFirst(path.count + 1).split(separator: "/").first.map(String.init)
            }
            return names.isEmpty ? nil : names
        }
    }
}
