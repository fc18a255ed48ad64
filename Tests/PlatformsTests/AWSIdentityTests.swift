import Kernel
import Platforms
import SystemPackage
import TestSupport
import Testing
import Trust

/// Documents of two EC2 instances, and those that `openssl` signs as a region would.
@Suite("AWS identity")
struct AWSIdentityTests {
    /// A region of the test's own: its key, its certificate, a folder that has it.
    struct Region: ~Copyable {
        let openssl: OpenSSL
        let directory: TemporaryDirectory
        let certificate: Certificate
        var trust: TrustFolder { TrustFolder(directory.path, on: .live) }

        init(_ name: String = "eu-test-1", bits: Int = 2048) throws {
            let openssl = try OpenSSL()
            let directory = try TemporaryDirectory()
            try openssl.makeKey("region", "rsa:\(bits)")
            // As AWS's: signed by itself, no uses named, the same name in each region.
            try openssl.makeCertificate(
                "region", .init("/C=US/ST=Washington State/L=Seattle/O=Amazon Web Services LLC", serial: 0x1234))
            let pem = try openssl.read("region.pem")
            try directory.write("\(name).pem", pem)
            certificate = try Certificate.certificates(inPEM: pem, file: "it", for: "a test")[0]
            self.openssl = openssl
            self.directory = directory
        }

        func sign(_ document: String, md: String = "sha256") throws -> [UInt8] {
            try openssl.write("document", document)
            try openssl(
                "smime -sign -nodetach -nocerts -binary -md \(md) -in document -signer region.pem -inkey region.key -outform DER -out s"
            )
            try openssl("base64 -in s -out s64")
            return try openssl.read("s64")
        }
    }

    private static let fields = [
        "accountId": "123456789012", "instanceId": "i-0123456789abcdef0", "region": "eu-test-1", "imageId": "ami-1",
        "pendingTime": "2026-01-02T03:04:05Z", "availabilityZone": "eu-test-1a", "instanceType": "m7i.large",
    ]
    private static let expectation = AWSIdentity.Expectation(
        account: "123456789012", instanceID: "i-0123456789abcdef0", region: "eu-test-1")

    private static func document(_ change: [String: String?] = [:]) -> String {
        let fields = Self.fields.merging(change.mapValues { $0 ?? "" }) { _, new in new }
        let lines = fields.filter { change[$0.key] != .some(nil) }.sorted { $0.key < $1.key }
            .map { "  \"\($0.key)\" : \"\($0.value)\"" }
        return "{\n" + (lines + ["  \"kernelId\" : null"]).joined(separator: ",\n") + "\n}"
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        try LiveFiles().contents(of: fixtures.appending(name), limit: 1 << 16)
    }
    private static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures/trust/aws")

    @Test("the documents of two real instances are verified, for their account, instance and region alone")
    func published() throws {
        let trust = TrustFolder(Self.fixtures, on: .live)
        let now = try #require(UTCTime(year: 2021, month: 9, day: 12))
        let account = ["us-west-1": "883474662888", "us-west-2": "278576220453"]
        let instance = ["us-west-1": "i-01b940c45fd11fe74", "us-west-2": "i-078517ca8a70a1dde"]
        for region in ["us-west-1", "us-west-2"] {
            let signature = try Self.fixture("\(region).rsa2048")
            let right = AWSIdentity.Expectation(account: account[region], instanceID: instance[region], region: region)
            for expectation in [right, .init(), .init(account: account[region])] {
                let verdict = AWSIdentity.verify(signature: signature, trust: trust, expectation: expectation, now: now)
                #expect(verdict.by?.hasPrefix("the certificate of \(region), serial 00") == true, "\(verdict)")
            }
            let claims = try AWSIdentity.check(signature: signature, trust: trust, expectation: right, now: now).claims
            #expect(claims.instanceType?.hasPrefix("t2.") == true && claims.availabilityZone?.hasPrefix(region) == true)
            for (wrong, kind) in [
                (
                    AWSIdentity.Expectation(account: "1"),
                    TrustError.Kind.different("account", found: account[region] ?? "", wanted: "1")
                ),
                (.init(instanceID: "i-1"), .different("instance", found: instance[region] ?? "", wanted: "i-1")),
                (.init(region: "eu-west-1"), .different("region", found: region, wanted: "eu-west-1")),
            ] {
                let verdict = AWSIdentity.verify(signature: signature, trust: trust, expectation: wrong, now: now)
                #expect(verdict.error?.kind == kind)
                #expect(verdict.error?.isForWantOfKeys == false)
            }
            let early = UTCTime(secondsSince1970: 1_600_000_000)
            guard
                case .notYetValid("pendingTime", _, early) = AWSIdentity.verify(
                    signature: signature, trust: trust, expectation: right, now: early
                ).error?.kind
            else {
                Issue.record("a clock before the instance's start")
                continue
            }
        }
    }

