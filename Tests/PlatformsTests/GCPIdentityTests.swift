import FoundationEssentials
import Kernel
import Platforms
import SystemPackage
import TestSupport
import Testing
import Trust

/// Tokens in the form of Google's documentation, that `openssl` signs.
@Suite("GCP identity")
struct GCPIdentityTests {
    /// A signer of the test's own and its set of keys.
    final class Issuer: Sendable {
        static let shared = Result { try Issuer() }
        let key: [UInt8]
        let set: String

        init() throws {
            let openssl = try OpenSSL()
            try openssl.makeKey("issuer")
            key = try openssl.read("issuer.key")
            let digits = Array(try openssl("rsa -in issuer.key -noout -modulus").text.dropFirst(8).filter(\.isHexDigit))
            let modulus = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
            set = """
                {"keys":[{"kid":"day-1","kty":"RSA","alg":"RS256","use":"sig","e":"AQAB","n":"\(Self.base64URL(modulus))"}]}
                """
        }

        static func base64URL(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
        }

        func token(_ payload: String, kid: String = "day-1") throws -> [UInt8] {
            let openssl = try OpenSSL()
            try openssl.write("issuer.key", key)
            let header = #"{"alg":"RS256","kid":"\#(kid)","typ":"JWT"}"#
            let signed = Self.base64URL(Array(header.utf8)) + "." + Self.base64URL(Array(payload.utf8))
            try openssl.write("signed", signed)
            try openssl("dgst -sha256 -sign issuer.key -out signature signed")
            return Array("\(signed).\(Self.base64URL(try openssl.read("signature")))".utf8)
        }
    }

    /// Google's sample payload (Compute Engine, "Verify VM identity": the token with format=full), with these in the place of its values.
    private static func payload(
        iss: String = "https://accounts.google.com", aud: String = "\"https://node.example\"", iat: Int = 1_800_000_000,
        exp: Int = 1_800_003_600, project: String = "sample-project", instance: String = "2891912465027892178",
        zone: String = "us-west1-a"
    ) -> String {
        """
        {"iss":"\(iss)","iat":\(iat),"exp":\(exp),"aud":\(aud),"sub":"107517467455664443766","azp":"107517467455664443766",
         "google":{"compute_engine":{"project_id":"\(project)","project_number":739419398126,"zone":"\(zone)",
         "instance_id":"\(instance)","instance_name":"node-1","instance_creation_timestamp":1798000000,
         "instance_confidentiality":1,"license_id":["1000204"]}}}
        """
    }

    private static let expectation = GCPIdentity.Expectation(
        audience: "https://node.example", projectID: "sample-project", instanceID: "2891912465027892178",
        zone: "us-west1-a")

    private static func verdict(
        _ token: [UInt8], keys: String? = nil, _ expectation: GCPIdentity.Expectation = expectation,
        now: Int64 = 1_800_000_100
    ) throws -> Verdict {
        let directory = try TemporaryDirectory()
        if let keys { try directory.write("keys.json", keys) }
        return GCPIdentity.verify(
            token: token, trust: TrustFolder(directory.path, on: .live), expectation: expectation,
            now: UTCTime(secondsSince1970: now))
    }

    @Test("a token is verified for its audience, project, instance and zone")
    func verified() throws {
        let issuer = try Issuer.shared.get()
        let token = try issuer.token(Self.payload())
        for expectation in [Self.expectation, .init(audience: "https://node.example")] {
            let verdict = try Self.verdict(token, keys: issuer.set, expectation)
            #expect(verdict.by?.hasPrefix("key day-1 of ") == true, "\(verdict)")
        }
        #expect(
            try Self.verdict(try issuer.token(Self.payload(aud: #"["x","https://node.example"]"#)), keys: issuer.set)
                .isVerified)
    }

    @Test("a token of another machine, audience or issuer, and one out of its hour, is told by what it says")
    func refused() throws {
        let issuer = try Issuer.shared.get()
        func kind(_ payload: String, now: Int64 = 1_800_000_100) throws -> TrustError.Kind? {
            let error = try Self.verdict(try issuer.token(payload), keys: issuer.set, now: now).error
            #expect(error?.isForWantOfKeys == false)
            return error?.kind
        }
        #expect(try kind(Self.payload(project: "p")) == .different("project", found: "p", wanted: "sample-project"))
        #expect(
            try kind(Self.payload(instance: "1")) == .different("instance", found: "1", wanted: "2891912465027892178"))
        #expect(try kind(Self.payload(zone: "z")) == .different("zone", found: "z", wanted: "us-west1-a"))
        #expect(try kind(Self.payload(aud: "\"x\"")) == .different("aud", found: "x", wanted: "https://node.example"))
        #expect(
            try kind(Self.payload(iss: "https://accounts.google.com.evil"))
                == .different("iss", found: "https://accounts.google.com.evil", wanted: "https://accounts.google.com"))
        let end = UTCTime(secondsSince1970: 1_800_003_600)
        let late = UTCTime(secondsSince1970: 1_800_003_900)
        #expect(try kind(Self.payload(), now: 1_800_003_900) == .expired("the token", at: end, now: late))
        let early = UTCTime(secondsSince1970: 1_799_999_699)
        #expect(
            try kind(Self.payload(), now: 1_799_999_699)
                == .notYetValid("the token", from: UTCTime(secondsSince1970: 1_800_000_000), now: early))
        // A token of format=standard has no machine in it.
        let standard =
            #"{"iss":"https://accounts.google.com","iat":1800000000,"exp":1800003600,"aud":"https://node.example","sub":"1"}"#
        guard case .missing(let member) = try kind(standard) else {
            Issue.record("a token without a machine")
            return
        }
        #expect(member.contains("format=full"))
        #expect(try kind(Self.payload(instance: "")) == .missing("google.compute_engine.instance_id"))
    }

    @Test("without keys, with an unknown one, or with another's, the reasons are three")
    func keys() throws {
        let issuer = try Issuer.shared.get()
        let token = try issuer.token(Self.payload())
        let none = try Self.verdict(token).error
        guard case .noKey = none?.kind else {
            Issue.record("no keys")
            return
        }
        let unknown = try Self.verdict(try issuer.token(Self.payload(), kid: "day-2"), keys: issuer.set).error
        guard case .unknownSigner("key day-2", _) = unknown?.kind else {
            Issue.record("an unknown key")
            return
        }
        #expect(none?.isForWantOfKeys == true && unknown?.isForWantOfKeys == true)
        let other = try Self.verdict(token, keys: try Issuer().set).error
        guard case .signatureMismatch = other?.kind else {
            Issue.record("another's key")
            return
        }
        #expect(other?.isForWantOfKeys == false)
        #expect(
            try Self.verdict(Array("<html>captive portal</html>".utf8), keys: issuer.set).error?.isForWantOfKeys
                == false)
    }
}
