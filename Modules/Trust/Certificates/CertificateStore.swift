internal import CCrypto

/// The certificates of a folder: those that issued themselves are believed, the others are links on the way to them.
public struct CertificateStore: Hashable, Sendable {
    /// Certificates of all files together.
    public static let limit = 512
    /// Links between a signer and a root.
    static let depthLimit = 8

    /// What messages call the store.
    public let folder: String
    public let certificates: [Certificate]

    /// Reads every `.pem` and `.crt` of the folder; one that cannot be read is an error, for it may be the one that counts.
    public init(_ folder: TrustFolder, for document: String) throws(TrustError) {
        var certificates: [Certificate] = []
        for (name, bytes) in try folder.contents(endingIn: [".pem", ".crt"], for: document) {
            certificates += try Certificate.certificates(inPEM: bytes, file: folder.name(of: name), for: document)
            guard certificates.count <= Self.limit else {
                let problem = "more than \(Self.limit) certificates"
                throw TrustError(document, .badKey(file: folder.name, problem: problem))
            }
        }
        self.folder = folder.name
        self.certificates = certificates
        guard certificates.contains(where: \.isSelfIssued) else {
            throw TrustError(document, .noKey("root certificate", folder: self.folder))
        }
    }

    /// Checks that `signer` is a server's certificate of one of `domains` or of a name below one, and that it leads to a root of the store, by the links
    /// of the store and by `links`, all of them valid at `now`. Answers the root that it leads to.
    ///
    /// Keys have to have 112 bits of strength (OpenSSL's level 2: RSA of 2048 bits), digests to be SHA-256 or better. Revocation is not looked at: there
    /// is no network to ask.
    public func verify(
        _ signer: Certificate, links: [Certificate], domains: [String], at now: UTCTime, for document: String
    ) throws(TrustError) -> Certificate {
        // Dates first, for libcrypto's word on them has no date in it.
        try signer.checkDates(at: now, for: document)
        guard signer.isForSignatures else {
            throw TrustError(document, .wrongPurpose(signer.name, wanted: "signatures"))
        }
        let chain = try chain(of: signer, links: links, at: now, for: document)
        let isOfOne = Libcrypto.run {
            guard let object = X509Object(der: signer.encoded) else { return false }
            return domains.contains { object.isOf($0) }
        }
        guard isOfOne else {
            throw TrustError(document, .wrongName(signer.name, wanted: domains.joined(separator: ", ")))
        }
        return chain
    }

    private func chain(
        of signer: Certificate, links: [Certificate], at now: UTCTime, for document: String
    ) throws(TrustError) -> Certificate {
        let outcome = Libcrypto.run { () -> ChainVerification.Outcome in
            guard let verification = ChainVerification() else { return .failed(code: Int(X509_V_ERR_OUT_OF_MEM), at: nil) }
            return verification.run(
                signer, roots: certificates.filter(\.isSelfIssued),
                links: links + certificates.filter { !$0.isSelfIssued }, at: now)
        }
        switch outcome {
        case .holds(let root): return root
        case .failed(let code, let place):
            let certificate = place ?? signer
            throw TrustError(document, kind(ofFailure: code, certificate, at: now))
        }
    }

    private func kind(ofFailure code: Int, _ certificate: Certificate, at now: UTCTime) -> TrustError.Kind {
        switch Int32(code) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            .unknownIssuer(of: certificate.name, issuer: certificate.issuer, folder: folder)
        case X509_V_ERR_CERT_NOT_YET_VALID:
            .notYetValid("the certificate of \(certificate.name)", from: certificate.notBefore, now: now)
        case X509_V_ERR_CERT_HAS_EXPIRED:
            .expired("the certificate of \(certificate.name)", at: certificate.notAfter, now: now)
        case X509_V_ERR_INVALID_PURPOSE: .wrongPurpose(certificate.name, wanted: "a server")
        case X509_V_ERR_OUT_OF_MEM: .unavailable("no memory")
        default:
            // SAFETY: a constant string of the library's.
            .untrusted(certificate.name, problem: unsafe String(cString: X509_verify_cert_error_string(code)))
        }
    }
}

