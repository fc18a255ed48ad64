import Documents
import Fetch
import Kernel
import Network
import Platform
import Platforms
import Testing

@Suite("What Compute Engine's metadata server announces and is told")
struct GCPChangeTests {
    private func reply(_ tree: JSONValue, _ etag: String) throws -> ScriptedHTTP.Reply {
        .body(try JSONText.encode(tree), ["Metadata-Flavor": "Google", "ETag": etag])
    }

    private func context(_ http: any HTTPTransport, within deadline: Duration = .seconds(60)) -> MetadataContext {
        MetadataContext(http: http, host: .live, deadline: Deadline(in: deadline), now: 1_780_000_000)
    }

    private func source() throws -> any MetadataSource { try #require(Registry.platform("gcp")?.source) }

    /// Answers a request that waits with the next of `waits`, what finds the service with nothing, and the tree else.
    private func http(_ first: ScriptedHTTP.Reply, then: [ScriptedHTTP.Reply], waits: [ScriptedHTTP.Reply])
        -> ScriptedHTTP
    {
        ScriptedHTTP([
            GCPTests.path: [first] + then, "GET /": [.body("computeMetadata/\n", ["Metadata-Flavor": "Google"])],
            "GET *": waits,
        ])
    }

    @Test("a change is waited for by the ETag of the last fetch, and fetched whole")
    func change() async throws {
        let changed = gcpTree.setting(["instance", "maintenanceEvent"], "MIGRATE_ON_HOST_MAINTENANCE")
        let http = http(
            try reply(gcpTree, "aa11"), then: [try reply(changed, "bb22")], waits: [try reply(changed, "bb22")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        let after = try #require(try await source().change(since: before, in: context))
        #expect(after.spot["maintenance"] == "MIGRATE_ON_HOST_MAINTENANCE" && after.mark == "bb22")
        let waits = http.seen.filter { $0.path.contains("wait_for_change=true") }
        #expect(waits.count == 1)
        #expect(waits.first?.path.hasSuffix("&last_etag=aa11") == true)
        #expect(waits.first?.header("Metadata-Flavor") == "Google")
        // The server ends before the deadline does.
        let seconds = waits.first?.path.split(separator: "&").first { $0.hasPrefix("timeout_sec=") }.flatMap {
            Int($0.dropFirst("timeout_sec=".count))
        }
        #expect(seconds.map { (50...58).contains($0) } == true)
    }

    @Test("the same ETag when the time is up is no change")
    func same() async throws {
        let http = http(try reply(gcpTree, "aa11"), then: [], waits: [try reply(gcpTree, "aa11")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        #expect(try await source().change(since: before, in: context) == nil)
    }

    @Test("a clock that drifted is no change, and waiting goes on from there")
    func drift() async throws {
        let drifted = gcpTree.setting(["instance", "virtualClock", "driftToken"], "9")
        let http = http(
            try reply(gcpTree, "aa11"), then: [try reply(drifted, "bb22")],
            waits: [try reply(drifted, "bb22")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        #expect(try await source().change(since: before, in: context) == nil)
        let waits = http.seen.map(\.path).filter { $0.contains("wait_for_change=true") }
        #expect(waits.map { $0.suffix(4) } == ["aa11", "bb22"])
    }

    @Test("an address that was added is a change, though no event is")
    func address() async throws {
        let added = gcpTree.setting(["instance", "networkInterfaces", "0", "forwardedIps"], ["203.0.113.7"])
        let http = http(try reply(gcpTree, "1"), then: [try reply(added, "2")], waits: [try reply(added, "2")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        let after = try #require(try await source().change(since: before, in: context))
        #expect(after.interfaces.first?.routes.map(\.destination.description) == ["203.0.113.7/32"])
    }

    @Test("a foreign ETag cannot add to the request")
    func hostileTag() async throws {
        let http = http(
            try reply(gcpTree, "x&recursive=false HTTP/1.1"), then: [],
            waits: [try reply(gcpTree, "x&recursive=false HTTP/1.1")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        #expect(try await source().change(since: before, in: context) == nil)
        #expect(!http.lines.contains { $0.contains("recursive=false") })
    }

    @Test("without time to wait nothing is asked")
    func noTime() async throws {
        let http = ScriptedHTTP([GCPTests.path: [try reply(gcpTree, "1")]])
        let before = try await source().snapshot(in: context(http))
        #expect(try await source().change(since: before, in: context(http, within: .milliseconds(100))) == nil)
        #expect(http.lines.count == 1)
    }

    @Test("a service that fails while it is waited for is asked again")
    func flaky() async throws {
        let changed = gcpTree.setting(["instance", "preempted"], "TRUE")
        let http = http(
            try reply(gcpTree, "1"), then: [try reply(changed, "2")],
            waits: [.status(503), .fault(.connectionLost), try reply(changed, "2")])
        let context = context(http)
        let before = try await source().snapshot(in: context)
        #expect(try await source().change(since: before, in: context)?.spot["preempted"] == true)
        #expect(http.lines.count { $0.contains("wait_for_change") } == 3)
    }

    // MARK: - Guest attributes

    private static let key = "/computeMetadata/v1/instance/guest-attributes/slipway/state"

    @Test("a guest attribute is put where the documents say")
    func put() async throws {
        let http = ScriptedHTTP([
            "GET /": [.body("", ["Metadata-Flavor": "Google"])],
            "PUT \(Self.key)": [.status(503), .status(200, ["Metadata-Flavor": "Google"])],
        ])
        try await GCPGuestAttributes.set("ready", of: "state", in: "slipway", context: context(http))
        let puts = http.seen.filter { $0.method == .put }
        #expect(puts.map(\.path) == [Self.key, Self.key])
        #expect(puts.allSatisfy { $0.body == Array("ready".utf8) && $0.header("Metadata-Flavor") == "Google" })
    }

    @Test("an instance without guest attributes says how to turn them on")
    func off() async throws {
        let http = ScriptedHTTP([:], otherwise: .status(404, ["Metadata-Flavor": "Google"]))
        let error = await #expect(throws: PlatformError.self) {
            try await GCPGuestAttributes.set("ready", of: "state", in: "slipway", context: context(http))
        }
        #expect(error?.kind == .refused && error?.hint.contains("enable-guest-attributes=TRUE") == true)
    }

    @Test("a name cannot leave its place", arguments: ["", "..", "a/b", "a?x", "é", "a b"])
    func names(name: String) async {
        let http = ScriptedHTTP([:])
        for (namespace, key) in [(name, "k"), ("n", name)] {
            await #expect(throws: PlatformError.self) {
                try await GCPGuestAttributes.set("v", of: key, in: namespace, context: context(http))
            }
        }
        #expect(http.lines.isEmpty)
    }
}
