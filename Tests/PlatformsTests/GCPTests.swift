import Documents
import Fetch
import Kernel
import Platform
import Platforms
import SystemPackage
import Testing

/// A machine's tree as "Predefined VM metadata keys" has it, to be spoilt.
let gcpTree: JSONValue = [
    "instance": [
        "id": 1_794_043_451_263_962_812, "machineType": "projects/7/machineTypes/e2-micro",
        "zone": "projects/7/zones/us-east1-b",
        "hostname": "a.us-east1-b.c.p.internal", "attributes": [:], "maintenanceEvent": "NONE", "preempted": "FALSE",
        "tags": [], "virtualClock": ["driftToken": "0"],
        "serviceAccounts": ["default": ["email": "a@example.com", "token": "ya29.secret"]],
        "networkInterfaces": [
            [
                "mac": "42:01:0a:80:00:46", "ip": "10.128.0.70", "subnetmask": "255.255.240.0", "gateway": "10.128.0.1",
                "mtu": 1460, "accessConfigs": [["externalIp": "203.0.113.1", "type": "ONE_TO_ONE_NAT"]],
            ]
        ],
    ],
    "project": ["attributes": [:]],
]

@Suite("Compute Engine's metadata server")
struct GCPTests {
    static let path = "GET /computeMetadata/v1/?recursive=true&alt=json"

    private func reply(_ tree: JSONValue, etag: String = "e1") throws -> ScriptedHTTP.Reply {
        .body(try JSONText.encode(tree), ["Metadata-Flavor": "Google", "ETag": etag])
    }

    private func context(_ http: ScriptedHTTP, within deadline: Duration = .seconds(20)) -> MetadataContext {
        MetadataContext(http: http, host: .live, deadline: Deadline(in: deadline), now: 1_780_000_000)
    }

    private func fetch(_ http: ScriptedHTTP, within deadline: Duration = .seconds(20)) async throws -> MetadataSnapshot
    {
        try await #require(Registry.platform("gcp")?.source).snapshot(in: context(http, within: deadline))
    }

    private func failure(_ http: ScriptedHTTP, within deadline: Duration = .seconds(20)) async -> PlatformError? {
        do {
            _ = try await fetch(http, within: deadline)
            return nil
        } catch { return error as? PlatformError }
    }

    @Test("the whole tree is one request, with the field that says whom it is for")
    func one() async throws {
        let http = ScriptedHTTP([Self.path: [try reply(gcpTree)]])
        #expect(try await fetch(http).mark == "e1")
        #expect(http.lines == [Self.path])
        #expect(http.seen.first?.header("Metadata-Flavor") == "Google")
        #expect(http.seen.first?.endpoint.address == "169.254.169.254")
    }

    @Test(
        "what every machine has is waited for until the deadline, and then named",
        arguments: [
            (["instance"], "instance"), (["instance", "id"], "instance.id"),
            (["instance", "machineType"], "instance.machineType"), (["instance", "zone"], "instance.zone"),
            (["instance", "hostname"], "instance.hostname"),
            (["instance", "networkInterfaces"], "instance.networkInterfaces"),
            (["instance", "networkInterfaces", "0"], "instance.networkInterfaces"),
            (["instance", "networkInterfaces", "0", "mac"], "instance.networkInterfaces[0].mac"),
            (["instance", "networkInterfaces", "0", "ip"], "instance.networkInterfaces[0].ip"),
            (["instance", "networkInterfaces", "0", "subnetmask"], "instance.networkInterfaces[0].subnetmask"),
            (["instance", "networkInterfaces", "0", "gateway"], "instance.networkInterfaces[0].gateway"),
        ])
    func missing(path: [String], name: String) async throws {
        let http = ScriptedHTTP([Self.path: [try reply(gcpTree.setting(path, nil))]])
        let error = await failure(http, within: .milliseconds(700))
        #expect(error?.exit == .timedOut && error?.platform == "gcp")
        #expect(error?.message.contains("\(name), which every machine of gcp has") == true)
        #expect(http.lines.count > 1)
    }

