import Documents
import Fetch
import Platform
import Testing

@Suite("Equinix Metal's metadata service")
struct EquinixTests {
    static let path = "/metadata"
    static let service = SpoiltService(
        platform: "equinix",
        documents: [
            path: [
                "id": "d4b783e9", "plan": "c3.small.x86", "hostname": "a", "facility": "sv15", "metro": "sv",
                "private_subnets": ["10.0.0.0/8"], "volumes": [["access": "secret"]],
                "bgp_neighbors": [["md5_password": "hunter2", "peer_as": 65_530]],
                "network": [
                    "bonding": ["mode": 4], "interfaces": [["mac": "0c:c4:7a:e1:3d:d0", "bond": "bond0"]],
                    "addresses": [
                        [
                            "address": "203.0.113.33", "cidr": 31, "gateway": "203.0.113.32", "public": true,
                            "management": true, "enabled": true,
                        ]
                    ],
                ],
            ],
            "/userdata": "#!/bin/sh\n",
        ])

    @Test("the service is asked at its address, by its name")
    func requests() async throws {
        let http = try Self.service.http()
        #expect(try await Self.service.fetch(http).userData?.raw == Array("#!/bin/sh\n".utf8))
        #expect(http.lines == ["GET /metadata", "GET /userdata"])
        #expect(http.seen.allSatisfy { $0.header("Host") == "metadata.platformequinix.com" })
        #expect(http.seen.allSatisfy { $0.endpoint.address == "192.80.8.124" })
    }

    @Test(
        "what every server has is waited for until the deadline, and then named",
        arguments: [
            (["id"], "id"), (["plan"], "plan"), (["hostname"], "hostname"), (["network"], "network"),
            (["network", "interfaces"], "network.interfaces"), (["network", "interfaces", "0"], "network.interfaces"),
            (["network", "interfaces", "0", "mac"], "network.interfaces[0].mac"),
            (["network", "addresses"], "network.addresses"), (["network", "addresses", "0"], "network.addresses"),
            (["network", "addresses", "0", "address"], "network.addresses[0].address"),
            (["network", "addresses", "0", "cidr"], "network.addresses[0].cidr"),
            (["network", "addresses", "0", "public"], "network.addresses[0].public"),
        ])
    func required(place: [String], name: String) async throws {
        try await Self.service.expectRequired(Self.path, place, name)
    }

    @Test(
        "nonsense is refused and named, not believed",
        arguments: [
            (["id"], 1), (["plan"], ["a"]), (["tags"], ["a": "b"]), (["ssh_keys"], [1]), (["ssh_keys"], "ssh-rsa A"),
            (["private_subnets"], ["10.0.0.0/99"]), (["network"], "x"), (["network", "bonding"], "x"),
            (["network", "bonding", "mode"], 7), (["network", "bonding", "mode"], -1),
            (["network", "bonding", "mode"], 9_223_372_036_854_775_807), (["network", "interfaces"], "eth0"),
            (["network", "interfaces", "0", "mac"], "0c:c4:7a:e1:3d"),
            (["network", "interfaces", "0", "bond"], "../../etc"),
            (["network", "interfaces", "0", "bond"], "a-name-that-is-too-long"),
            (["network", "addresses", "0", "address"], "203.0.113.256"), (["network", "addresses", "0", "cidr"], 33),
            (["network", "addresses", "0", "cidr"], "x"), (["network", "addresses", "0", "netmask"], "255.0.255.0"),
            (["network", "addresses", "0", "gateway"], "2001:db8::1"),
            (["network", "addresses", "0", "public"], "perhaps"), (["network", "addresses", "0", "enabled"], 3),
            (["spot"], "x"), (["spot"], ["termination_time": 1]),
        ] as [([String], JSONValue)])
    func nonsense(place: [String], value: JSONValue) async throws {
        try await Self.service.expectNonsense(Self.path, place, value)
    }

    @Test("a server that the service does not know is refused", arguments: [401, 403, 301])
    func refusal(status: Int) async throws {
        let error = await Self.service.failure(try Self.service.http([Self.path: [.status(status)]]), within: .seconds(30))
        #expect(error?.kind == .refused && error?.status == status)
    }

    @Test("the raw keys have no passwords")
    func raw() async throws {
        let raw = try await Self.service.fetch(Self.service.http()).raw["metadata"]
        #expect(raw?["bgp_neighbors"] == [["peer_as": 65_530]])
        #expect(raw?["volumes"] == nil)
    }
}