    @Test("a region's document is verified; without its certificate the reason names the region and the folder")
    func own() throws {
        let region = try Region()
        let signature = try region.sign(Self.document())
        func verdict(_ trust: TrustFolder, _ document: String? = nil) -> Verdict {
            AWSIdentity.verify(
                document: document.map { Array($0.utf8) }, signature: signature, trust: trust,
                expectation: Self.expectation, now: .current())
        }
        #expect(verdict(region.trust).isVerified)
        #expect(verdict(region.trust, Self.document()).isVerified)
        #expect(
            verdict(region.trust, Self.document(["accountId": "2"])).error?.kind
                == .malformed("the document that is served is not the one that is signed"))
        let empty = try TemporaryDirectory()
        let none = verdict(TrustFolder(empty.path, on: .live))
        #expect(
            none.error?.kind == .noKey("certificate of region eu-test-1 (eu-test-1.pem)", folder: empty.path.string))
        #expect(
            none.reason
                == "the instance identity document: no certificate of region eu-test-1 (eu-test-1.pem) in \(empty.path.string)"
        )
        #expect(none.error?.isForWantOfKeys == true)
        #expect(verdict(TrustFolder("/nonexistent/trust", on: .live)).error?.isForWantOfKeys == true)
    }

    @Test("another key under the region's name is a forgery; another certificate's name is want of keys")
    func forgeries() throws {
        let region = try Region()
        let forger = try Region()
        let forged = AWSIdentity.verify(
            signature: try forger.sign(Self.document()), trust: region.trust, expectation: Self.expectation,
            now: .current())
        #expect(forged.error?.kind == .signatureMismatch(key: region.certificate.name))
        #expect(forged.error?.isForWantOfKeys == false)
        // The real instance's document under a region whose certificate is not there by that number.
        let directory = try TemporaryDirectory()
        try directory.write("us-west-2.pem", try Self.fixture("us-west-1.pem"))
        let unknown = AWSIdentity.verify(
            signature: try Self.fixture("us-west-2.rsa2048"), trust: TrustFolder(directory.path, on: .live),
            expectation: .init(),
            now: .current())
        guard case .unknownSigner(let signer, _) = unknown.error?.kind else {
            Issue.record("\(unknown)")
            return
        }
        #expect(signer.contains("serial 00b64bde5ad00924cc") && unknown.error?.isForWantOfKeys == true)
        // Several certificates in a region's file, as while a region changes its own.
        try directory.write("us-west-2.pem", try Self.fixture("us-west-1.pem") + (try Self.fixture("us-west-2.pem")))
        #expect(
            AWSIdentity.verify(
                signature: try Self.fixture("us-west-2.rsa2048"), trust: TrustFolder(directory.path, on: .live),
                expectation: .init(),
                now: .current()
            ).isVerified)
    }

    @Test("a field that is signed otherwise is another machine's, one that is not there is missing")
    func fields() throws {
        let region = try Region()
        func kind(_ change: [String: String?]) throws -> TrustError.Kind? {
            AWSIdentity.verify(
                signature: try region.sign(Self.document(change)), trust: region.trust, expectation: Self.expectation,
                now: UTCTime(secondsSince1970: 1_800_000_000)
            ).error?.kind
        }
        #expect(
            try kind(["accountId": "210987654321"])
                == .different("account", found: "210987654321", wanted: "123456789012"))
        #expect(try kind(["instanceId": "i-1"]) == .different("instance", found: "i-1", wanted: "i-0123456789abcdef0"))
        for key in ["accountId", "instanceId", "region", "pendingTime"] {
            #expect(try kind([key: String?.none]) == .missing(key))
            #expect(try kind([key: ""]) == .missing(key))
        }
        #expect(try kind(["pendingTime": "yesterday"]) == .malformed("a pendingTime that is no time"))
        #expect(try kind(["imageId": String?.none, "instanceType": String?.none]) == nil)
        let future = try #require(UTCTime(rfc3339: "2030-01-01T00:00:00Z"))
        #expect(
            try kind(["pendingTime": "2030-01-01T00:00:00Z"])
                == .notYetValid("pendingTime", from: future, now: UTCTime(secondsSince1970: 1_800_000_000)))
        for name in [
            "../eu-test-1", "eu-test-1/../eu-test-1", "EU-TEST-1", ".", "..", "/etc/passwd", "eu-test-1\\u0000",
            String(repeating: "a", count: 33),
        ] {
            #expect(try kind(["region": name]) == .malformed("a region that is no region's name"), "\(name)")
        }
    }

    @Test("a certificate has its dates, a key its length, and older forms are named")
    func weak() throws {
        let region = try Region()
        let signature = try region.sign(Self.document(["pendingTime": "2000-01-01T00:00:00Z"]))
        func kind(_ now: UTCTime) -> TrustError.Kind? {
            AWSIdentity.verify(signature: signature, trust: region.trust, expectation: Self.expectation, now: now)
                .error?.kind
        }
        let certificate = region.certificate
        let name = "the certificate of \(certificate.name)"
        let before = certificate.notBefore.advanced(bySeconds: -1)
        #expect(kind(before) == .notYetValid(name, from: certificate.notBefore, now: before))
        #expect(kind(certificate.notBefore) == nil)
        #expect(kind(certificate.notAfter) == .expired(name, at: certificate.notAfter, now: certificate.notAfter))
        let old = try region.sign(Self.document(), md: "sha1")
        #expect(
            AWSIdentity.verify(signature: old, trust: region.trust, expectation: .init(), now: .current()).error?.kind
                == .unsupported(algorithm: "RSA over SHA-1"))
        let short = try Region(bits: 1024)
        guard
            case .weakKey(_, 1024, 2048) = AWSIdentity.verify(
                signature: try short.sign(Self.document()), trust: short.trust, expectation: .init(), now: .current()
            ).error?.kind
        else {
            Issue.record("a short key")
            return
        }
        for form in [AWSIdentity.Form.pkcs7, .signature] {
            let verdict = AWSIdentity.verify(
                signature: signature, form: form, trust: region.trust, expectation: .init(), now: .current())
            #expect(verdict.reason?.contains("legacy \(form.rawValue)") == true)
        }
    }

    @Test("no changed byte of a real document leaves it verified")
    func flipped() throws {
        let trust = TrustFolder(Self.fixtures, on: .live)
        let signature = try Self.fixture("us-west-2.rsa2048").filter { $0 != 0x0a }
        let end = signature.firstIndex(of: UInt8(ascii: "=")) ?? signature.count
        // The last character before the padding has bits that no byte is made of.
        for position in 0..<end - 1 {
            var changed = signature
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let verdict = AWSIdentity.verify(signature: changed, trust: trust, expectation: .init(), now: .current())
            #expect(!verdict.isVerified, "\(position)")
        }
    }
}
