import Documents
import FoundationEssentials
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

/// What a recording of a platform leaves out, and that its replay answers all the same.
@Suite("Secrets in recorded metadata")
struct RecordedSecretsTests {
    private static let secret = "Hunter2-Hunter2"
    private static let encoded = Data(secret.utf8).base64EncodedString()

    private func recording(_ platform: String, _ document: JSONValue) async throws -> (
        MetadataRecording, MetadataContext
    ) {
        let fixture = MachineFixture(name: "\(platform)/secrets", document: document)
        let (context, _) = try fixture.context()
        let recorder = MetadataRecorder(of: fixture.platform, before: context)
        _ = try await #require(Registry.platform(fixture.platform)?.source).snapshot(in: recorder.context)
        return (recorder.recording, context)
    }

    /// Every text of the recording as it is, and without its base64.
    private func texts(_ recording: MetadataRecording) throws -> String {
        let text = try JSONText.encode(recording)
        let words = text.split { !($0.isLetter || $0.isNumber || "+/=".contains($0)) }
        return text
            + words.compactMap { Data(base64Encoded: String($0)) }.map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    private func expectClean(
        _ platform: String, _ document: JSONValue, _ names: [String], identity: String
    ) async throws {
        var (recording, context) = try await recording(platform, document)
        #expect(try texts(recording).contains(Self.secret), "the test's own secret is there before")
        let taken = recording.redact()
        for name in names { #expect(taken.contains { $0.hasSuffix(name) }, "\(name) of \(taken)") }
        #expect(try !texts(recording).contains(Self.secret) && !texts(recording).contains(Self.encoded))
        let replay = MetadataReplay(recording)
        let source = try #require(Registry.platform(PlatformName(rawValue: platform))?.source)
        let snapshot = try await source.snapshot(in: replay.context(context.host, deadline: context.deadline))
        #expect(snapshot.instanceID == identity && replay.unanswered == [])
    }

    @Test("Nova's administrator's password and random seed, by HTTP and on a drive")
    func openStack() async throws {
        let metadata = """
            {"uuid":"d8e02d56-2648-49a3-bf97-6be8f1204f38","hostname":"a","name":"a","availability_zone":"nova",\
            "admin_pass":"\(Self.secret)","random_seed":"\(Self.encoded)"}
            """
        let base = "http://169.254.169.254/openstack/latest/"
        let served: JSONValue = [
            "exchanges": [["url": .string(base + "meta_data.json"), "status": 200, "body": .string(metadata)]],
            "otherwise": 404,
        ]
        let identity = "d8e02d56-2648-49a3-bf97-6be8f1204f38"
        try await expectClean("openstack", served, ["meta_data.json"], identity: identity)
        let drive: JSONValue = [
            "volumes": [
                [
                    "label": "config-2",
                    "files": [
                        "openstack/latest/meta_data.json": .string(metadata),
                        "openstack/latest/user_data": .string(Self.secret),
                    ],
                ]
            ]
        ]
        try await expectClean("openstack", drive, ["meta_data.json", "user_data"], identity: identity)
    }

    @Test("what stands under a secret's name in YAML: Hetzner's vendor data, an owner's metadata")
    func yaml() async throws {
        let metadata = """
            instance-id: 123456
            hostname: a
            vendor_data: "\(Self.secret)"
            network-config: {version: 1, config: [{type: physical, name: eth0, mac_address: '96:00:00:08:19:da'}]}
            """
        let base = "http://169.254.169.254/hetzner/v1/"
        let served: JSONValue = [
            "exchanges": [
                ["url": .string(base + "metadata"), "status": 200, "body": .string(metadata)],
                [
                    "url": .string(base + "userdata"), "status": 200,
                    "body": .string("#!/bin/sh\necho \(Self.secret)\n"),
                ],
            ],
            "otherwise": 404,
        ]
        try await expectClean("hetzner", served, ["/metadata", "/userdata"], identity: "123456")
        let info: JSONValue = [
            "files": ["/sys/class/dmi/id/product_uuid": "1"],
            "guestinfo": ["guestinfo.metadata": .string("instance-id: i-7\nroot_password: \(Self.secret)\n")],
        ]
        try await expectClean("vmware", info, ["guestinfo.metadata"], identity: "i-7")
    }

    @Test("the password and the custom data on Azure's provisioning disc")
    func azureDisc() async throws {
        let fixture = try #require(MachineFixture.all.first { $0.name == "azure/disc-custom-data-gzip" })
        var document = try #require(fixture.document.object)
        let volume = try #require(document["volumes"]?.array?.first?.object)
        let environment = try #require(volume["files"]?["ovf-env.xml"]?.string)
        let start = try #require(environment.firstRange(of: "<CustomData>")).upperBound
        let end = try #require(environment.firstRange(of: "</CustomData>")).lowerBound
        let changed =
            environment[..<start] + "\n    \(Self.encoded.prefix(8))\n    \(Self.encoded.dropFirst(8))\n"
            + environment[end...]
        let full = String(changed).replacing("not-to-be-kept", with: Self.secret)
        #expect(full.contains("<UserPassword>\(Self.secret)</UserPassword>"))
        document["volumes"] = [["label": volume["label"] ?? nil, "files": ["ovf-env.xml": .string(full)]]]
        try await expectClean(
            "azure", .object(document), ["ovf-env.xml"], identity: "02aab8a4-74ef-476e-8182-f6d2ba4166a6")
    }
}
