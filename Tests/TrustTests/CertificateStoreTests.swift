import Kernel
import SystemPackage
import TestSupport
import Testing
import Trust

/// Chains that `openssl` makes; `openssl verify` judges each beside us.
@Suite("Chains of certificates")
struct CertificateStoreTests {
    /// A root, a link and a leaf that are all in order; tests make what is not.
    private static func chain() throws -> OpenSSL {
        let openssl = try OpenSSL()
        try openssl.makeRoot("root", "/O=Slipway's tests/CN=root")
        try openssl.makeKey("link")
        try openssl.makeCertificate(
            "link", .init("/CN=link", issuer: "root", extensions: authority + ["\(pathLength):0"], days: 2000))
        try openssl.makeKey("leaf")
        try openssl.makeCertificate("leaf", leaf())
        return openssl
    }

    private static let authority = ["keyUsage = critical, keyCertSign"]
    private static let pathLength = "basicConstraints = critical, CA:true, pathlen"

    private static func leaf(
        _ name: String = "eastus.metadata.example.com", issuer: String = "link",
        uses: String? = "extendedKeyUsage = serverAuth", key: String = "keyUsage = digitalSignature", days: Int = 1000,
        digest: String = "sha256"
    ) -> OpenSSL.CertificateOptions {
        .init(
            "/CN=leaf", issuer: issuer,
            extensions: ["subjectAltName = DNS:\(name)", key] + (uses.map { [$0] } ?? []), days: days, digest: digest)
    }

    private static func certificate(_ openssl: OpenSSL, _ name: String) throws -> Certificate {
        try Certificate.certificates(inPEM: try openssl.read("\(name).pem"), file: name, for: "it")[0]
    }

    /// Our word on the chain with these in the folder and those in the envelope, and openssl's.
    private static func judge(
        _ openssl: OpenSSL, leaf: String = "leaf", folder: [String] = ["root", "link"], links: [String] = [],
        domain: String = "metadata.example.com", at now: UTCTime = .current()
    ) throws -> (ours: Result<Certificate, TrustError>, judge: Bool) {
        let directory = try TemporaryDirectory()
        for name in folder { try directory.write("\(name).pem", try openssl.read("\(name).pem")) }
        let store = try CertificateStore(
            TrustFolder(directory.path, on: .live), for: "it")
        let signer = try certificate(openssl, leaf)
        let read = try links.map { try certificate(openssl, $0) }
        let ours = Result { () throws(TrustError) in
            try store.verify(signer, links: read, domains: [domain], at: now, for: "it")
        }
        var words = [
            "verify", "-no-CApath", "-no-CAstore", "-no-CAfile", "-purpose", "sslserver", "-auth_level", "2", "-attime",
            "\(now.secondsSince1970)",
        ]
        for name in folder where name.hasPrefix("root") { words += ["-trusted", "\(name).pem"] }
        for name in folder + links where !name.hasPrefix("root") { words += ["-untrusted", "\(name).pem"] }
        return (ours, try openssl.attempt(words + ["\(leaf).pem"]).isSuccess)
    }

    private static func expect(
        _ kind: (TrustError.Kind?) -> Bool, _ verdict: (ours: Result<Certificate, TrustError>, judge: Bool),
        judgeRefuses: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var error: TrustError?
        if case .failure(let failure) = verdict.ours { error = failure }
        #expect(kind(error?.kind), "\(error?.description ?? "verified")", sourceLocation: sourceLocation)
        #expect(verdict.judge == !judgeRefuses, sourceLocation: sourceLocation)
    }

    @Test("a chain holds wherever its links come from, and tells its root")
    func holds() throws {
        let openssl = try Self.chain()
        for (folder, links) in [(["root", "link"], []), (["root"], ["link"]), (["root", "link"], ["link", "leaf"])] {
            let verdict = try Self.judge(openssl, folder: folder, links: links)
            #expect(try verdict.ours.get().subject == "/O=Slipway's tests/CN=root")
            #expect(verdict.judge)
        }
        let signer = try Self.certificate(openssl, "leaf")
        for now in [signer.notBefore, signer.notAfter.advanced(bySeconds: -1)] {
            let verdict = try Self.judge(openssl, at: now)
            #expect(throws: Never.self) { try verdict.ours.get() }
        }
    }