/// libcrypto's verification of a chain, once.
@safe private struct ChainVerification: ~Copyable {
    enum Outcome {
        case holds(root: Certificate)
        /// X509_V_ERR_…, and the certificate that it is about.
        case failed(code: Int, at: Certificate?)
    }

    private let context: OpaquePointer
    private let roots: OpaquePointer
    private let links: OpaquePointer

    init?() {
        guard let context = unsafe X509_STORE_CTX_new() else { return nil }
        guard let roots = unsafe X509_STORE_new() else {
            unsafe X509_STORE_CTX_free(context)
            return nil
        }
        guard let links = unsafe OPENSSL_sk_new_null() else {
            unsafe X509_STORE_CTX_free(context)
            unsafe X509_STORE_free(roots)
            return nil
        }
        unsafe self.context = context
        unsafe self.roots = roots
        unsafe self.links = links
    }

    deinit {
        unsafe X509_STORE_CTX_free(context)
        unsafe X509_STORE_free(roots)
        // Its certificates are not its own.
        unsafe OPENSSL_sk_free(links)
    }

    func run(_ signer: Certificate, roots: [Certificate], links: [Certificate], at now: UTCTime) -> Outcome {
        let leaf = X509Object(der: signer.encoded)
        let linkObjects = links.compactMap { X509Object(der: $0.encoded) }
        let rootObjects = roots.compactMap { X509Object(der: $0.encoded) }
        guard let leaf, linkObjects.count == links.count, rootObjects.count == roots.count else {
            return .failed(code: Int(X509_V_ERR_OUT_OF_MEM), at: nil)
        }
        // SAFETY: the objects live until the end of this function, and what was asked of them has ended then.
        return withExtendedLifetime((leaf, linkObjects, rootObjects)) {
            for root in rootObjects {
                guard unsafe X509_STORE_add_cert(self.roots, root.pointer) == 1 else {
                    return .failed(code: Int(X509_V_ERR_OUT_OF_MEM), at: nil)
                }
            }
            for link in linkObjects { unsafe OPENSSL_sk_push(self.links, UnsafeRawPointer(link.pointer)) }
            guard unsafe X509_STORE_CTX_init(context, self.roots, leaf.pointer, self.links) == 1,
                let parameters = unsafe X509_STORE_CTX_get0_param(context)
            else { return .failed(code: Int(X509_V_ERR_OUT_OF_MEM), at: nil) }
            // The one purpose that libcrypto has for those who prove a name (RFC 5280, 4.2.1.12: serverAuth).
            unsafe X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER)
            unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(now.secondsSince1970))
            unsafe X509_VERIFY_PARAM_set_depth(parameters, Int32(CertificateStore.depthLimit))
            unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
            let holds = unsafe X509_verify_cert(context) == 1
            let place = unsafe certificate(X509_STORE_CTX_get_current_cert(context))
            guard holds else { return unsafe .failed(code: Int(X509_STORE_CTX_get_error(context)), at: place) }
            return unsafe root().map { .holds(root: $0) } ?? .failed(code: Int(X509_V_ERR_OUT_OF_MEM), at: nil)
        }
    }

    /// The last of the chain that was found.
    private func root() -> Certificate? {
        let chain = unsafe X509_STORE_CTX_get0_chain(context)
        let count = unsafe OPENSSL_sk_num(chain)
        guard count > 0, let last = unsafe OPENSSL_sk_value(chain, count - 1) else { return nil }
        return unsafe certificate(OpaquePointer(last))
    }

    @unsafe private func certificate(_ pointer: OpaquePointer?) -> Certificate? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe Certificate(Libcrypto.encoded { unsafe i2d_X509(pointer, $0) })
    }
}
