import Documents
import Fetch
import Kernel
import Platform
import Platforms
import SystemPackage
import Testing

@Suite("The metadata service of EC2")
struct AWSMetadataTests {
    private func fetch(
        _ transport: ReplayTransport, within deadline: Duration = .seconds(20), endpoints: [HTTPEndpoint]? = nil
    ) async throws -> MetadataSnapshot {
        let source = try #require(Registry.platform("aws")?.source)
        var context = MetadataContext(http: transport, host: .live, deadline: Deadline(in: deadline), now: 0)
        context.endpoints = endpoints
        return try await source.snapshot(in: context)
    }

    private func failure(_ transport: ReplayTransport, within deadline: Duration = .seconds(20)) async -> PlatformError?
    {
        do {
            _ = try await fetch(transport, within: deadline)
            return nil
        } catch { return error as? PlatformError }
    }

    @Test("the service's own keys are there on demand")
    func raw() async throws {
        let snapshot = try await fetch(ReplayTransport(Instance.exchanges))
        #expect(
            snapshot.document(includingRaw: true)["raw"]?["dynamic/instance-identity/document"]
                == .string(#"{"accountId":"123456789012","region":"eu-west-1"}"#))
    }

    @Test("it takes three requests one after the other, and never asks for credentials")
    func depth() async throws {
        // The token, the fixed keys, then 2 links of 15 keys, 2 tags and 2 SSH keys: no reply of a round comes before all of its
        // requests are under way, so that a fetch that goes deeper hangs.
        let transport = ReplayTransport(Instance.exchanges, rounds: [1, 22, 34])
        _ = try await fetch(transport, within: .seconds(30))
        #expect(transport.mostRunning <= 64)
        #expect(transport.seen.filter { $0.method == .put }.count == 1)
        #expect(!transport.seen.contains { $0.path.contains("iam") || $0.path.contains("security-credentials") })
        #expect(transport.seen.allSatisfy { $0.endpoint.address == "169.254.169.254" })
    }

    @Test("a token that is refused midway is renewed once, for all requests together")
    func renewal() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        for path in ["/latest/meta-data/instance-id", "/latest/meta-data/ami-id"] {
            transport.fail(path, .status(401))
        }
        #expect(try await fetch(transport).instanceID == "i-1234567890abcdef0")
        #expect(transport.seen.filter { $0.method == .put }.count == 2)
        // The same in the third round.
        let late = ReplayTransport(Instance.exchanges)
        late.fail(Instance.first + "ipv6s", .status(401))
        #expect(try await fetch(late).instanceID == "i-1234567890abcdef0")
        #expect(late.seen.filter { $0.method == .put }.count == 2)
    }

