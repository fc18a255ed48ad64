import Documents
import FoundationEssentials
import Kernel
import TestSupport
import Testing
import Trust

/// Tokens that `openssl` signs, and that of RFC 7515.
@Suite("JSON Web Tokens")
struct JSONWebTokenTests {
    /// A key of RSA and what `openssl` says of it, made once.
    private final class Signer: Sendable {
        static let shared = Result { try Signer() }
        let key: [UInt8]
        let publicKey: [UInt8]
        let modulus: [UInt8]

        init(bits: Int = 2048) throws {
            let openssl = try OpenSSL()
            try openssl.makeKey("signer", "rsa:\(bits)")
            key = try openssl.read("signer.key")
            publicKey = try openssl("pkey -in signer.key -pubout").output
            // "Modulus=…" in hexadecimal digits
            let digits = Array(try openssl("rsa -in signer.key -noout -modulus").text.dropFirst(8).filter(\.isHexDigit))
            modulus = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
        }

        func set(_ identifier: String = "key-1", extra: String = "") -> String {
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"\(identifier)\",\"n\":\"\(modulus.base64URL)\",\"e\":\"AQAB\"\(extra)}]}"
        }

        func sign(_ header: String, _ payload: String, _ words: String = "dgst -sha256 -sign signer.key") throws
            -> String
        {
            let openssl = try OpenSSL()
            try openssl.write("signer.key", key)
            let signed = Array(header.utf8).base64URL + "." + Array(payload.utf8).base64URL
            try openssl.write("signed", signed)
            try openssl("\(words) -out signature signed")
            return signed + "." + (try openssl.read("signature")).base64URL
        }
    }

    private static let header = #"{"alg":"RS256","kid":"key-1","typ":"JWT"}"#
    private static let payload = #"{"iss":"i","aud":"a","iat":1000,"exp":4600,"x":[1,{"y":null}]}"#

    private func set(_ texts: String...) throws -> JSONWebKeySet {
        let directory = try TemporaryDirectory()
        for (number, text) in texts.enumerated() { try directory.write("keys-\(number).json", text) }
        return try JSONWebKeySet(TrustFolder(directory.path, on: .live), for: "it")
    }

    private func refusal(_ token: String, _ set: JSONWebKeySet) -> TrustError.Kind? {
        failure { try JSONWebToken(Array(token.utf8), subject: "it").verify(by: set) }?.kind
    }

