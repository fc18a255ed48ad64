import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

/// Recordings keep no signature of an identity document: who has one can show it to others in the machine's name.
@Suite("Signatures in recorded metadata")
struct RecordedSignatureTests {
    /// A fixture with other answers, recorded on a node that trusts nobody or has some key.
    private func recording(
        _ name: String, _ answers: [String: [UInt8]], keys: [String: [UInt8]]
    ) async throws -> (MetadataRecording, MetadataContext) {
        var document = try #require(MachineFixture.all.first { $0.name == name }).document
        let kept = (document["exchanges"]?.array ?? []).filter { answers[$0["url"]?.string ?? ""] == nil }
        let given = answers.map { url, body -> JSONValue in
            ["url": .string(url), "status": 200, "base64": .string(Data(body).base64EncodedString())]
        }
        document = document.setting(["exchanges"], .array(kept + given))
            .setting(["now"], JSONValue(Int64(Date().timeIntervalSince1970) + 60))
        for (path, bytes) in keys {
            document = document.setting(["files", path], ["base64": .string(Data(bytes).base64EncodedString())])
        }
        let fixture = MachineFixture(name: name, document: document)
        let (context, _) = try fixture.context()
        let recorder = MetadataRecorder(of: fixture.platform, before: context)
        _ = try await #require(Registry.platform(fixture.platform)?.source).snapshot(in: recorder.context)
        return (recorder.recording, context)
    }

    private func replayed(_ recording: MetadataRecording, _ context: MetadataContext) async throws -> JSONValue {
        let replay = MetadataReplay(recording)
        let source = try #require(Registry.platform(PlatformName(rawValue: recording.platform))?.source)
        let snapshot = try await source.snapshot(in: replay.context(context.host, deadline: context.deadline))
        #expect(replay.unanswered == [])
        return snapshot.document()
    }

    private static let withoutSignature: JSONValue = [
        "verified": false, "by": nil, "reason": "a recording does not have the signature",
    ]

    @Test("EC2's three signatures go, the document stays, and a node with keys and pins replays it")
    func ec2() async throws {
        let region = try AWSIdentityTests.Region("eu-west-1")
        let document = """
            {"accountId":"012345678901","instanceId":"i-1234567890abcdef0","region":"eu-west-1","pendingTime":"2026-01-02T03:04:05Z"}
            """
        let signature = try region.sign(document)
        let certificate = try region.openssl.read("region.pem")
        let base = "http://169.254.169.254/latest/dynamic/instance-identity/"
        var answers = [base + "document": Array(document.utf8)]
        for form in ["rsa2048", "pkcs7", "signature"] { answers[base + form] = signature }
        for pins in [nil, "account: \"012345678901\""] {
            var keys = ["/etc/slipway/trust/aws/eu-west-1.pem": certificate]
            if let pins { keys["/etc/slipway/trust/aws/pins.yaml"] = Array(pins.utf8) }
            var (recording, context) = try await recording("aws/two-nics", answers, keys: keys)
            let part = String(decoding: signature.filter { $0 > 0x20 }.suffix(60), as: UTF8.self)
            #expect(bodies(recording).contains(part), "the test's own signature is there before")
            let taken = recording.redact()
            for form in ["rsa2048", "pkcs7", "signature"] {
                #expect(taken.contains { $0.hasSuffix("/instance-identity/\(form)") }, "\(form) of \(taken)")
            }
            #expect(!bodies(recording).contains(part) && bodies(recording).contains("012345678901"))
            let answer = try await replayed(recording, context)
            #expect(answer["identity"] == Self.withoutSignature)
            #expect(answer["instance_id"] == "i-1234567890abcdef0")
        }
    }

    @Test("Azure's signature goes, the answer stays JSON, and a node with roots replays it")
    func azure() async throws {
        let cloud = try AzureIdentityTests.Cloud()
        let url = "http://169.254.169.254/metadata/attested/document?api-version=2020-09-01"
        let time = { (offset: Double) -> String in
            let parts = Date(timeIntervalSinceNow: offset).ISO8601Format().split { "-T:Z".contains($0) }
            return "\(parts[1])/\(parts[2])/\(parts[0].suffix(2)) \(parts[3]):\(parts[4]):\(parts[5]) -0000"
        }
        let document = """
            {"nonce":"","subscriptionId":"8d10da13-8125-4ba9-a717-bf7490507b3d","timeStamp":{"createdOn":"\(time(-60))",\
            "expiresOn":"\(time(3600))"},"vmId":"02aab8a4-74ef-476e-8182-f6d2ba4166a6"}
            """
        let answer = try cloud.sign(document)
        var keys: [String: [UInt8]] = [:]
        for name in ["root", "link"] {
            keys["/etc/slipway/trust/azure/\(name).pem"] = try cloud.openssl.read("\(name).pem")
        }
        var (recording, context) = try await recording("azure/single-nic", [url: answer], keys: keys)
        let signature = try JSONText.decode(JSONValue.self, from: answer)["signature"]?.string ?? ""
        let part = String(signature.suffix(60))
        #expect(part.utf8.count == 60 && bodies(recording).contains(part))
        #expect(recording.redact().contains { $0.hasSuffix("/attested/document") })
        #expect(!bodies(recording).contains(part) && bodies(recording).contains("\"encoding\":\"pkcs7\""))
        #expect(try await replayed(recording, context)["identity"] == Self.withoutSignature)
    }

    @Test("the mark of a recording is no way around a verdict where a service gives it")
    func marked() async throws {
        let region = try AWSIdentityTests.Region("eu-west-1")
        let keys = ["/etc/slipway/trust/aws/eu-west-1.pem": try region.openssl.read("region.pem")]
        let url = "http://169.254.169.254/latest/dynamic/instance-identity/rsa2048"
        await #expect(throws: PlatformError.self) {
            _ = try await recording("aws/two-nics", [url: Array("REDACTED".utf8)], keys: keys)
        }
    }

    /// The answers that came, as they are.
    private func bodies(_ recording: MetadataRecording) -> String {
        recording.exchanges.map { exchange in
            guard case .success(let response) = exchange.outcome else { return "" }
            return String(decoding: response.body.filter { $0 > 0x20 }, as: UTF8.self)
        }.joined(separator: "\n")
    }
}
