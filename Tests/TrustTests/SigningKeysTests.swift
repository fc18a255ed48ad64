import FoundationEssentials
import Kernel
import TestSupport
import Testing
import Trust

/// Signatures that `openssl` makes, and those of RFC 8032.
@Suite("Signatures beside a payload")
struct SigningKeysTests {
    private func keys(_ files: [String: String]) throws -> SigningKeys {
        let directory = try TemporaryDirectory()
        for (name, text) in files { try directory.write(name, text) }
        return try SigningKeys(TrustFolder(directory.path, on: .live), for: "user data")
    }

    private func bytes(_ digits: String) -> [UInt8] {
        let digits = Array(digits)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    @Test("the tests of RFC 8032, section 7.1, hold")
    func published() throws {
        for (key, message, signature) in [
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ] {
            let keys = try keys(["rfc.pub": base64(bytes(key)) + "\n"])
            let signature = try #require(DetachedSignature(bytes(signature)))
            #expect(try keys.verify(bytes(message), signature, subject: "it").hasSuffix("/rfc.pub"))
            #expect(throws: TrustError.self) { try keys.verify(bytes(message) + [0], signature, subject: "it") }
        }
    }

    @Test("what openssl signed is verified by the key's file, in either form of key and signature")
    func verified() throws {
        let openssl = try OpenSSL()
        for name in ["a", "b"] { try openssl.makeKey(name, "ed25519") }
        let payload: [UInt8] = Array("#cloud-config\n\0\u{ff}".utf8)
        try openssl.write("payload", payload)
        try openssl("pkeyutl -sign -rawin -inkey a.key -in payload -out signature")
        let raw = try openssl.read("signature")
        let pem = { (name: String) in try openssl("pkey -in \(name).key -pubout").text }
        // The last 32 bytes of its DER are the key (RFC 8410, 4).
        let der = { (name: String) in try openssl("pkey -in \(name).key -pubout -outform DER").output.suffix(32) }
        let text = base64(raw)
        for form in [
            raw, Array(text.utf8), Array("\(text)\n".utf8), Array("\(text.prefix(60))\n\(text.dropFirst(60))\r\n".utf8),
        ] {
            let signature = try #require(DetachedSignature(form))
            #expect(signature.bytes == raw)
            for files in [
                ["a.pem": try pem("a")], ["a.pub": base64(Array(try der("a")))],
                ["0.pem": try pem("b"), "a.pub": base64(Array(try der("a")))],
            ] {
                #expect(try keys(files).verify(payload, signature, subject: "it").contains("/a.p"))
            }
            let other = try keys(["b.pem": try pem("b")])
            let error = failure { try other.verify(payload, signature, subject: "user data") }
            #expect(error?.isForWantOfKeys == false)
            #expect(error?.reason.hasPrefix("the signature does not match") == true)
        }
        let keys = try keys(["a.pem": try pem("a")])
        for position in 0..<64 * 8 {
            var changed = raw
            changed[position / 8] ^= 1 << UInt8(position % 8)
            let signature = try #require(DetachedSignature(Array(base64(changed).utf8)))
            #expect(throws: TrustError.self) { try keys.verify(payload, signature, subject: "it") }
        }
        for position in payload.indices {
            var changed = payload
            changed[position] ^= 0x10
            let signature = try #require(DetachedSignature(raw))
            #expect(throws: TrustError.self) { try keys.verify(changed, signature, subject: "it") }
        }
        // The order of the group added to S verifies by the equation; RFC 8032, 5.1.7, forbids it, or one could make a second signature.
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        var second = raw
        for position in 0..<32 {
            carry += Int(raw[32 + position]) + Int(order[position])
            second[32 + position] = UInt8(carry & 0xff)
            carry >>= 8
        }
        let signature = try #require(DetachedSignature(Array(base64(second).utf8)))
        #expect(second != raw)
        #expect(throws: TrustError.self) { try keys.verify(payload, signature, subject: "it") }
    }

    @Test("what is no signature is none")
    func signatures() {
        let text = base64([UInt8](repeating: 7, count: 64))
        for bad in [
            "", "AAAA", String(text.dropLast(2)), text + "AAAA", "untrusted comment: minisign\n\(text)",
            base64([UInt8](repeating: 7, count: 63)), base64([UInt8](repeating: 7, count: 65)),
            "-----BEGIN SIGNATURE-----\n\(text)\n", "<html>", String(repeating: " ", count: 300) + text,
        ] {
            #expect(DetachedSignature(Array(bad.utf8)) == nil, "\(bad)")
        }
        #expect(DetachedSignature([UInt8](repeating: 0xff, count: 63)) == nil)
        #expect(DetachedSignature([UInt8](repeating: 0xff, count: 64)) != nil)
    }

    @Test("a folder without keys, or with what is no public key of Ed25519, is told")
    func folders() throws {
        let openssl = try OpenSSL()
        try openssl.makeKey("a", "ed25519")
        try openssl.makeKey("r")
        func refusal(_ files: [String: String]) throws -> TrustError? {
            let directory = try TemporaryDirectory()
            for (name, text) in files { try directory.write(name, text) }
            return failure {
                try SigningKeys(TrustFolder(directory.path, on: .live), for: "user data")
            }
        }
        for files in [[:], ["a.key": "x"], [".hidden.pub": "x"]] {
            let error = try refusal(files)
            guard case .noKey("public key (*.pem, *.pub)", _) = error?.kind else {
                Issue.record("\(files)")
                continue
            }
            #expect(error?.isForWantOfKeys == true)
        }
        for files in [
            ["a.pem": try openssl.text("a.key")], ["a.pem": ""], ["a.pem": try openssl("pkey -in r.key -pubout").text],
            ["a.pub": "AAAA"], ["a.pub": ""], ["a.pub": "words"], ["a.pub": base64([UInt8](repeating: 1, count: 64))],
        ] {
            guard case .badKey = try refusal(files)?.kind else {
                Issue.record("\(files)")
                continue
            }
        }
    }
}