    @Test("what leads nowhere is for want of certificates, and says which")
    func unknown() throws {
        let openssl = try Self.chain()
        try openssl.makeRoot("root2", "/CN=somebody else")
        for (folder, subject, issuer) in [
            (["root"], "/CN=leaf", "/CN=link"), (["root2", "link"], "/CN=link", "/O=Slipway's tests/CN=root"),
        ] {
            let verdict = try Self.judge(openssl, folder: folder)
            Self.expect(
                { kind in
                    guard case .unknownIssuer(let of, let by, _) = kind else { return false }
                    return of.hasPrefix("\(subject), serial ") && by == issuer
                }, verdict)
            #expect(verdict.ours.failure?.isForWantOfKeys == true)
        }
        // One that issued itself and is in the envelope is as unknown.
        try openssl.makeCertificate(
            "self", key: "leaf", .init("/CN=self", extensions: ["subjectAltName = DNS:metadata.example.com"]))
        Self.expect(
            { if case .unknownIssuer = $0 { true } else { false } },
            try Self.judge(openssl, leaf: "self", links: ["self"]))
    }

    @Test("a root of the same name with another key is no root of this chain")
    func impostor() throws {
        let openssl = try Self.chain()
        try openssl.makeRoot("root2", "/O=Slipway's tests/CN=root")
        Self.expect(
            { kind in
                switch kind {
                case .untrusted(_, let problem): problem.contains("signature failure")
                case .unknownIssuer: true
                default: false
                }
            }, try Self.judge(openssl, folder: ["root2", "link"]))
    }

    @Test("dates are those of the whole chain")
    func dates() throws {
        let openssl = try Self.chain()
        let signer = try Self.certificate(openssl, "leaf")
        Self.expect(
            { $0 == .expired("the certificate of \(signer.name)", at: signer.notAfter, now: signer.notAfter) },
            try Self.judge(openssl, at: signer.notAfter))
        let before = signer.notBefore.advanced(bySeconds: -1)
        Self.expect(
            { $0 == .notYetValid("the certificate of \(signer.name)", from: signer.notBefore, now: before) },
            try Self.judge(openssl, at: before))
        // The link ends a day from now, the leaf later.
        try openssl.makeCertificate(
            "link", .init("/CN=link", issuer: "root", extensions: Self.authority + ["\(Self.pathLength):0"], days: 1))
        let link = try Self.certificate(openssl, "link")
        let after = link.notAfter.advanced(bySeconds: 10)
        Self.expect(
            { $0 == .expired("the certificate of \(link.name)", at: link.notAfter, now: after) },
            try Self.judge(openssl, at: after))
    }

    @Test("a certificate for something else is refused, one that says nothing of it is not")
    func purposes() throws {
        let openssl = try Self.chain()
        for uses in ["clientAuth", "codeSigning", "emailProtection", "timeStamping"] {
            try openssl.makeCertificate("leaf", Self.leaf(uses: "extendedKeyUsage = \(uses)"))
            Self.expect({ if case .wrongPurpose = $0 { true } else { false } }, try Self.judge(openssl))
        }
        for uses in [nil, "extendedKeyUsage = serverAuth, clientAuth"] {
            try openssl.makeCertificate("leaf", Self.leaf(uses: uses))
            Self.expect({ $0 == nil }, try Self.judge(openssl), judgeRefuses: false)
        }
        // For encryption alone: openssl takes that for a server, which needs no more in old TLS; it is for no signature.
        try openssl.makeCertificate("leaf", Self.leaf(key: "keyUsage = keyEncipherment"))
        Self.expect(
            { if case .wrongPurpose = $0 { true } else { false } }, try Self.judge(openssl), judgeRefuses: false)
    }