    @Test("what comes late, or after troubles, is there")
    func late() async throws {
        let partial = gcpTree.setting(["instance", "networkInterfaces", "0", "ip"], "")
        let http = ScriptedHTTP([
            Self.path: [
                .status(503), .status(429, ["Retry-After": "0"]), .fault(.connectionLost), try reply(partial),
                .status(404, ["Metadata-Flavor": "Google"]), try reply(gcpTree),
            ]
        ])
        #expect(try await fetch(http).privateAddresses == ["10.128.0.70"])
    }

    @Test(
        "nonsense is refused and named, not believed",
        arguments: [
            (["instance"], "x"), (["instance", "id"], .number(1.5)), (["instance", "id"], .number(1e300)),
            (["instance", "id"], "a\nb"),
            (["instance", "zone"], 7), (["instance", "hostname"], ["a"]), (["instance", "attributes"], "x"),
            (["instance", "tags"], [1]), (["instance", "tags"], "a"), (["instance", "networkInterfaces"], "x"),
            (["instance", "networkInterfaces", "0"], "x"), (["instance", "networkInterfaces", "0", "mac"], "eth0"),
            (["instance", "networkInterfaces", "0", "mac"], "01:00:5e:00:00:01"),
            (["instance", "networkInterfaces", "0", "mtu"], 1_000_000),
            (["instance", "networkInterfaces", "0", "mtu"], 9_223_372_036_854_775_807),
            (["instance", "networkInterfaces", "0", "mtu"], "-1"),
            (["instance", "networkInterfaces", "0", "mtu"], true),
            (["instance", "networkInterfaces", "0", "ip"], "10.128.0.300"),
            (["instance", "networkInterfaces", "0", "ip"], "2001:db8::1"),
            (["instance", "networkInterfaces", "0", "subnetmask"], "255.0.255.0"),
            (["instance", "networkInterfaces", "0", "gateway"], "router"),
            (["instance", "networkInterfaces", "0", "ipAliases"], ["10.0.0.0/33"]),
            (["instance", "networkInterfaces", "0", "ipAliases"], "10.0.0.0/8"),
            (["instance", "networkInterfaces", "0", "ipv6s"], ["::g"]),
            (["instance", "networkInterfaces", "0", "forwardedIps"], [["a": 1]]),
            (["instance", "networkInterfaces", "0", "accessConfigs"], [["externalIp": "<html>"]]),
            (["instance", "networkInterfaces", "0", "dnsServers"], ["resolver"]),
            (["instance", "scheduling"], ["preemptible": "PERHAPS"]),
            (
                ["instance", "vlanNetworkInterfaces"],
                ["0": ["5": ["parentInterface": "/x/9/", "mac": "42:01:0a:80:00:47"]]]
            ),
            (["instance", "vlanNetworkInterfaces"], ["0": ["99999": ["parentInterface": "/x/0/"]]]),
            (["instance", "attributes"], ["user-data": "***", "user-data-encoding": "base64"]),
        ] as [([String], JSONValue)])
    func nonsense(path: [String], value: JSONValue) async throws {
        let http = ScriptedHTTP([Self.path: [try reply(gcpTree.setting(path, value))]])
        let error = await failure(http)
        #expect(error?.exit == .failed)
        if case .nonsense = error?.kind {} else { Issue.record("\(String(describing: error))") }
        #expect(http.lines.count == 1)
    }

    @Test("two links with one address, and a list past all bounds, are nonsense")
    func bounds() async throws {
        let link = try #require(gcpTree["instance"]?["networkInterfaces"]?.array?.first)
        for links in [[link, link], Array(repeating: link, count: 1025)] {
            let spoilt = gcpTree.setting(["instance", "networkInterfaces"], .array(links))
            #expect(await failure(ScriptedHTTP([Self.path: [try reply(spoilt)]]))?.exit == .failed)
        }
    }

