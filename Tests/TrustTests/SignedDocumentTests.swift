import Kernel
import TestSupport
import Testing
import Trust

/// Envelopes that `openssl` made, and the providers' own.
@Suite("Signed documents")
struct SignedDocumentTests {
    /// One key and certificate for all: making them takes the time.
    private final class Signer: Sendable {
        static let shared = Result { try Signer() }
        let certificate: Certificate
        let files: [String: [UInt8]]

        private init() throws {
            let openssl = try OpenSSL()
            try openssl.makeKey("signer")
            try openssl.makeCertificate(
                "signer",
                .init("/C=XX/O=Slipway's tests/CN=signer", extensions: ["subjectKeyIdentifier = hash"], serial: 0x80ff))
            let pem = try openssl.read("signer.pem")
            certificate = try Certificate.certificates(inPEM: pem, file: "signer.pem", for: "a test")[0]
            files = ["signer.key": try openssl.read("signer.key"), "signer.pem": pem]
        }

        /// A directory with the key and the certificate in it.
        func openssl() throws -> OpenSSL {
            let openssl = try OpenSSL()
            for (name, bytes) in files { try openssl.write(name, bytes) }
            return openssl
        }
    }

    private static let document = Array("{\n  \"accountId\" : \"1\"\n}\n\0\u{ff}".utf8)

    private func envelope(_ words: String, _ last: String = "", of document: [UInt8] = document) throws -> [UInt8] {
        let openssl = try Signer.shared.get().openssl()
        try openssl.write("document", document)
        try openssl(
            "\(words) -binary -in document -signer signer.pem -inkey signer.key -outform DER -out envelope \(last)")
        return try openssl.read("envelope")
    }

    @Test(
        "what openssl signed is verified and is the document",
        arguments: [
            "cms -sign -nodetach", "cms -sign -nodetach -nocerts", "cms -sign -nodetach -noattr",
            "cms -sign -nodetach -noattr -nocerts -md sha512", "cms -sign -nodetach -stream",
            "cms -sign -nodetach -stream -nocerts", "cms -sign -nodetach -md sha384", "cms -sign -nodetach -keyid",
            "cms -sign -nodetach -keyid -noattr -nocerts", "smime -sign -nodetach -md sha256",
            "smime -sign -nodetach -md sha256 -noattr", "smime -sign -nodetach -md sha256 -nocerts -indef",
            "smime -sign -nodetach -md sha512 -stream",
        ])
    func verified(_ words: String) throws {
        let certificate = try Signer.shared.get().certificate
        // openssl itself cannot stream what is empty.
        let isStreamed = words.hasSuffix("-stream") || words.contains("-stream ") || words.hasSuffix("-indef")
        for document in [Self.document, [UInt8](repeating: 0x5a, count: 20_000)] + (isStreamed ? [] : [[]]) {
            let read = try SignedDocument(try envelope(words, of: document), subject: "it")
            #expect(read.names(certificate))
            #expect(read.certificates == (words.contains("-nocerts") ? [] : [certificate]))
            #expect(try read.verify(by: certificate) == document)
        }
    }