    @Test("a link has to be an authority, with room below it, and strong")
    func links() throws {
        let openssl = try Self.chain()
        func refused(_ extensions: [String]) throws {
            try openssl.makeCertificate("link", .init("/CN=link", issuer: "root", extensions: extensions))
            Self.expect({ if case .untrusted = $0 { true } else { $0 != nil } }, try Self.judge(openssl))
        }
        try refused(["basicConstraints = critical, CA:false"])
        try refused(["basicConstraints = critical, CA:true", "keyUsage = critical, digitalSignature"])
        try openssl.makeCertificate(
            "link", .init("/CN=link", issuer: "root", extensions: Self.authority + ["\(Self.pathLength):0"]))
        try openssl.makeKey("below")
        try openssl.makeCertificate(
            "below",
            .init("/CN=below", issuer: "link", extensions: Self.authority + ["basicConstraints = critical, CA:true"]))
        try openssl.makeCertificate("leaf", Self.leaf(issuer: "below"))
        Self.expect(
            { if case .untrusted(_, let problem) = $0 { problem.contains("path length") } else { false } },
            try Self.judge(openssl, folder: ["root", "link", "below"]))
        try openssl.makeCertificate("leaf", Self.leaf(digest: "sha1"))
        Self.expect({ if case .untrusted = $0 { true } else { false } }, try Self.judge(openssl))
        try openssl.makeKey("leaf", "rsa:1024")
        try openssl.makeCertificate("leaf", Self.leaf())
        Self.expect({ if case .untrusted = $0 { true } else { false } }, try Self.judge(openssl))
    }

    @Test("a name is the domain's or one below it, and nothing that looks like one")
    func names() throws {
        let openssl = try Self.chain()
        for name in [
            "metadata.example.com", "a.metadata.example.com", "a.b.metadata.example.com", "EASTUS.Metadata.Example.COM",
            "*.metadata.example.com",
        ] {
            try openssl.makeCertificate("leaf", Self.leaf(name))
            Self.expect({ $0 == nil }, try Self.judge(openssl), judgeRefuses: false)
        }
        for name in [
            "evilmetadata.example.com", "metadata.example.com.evil.org", "example.com", "*.example.com", "*.com",
            "metadata.example.com.", "metadata-example.com", "xmetadata.example.com",
        ] {
            try openssl.makeCertificate("leaf", Self.leaf(name))
            let wrong = try Self.certificate(openssl, "leaf").name
            Self.expect(
                { $0 == .wrongName(wrong, wanted: "metadata.example.com") }, try Self.judge(openssl),
                judgeRefuses: false)
        }
        // The common name counts where there is no other name, and only there (RFC 6125, 6.4.4).
        try openssl.makeCertificate("leaf", .init("/CN=x.metadata.example.com", issuer: "link"))
        Self.expect({ $0 == nil }, try Self.judge(openssl), judgeRefuses: false)
        try openssl.makeCertificate(
            "leaf", .init("/CN=x.metadata.example.com", issuer: "link", extensions: ["subjectAltName = DNS:other.org"]))
        Self.expect({ if case .wrongName = $0 { true } else { false } }, try Self.judge(openssl), judgeRefuses: false)
    }

    @Test("a folder is read whole or not at all")
    func folders() throws {
        let openssl = try Self.chain()
        let directory = try TemporaryDirectory()
        func read() -> TrustError? {
            failure {
                try CertificateStore(TrustFolder(directory.path, on: .live), for: "it")
            }
        }
        let path = directory.path.string
        #expect(read()?.kind == .noKey("root certificate", folder: path))
        #expect(
            failure {
                try CertificateStore(TrustFolder("/nonexistent/trust", on: .live), for: "it")
            }?.kind == .noKey("root certificate", folder: "/nonexistent/trust"))
        try directory.write("link.pem", try openssl.read("link.pem"))
        #expect(read()?.kind == .noKey("root certificate", folder: path))
        try directory.write(
            "root.crt", "# the root\n" + (try openssl.text("root.pem")) + (try openssl.text("link.pem")))
        try directory.write("README", "not a certificate")
        #expect(read() == nil)
        for (name, text) in [
            ("a.pem", ""), ("b.pem", "words"), ("c.pem", try openssl.text("leaf.key")),
            ("d.pem", (try openssl.text("leaf.pem")).replacing("MII", with: "MIJ")),
            ("e.pem", String((try openssl.text("leaf.pem")).dropLast(20))),
            ("f.pem", String(repeating: "x", count: 70_000)),
        ] {
            try directory.write(name, text)
            guard case .badKey(let file, _) = read()?.kind else {
                Issue.record("\(name)")
                continue
            }
            #expect(file == "\(path)/\(name)")
            try directory.write(name, try openssl.read("leaf.pem"))
            #expect(read() == nil)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
