import Documents
import Fetch
import Kernel
import Platform
import Platforms
import Testing

@Suite("Azure's Instance Metadata Service")
struct AzureTests {
    static let instance = "/metadata/instance?api-version=2021-12-13"
    static let attested = "/metadata/attested/document?api-version=2020-09-01"
    static let events = "/metadata/scheduledevents?api-version=2020-07-01"
    static let service = SpoiltService(
        platform: "azure",
        documents: [
            instance: [
                "compute": [
                    "vmId": "02aab8a4", "vmSize": "Standard_A3", "location": "westus", "name": "a", "zone": "",
                    "priority": "", "userData": "c2VjcmV0", "customData": "secret", "tagsList": [],
                    "publicKeys": [
                        ["keyData": "ssh-rsa A"], ["keyData": "---- BEGIN SSH2 PUBLIC KEY ----\r\nAAAA\r\n----"],
                    ],
                ],
                "network": [
                    "interface": [
                        [
                            "macAddress": "000D3AF806EC",
                            "ipv4": [
                                "ipAddress": [["privateIpAddress": "10.1.0.4", "publicIpAddress": ""]],
                                "subnet": [["address": "10.1.0.0", "prefix": "24"]],
                            ],
                            "ipv6": ["ipAddress": []],
                        ]
                    ]
                ],
            ],
            attested: ["encoding": "pkcs7", "signature": "MIIEEg"],
        ])
    private static let link = ["network", "interface", "0"]

    @Test("the requests are those of the documents; Scheduled Events are left alone, for asking turns them on")
    func requests() async throws {
        let http = try Self.service.http()
        let snapshot = try await Self.service.fetch(http)
        #expect(http.lines == ["GET \(Self.instance)", "GET \(Self.attested)"])
        #expect(http.seen.allSatisfy { $0.header("Metadata") == "true" })
        #expect(snapshot.raw["attested/document"] == Self.service.documents[Self.attested])
    }

    @Test(
        "what every machine has is waited for until the deadline, and then named",
        arguments: [
            (["compute"], "compute"), (["compute", "vmId"], "compute.vmId"), (["compute", "vmSize"], "compute.vmSize"),
            (["compute", "location"], "compute.location"), (["compute", "name"], "compute.name"),
            (["network"], "network"), (["network", "interface"], "network.interface"),
            (["network", "interface", "0"], "network.interface"),
            (link + ["macAddress"], "network.interface[0].macAddress"),
            (link + ["ipv4"], "network.interface[0].ipv4.ipAddress"),
            (link + ["ipv4", "ipAddress", "0"], "network.interface[0].ipv4.ipAddress"),
            (link + ["ipv4", "subnet"], "network.interface[0].ipv4.subnet"),
            (link + ["ipv4", "subnet", "0", "prefix"], "network.interface[0].ipv4.subnet[0].prefix"),
        ])
    func required(place: [String], name: String) async throws {
        try await Self.service.expectRequired(Self.instance, place, name)
    }