    @Test("the example of RFC 7515, appendix A.2, is verified by its key")
    func published() throws {
        let key = """
            {"keys":[{"kty":"RSA","kid":"a2","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw\
            -4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexM\
            dbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj\
            8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]}
            """
        let token = """
            eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4\
            hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQj\
            bKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsq\
            tFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
            """
        // It names no key: that is taken where there is just one.
        let read = try JSONWebToken(Array(token.utf8), subject: "it")
        let (by, claims) = try read.verify(by: try set(key))
        #expect(by.hasPrefix("key a2 of /tmp/"))
        #expect(
            claims["iss"] == "joe" && claims["exp"] == 1_300_819_380 && claims["http://example.com/is_root"] == true)
        #expect(refusal(token, try set(key, try Signer.shared.get().set())) == .missing("kid"))
        #expect(
            failure { try read.checkTimes(at: UTCTime(secondsSince1970: 1_300_819_000)) }?.kind
                == .missing("iat"))
    }

    @Test("a token that openssl signed is verified by the key that it names, of several files")
    func verified() throws {
        let signer = try Signer.shared.get()
        let token = try signer.sign(Self.header, Self.payload)
        let other = try Signer()
        let set = try set(other.set("key-2"), signer.set())
        for text in [token, "\n \(token)\r\n"] {
            let (by, claims) = try JSONWebToken(Array(text.utf8), subject: "it").verify(by: set)
            #expect(by.hasPrefix("key key-1 of ") && by.hasSuffix("/keys-1.json"))
            #expect(claims == (try JSONText.decode(JSONValue.self, from: Array(Self.payload.utf8))))
        }
        guard case .unknownSigner("key key-1", _) = refusal(token, try self.set(other.set("key-2"))) else {
            Issue.record("a key that is not there")
            return
        }
        guard case .signatureMismatch = refusal(token, try self.set(other.set("key-1"))) else {
            Issue.record("another key of that name")
            return
        }
    }

    @Test("no other algorithm is taken, whoever signed with it")
    func confusion() throws {
        let signer = try Signer.shared.get()
        let set = try set(signer.set())
        let none = Array(#"{"alg":"none","kid":"key-1"}"#.utf8).base64URL + "." + Array(Self.payload.utf8).base64URL
        for token in [none + ".", none + ".AA"] { #expect(refusal(token, set) == .unsupported(algorithm: "alg none")) }
        // HMAC with the public key, which everybody has, for its secret: in PEM, and as its modulus.
        for secret in [signer.publicKey, signer.modulus] {
            let hex = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let token = try signer.sign(
                #"{"alg":"HS256","kid":"key-1"}"#, Self.payload, "dgst -sha256 -mac HMAC -macopt hexkey:\(hex) -binary")
            #expect(refusal(token, set) == .unsupported(algorithm: "alg HS256"))
            let lying = try signer.sign(
                Self.header, Self.payload, "dgst -sha256 -mac HMAC -macopt hexkey:\(hex) -binary")
            guard case .signatureMismatch = refusal(lying, set) else {
                Issue.record("HMAC called RS256")
                continue
            }
        }
        for (name, words) in [
            ("RS512", "dgst -sha512 -sign signer.key"), ("RS256", "dgst -sha512 -sign signer.key"),
            ("PS256", "dgst -sha256 -sigopt rsa_padding_mode:pss -sign signer.key"),
            ("RS256", "dgst -sha256 -sigopt rsa_padding_mode:pss -sign signer.key"),
        ] {
            let token = try signer.sign(#"{"alg":"\#(name)","kid":"key-1"}"#, Self.payload, words)
            switch refusal(token, set) {
            case .unsupported(let algorithm): #expect(algorithm == "alg \(name)" && name != "RS256")
            case .signatureMismatch: #expect(name == "RS256")
            default: Issue.record("\(name)")
            }
        }
        for name in ["rs256", "RS256 ", "NONE", "", "ES256", "RS1"] {
            let token = try signer.sign(#"{"alg":"\#(name)","kid":"key-1"}"#, Self.payload)
            #expect(refusal(token, set) == .unsupported(algorithm: "alg \(name)"))
        }
        for header in [#"{"kid":"key-1"}"#, #"{"alg":null,"kid":"key-1"}"#, #"{"alg":["RS256"],"kid":"key-1"}"#] {
            #expect(refusal(try signer.sign(header, Self.payload), set) == .missing("alg"))
        }
    }

    @Test("no changed character leaves a token verified")
    func flipped() throws {
        let signer = try Signer.shared.get()
        let set = try set(signer.set())
        let token = Array(try signer.sign(Self.header, Self.payload).utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for position in token.indices {
            for character in [token[position] ^ 1, token[position] ^ 0x80, 0x2e, 0x3d, 0x0a]
                + (Sweep.isLong || position + 6 > token.count ? alphabet : [alphabet[position % 64]])
            where character != token[position] {
                var changed = token
                changed[position] = character
                #expect(
                    failure { try JSONWebToken(changed, subject: "it").verify(by: set) } != nil,
                    "\(position): \(character)")
            }
        }
        for count in token.indices {
            #expect(failure { try JSONWebToken(Array(token.prefix(count)), subject: "it").verify(by: set) } != nil)
        }
    }

    @Test("what is no token is told")
    func malformed() throws {
        let signer = try Signer.shared.get()
        let set = try set(signer.set())
        let good = try signer.sign(Self.header, Self.payload)
        for bad in [
            "", ".", "..", "...", "a.b.c", good + ".", good + "=", "\(good).\(good)", "<html>",
            good.replacing(".", with: " . "),
        ] {
            #expect(refusal(bad, set) != nil, "\(bad.prefix(20))")
        }
        for header in [
            #"{"alg":"RS256","kid":"key-1","crit":["exp"]}"#, #"{"alg":"RS256","kid":"key-1","crit":[]}"#,
            #"{"alg":"RS256","kid":"key-1","typ":"JOSE"}"#, #"{"alg":"RS256","kid":""}"#, #"{"alg":"RS256","kid":7}"#,
            #"["RS256"]"#, #""RS256""#, "{", "",
        ] {
            #expect(refusal(try signer.sign(header, Self.payload), set) != nil, "\(header)")
        }
        for payload in ["", "[]", "1", "{", "{\"a\":\u{1}}", String(repeating: "[", count: 100)] {
            #expect(refusal(try signer.sign(Self.header, payload), set) != nil, "\(payload)")
        }
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 17)
        #expect(
            failure { try JSONWebToken(long, subject: "it") }?.kind
                == .tooLarge(limitInBytes: 1 << 16))
    }

    @Test("times are judged with the leeway, at its edges")
    func times() throws {
        let signer = try Signer.shared.get()
        func check(_ payload: String, _ now: Int64) throws -> TrustError.Kind? {
            let token = try JSONWebToken(Array(try signer.sign(Self.header, payload).utf8), subject: "it")
            return failure {
                try token.checkTimes(at: UTCTime(secondsSince1970: now), leewayInSeconds: 60)
            }?.kind
        }
        func time(_ seconds: Int64) -> UTCTime { UTCTime(secondsSince1970: seconds) }
        let plain = #"{"iat":1000,"exp":4600}"#
        for now: Int64 in [940, 1000, 4600, 4659] { #expect(try check(plain, now) == nil) }
        #expect(try check(plain, 939) == .notYetValid("the token", from: time(1000), now: time(939)))
        #expect(try check(plain, 4660) == .expired("the token", at: time(4600), now: time(4660)))
        #expect(
            try check(#"{"iat":1000,"exp":4600,"nbf":2000}"#, 1900)
                == .notYetValid("the token", from: time(2000), now: time(1900)))
        #expect(try check(#"{"exp":4600}"#, 2000) == .missing("iat"))
        #expect(try check(#"{"iat":1000}"#, 2000) == .missing("exp"))
        for payload in [
            #"{"iat":"1000","exp":4600}"#, #"{"iat":1000,"exp":4600.5}"#, #"{"iat":1000,"exp":1e300}"#,
            #"{"iat":1000,"exp":null}"#,
            #"{"iat":4601,"exp":4600}"#, #"{"iat":1000,"exp":18446744073709551615}"#,
        ] {
            guard case .malformed = try check(payload, 2000) else {
                Issue.record("\(payload)")
                continue
            }
        }
        #expect(try check(#"{"iat":-9223372036854775808,"exp":9223372036854775807}"#, 2000) == nil)
    }

    @Test("a claim is that text, or a list that has it")
    func claims() throws {
        let signer = try Signer.shared.get()
        let token = try JSONWebToken(
            Array(try signer.sign(Self.header, #"{"aud":["x","a"],"iss":"i","n":1,"e":[]}"#).utf8), subject: "it")
        try token.check("aud", is: "a")
        try token.check("iss", is: "i")
        #expect(failure { try token.check("iss", is: "I") }?.kind == .different("iss", found: "i", wanted: "I"))
        #expect(
            failure { try token.check("aud", is: "x, a") }?.kind == .different("aud", found: "x, a", wanted: "x, a"))
        #expect(failure { try token.check("e", is: "") }?.kind == .different("e", found: "", wanted: ""))
        #expect(failure { try token.check("n", is: "1") }?.kind == .malformed("n is no text"))
        #expect(failure { try token.check("sub", is: "1") }?.kind == .missing("sub"))
    }

    @Test("keys for other uses are passed over; damaged, doubled and short ones are told")
    func sets() throws {
        let signer = try Signer.shared.get()
        let token = try signer.sign(Self.header, Self.payload)
        #expect(refusal(token, try set(signer.set(extra: #","use":"sig","alg":"RS256""#))) == nil)
        for extra in [#","use":"enc""#, #","alg":"RS512""#, #","use":7"#] {
            guard case .noKey = failure({ try set(signer.set(extra: extra)) })?.kind else {
                Issue.record("\(extra)")
                continue
            }
        }
        for text in [
            "", "{}", #"{"keys":{}}"#, #"{"keys":[{"kty":"RSA","kid":"k"}]}"#,
            #"{"keys":[{"kty":"RSA","kid":"k","n":"AQAB","e":""}]}"#,
            #"{"keys":[{"kty":"RSA","kid":"k","n":"A","e":"AQAB"}]}"#,
            #"{"keys":[{"kty":"RSA","kid":"k","n":"AQ==","e":"AQAB"}]}"#,
            #"{"keys":[{"kty":"EC","kid":"k"}]}"#, signer.set("").replacing("AQAB", with: "AQAA"),
            signer.set("k").replacing("\"AQAB\"", with: "\"AQ\""),
            signer.set("k").replacing("\"AQAB\"", with: "\"AA\""), "\(signer.set("k"))x",
        ] {
            #expect(throws: TrustError.self, "\(text.prefix(60))") { try set(text) }
        }
        #expect(throws: TrustError.self) { try set(signer.set(), signer.set()) }
        let short = try Signer(bits: 1024)
        guard case .weakKey(_, 1024, 2048) = refusal(try short.sign(Self.header, Self.payload), try set(short.set()))
        else {
            Issue.record("a short key")
            return
        }
    }
}
