import Kernel
import Platforms
import SystemPackage
import TestSupport
import Testing
import Trust

/// A real machine's document, that of Microsoft's documentation, and those that `openssl` signs.
@Suite("Azure identity")
struct AzureIdentityTests {
    private static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures/trust/azure")

    /// The answer of the service with that signature.
    private static func answer(_ signature: some Sequence<UInt8>) -> [UInt8] {
        let text = String(decoding: signature.filter { $0 != 0x0a }, as: UTF8.self)
        return Array("{\"encoding\":\"pkcs7\",\"signature\":\"\(text)\"}".utf8)
    }

    private static func published(_ name: String) throws -> [UInt8] {
        answer(try LiveFiles().contents(of: fixtures.appending("\(name).signature"), limit: 1 << 16))
    }

    /// A cloud of the test's own: a root, a link, a signer.
    struct Cloud: ~Copyable {
        let openssl: OpenSSL
        let directory: TemporaryDirectory
        var trust: TrustFolder { TrustFolder(directory.path, on: .live) }

        init(name: String = "eastus.metadata.azure.com", uses: String = "serverAuth") throws {
            let openssl = try OpenSSL()
            let directory = try TemporaryDirectory()
            try openssl.makeRoot("root", "/CN=cloud root")
            for name in ["link", "signer"] { try openssl.makeKey(name) }
            try openssl.makeCertificate(
                "link",
                .init(
                    "/CN=cloud link", issuer: "root",
                    extensions: ["basicConstraints = critical, CA:true", "keyUsage = keyCertSign"], days: 2000))
            try openssl.makeCertificate(
                "signer",
                .init(
                    "/CN=metadata.azure.com", issuer: "link",
                    extensions: [
                        "subjectAltName = DNS:\(name)", "extendedKeyUsage = \(uses)", "keyUsage = digitalSignature",
                    ], days: 1000))
            for name in ["root", "link"] { try directory.write("\(name).pem", try openssl.read("\(name).pem")) }
            self.openssl = openssl
            self.directory = directory
        }

        /// As Azure does: the signer's certificate alone, no signed attributes.
        func sign(_ document: String, _ words: String = "-noattr") throws -> [UInt8] {
            try openssl.write("document", document)
            try openssl(
                "cms -sign -nodetach \(words) -binary -in document -signer signer.pem -inkey signer.key -outform DER -out s"
            )
            try openssl("base64 -A -in s -out s64")
            return AzureIdentityTests.answer(try openssl.read("s64"))
        }
    }

    private static func document(
        nonce: String = "1234567890", vm: String = "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
        subscription: String? = "8d10da13-8125-4ba9-a717-bf7490507b3d",
        created: String = "11/25/26 10:00:00 -0000", expires: String = "11/25/26 16:00:00 -0000"
    ) -> String {
        let member = subscription.map { "\"subscriptionId\":\"\($0)\"," } ?? ""
        return """
            {"licenseType":"","nonce":"\(nonce)","plan":{"name":"","product":"","publisher":""},"sku":"12",\(member)\
            "timeStamp":{"createdOn":"\(created)","expiresOn":"\(expires)"},"vmId":"\(vm)"}
            """
    }

    private static let expectation = AzureIdentity.Expectation(
        subscriptionID: "8D10DA13-8125-4BA9-A717-BF7490507B3D", vmID: "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
        nonce: "1234567890")

