import Documents
import FoundationEssentials
import Kernel
import Platform
import Platforms
import SystemPackage
import TestSupport
import Testing

/// User data by its owner's key, which `openssl` makes and signs with.
@Suite("Trust in user data")
struct UserDataTrustTests {
    private struct Owner: ~Copyable {
        let openssl: OpenSSL

        init() throws {
            let openssl = try OpenSSL()
            try openssl.makeKey("owner", "ed25519")
            try openssl("pkey -in owner.key -pubout -out owner.pem")
            self.openssl = openssl
        }

        func sign(_ payload: [UInt8]) throws -> String {
            try openssl.write("payload", payload)
            try openssl("pkeyutl -sign -rawin -inkey owner.key -in payload -out signature")
            return Data(try openssl.read("signature")).base64EncodedString()
        }
    }

    /// A drive's machine: its metadata, its payload, and the owner's keys on the node.
    private func snapshot(
        _ payload: [UInt8], metadata: String = "", keys: [String: [UInt8]]
    ) async throws(PlatformError) -> MetadataSnapshot {
        var files: [String: JSONValue] = [:]
        for (name, bytes) in keys {
            files["/etc/slipway/trust/user-data/\(name)"] = ["base64": .string(Data(bytes).base64EncodedString())]
        }
        let document: JSONValue = [
            "files": .object(files),
            "volumes": [
                [
                    "label": "cidata",
                    "files": [
                        "meta-data": .string("instance-id: i-1\n\(metadata)"),
                        "user-data": ["base64": .string(Data(payload).base64EncodedString())],
                    ],
                ]
            ],
        ]
        let fixture = MachineFixture(name: "nocloud/owned", document: document)
        guard let source = Registry.platform("nocloud")?.source, let (context, _) = try? fixture.context() else {
            throw PlatformError(.noMetadata)
        }
        return try await source.snapshot(in: context)
    }

    private func refusal(_ payload: [UInt8], metadata: String = "", keys: [String: [UInt8]]) async -> String? {
        do throws(PlatformError) {
            _ = try await snapshot(payload, metadata: metadata, keys: keys)
            return nil
        } catch {
            guard case .untrusted(let words) = error.kind else { return "\(error)" }
            return words
        }
    }

    private let payload = Array("#cloud-config\nhostname: seven\n".utf8)

    @Test("without a key on the node any payload is taken; with one an unsigned one is refused")
    func unsigned() async throws {
        let owner = try Owner()
        #expect(await refusal(payload, keys: [:]) == nil)
        let words = await refusal(payload, keys: ["owner.pem": try owner.openssl.read("owner.pem")])
        #expect(
            words?.contains("the user data: no signature") == true && words?.contains("user-data-signature") == true)
    }

    @Test("a signature beside it is of the bytes as they are served, packed or not")
    func beside() async throws {
        let owner = try Owner()
        let keys = ["owner.pem": try owner.openssl.read("owner.pem")]
        let scratch = try TemporaryDirectory()
        try scratch.write("payload", payload)
        try run("gzip -n \(scratch.path)/payload")
        let packed = try LiveFiles().contents(of: scratch.path.appending("payload.gz"), limit: 1 << 16)
        for served in [payload, packed] {
            let key = "user-data-signature: \(try owner.sign(served))\n"
            let snapshot = try await snapshot(served, metadata: key, keys: keys)
            #expect(snapshot.userData?.decoded == payload)
            var other = served
            other[other.count - 1] ^= 1
            #expect(await refusal(other, metadata: key, keys: keys) != nil)
        }
        let elsewhere = "user-data-signature: \(try Owner().sign(payload))\n"
        #expect(
            await refusal(payload, metadata: elsewhere, keys: keys)?.contains("the signature does not match") == true)
        #expect(
            await refusal(payload, metadata: "user-data-signature: abc\n", keys: keys)?.contains("64 bytes") == true)
    }

    @Test("a signature in its first line is of all that follows")
    func within() async throws {
        let owner = try Owner()
        let keys = ["owner.pem": try owner.openssl.read("owner.pem")]
        let signed = Array("# slipway-signature: ed25519 \(try owner.sign(payload))\n".utf8) + payload
        #expect(try await snapshot(signed, keys: keys).userData?.decoded == signed)
        for position in signed.indices where signed[position] != 0x0a || position > 120 {
            var other = signed
            other[position] ^= 0x01
            #expect(await refusal(other, keys: keys) != nil, "byte \(position)")
        }
        #expect(await refusal(Array(signed.dropLast()), keys: keys) != nil)
    }

    @Test("any of several keys may have signed; one that cannot be read is an error, for it may be the one that counts")
    func keys() async throws {
        let owner = try Owner()
        let other = try Owner()
        let key = "user-data-signature: \(try other.sign(payload))\n"
        let both = ["a.pem": try owner.openssl.read("owner.pem"), "b.pem": try other.openssl.read("owner.pem")]
        #expect(await refusal(payload, metadata: key, keys: both) == nil)
        let broken = both.merging(["c.pem": Array("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".utf8)])
        { $1 }
        #expect(
            await refusal(payload, metadata: key, keys: broken)?.contains("/etc/slipway/trust/user-data/c.pem") == true)
    }
}
