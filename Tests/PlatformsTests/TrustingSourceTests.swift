import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

/// What a node believes of its platform: fixtures whose identity documents and payloads `openssl` signs, and a node that has keys and pins.
@Suite("Trust in metadata")
struct TrustingSourceTests {
    /// The certificates that the tests make are valid from their second on.
    private static let now = Int64(Date().timeIntervalSince1970) + 60

    /// A machine that is asked: a fixture with other answers and files.
    private struct Node {
        let name: String
        var document: JSONValue

        init(_ name: String) throws {
            self.name = name
            let fixture = try #require(MachineFixture.all.first { $0.name == name })
            document = fixture.document.setting(["now"], JSONValue(TrustingSourceTests.now))
        }

        mutating func file(_ path: String, _ bytes: [UInt8]) {
            document = document.setting(["files", path], ["base64": .string(Data(bytes).base64EncodedString())])
        }

        mutating func file(_ path: String, _ text: String) { file(path, Array(text.utf8)) }

        /// An answer instead of the one that the fixture has, or beside the others.
        mutating func answer(_ url: String, _ body: [UInt8]) {
            let kept = (document["exchanges"]?.array ?? []).filter { $0["url"]?.string != url }
            let exchange: JSONValue = [
                "url": .string(url), "status": 200, "base64": .string(Data(body).base64EncodedString()),
                "fields": ["Metadata-Flavor": "Google"],
            ]
            document = document.setting(["exchanges"], .array(kept + [exchange]))
        }

        func snapshot() async throws(PlatformError) -> MetadataSnapshot {
            let fixture = MachineFixture(name: name, document: document)
            guard let source = Registry.platform(fixture.platform)?.source, let (context, _) = try? fixture.context()
            else { throw PlatformError(.noMetadata) }
            return try await source.snapshot(in: context)
        }

        func identity() async throws -> JSONValue? { try await snapshot().document()["identity"] }

        /// The words of the refusal; nil where there is none.
        func refusal() async -> String? {
            do throws(PlatformError) {
                _ = try await snapshot()
                return nil
            } catch {
                guard case .untrusted = error.kind, error.exit == .failed, !error.hint.isEmpty else {
                    return "\(error.kind)"
                }
                return error.message
            }
        }
    }

    // MARK: - EC2

    private static let ec2 = "http://169.254.169.254/latest/dynamic/instance-identity/"

    private static func ec2(
        _ region: borrowing AWSIdentityTests.Region, account: String = "012345678901",
        instance: String = "i-1234567890abcdef0"
    ) throws -> Node {
        let document = """
            {"accountId":"\(account)","instanceId":"\(instance)","region":"eu-west-1","pendingTime":"2026-01-02T03:04:05Z"}
            """
        var node = try Node("aws/two-nics")
        node.answer(ec2 + "document", Array(document.utf8))
        node.answer(ec2 + "rsa2048", try region.sign(document))
        return node
    }