    @Test(
        "a stranger's answer ends the fetch at once",
        arguments: [
            (ScriptedHTTP.Reply.body("{}"), "no field Metadata-Flavor: Google"),
            (.body("{}", ["Metadata-Flavor": "Amazon"]), "no field Metadata-Flavor: Google"),
            (.status(302, ["Location": "http://login.example/"]), "does not redirect"),
            (.body("<html>", ["Metadata-Flavor": "Google"]), "nonsense"), (.status(403), "forwarded"),
            (.fault(.malformed), "the answer is not HTTP"), (.fault(.tooLarge(limit: 4 << 20)), "larger than"),
        ])
    func stranger(reply: ScriptedHTTP.Reply, words: String) async {
        let error = await failure(ScriptedHTTP([:], otherwise: reply), within: .seconds(30))
        #expect(error?.exit == .failed)
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    // MARK: - Keys

    @Test(
        "whose keys count: the documents' rules",
        arguments: [
            ([:], ["ssh-keys": "p:ssh-rsa P"], ["ssh-rsa P"]),
            (["ssh-keys": "i:ssh-rsa I"], ["ssh-keys": "p:ssh-rsa P"], ["ssh-rsa I", "ssh-rsa P"]),
            (
                ["ssh-keys": "i:ssh-rsa I", "block-project-ssh-keys": "TRUE"], ["ssh-keys": "p:ssh-rsa P"],
                ["ssh-rsa I"]
            ),
            (
                ["ssh-keys": "i:ssh-rsa I", "block-project-ssh-keys": "false"], ["ssh-keys": "p:ssh-rsa P"],
                ["ssh-rsa I", "ssh-rsa P"]
            ),
            (["sshKeys": "o:ssh-rsa O"], ["ssh-keys": "p:ssh-rsa P"], ["ssh-rsa O"]),
            ([:], ["sshKeys": "q:ssh-rsa Q"], ["ssh-rsa Q"]),
            (["enable-oslogin": "TRUE", "ssh-keys": "i:ssh-rsa I"], ["ssh-keys": "p:ssh-rsa P"], []),
            (["ssh-keys": "i:ssh-rsa I"], ["enable-oslogin": "TRUE"], []),
            (["enable-oslogin": "FALSE", "ssh-keys": "i:ssh-rsa I"], ["enable-oslogin": "TRUE"], ["ssh-rsa I"]),
            (["ssh-keys": "\r\n i:ssh-rsa I \n\nnouser\nx:\ny:word\ni:ssh-rsa I"], [:], ["ssh-rsa I"]),
        ] as [([String: String], [String: String], [String])])
    func keys(instance: [String: String], project: [String: String], keys: [String]) async throws {
        let spoilt = gcpTree.setting(["instance", "attributes"], .object(instance.mapValues { .string($0) }))
            .setting(["project", "attributes"], .object(project.mapValues { .string($0) }))
        #expect(try await fetch(ScriptedHTTP([Self.path: [try reply(spoilt)]])).sshKeys == keys)
    }

    // `date -u -d @1780000000` is 2026-05-28 20:26:40.
    @Test(
        "a key ends at its time",
        arguments: [
            ("2026-05-28T20:26:41+0000", true), ("2026-05-28T20:26:40+0000", false), ("2026-05-28T20:26:39Z", false),
            ("2026-05-28T22:26:41+02:00", true), ("2026-05-28T22:26:39+0200", false),
            ("2026-05-28T15:26:41.5-05:00", true), ("1969-12-31T23:59:59Z", false), ("9999-12-31T23:59:59Z", true),
            ("2024-02-29T00:00:00Z", false), ("", true), ("soon", true), ("2026-13-01T00:00:00Z", true),
            ("2026-05-28T20:26:40", true), ("2020-01-01T00:00:00é", true),
        ])
    func ends(time: String, counts: Bool) async throws {
        let line = #"u:ssh-rsa K google-ssh {"userName":"u@example.com","expireOn":"\#(time)"}"#
        let spoilt = gcpTree.setting(["instance", "attributes", "ssh-keys"], .string(line))
        let keys = try await fetch(ScriptedHTTP([Self.path: [try reply(spoilt)]])).sshKeys
        // What is no ASCII is no key.
        #expect(keys.isEmpty != (counts && !time.contains("é")))
    }

    @Test("the raw keys have neither the user data nor a token")
    func raw() async throws {
        let spoilt = gcpTree.setting(["instance", "attributes"], ["user-data": "secret", "role": "db"])
        let snapshot = try await fetch(ScriptedHTTP([Self.path: [try reply(spoilt)]]))
        #expect(snapshot.userData?.decoded == Array("secret".utf8))
        let instance = snapshot.document(includingRaw: true)["raw"]?["instance"]
        #expect(instance?["attributes"] == ["role": "db"])
        #expect(instance?["serviceAccounts"] == ["default": ["email": "a@example.com"]])
    }
}