    @Test("a token that is refused again ends at once")
    func refusedTwice() async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.failAlways("/latest/meta-data/instance-id", .status(401))
        let error = await failure(transport)
        #expect(error?.kind == .refused && error?.status == 401 && error?.exit == .failed)
    }

    @Test(
        "what passes is tried again",
        arguments: [
            ReplayTransport.Reply.status(503), .status(429), .status(500), .fault(.timedOut), .fault(.connectionLost),
        ])
    func transient(reply: ReplayTransport.Reply) async throws {
        let transport = ReplayTransport(Instance.exchanges)
        transport.fail("/latest/meta-data/instance-type", reply, reply)
        transport.fail("/latest/user-data", reply)
        transport.fail("/latest/api/token", reply)
        let snapshot = try await fetch(transport)
        #expect(snapshot.instanceType == "m5.large")
        #expect(snapshot.userData?.raw == Array("#cloud-config\n".utf8))
    }

    @Test("a key that may be absent is null, and user data is none")
    func optional() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        for path in ["hostname", "local-hostname", "tags/instance", "public-keys/", "public-ipv4"] {
            transport.set("/latest/meta-data/\(path)", nil)
        }
        transport.set("/latest/user-data", nil)
        let document = try await fetch(transport).document()
        for key in ["hostname", "user_data", "user_data_raw"] { #expect(document[key] == JSONValue.null) }
        #expect(document["tags"] == [:])
        #expect(document["ssh_keys"] == [])
    }

    @Test(
        "a key that every instance has is waited for until the deadline, and then named",
        arguments: [
            "/latest/meta-data/instance-id", "/latest/meta-data/instance-type", "/latest/meta-data/placement/region",
            Instance.first + "device-number", Instance.second + "local-ipv4s",
            Instance.first + "subnet-ipv4-cidr-block", Instance.first + "subnet-ipv6-cidr-blocks",
        ])
    func required(path: String) async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.set(path, nil)
        let error = await failure(transport, within: .milliseconds(700))
        #expect(error?.exit == .timedOut)
        #expect(error?.description.contains(path.dropFirst("/latest/".count)) == true)
        #expect(transport.seen.filter { $0.path == path }.count > 1)
    }

    @Test("a required key that comes late is there")
    func late() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        transport.fail(Instance.second + "local-ipv4s", .status(404), .status(404))
        transport.fail("/latest/meta-data/placement/region", .status(404))
        #expect(try await fetch(transport).privateAddresses.contains("10.0.2.20"))
    }

    @Test(
        "a final answer ends at once with its status",
        arguments: [
            ("/latest/api/token", 403), ("/latest/api/token", 400), ("/latest/meta-data/ami-id", 403),
            ("/latest/meta-data/instance-id", 302), ("/latest/user-data", 403),
        ])
    func terminal(path: String, status: Int) async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.failAlways(path, .status(status))
        let error = await failure(transport, within: .seconds(30))
        #expect(error?.kind == .refused && error?.status == status && error?.exit == .failed)
        #expect(error?.url == "http://169.254.169.254\(path)")
        #expect(error?.hint.isEmpty == false)
        #expect(transport.seen.count { $0.path == path } == 1)
    }

    @Test("a service that never answers is the deadline's, and both addresses were asked")
    func silence() async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.failAlways("/latest/api/token", .fault(.timedOut))
        let error = await failure(transport, within: .seconds(3))
        #expect(error?.exit == .timedOut)
        #expect(error?.description.contains("hop limit") == true)
        #expect(Set(transport.seen.map(\.endpoint.address)) == ["169.254.169.254", "fd00:ec2::254"])
    }

    @Test("IPv6's address serves where IPv4's is unreachable, and keeps all requests")
    func secondAddress() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        transport.fail("/latest/api/token", .fault(.cannotConnect(.networkUnreachable)))
        _ = try await fetch(transport)
        #expect(transport.seen.dropFirst().allSatisfy { $0.endpoint.address == "fd00:ec2::254" })
    }

    @Test(
        "nonsense is refused, not believed",
        arguments: [
            ("/latest/meta-data/instance-id", "<html>login</html>"), ("/latest/meta-data/instance-id", ""),
            ("/latest/meta-data/instance-type", "a\nb"), ("/latest/meta-data/network/interfaces/macs/", "eth0/"),
            ("/latest/meta-data/network/interfaces/macs/", "../../iam/"), (Instance.first + "device-number", "x"),
            (Instance.first + "local-ipv4s", "10.0.1.300"), (Instance.first + "subnet-ipv4-cidr-block", "10.0.1.0/33"),
            (Instance.first + "ipv6s", "10.0.0.1"), ("/latest/meta-data/public-keys/", "x=y"),
            (Instance.first + "ipv4-prefix", "10.0.1.0"), ("/latest/meta-data/public-ipv4", "everywhere"),
            ("/latest/meta-data/network/interfaces/macs/", "01:00:5e:00:00:01/"),
            ("/latest/meta-data/network/interfaces/macs/", "00:00:00:00:00:00/"),
            ("/latest/meta-data/network/interfaces/macs/", "02:29:96:8f:6a:2d/\n02:29:96:8F:6A:2D/"),
            ("/latest/dynamic/instance-identity/document", #"{"instanceId":"i-0fedcba9876543210"}"#),
        ])
    func nonsense(path: String, body: String) async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.set(path, body)
        let error = await failure(transport)
        #expect(error?.exit == .failed)
        if case .nonsense = error?.kind {} else { Issue.record("\(String(describing: error))") }
        #expect(error?.url?.hasPrefix("http://169.254.169.254/latest/") == true && error?.hint.isEmpty == false)
        #expect(!transport.seen.contains { $0.path.contains("..") })
    }

    @Test("a token that is no token is refused", arguments: ["", "<html>", "a b", "a\r\nX: y"])
    func badToken(text: String) async {
        let transport = ReplayTransport(Instance.exchanges)
        transport.failAlways("/latest/api/token", .status(200, text))
        #expect(await failure(transport)?.exit == .failed)
    }

    @Test("a tag's name cannot leave its place")
    func tags() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        transport.set("/latest/meta-data/tags/instance", "..\na b/é")
        transport.set("/latest/meta-data/tags/instance/%2E%2E", "up")
        transport.set("/latest/meta-data/tags/instance/a%20b%2F%C3%A9", "x")
        #expect(try await fetch(transport).tags == ["..": "up", "a b/é": "x"])
    }

    @Test("a spot instance's end is announced")
    func spot() async throws {
        let transport = ReplayTransport(Instance.exchanges)
        transport.set("/latest/meta-data/instance-life-cycle", "spot")
        transport.set("/latest/meta-data/spot/instance-action", #"{"action":"stop","time":"2026-09-18T08:22:00Z"}"#)
        let spot = try await fetch(transport).spot
        #expect(spot["action"] == ["action": "stop", "time": "2026-09-18T08:22:00Z"])
        #expect(spot["life_cycle"] == "spot")
    }

    @Test("JSON nested as deep as the parser goes, and deeper, is no trap", arguments: [60, 5000])
    func nested(depth: Int) async throws {
        let transport = ReplayTransport(Instance.exchanges)
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        transport.set("/latest/meta-data/spot/instance-action", text)
        let error = await failure(transport)
        #expect(depth == 60 ? error == nil : error?.exit == .failed)
    }
}