    @Test("EC2's document is verified by its region's certificate, for this instance and the pinned account")
    func aws() async throws {
        let region = try AWSIdentityTests.Region("eu-west-1")
        let certificate = try region.openssl.read("region.pem")
        let trust = "/etc/slipway/trust/aws"
        var node = try Self.ec2(region)
        #expect(
            try await node.identity() == [
                "verified": false, "by": nil, "reason": .string("no certificates in \(trust)"),
            ])
        // Another region's alone says nothing either way.
        node.file("\(trust)/us-east-1.pem", certificate)
        let reason = try await node.identity()?["reason"]?.string ?? ""
        #expect(
            reason == "the instance identity document: no certificate of region eu-west-1 (eu-west-1.pem) in \(trust)")
        node.file("\(trust)/eu-west-1.pem", certificate)
        for pins in [nil, #"account: "012345678901""#, "{\"account\":\"012345678901\",\"region\":\"eu-west-1\"}"] {
            if let pins { node.file("\(trust)/pins.yaml", pins) }
            let identity = try await node.identity()
            #expect(identity?["verified"] == true && identity?["reason"] == .null)
            #expect(identity?["by"]?.string == "the certificate of eu-west-1, serial 1234, in \(trust)")
        }
    }

    @Test("EC2's document of another account, another instance, or changed, is refused whole")
    func wrongAWS() async throws {
        let region = try AWSIdentityTests.Region("eu-west-1")
        let trust = "/etc/slipway/trust/aws"
        let certificate = try region.openssl.read("region.pem")
        func node(_ account: String = "012345678901", _ instance: String = "i-1234567890abcdef0") throws -> Node {
            var node = try Self.ec2(region, account: account, instance: instance)
            node.file("\(trust)/eu-west-1.pem", certificate)
            return node
        }
        var other = try node("999999999999")
        #expect(await other.refusal() == nil)
        other.file("\(trust)/pins.yaml", #"account: "012345678901""#)
        #expect(await other.refusal()?.contains("another account: 999999999999, not 012345678901") == true)
        let elsewhere = try node("012345678901", "i-00000000000000001")
        // Two keys of one service that contradict each other: that is told before any signature is looked at.
        #expect(await elsewhere.refusal()?.contains("i-00000000000000001") == true)
        var changed = try node()
        changed.answer(Self.ec2 + "document", Array("{\"accountId\":\"1\"}".utf8))
        #expect(await changed.refusal()?.contains("is not the one that is signed") == true)
        // Pins want a verdict: a service that gives no document, and a certificate that is not there, are no way around them.
        var silent = try Node("aws/two-nics")
        silent.file("\(trust)/pins.yaml", #"account: "012345678901""#)
        #expect(await silent.refusal()?.contains("the service gave none, and \(trust) pins it") == true)
        var keyless = try Self.ec2(region)
        keyless.file("\(trust)/pins.yaml", #"account: "012345678901""#)
        #expect(await keyless.refusal()?.contains("no certificate of region eu-west-1") == true)
    }

    @Test(
        "pins that cannot be read pin nothing, and are refused",
        arguments: [
            ("acount: \"1\"", "'acount' is nothing that can be pinned here: account, instance-id, region"),
            ("account: 112345678901", "account is no text: quote it"), ("[1]", "no mapping of names to values"),
            ("account: [", "pins.yaml"),
        ])
    func badPins(text: String, words: String) async throws {
        var node = try Node("aws/two-nics")
        node.file("/etc/slipway/trust/aws/pins.yaml", text)
        #expect(await node.refusal()?.contains(words) == true)
    }

    // MARK: - Compute Engine

    private static func computeEngine(
        project: String = "example-project", instance: String = "1794043451263962812", from: Int64 = now - 60,
        until: Int64 = now + 3_000
    ) throws -> Node {
        let payload = """
            {"iss":"https://accounts.google.com","aud":"slipway","iat":\(from),"exp":\(until),"google":{"compute_engine":{\
            "project_id":"\(project)","zone":"europe-west4-a","instance_id":"\(instance)","instance_name":"instance-1"}}}
            """
        let issuer = try GCPIdentityTests.Issuer.shared.get()
        var node = try Node("gcp/single-nic")
        node.answer(
            "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/identity?audience=slipway&format=full",
            try issuer.token(payload) + [0x0a])
        return node
    }

    @Test("Compute Engine's token is asked for where somebody can look at it, and verified by Google's keys")
    func gcp() async throws {
        let trust = "/etc/slipway/trust/gcp"
        var node = try Self.computeEngine()
        #expect(try await node.identity() == ["verified": false, "by": nil, "reason": .string("no keys in \(trust)")])
        node.file("\(trust)/keys.json", try GCPIdentityTests.Issuer.shared.get().set)
        node.file("\(trust)/pins.yaml", "project: example-project")
        let identity = try await node.identity()
        #expect(identity?["verified"] == true && identity?["by"]?.string?.contains("day-1") == true)
        for (wrong, words) in [
            (try Self.computeEngine(project: "another"), "another project: another, not example-project"),
            (try Self.computeEngine(instance: "2"), "another instance: 2, not 1794043451263962812"),
            (try Self.computeEngine(from: Self.now - 8_000, until: Self.now - 4_000), "expired"),
        ] {
            var wrong = wrong
            wrong.file("\(trust)/keys.json", try GCPIdentityTests.Issuer.shared.get().set)
            wrong.file("\(trust)/pins.yaml", "project: example-project")
            let refusal = await wrong.refusal()
            #expect(refusal?.contains(words) == true, "\(words): \(refusal ?? "not refused")")
        }
    }

    @Test("a recording has no token, and its replay says so instead of judging one that is not there")
    func recorded() async throws {
        let trust = "/etc/slipway/trust/gcp"
        var node = try Self.computeEngine()
        node.file("\(trust)/keys.json", try GCPIdentityTests.Issuer.shared.get().set)
        node.file("\(trust)/pins.yaml", "project: example-project")
        node.file("/etc/slipway/trust/user-data/owner.pub", "AAAA")
        let fixture = MachineFixture(name: node.name, document: node.document)
        let source = try #require(Registry.platform("gcp")?.source)
        let (context, _) = try fixture.context()
        let recorder = MetadataRecorder(of: "gcp", before: context)
        #expect(try await source.snapshot(in: recorder.context).identity.isVerified)
        var recording = recorder.recording
        #expect(recording.redact().contains { $0.hasSuffix("/service-accounts/default/identity") })
        let text = try JSONText.encode(recording)
        #expect(!text.contains("eyJ"), "the head of a JSON Web Token in base64")
        let replay = MetadataReplay(recording)
        let snapshot = try await source.snapshot(in: replay.context(context.host, deadline: context.deadline))
        #expect(snapshot.identity == .init(isVerified: false, reason: "a recording does not have the signature"))
        #expect(replay.unanswered == [])
    }

    // MARK: - Azure

    @Test("Azure's attested document is verified by its chain, for this machine and the pinned subscription")
    func azure() async throws {
        let cloud = try AzureIdentityTests.Cloud()
        let trust = "/etc/slipway/trust/azure"
        func time(_ offset: Int64) -> String {
            let parts = Date(timeIntervalSince1970: Double(Self.now + offset)).ISO8601Format()
                .split { "-T:Z".contains($0) }.map(String.init)
            return "\(parts[1])/\(parts[2])/\(parts[0].suffix(2)) \(parts[3]):\(parts[4]):\(parts[5]) -0000"
        }
        func node(_ machine: String, expires: Int64 = 3_600) throws -> Node {
            let document = """
                {"nonce":"","sku":"12","subscriptionId":"8d10da13-8125-4ba9-a717-bf7490507b3d","timeStamp":{"createdOn":\
                "\(time(-60 + min(0, expires)))","expiresOn":"\(time(expires))"},"vmId":"\(machine)"}
                """
            var node = try Node("azure/single-nic")
            node.answer(
                "http://169.254.169.254/metadata/attested/document?api-version=2020-09-01", try cloud.sign(document))
            for name in ["root", "link"] { node.file("\(trust)/\(name).pem", try cloud.openssl.read("\(name).pem")) }
            return node
        }
        var right = try node("02aab8a4-74ef-476e-8182-f6d2ba4166a6")
        right.file("\(trust)/pins.yaml", "subscription: 8D10DA13-8125-4BA9-A717-BF7490507B3D")
        let identity = try await right.identity()
        #expect(identity?["verified"] == true && identity?["by"]?.string?.contains("cloud root") == true)
        right.file("\(trust)/pins.yaml", "subscription: 00000000-8125-4ba9-a717-bf7490507b3d")
        #expect(await right.refusal()?.contains("another subscription") == true)
        #expect(await (try node("00000000-74ef-476e-8182-f6d2ba4166a6")).refusal()?.contains("another machine") == true)
        let old = try node("02aab8a4-74ef-476e-8182-f6d2ba4166a6", expires: -1_000)
        #expect(await old.refusal()?.contains("expired") == true)
    }

    @Test("what cannot be verified on a platform cannot be pinned there")
    func unverifiable() async throws {
        var node = try Node("digitalocean/single-nic")
        node.file("/etc/slipway/trust/digitalocean/pins.yaml", "instance-id: \"1\"")
        #expect(await node.refusal()?.contains("this platform has no identity document that is verified") == true)
    }
}