    @Test("a real machine's document is verified by its chain, in its hours")
    func published() throws {
        let trust = TrustFolder(Self.fixtures, on: .live)
        let document = try Self.published("eastus-2026")
        let expectation = AzureIdentity.Expectation(
            subscriptionID: "05e8b285-4ce1-46a3-b4c9-f51ba67d6acc", vmID: "DC18DE58-292F-4794-9A5D-A4192BAD0039",
            nonce: "20260626-005645")
        let now = try #require(UTCTime(rfc3339: "2026-06-25T20:00:00Z"))
        let verdict = AzureIdentity.verify(document: document, trust: trust, expectation: expectation, now: now)
        #expect(verdict.by?.contains("CN=DigiCert Global Root G2 in ") == true, "\(verdict)")
        let claims = try AzureIdentity.check(document: document, trust: trust, expectation: expectation, now: now)
            .claims
        #expect(
            claims.created == UTCTime(rfc3339: "2026-06-25T18:56:45Z")
                && claims.expires == UTCTime(rfc3339: "2026-06-26T00:56:45Z"))
        func kind(_ time: String, _ expectation: AzureIdentity.Expectation = .init()) throws -> TrustError.Kind? {
            AzureIdentity.verify(
                document: document, trust: trust, expectation: expectation, now: try #require(UTCTime(rfc3339: time))
            ).error?.kind
        }
        let late = try #require(UTCTime(rfc3339: "2026-06-27T00:00:00Z"))
        #expect(try kind("2026-06-27T00:00:00Z") == .expired("the document", at: claims.expires, now: late))
        guard case .expired(let name, _, _) = try kind("2026-12-01T00:00:00Z") else {
            Issue.record("after the certificate's end")
            return
        }
        #expect(name.contains("CN=metadata.azure.com"))
        let time = "2026-06-25T20:00:00Z"
        guard case .wrongName = try kind(time, .init(domains: ["metadata.azure.cn"])) else {
            Issue.record("another cloud's")
            return
        }
        #expect(
            try kind(time, .init(vmID: "0"))
                == .different("machine", found: "dc18de58-292f-4794-9a5d-a4192bad0039", wanted: "0"))
        // Without the links nothing leads to the root.
        let directory = try TemporaryDirectory()
        try directory.write(
            "root.pem",
            try LiveFiles().contents(of: Self.fixtures.appending("digicert-global-root-g2.pem"), limit: 1 << 16))
        let bare = AzureIdentity.verify(
            document: document, trust: TrustFolder(directory.path, on: .live), expectation: .init(), now: now
        ).error
        guard case .unknownIssuer(_, let issuer, _) = bare?.kind else {
            Issue.record("no links: \(bare.map(String.init(describing:)) ?? "verified")")
            return
        }
        #expect(issuer.hasSuffix("/CN=Microsoft TLS G2 RSA CA OCSP 02") && bare?.isForWantOfKeys == true)
    }

    @Test("the sample of Microsoft's documentation has a short key")
    func documentation() throws {
        let now = try #require(UTCTime(year: 2018, month: 11, day: 20, hour: 22, minute: 8))
        let verdict = AzureIdentity.verify(
            document: try Self.published("documentation"), trust: TrustFolder(Self.fixtures, on: .live),
            expectation: .init(), now: now)
        guard case .weakKey(_, 1024, 2048) = verdict.error?.kind else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test("a document is verified for its machine, subscription and nonce, in its hours")
    func own() throws {
        let cloud = try Cloud()
        func kind(_ document: String, _ words: String = "-noattr", now: String = "2026-11-25T12:00:00Z") throws
            -> TrustError.Kind?
        {
            // The certificates are of now, whenever that is: so the document's hours are moved there in the clock's place.
            AzureIdentity.verify(
                document: try cloud.sign(document, words), trust: cloud.trust, expectation: Self.expectation,
                now: try #require(UTCTime(rfc3339: now))
            ).error?.kind
        }
        // Half a year ahead: within the test's certificates, which begin now.
        let year = Self.year
        func at(_ text: String) -> String { "\(year)-\(text)" }
        let fresh = Self.document(
            created: "06/01/\(year.suffix(2)) 10:00:00 -0000", expires: "06/01/\(year.suffix(2)) 16:00:00 -0000")
        let noon = at("06-01T12:00:00Z")
        for words in ["-noattr", "", "-md sha512"] { #expect(try kind(fresh, words, now: noon) == nil) }
        let created = try #require(UTCTime(rfc3339: at("06-01T10:00:00Z")))
        let expires = try #require(UTCTime(rfc3339: at("06-01T16:00:00Z")))
        for (seconds, isIn) in [(-301, false), (-300, true), (21_899, true), (21_900, false)] {
            let now = created.advanced(bySeconds: Int64(seconds))
            let found = try kind(fresh, now: now.description)
            switch found {
            case nil: #expect(isIn)
            case .notYetValid("the document", created, now): #expect(!isIn && seconds < 0)
            case .expired("the document", expires, now): #expect(!isIn && seconds > 0)
            default: Issue.record("\(seconds)")
            }
        }
        func changed(_ old: String, _ new: String) throws -> TrustError.Kind? {
            try kind(fresh.replacing(old, with: new), now: noon)
        }
        #expect(
            try changed("02aab8a4", "12aab8a4")
                == .different(
                    "machine", found: "12aab8a4-74ef-476e-8182-f6d2ba4166a6",
                    wanted: "02aab8a4-74ef-476e-8182-f6d2ba4166a6"))
        #expect(
            try changed("8d10da13", "9d10da13")
                == .different(
                    "subscription", found: "9d10da13-8125-4ba9-a717-bf7490507b3d",
                    wanted: "8D10DA13-8125-4BA9-A717-BF7490507B3D"))
        #expect(
            try changed("1234567890", "1234567891") == .different("nonce", found: "1234567891", wanted: "1234567890"))
        #expect(try changed("\"subscriptionId\"", "\"x\"") == .missing("subscription"))
        #expect(try changed("\"vmId\"", "\"x\"") == .missing("vmId"))
        #expect(try changed("\"timeStamp\"", "\"x\"") == .missing("timeStamp.createdOn"))
        #expect(try changed("16:00:00 -0000", "16:00:00 +0200") == .malformed("a timeStamp.expiresOn that is no time"))
        #expect(try changed("16:00:00 -0000", "09:00:00 -0000") != nil)
        #expect(try kind("<html>", now: noon) != nil)
    }

    private static var year: String {
        String((UTCTime.current().advanced(bySeconds: 365 * 86_400)).description.prefix(4))
    }

    @Test("a signer of another name, for another purpose, or of another root, is refused for that")
    func signers() throws {
        // Asked when it is needed: a certificate is not valid before it was made.
        var now: UTCTime { UTCTime.current() }
        func verdict(_ cloud: borrowing Cloud, _ trust: TrustFolder) throws -> TrustError? {
            AzureIdentity.verify(
                document: try cloud.sign(Self.document()), trust: trust, expectation: .init(), now: now
            ).error
        }
        let named = try Cloud(name: "evilmetadata.azure.com")
        guard case .wrongName = try verdict(named, named.trust)?.kind else {
            Issue.record("another name: \(String(describing: try verdict(named, named.trust)))")
            return
        }
        let purposed = try Cloud(uses: "codeSigning")
        guard case .wrongPurpose = try verdict(purposed, purposed.trust)?.kind else {
            Issue.record("another purpose")
            return
        }
        let cloud = try Cloud()
        let foreign = try verdict(purposed, cloud.trust)
        #expect(foreign != nil && foreign?.kind != .missing("vmId"))
        let empty = try TemporaryDirectory()
        let none = try verdict(cloud, TrustFolder(empty.path, on: .live))
        #expect(none?.kind == .noKey("root certificate", folder: empty.path.string) && none?.isForWantOfKeys == true)
        // Nobody's certificate in the envelope.
        let bare = AzureIdentity.verify(
            document: try cloud.sign(Self.document(), "-nocerts"), trust: cloud.trust, expectation: .init(), now: now)
        #expect(bare.error?.kind == .missing("certificate of its signer"))
    }

    @Test("no changed byte of a real answer leaves it verified, and what is no answer is told")
    func damaged() throws {
        let trust = TrustFolder(Self.fixtures, on: .live)
        let now = try #require(UTCTime(rfc3339: "2026-06-25T20:00:00Z"))
        let answer = try Self.published("eastus-2026")
        #expect(AzureIdentity.verify(document: answer, trust: trust, expectation: .init(), now: now).isVerified)
        let start =
            answer.count - 2
            - (try LiveFiles().contents(of: Self.fixtures.appending("eastus-2026.signature"), limit: 1 << 16)).count + 1
        let end = answer.count - 3
        for position in stride(from: start, to: end, by: Sweep.isLong ? 1 : 7)
        where answer[position] != UInt8(ascii: "=") {
            var changed = answer
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(
                !AzureIdentity.verify(document: changed, trust: trust, expectation: .init(), now: now).isVerified,
                "\(position)")
        }
        for text in [
            "", "[]", "{}", #"{"encoding":"jws","signature":""}"#, #"{"encoding":"pkcs7"}"#,
            #"{"encoding":"pkcs7","signature":7}"#, #"{"encoding":"pkcs7","signature":""}"#, "<html>captive</html>",
        ] {
            let error = AzureIdentity.verify(document: Array(text.utf8), trust: trust, expectation: .init(), now: now)
                .error
            #expect(error != nil && error?.isForWantOfKeys == false, "\(text)")
        }
    }
}