    @Test("what passes while a machine is made is asked again")
    func transient() async throws {
        let service = Self.service
        let whole = try service.reply(try #require(service.documents[Self.instance]))
        let partial = try service.reply(Self.instance, [], at: Self.link + ["ipv4", "ipAddress"])
        let http = try service.http([
            Self.instance: [
                .status(404), .status(410), .status(429), .status(500), .fault(.timedOut), partial, partial, whole,
            ]
        ])
        #expect(try await service.fetch(http).privateAddresses == ["10.1.0.4"])
    }

    @Test(
        "nonsense is refused and named, not believed",
        arguments: [
            (["compute"], "x"), (["compute", "vmId"], 5), (["compute", "name"], "a\nb"),
            (["compute", "tagsList"], "x"),
            (["compute", "tagsList"], [["name": 1]]), (["compute", "publicKeys"], ["ssh-rsa A"]),
            (["compute", "userData"], "***"), (["network"], []), (["network", "interface"], "x"),
            (link + ["macAddress"], "000D3AF806E"), (link + ["macAddress"], "+00D3AF806EC"),
            (link + ["macAddress"], "0x0D3AF806EC"), (link + ["ipv4"], "10.1.0.4"),
            (link + ["ipv4", "ipAddress", "0", "privateIpAddress"], "10.1.0.400"),
            (link + ["ipv4", "ipAddress", "0", "privateIpAddress"], "fd00::1"),
            (link + ["ipv4", "ipAddress", "0", "publicIpAddress"], "X.X.X.X"),
            (link + ["ipv4", "subnet", "0", "prefix"], "33"), (link + ["ipv4", "subnet", "0", "prefix"], "-1"),
            (link + ["ipv4", "subnet", "0", "prefix"], 9_223_372_036_854_775_807),
            (link + ["ipv4", "subnet", "0", "address"], "subnet"),
        ] as [([String], JSONValue)])
    func nonsense(place: [String], value: JSONValue) async throws {
        try await Self.service.expectNonsense(Self.instance, place, value)
    }

    @Test("a service that knows none of the versions is refused, with what it was asked for")
    func versions() async throws {
        let error = await Self.service.failure(ScriptedHTTP([:], otherwise: .status(400)), within: .seconds(30))
        #expect(error?.kind == .refused && error?.status == 400)
        #expect(error?.hint.contains("2021-12-13, 2021-02-01, 2019-06-01") == true)
    }

    @Test("keys of one line alone are keys; the raw ones have no user data")
    func keys() async throws {
        let snapshot = try await Self.service.fetch(Self.service.http())
        #expect(snapshot.sshKeys == ["ssh-rsa A"])
        #expect(snapshot.userData?.decoded == Array("secret".utf8))
        #expect(snapshot.raw["instance"]?["compute"]?["userData"] == nil)
        #expect(snapshot.raw["instance"]?["compute"]?["customData"] == nil)
    }

    // MARK: - Scheduled Events

    private func spot(_ events: [ScriptedHTTP.Reply], priority: String = "Spot") throws -> ScriptedHTTP {
        try Self.service.http([
            Self.instance: [Self.service.reply(Self.instance, .string(priority), at: ["compute", "priority"])],
            Self.events: events,
        ])
    }

    @Test("events that do not come soon are no reason to wait, and none is announced")
    func slow() async throws {
        let http = try spot([.fault(.timedOut)])
        #expect(try await Self.service.fetch(http).spot["events"] == [])
    }

    @Test(
        "events that are nonsense are refused",
        arguments: [
            #"{"Events":"x"}"#, #"{"Events":[1]}"#, #"{"Events":[{"Resources":["a"],"EventType":1}]}"#, "<html>", "[]",
        ])
    func badEvents(body: String) async throws {
        #expect(await Self.service.failure(try spot([.body(body)]))?.exit == .failed)
    }

    private static let goalState = """
        <?xml version="1.0" encoding="utf-8"?>
        <GoalState xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Version>2012-11-30</Version>
        <Incarnation>3</Incarnation><Machine><ExpectedState>Started</ExpectedState></Machine>
        <Container><ContainerId>a511aa6d-29e7-4f53-8788-55655dfe848f</ContainerId><RoleInstanceList><RoleInstance>
        <InstanceId>f6cd1d7ef1644557b9059345e5ba890c.vm_1</InstanceId><State>Started</State></RoleInstance></RoleInstanceList></Container></GoalState>
        """

    @Test("readiness is reported to the fabric's controller, of the goal state that it told, which may come late")
    func ready() async throws {
        let http = ScriptedHTTP([
            "GET /machine/?comp=goalstate": [.status(503), .body(Self.goalState)],
            "POST /machine?comp=health": [.status(500), .status(200)],
        ])
        let source = try #require(Registry.platform("azure")?.source)
        #expect(try await source.reportReady(in: Self.service.context(http, within: .seconds(20))))
        #expect(http.seen.allSatisfy { $0.endpoint.address == "168.63.129.16" })
        #expect(http.seen.allSatisfy { $0.headers.contains(HTTPHeader("x-ms-version", "2012-11-30")) })
        let report = try XMLText.decode(try #require(http.seen.last).body)
        #expect(report.localName == "Health" && report.child("GoalStateIncarnation")?.text == "3")
        let container = report.child("Container")
        #expect(container?.child("ContainerId")?.text == "a511aa6d-29e7-4f53-8788-55655dfe848f")
        let role = container?.child("RoleInstanceList")?.child("Role")
        #expect(role?.child("InstanceId")?.text == "f6cd1d7ef1644557b9059345e5ba890c.vm_1")
        #expect(role?.child("Health")?.child("State")?.text == "Ready")
    }

    @Test(
        "what is no goal state is nonsense, and nothing is reported",
        arguments: [
            "<html>log in</html>", "<GoalState/>", "not XML", goalState.replacing("a511aa6d", with: "&lt;State&gt;"),
            goalState.replacing("<Incarnation>3</Incarnation>", with: ""),
        ])
    func noGoalState(text: String) async throws {
        let http = ScriptedHTTP(["GET /machine/?comp=goalstate": [.body(text)]])
        let source = try #require(Registry.platform("azure")?.source)
        let error = await #expect(throws: PlatformError.self) {
            try await source.reportReady(in: Self.service.context(http, within: .seconds(5)))
        }
        guard case .nonsense = error?.kind else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(http.lines == ["GET /machine/?comp=goalstate"])
    }

    @Test("who watches asks for the events, and hears of them")
    func change() async throws {
        let text = #"""
            {"Events":[{"EventId":"e","EventType":"Reboot","EventStatus":"Scheduled","Resources":["A"]},
            {"EventId":"f","EventType":"Preempt","EventStatus":"Scheduled","Resources":["A"],"NotBefore":"Wed, 25 Nov 2026 10:00:30 GMT"}]}
            """#
        let http = try spot([.body(text)], priority: "")
        let source = try #require(Registry.platform("azure")?.source)
        let context = Self.service.context(http, within: .seconds(30))
        let before = try await source.snapshot(in: context)
        #expect(before.spot == nil && !http.lines.contains("GET \(Self.events)"))
        var events = MetadataEvents(of: source, until: Deadline(in: .seconds(12))) { _ in context }.makeAsyncIterator()
        #expect(try await events.next() == .present(before))
        guard case .notice(.termination, let end)? = try await events.next(),
            case .notice(.maintenance, let work)? = try await events.next()
        else {
            Issue.record("two notices")
            return
        }
        #expect(end["type"] == "Preempt" && end["not_before"] == "Wed, 25 Nov 2026 10:00:30 GMT")
        #expect(work["type"] == "Reboot" && work["status"] == "Scheduled")
    }
}
