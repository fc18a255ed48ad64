internal import Documents
package import Trust

/// The instance identity document of EC2: who this instance is, signed by EC2 in its region.
///
/// `dynamic/instance-identity/rsa2048` is SignedData in base64 with the document in it, signed with RSA of 2048 bits over SHA-256, by a
/// certificate of the region that AWS publishes and that signed itself:
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-rsa2048.html. That certificate is believed by being in the folder, as `REGION.pem`;
/// of several in the file the one that the envelope names counts.
package enum AWSIdentity {
    /// Where the certificates are, on a node.
    package static let folder = "/etc/slipway/trust/aws"

    /// The three forms in which EC2 signs it. The older two are told, not believed.
    package enum Form: String, Hashable, Sendable {
        case rsa2048
        /// SignedData with DSA of 1024 bits over SHA-1.
        case pkcs7
        /// RSA of 1024 bits over SHA-256, apart from the document.
        case signature
    }

    /// What the document has to say; what is nil may be anything.
    package struct Expectation: Hashable, Sendable {
        package var account: String?
        package var instanceID: String?
        package var region: String?

        package init(account: String? = nil, instanceID: String? = nil, region: String? = nil) {
            self.account = account
            self.instanceID = instanceID
            self.region = region
        }
    }

    /// What the document says.
    package struct Claims: Hashable, Sendable {
        package let account: String
        package let instanceID: String
        package let region: String
        /// When the instance was started, the last time that it was.
        package let pendingTime: UTCTime
        package let availabilityZone: String?
        package let instanceType: String?
        package let imageID: String?
    }

    /// Whether the document is of the instance that is expected, and signed by its region.
    ///
    /// - Parameters:
    ///   - document: what `dynamic/instance-identity/document` answered, which has to be what was signed; nil where it was not asked for.
    ///   - signature: what `dynamic/instance-identity/rsa2048` answered.
    package static func verify(
        document: [UInt8]? = nil, signature: [UInt8], form: Form = .rsa2048, trust: TrustFolder,
        expectation: Expectation, now: UTCTime
    ) -> Verdict {
        Verdict { () throws(TrustError) in
            try check(
                document: document, signature: signature, form: form, trust: trust, expectation: expectation, now: now
            ).by
        }
    }

    /// The same, with what the document says.
    package static func check(
        document: [UInt8]? = nil, signature: [UInt8], form: Form = .rsa2048, trust: TrustFolder,
        expectation: Expectation, now: UTCTime
    ) throws(TrustError) -> (by: String, claims: Claims) {
        guard form == .rsa2048 else { throw TrustError(subject, .unsupported(algorithm: form.algorithm)) }
        let envelope = try SignedDocument(base64: signature, subject: subject)
        let unverified = try claims(of: envelope.unverifiedContent)
        let certificate = try certificate(of: unverified.region, signing: envelope, trust)
        // From here on it is the document of whoever holds that certificate's key.
        let claims = try claims(of: try envelope.verify(by: certificate))
        try certificate.checkDates(at: now, for: subject)
        if let document, try json(document) != (try json(envelope.unverifiedContent)) {
            throw TrustError(subject, .malformed("the document that is served is not the one that is signed"))
        }
        try claims.check(expectation)
        // The clocks of a region and of an instance that just started may be this far apart.
        if claims.pendingTime > now.advanced(bySeconds: 300) {
            throw TrustError(subject, .notYetValid("pendingTime", from: claims.pendingTime, now: now))
        }
        return ("the certificate of \(claims.region), serial \(certificate.serial), in \(trust.name)", claims)
    }

    private static let subject = "the instance identity document"

    /// The region's name makes a file's name: so it is looked at before.
    private static func certificate(
        of region: String, signing envelope: SignedDocument, _ trust: TrustFolder
    ) throws(TrustError) -> Certificate {
        let isName = (1...32).contains(region.utf8.count) && region.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isName else { throw TrustError(subject, .malformed("a region that is no region's name")) }
        let file = "\(region).pem"
        guard let text = try trust.contents(of: file, for: subject) else {
            throw TrustError(subject, .noKey("certificate of region \(region) (\(file))", folder: trust.name))
        }
        let all = try Certificate.certificates(inPEM: text, file: trust.name(of: file), for: subject)
        guard let certificate = all.first(where: { envelope.names($0) }) else {
            throw TrustError(subject, .unknownSigner(envelope.signerName, folder: trust.name(of: file)))
        }
        return certificate
    }

    private static func json(_ bytes: [UInt8]) throws(TrustError) -> JSONValue {
        do throws(DocumentError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw TrustError(subject, .malformed("the document: \(error.problem)"))
        }
    }

    private static func claims(of content: [UInt8]) throws(TrustError) -> Claims {
        let document = try json(content)
        func text(_ key: String) throws(TrustError) -> String {
            guard let text = document[key]?.string, !text.isEmpty else { throw TrustError(subject, .missing(key)) }
            return text
        }
        guard let pendingTime = UTCTime(rfc3339: try text("pendingTime")) else {
            throw TrustError(subject, .malformed("a pendingTime that is no time"))
        }
        return Claims(
            account: try text("accountId"), instanceID: try text("instanceId"), region: try text("region"),
            pendingTime: pendingTime, availabilityZone: document["availabilityZone"]?.string,
            instanceType: document["instanceType"]?.string, imageID: document["imageId"]?.string)
    }
}

extension AWSIdentity.Claims {
    fileprivate func check(_ expectation: AWSIdentity.Expectation) throws(TrustError) {
        for (name, found, wanted) in [
            ("account", account, expectation.account), ("instance", instanceID, expectation.instanceID),
            ("region", region, expectation.region),
        ] {
            guard let wanted, found != wanted else { continue }
            throw TrustError("the instance identity document", .different(name, found: found, wanted: wanted))
        }
    }
}

extension AWSIdentity.Form {
    fileprivate var algorithm: String {
        switch self {
        case .rsa2048: "RSA-2048 with SHA-256"
        case .pkcs7: "DSA-1024 with SHA-1 (the legacy pkcs7)"
        case .signature: "RSA-1024 with SHA-256 (the legacy signature)"
        }
    }
}