    @Test("the providers' own documents are verified by their certificates")
    func published() throws {
        for region in ["us-west-1", "us-west-2"] {
            let document = try SignedDocument(base64: try Fixture.read("aws/\(region).rsa2048"), subject: "it")
            let content = String(
                decoding: try document.verify(by: try Fixture.certificate("aws/\(region).pem")), as: UTF8.self)
            #expect(content.contains("\"region\" : \"\(region)\""))
        }
        let azure = try SignedDocument(base64: try Fixture.read("azure/eastus-2026.signature"), subject: "it")
        let signer = try #require(azure.certificates.first)
        #expect(
            String(decoding: try azure.verify(by: signer), as: UTF8.self).contains(
                "dc18de58-292f-4794-9a5d-a4192bad0039"))
        // That of Microsoft's documentation has a key of 1024 bits.
        let old = try SignedDocument(base64: try Fixture.read("azure/documentation.signature"), subject: "it")
        let name = "the certificate of /CN=testsubdomain.metadata.azure.com, serial 67c56e4a87c76c944040d04da6201274"
        #expect(
            failure { try old.verify(by: old.certificates[0]) }?.kind
                == .weakKey(name, bits: 1024, leastBits: 2048))
    }

    @Test("no changed byte leaves an envelope verified, and none brings the reader down")
    func flipped() throws {
        let own = try Signer.shared.get().certificate
        let samples: [([UInt8], Certificate)] = [
            (try envelope("cms -sign -nodetach -nocerts"), own),
            (try envelope("cms -sign -nodetach -nocerts -noattr"), own),
            (try envelope("cms -sign -nodetach -nocerts -stream"), own),
            (try envelope("cms -sign -nodetach -nocerts -keyid"), own),
            (try Fixture.base64("aws/us-west-2.rsa2048"), try Fixture.certificate("aws/us-west-2.pem")),
        ]
        let masks: [UInt8] = Sweep.isLong ? Array(1...255) : [0x01, 0x02, 0x20, 0x80, 0xff]
        for (number, (bytes, certificate)) in samples.enumerated() {
            #expect(try SignedDocument(bytes, subject: "it").verify(by: certificate).isEmpty == false)
            var verified: [String] = []
            for position in bytes.indices {
                for mask in masks {
                    var changed = bytes
                    changed[position] ^= mask
                    if failure({
                        try SignedDocument(changed, subject: "it").verify(by: certificate)
                    }) == nil {
                        verified.append("\(position) ^ \(mask)")
                    }
                }
            }
            #expect(verified.isEmpty, "sample \(number) of \(bytes.count) bytes")
        }
    }

    @Test("every prefix of an envelope is malformed, and so is one with something behind it")
    func prefixes() throws {
        for bytes in [
            try envelope("cms -sign -nodetach"), try envelope("cms -sign -nodetach -stream"),
            try Fixture.base64("aws/us-west-1.rsa2048"),
        ] {
            for cut in [bytes + [0], bytes + bytes] + bytes.indices.map({ Array(bytes.prefix($0)) }) {
                guard case .malformed = failure({ try SignedDocument(cut, subject: "it") })?.kind
                else {
                    Issue.record("\(cut.count) of \(bytes.count) bytes")
                    continue
                }
            }
        }
    }

    @Test("damaged envelopes do not bring the reader down")
    func damaged() throws {
        let certificate = try Fixture.certificate("aws/us-west-2.pem")
        let samples = [
            try envelope("cms -sign -nodetach"), try Fixture.base64("aws/us-west-2.rsa2048"),
            try Fixture.base64("azure/eastus-2026.signature"),
        ]
        let seed = Sweep.seed ?? 1
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<(Sweep.isLong ? 200_000 : 5000) {
            let bytes = generator.damaged(generator.pick(samples))
            guard let document = try? SignedDocument(bytes, subject: "it") else { continue }
            for candidate in document.certificates + [certificate] { _ = try? document.verify(by: candidate) }
        }
    }

    @Test(
        "an algorithm that is not taken is named",
        arguments: [
            ("cms -sign -nodetach -md sha1", "", "RSA over SHA-1"), ("cms -sign -nodetach -md md5", "", "RSA over MD5"),
            ("cms -sign -nodetach", "-keyopt rsa_padding_mode:pss", "RSASSA-PSS over SHA-256"),
            ("smime -sign -nodetach -md sha1", "", "RSA over SHA-1"),
        ])
    func algorithms(_ words: String, _ last: String, _ name: String) throws {
        let certificate = try Signer.shared.get().certificate
        let document = try SignedDocument(try envelope(words, last), subject: "it")
        let error = failure { try document.verify(by: certificate) }
        #expect(error?.kind == .unsupported(algorithm: name))
        #expect(error?.isForWantOfKeys == false)
    }

    @Test("a key that is none of RSA, and an RSA key that is short, are refused")
    func keys() throws {
        for kind in ["ec:P-256", "rsa:1024"] {
            let openssl = try OpenSSL()
            try openssl.makeKey("signer", kind)
            try openssl.makeCertificate("signer", .init("/CN=other", serial: 7))
            try openssl.write("document", "x")
            try openssl(
                "cms -sign -nodetach -binary -in document -signer signer.pem -inkey signer.key -outform DER -out e")
            let document = try SignedDocument(try openssl.read("e"), subject: "it")
            let error = failure { try document.verify(by: document.certificates[0]) }
            switch error?.kind {
            case .unsupported(let algorithm): #expect(algorithm.contains("ECDSA with SHA-256"))
            case .weakKey(_, let bits, let least): #expect(bits == 1024 && least == 2048)
            default: Issue.record("\(kind): \(error.map(String.init(describing:)) ?? "verified")")
            }
        }
    }

    @Test("another certificate than the envelope names, or another key under its name, verifies nothing")
    func strangers() throws {
        let document = try SignedDocument(try envelope("cms -sign -nodetach -nocerts"), subject: "it")
        let openssl = try OpenSSL()
        try openssl.makeKey("other")
        try openssl.makeCertificate("other", .init("/C=XX/O=Slipway's tests/CN=signer", serial: 0x80fe))
        try openssl.makeCertificate("other2", key: "other", .init("/C=XX/O=Slipway's tests/CN=signer", serial: 0x80ff))
        func certificate(_ name: String) throws -> Certificate {
            try Certificate.certificates(inPEM: try openssl.read("\(name).pem"), file: name, for: "a test")[0]
        }
        let stranger = try certificate("other")
        #expect(!document.names(stranger))
        #expect(
            failure { try document.verify(by: stranger) }?.kind
                == .different("signer", found: document.signerName, wanted: stranger.name))
        #expect(
            document.signerName == "the certificate with serial 0080ff that /C=XX/O=Slipway's tests/CN=signer issued")
        let impostor = try certificate("other2")
        #expect(document.names(impostor))
        #expect(
            failure { try document.verify(by: impostor) }?.kind
                == .signatureMismatch(key: impostor.name))
    }

    @Test("what is no document in one signature is told")
    func otherEnvelopes() throws {
        let openssl = try Signer.shared.get().openssl()
        try openssl.write("document", "x")
        try openssl.makeKey("second")
        try openssl.makeCertificate("second", .init("/CN=second", serial: 9))
        func refusal(_ words: String) throws -> String {
            try openssl("\(words) -binary -in document -outform DER -out e")
            return failure({ try SignedDocument(try openssl.read("e"), subject: "it") })?.reason
                ?? "none"
        }
        #expect(try refusal("cms -sign -signer signer.pem -inkey signer.key").contains("apart from the signature"))
        #expect(
            try refusal("cms -sign -nodetach -signer signer.pem -inkey signer.key -signer second.pem -inkey second.key")
                .contains("where one is expected"))
        #expect(try refusal("cms -data_create").contains("no SignedData"))
        #expect(try refusal("cms -digest_create -md sha256").contains("no SignedData"))
        try openssl(["cms", "-encrypt", "-binary", "-in", "document", "-outform", "DER", "-out", "e", "signer.pem"])
        #expect(throws: TrustError.self) { try SignedDocument(try openssl.read("e"), subject: "it") }
        try openssl("crl2pkcs7 -nocrl -certfile signer.pem -outform DER -out e")
        #expect(throws: TrustError.self) { try SignedDocument(try openssl.read("e"), subject: "it") }
    }

    @Test("base64 is taken with lines, with PEM's borders, and in no other way")
    func text() throws {
        let certificate = try Fixture.certificate("aws/us-west-2.pem")
        let text = String(decoding: try Fixture.read("aws/us-west-2.rsa2048"), as: UTF8.self)
        for good in [
            text, text.replacing("\n", with: ""), text.replacing("\n", with: "\r\n"),
            "-----BEGIN PKCS7-----\n\(text)\n-----END PKCS7-----\n",
            "words\n-----BEGIN CMS-----\n\(text)-----END CMS-----",
        ] {
            #expect(try SignedDocument(base64: Array(good.utf8), subject: "it").names(certificate))
        }
        for bad in [
            "", "!", text + "=", text + text, "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n",
            "-----BEGIN PKCS7-----\n\(text)", "-----BEGIN PKCS7-----\n\(text)\n-----END CMS-----\n",
            "-----BEGIN PKCS7-----\n\(text)\n-----END PKCS7-----\n-----BEGIN PKCS7-----\n\(text)\n-----END PKCS7-----\n",
            "<html>captive</html>",
        ] {
            #expect(throws: TrustError.self) { try SignedDocument(base64: Array(bad.utf8), subject: "it") }
        }
        let long = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 17)
        #expect(
            failure { try SignedDocument(base64: long, subject: "it") }?.kind
                == .tooLarge(limitInBytes: 1 << 16))
        #expect(
            failure { try SignedDocument(long, subject: "it") }?.kind
                == .tooLarge(limitInBytes: 1 << 16))
    }

    @Test("lengths and depths past all use are an end, not a wait")
    func hostile() {
        let samples: [[UInt8]] = [
            [UInt8](repeating: 0x30, count: 60_000).flatMap { [$0, 0x80] }.prefix(60_000).map { $0 },
            [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x88] + [UInt8](repeating: 0xff, count: 8),
            [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x00], [0x30, 0x81, 0x01, 0x00], [0x30, 0xff], [0x1f, 0x81, 0x01],
            [0x30, 0x80, 0x00], [0x30, 0x80, 0x00, 0x01], [0x04, 0x80, 0x00, 0x00],
            [0x30, 0x0d, 0x06, 0x09] + [UInt8](repeating: 0xff, count: 9) + [0xa0, 0x00],
        ]
        for bytes in samples {
            #expect(throws: TrustError.self) { try SignedDocument(bytes, subject: "it") }
        }
    }
}
