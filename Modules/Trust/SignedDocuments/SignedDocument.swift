internal import Documents

/// A document in a signature's envelope: SignedData of the Cryptographic Message Syntax (RFC 5652), which PKCS #7 is the older name of, with one
/// signer, and with the document in it.
///
/// Read here, byte by byte and within bounds; only the arithmetic of the signature is libcrypto's. Who signed has to be said by the caller: `verify`.
public struct SignedDocument: Hashable, Sendable {
    /// Of the envelope, and so of the document. In bytes.
    public static let sizeLimit = 1 << 16
    /// Certificates in the envelope.
    public static let certificateLimit = 16

    /// What messages call it.
    public let subject: String
    /// The document. Anybody can have written it, until `verify` says who.
    public let unverifiedContent: [UInt8]
    /// What came with it. Anybody can have put them there.
    public let certificates: [Certificate]
    let signer: SignerInfo

    /// The envelope as it is, in BER or DER.
    public init(_ envelope: [UInt8], subject: String) throws(TrustError) {
        guard envelope.count <= Self.sizeLimit else {
            throw TrustError(subject, .tooLarge(limitInBytes: Self.sizeLimit))
        }
        let contents: Contents
        do throws(BERReader.Failure) {
            contents = try Contents(envelope)
        } catch {
            throw TrustError(subject, .malformed("the envelope, \(error.words)"))
        }
        self.subject = subject
        unverifiedContent = contents.content
        certificates = contents.certificates
        signer = contents.signer
    }

    /// The envelope in base64, without or with the lines of PEM around it.
    public init(base64 text: [UInt8], subject: String) throws(TrustError) {
        // Base64 has four characters for three bytes, and line ends.
        guard text.count <= Self.sizeLimit * 3 / 2 else {
            throw TrustError(subject, .tooLarge(limitInBytes: Self.sizeLimit))
        }
        let blocks: [PEM]
        do throws(PEM.Failure) {
            blocks = try PEM.blocks(of: text)
        } catch {
            throw TrustError(subject, .malformed(error.problem))
        }
        if let block = blocks.first {
            guard blocks.count == 1, block.label == "PKCS7" || block.label == "CMS" else {
                throw TrustError(subject, .malformed("a PEM file of \(block.label) where one PKCS7 is expected"))
            }
            try self.init(block.bytes, subject: subject)
            return
        }
        let envelope: [UInt8]
        do throws(DocumentError) {
            envelope = try Base64.decode(text)
        } catch {
            throw TrustError(subject, .malformed("the envelope, \(error.problem)"))
        }
        try self.init(envelope, subject: subject)
    }

    /// Who the envelope says that signed it.
    public var signerName: String { signer.identifier.description }

    /// Whether the envelope names this certificate as its signer's.
    public func names(_ certificate: Certificate) -> Bool { signer.identifier.names(certificate) }

    /// Checks that `certificate`, which the envelope has to name, made the signature, with its algorithms and its key's length; answers the document.
    ///
    /// The certificate is believed: whose it is, and when, are the caller's questions.
    public func verify(by certificate: Certificate) throws(TrustError) -> [UInt8] {
        guard names(certificate) else {
            throw TrustError(subject, .different("signer", found: signerName, wanted: certificate.name))
        }
        let digest = try signer.digest(for: subject)
        guard let key = certificate.key, case .rsa = key.kind else {
            throw TrustError(subject, .unsupported(algorithm: "a key that is none of RSA"))
        }
        try key.checkLength("the certificate of \(certificate.name)", subject)
        guard let contentDigest = digest(unverifiedContent) else { throw TrustError(subject, .unavailable("no memory")) }
        let mismatch = TrustError(subject, .signatureMismatch(key: certificate.name))
        let message: [UInt8]
        if let attributes = signer.attributes {
            guard attributes.messageDigest == contentDigest else { throw mismatch }
            message = attributes.encoded
        } else {
            message = unverifiedContent
        }
        guard key.verifies(signer.signature, over: message, .rsa(digest)) else { throw mismatch }
        return unverifiedContent
    }
}
