/// What a SignedData says of a signer (RFC 5652, 5.3).
struct SignerInfo: Hashable, Sendable {
    /// Whose certificate.
    enum Identifier: Hashable, Sendable {
        /// Both encoded, as the certificate has them.
        case issuerAndSerial(issuer: [UInt8], serial: [UInt8])
        case keyIdentifier([UInt8])

        func names(_ certificate: Certificate) -> Bool {
            switch self {
            case .issuerAndSerial(let issuer, let serial):
                issuer == certificate.issuerEncoded && serial == certificate.serialEncoded
            case .keyIdentifier(let bytes): !bytes.isEmpty && bytes == certificate.keyIdentifier
            }
        }
    }

    /// What is signed in the place of the document: its digest and more.
    struct Attributes: Hashable, Sendable {
        /// As a SET OF in DER: what the signature is over (RFC 5652, 5.4).
        let encoded: [UInt8]
        let messageDigest: [UInt8]
    }

    let version: Int
    let identifier: Identifier
    let digestAlgorithm: AlgorithmIdentifier
    let signatureAlgorithm: AlgorithmIdentifier
    let attributes: Attributes?
    let signature: [UInt8]

    init(_ element: BERElement) throws(BERReader.Failure) {
        var reader = element.reader
        version = try reader.next(BERElement.integer, "SignerInfo's version").smallInteger("SignerInfo's version")
        identifier = try Self.identifier(try reader.next("sid"))
        guard version == identifier.version else { throw element.failure("SignerInfo of version \(version)") }
        digestAlgorithm = try AlgorithmIdentifier(try reader.next(BERElement.sequence, "digestAlgorithm"))
        let attributes = try reader.nextIfPresent(BERElement.context(0))
        signatureAlgorithm = try AlgorithmIdentifier(try reader.next(BERElement.sequence, "signatureAlgorithm"))
        signature = Array(try reader.next(BERElement.octetString, "signature").contents)
        // Attributes that nobody signed say nothing.
        _ = try reader.nextIfPresent(BERElement.context(1))
        try reader.expectEnd(of: "SignerInfo")
        var read: Attributes?
        if let attributes {
            read = try SignerInfo.Attributes(attributes, digest: digestAlgorithm, signature: signatureAlgorithm)
        }
        self.attributes = read
    }

    private static func identifier(_ element: BERElement) throws(BERReader.Failure) -> Identifier {
        // subjectKeyIdentifier [0] IMPLICIT OCTET STRING: a primitive one.
        if element.identifier == 0x80 { return .keyIdentifier(Array(element.contents)) }
        guard element.identifier == BERElement.sequence else { throw element.failure("no sid") }
        var reader = element.reader
        let issuer = try reader.next(BERElement.sequence, "issuer")
        let serial = try reader.next(BERElement.integer, "serialNumber")
        try reader.expectEnd(of: "issuerAndSerialNumber")
        return .issuerAndSerial(issuer: Array(issuer.encoded), serial: Array(serial.encoded))
    }

    /// The digest that the signature stands on; throws for algorithms that are not taken, and for two that do not go together.
    func digest(for subject: String) throws(TrustError) -> Digest {
        // A signature's algorithm in a digest's place is some services' habit.
        guard let digest = digestAlgorithm.digest ?? digestAlgorithm.signatureDigest else {
            throw TrustError(subject, .unsupported(algorithm: "\(signatureAlgorithm.name) over \(digestAlgorithm.name)"))
        }
        guard signatureAlgorithm.number == AlgorithmIdentifier.rsa || signatureAlgorithm.signatureDigest == digest else {
            throw TrustError(subject, .unsupported(algorithm: "\(signatureAlgorithm.name) over \(digestAlgorithm.name)"))
        }
        return digest
    }
}

extension SignerInfo.Identifier {
    /// RFC 5652, 5.3.
    fileprivate var version: Int { if case .keyIdentifier = self { 3 } else { 1 } }
}

extension SignerInfo.Identifier: CustomStringConvertible {
    var description: String {
        switch self {
        case .issuerAndSerial(let issuer, let serial):
            let name = Libcrypto.run { X509Object.nameText(der: issuer) } ?? "a name that cannot be read"
            return "the certificate with serial \(Certificate.hexadecimal(serial)) that \(name) issued"
        case .keyIdentifier(let bytes):
            let digits = bytes.prefix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return "the key with identifier \(digits)"
        }
    }
}

extension SignerInfo.Attributes {
    private static let contentType = "1.2.840.113549.1.9.3"
    private static let messageDigest = "1.2.840.113549.1.9.4"
    /// CMSAlgorithmProtection (RFC 6211).
    private static let protection = "1.2.840.113549.1.9.52"
    private static let data = "1.2.840.113549.1.7.1"
    private static let limit = 32

    /// `signedAttrs`. They have to be DER: others digest what they have written anew as DER, and it has to be the same.
    init(
        _ element: BERElement, digest: AlgorithmIdentifier, signature: AlgorithmIdentifier
    ) throws(BERReader.Failure) {
        guard element.isDefinite else { throw element.failure("signedAttrs that are no DER") }
        var values: [String: BERElement] = [:]
        var reader = element.reader
        while !reader.isAtEnd {
            let attribute = try reader.next(BERElement.sequence, "attribute")
            var parts = attribute.reader
            let type = try parts.next(BERElement.objectIdentifier, "attrType").objectIdentifier("attrType")
            let set = try parts.next(BERElement.set, "attrValues")
            try parts.expectEnd(of: "attrValues")
            guard attribute.isDefinite, set.isDefinite, values.count < Self.limit else {
                throw attribute.failure("signedAttrs that are no DER, or too many")
            }
            guard values.updateValue(set, forKey: type) == nil else {
                throw attribute.failure("attribute \(type) a second time")
            }
        }
        func value(_ type: String, _ name: String) throws(BERReader.Failure) -> BERElement? {
            guard let set = values[type] else { return nil }
            var parts = set.reader
            let value = try parts.next(name)
            try parts.expectEnd(of: "\(name), of which there is one")
            return value
        }
        let type = try value(Self.contentType, "content-type")?.objectIdentifier("content-type")
        guard type == Self.data else { throw element.failure("signedAttrs without the content's type") }
        guard let octets = try value(Self.messageDigest, "message-digest"), octets.identifier == BERElement.octetString
        else { throw element.failure("signedAttrs without the content's digest") }
        if let protected = try value(Self.protection, "CMSAlgorithmProtection") {
            try Self.check(protected, digest, signature)
        }
        messageDigest = Array(octets.contents)
        // 5.4: as the SET OF that it is, in the place of the [0] that it has here.
        encoded = [BERElement.set] + element.encoded.dropFirst()
    }

    /// RFC 6211, 3: the algorithms that are named outside have to be these.
    private static func check(
        _ element: BERElement, _ digest: AlgorithmIdentifier, _ signature: AlgorithmIdentifier
    ) throws(BERReader.Failure) {
        var reader = element.reader
        let protectedDigest = try AlgorithmIdentifier(try reader.next(BERElement.sequence, "protected digestAlgorithm"))
        let protected = try reader.nextIfPresent(BERElement.context(1))
        let protectedSignature = try protected.map { (element) throws(BERReader.Failure) in
            try AlgorithmIdentifier(element)
        }
        guard protectedDigest == digest, protectedSignature == nil || protectedSignature == signature else {
            throw element.failure("algorithms that are not the signer's")
        }
    }
}
