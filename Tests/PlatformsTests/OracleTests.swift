import Documents
import Platform
import Testing

@Suite("Oracle's instance metadata service")
struct OracleTests {
    static let instance = "/opc/v2/instance/"
    static let links = "/opc/v2/vnics/"
    static let service = SpoiltService(
        platform: "oracle",
        documents: [
            instance: [
                "id": "ocid1.instance.oc1.phx.a", "shape": "VM.Standard.E3.Flex", "canonicalRegionName": "us-phoenix-1",
                "availabilityDomain": "qIZq:PHX-AD-1", "hostname": "a", "metadata": ["user_data": "c2VjcmV0", "role": "db"],
            ],
            links: [
                [
                    "macAddr": "02:00:17:05:D1:DB", "privateIp": "10.0.0.230", "virtualRouterIp": "10.0.0.1",
                    "subnetCidrBlock": "10.0.0.0/24", "vlanTag": 1039, "ipv6Addresses": ["2001:db8::5"],
                    "ipv6SubnetCidrBlock": "2001:db8::/64",
                ]
            ],
        ])

    @Test("version 2 is asked, with its field, two documents and no more")
    func requests() async throws {
        let http = try Self.service.http()
        _ = try await Self.service.fetch(http)
        #expect(Set(http.lines) == ["GET \(Self.instance)", "GET \(Self.links)"] && http.lines.count == 2)
        #expect(http.seen.allSatisfy { $0.header("Authorization") == "Bearer Oracle" })
    }

    @Test(
        "what every machine has is waited for until the deadline, and then named",
        arguments: [
            (instance, ["id"], "id"), (instance, ["shape"], "shape"), (instance, ["hostname"], "hostname"),
            (instance, ["canonicalRegionName"], "canonicalRegionName"),
            (instance, ["availabilityDomain"], "availabilityDomain"), (links, ["0"], "the first VNIC"),
            (links, ["0", "macAddr"], "[0].macAddr"), (links, ["0", "subnetCidrBlock"], "[0].subnetCidrBlock"),
            (links, ["0", "virtualRouterIp"], "[0].virtualRouterIp"),
            (links, ["0", "ipv6SubnetCidrBlock"], "[0].ipv6SubnetCidrBlock"),
        ])
    func required(path: String, place: [String], name: String) async throws {
        try await Self.service.expectRequired(path, place, name)
    }

    @Test("moments without the documents, while the service is brought up to date, pass")
    func windows() async throws {
        let service = Self.service
        let http = try service.http([
            Self.instance: [.status(404), .status(404), service.reply(try #require(service.documents[Self.instance]))],
            Self.links: [
                .status(404), .body("[]"), .status(503), service.reply(try #require(service.documents[Self.links])),
            ],
        ])
        #expect(try await service.fetch(http).privateAddresses == ["10.0.0.230"])
    }

    @Test(
        "nonsense is refused and named, not believed",
        arguments: [
            (instance, ["id"], ["a"]), (instance, ["shape"], 7), (instance, ["hostname"], "a\u{0}b"),
            (instance, ["metadata"], "x"), (instance, ["metadata", "user_data"], "***"),
            (instance, ["metadata", "ssh_authorized_keys"], 1), (instance, ["freeformTags"], ["a": 1]),
            (instance, ["definedTags"], ["a": "b"]), (links, [], "x"), (links, [], [:]), (links, ["0"], 1),
            (links, ["0", "macAddr"], "02:00"), (links, ["0", "macAddr"], "ff:ff:ff:ff:ff:ff"),
            (links, ["0", "privateIp"], "10.0.0.256"), (links, ["0", "privateIp"], "2001:db8::1"),
            (links, ["0", "privateIp"], "10.0.1.1"), (links, ["0", "subnetCidrBlock"], "10.0.0.0"),
            (links, ["0", "subnetCidrBlock"], "10.0.0.0/64"), (links, ["0", "virtualRouterIp"], "router"),
            (links, ["0", "vlanTag"], 9_999_999_999_999), (links, ["0", "nicIndex"], "x"), (links, ["0", "nicIndex"], 0),
            (links, ["0", "ipv6Addresses"], "2001:db8::5"), (links, ["0", "ipv6Addresses"], ["2001:db9::5"]),
            (links, ["0", "ipv6VirtualRouterIp"], "10.0.0.1"),
        ] as [(String, [String], JSONValue)])
    func nonsense(path: String, place: [String], value: JSONValue) async throws {
        try await Self.service.expectNonsense(path, place, value)
    }

    @Test("a refusal ends at once", arguments: [400, 401, 403, 302, 405])
    func refusal(status: Int) async throws {
        let http = try Self.service.http([Self.instance: [.status(status)], Self.links: [.status(status)]])
        let error = await Self.service.failure(http, within: .seconds(30))
        #expect(error?.kind == .refused && error?.status == status && error?.exit == .failed)
    }

    @Test("the raw keys have no user data")
    func raw() async throws {
        let snapshot = try await Self.service.fetch(Self.service.http())
        #expect(snapshot.userData?.decoded == Array("secret".utf8))
        #expect(snapshot.raw["instance"]?["metadata"] == ["role": "db"])
    }
}
