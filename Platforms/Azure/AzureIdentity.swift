internal import Documents
package import Trust

/// Azure's attested document: who this machine is, signed for some hours.
///
/// `/metadata/attested/document?api-version=2020-09-01&nonce=N` answers `{"encoding":"pkcs7","signature":…}`: SignedData in base64 with the
/// document in it, and with a server's certificate of `metadata.azure.com` or a name below it, which a root of the folder vouches for. The links
/// between have to be in the folder too, for there is no network to get them from:
/// https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service (Attested data).
package enum AzureIdentity {
    /// Where the certificates are, on a node: roots, and links to them.
    package static let folder = "/etc/slipway/trust/azure"
    /// Of the public cloud, the US government's and China's.
    package static let domains = ["metadata.azure.com", "metadata.azure.us", "metadata.azure.cn"]

    /// What the document has to say; what is nil may be anything.
    package struct Expectation: Hashable, Sendable {
        package var subscriptionID: String?
        package var vmID: String?
        /// What was asked for with the document, ten digits at the most. Azure may answer with an older document for some time.
        package var nonce: String?
        package var domains: [String]

        package init(
            subscriptionID: String? = nil, vmID: String? = nil, nonce: String? = nil,
            domains: [String] = AzureIdentity.domains
        ) {
            self.subscriptionID = subscriptionID
            self.vmID = vmID
            self.nonce = nonce
            self.domains = domains
        }
    }

    /// What the document says.
    package struct Claims: Hashable, Sendable {
        package let vmID: String
        /// Documents of versions before 2019-04-30 have none.
        package let subscriptionID: String?
        package let nonce: String?
        package let created: UTCTime
        package let expires: UTCTime
        package let sku: String?
    }

    /// Whether the document is of the machine that is expected, of these hours, and signed by Azure.
    ///
    /// - Parameter document: what `/metadata/attested/document` answered.
    package static func verify(
        document: [UInt8], trust: TrustFolder, expectation: Expectation, now: UTCTime
    ) -> Verdict {
        Verdict { () throws(TrustError) in
            try check(document: document, trust: trust, expectation: expectation, now: now).by
        }
    }

    /// The same, with what the document says.
    package static func check(
        document: [UInt8], trust: TrustFolder, expectation: Expectation, now: UTCTime
    ) throws(TrustError) -> (by: String, claims: Claims) {
        let envelope = try SignedDocument(base64: try signature(of: document), subject: subject)
        let store = try CertificateStore(trust, for: subject)
        guard let signer = envelope.certificates.first(where: { envelope.names($0) }) else {
            throw TrustError(subject, .missing("certificate of its signer"))
        }
        let content = try envelope.verify(by: signer)
        let root = try store.verify(
            signer, links: envelope.certificates.filter { $0 != signer }, domains: expectation.domains, at: now,
            for: subject)
        let claims = try claims(of: content)
        try claims.check(expectation)
        try claims.checkTimes(at: now)
        return ("the certificate of \(signer.name), by \(root.subject) in \(trust.name)", claims)
    }

    private static let subject = "the attested document"

    private static func json(_ bytes: [UInt8], _ what: String) throws(TrustError) -> JSONValue {
        do throws(DocumentError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw TrustError(subject, .malformed("\(what): \(error.problem)"))
        }
    }

    private static func signature(of answer: [UInt8]) throws(TrustError) -> [UInt8] {
        guard answer.count <= SignedDocument.sizeLimit * 3 / 2 else {
            throw TrustError(subject, .tooLarge(limitInBytes: SignedDocument.sizeLimit))
        }
        let value = try json(answer, "the answer")
        guard let encoding = value["encoding"]?.string else { throw TrustError(subject, .missing("encoding")) }
        guard encoding == "pkcs7" else {
            throw TrustError(subject, .unsupported(algorithm: "encoding \(encoding.prefix(32))"))
        }
        guard let signature = value["signature"]?.string else { throw TrustError(subject, .missing("signature")) }
        return Array(signature.utf8)
    }

    private static func claims(of content: [UInt8]) throws(TrustError) -> Claims {
        let document = try json(content, "the document")
        func text(_ value: JSONValue?, _ key: String) throws(TrustError) -> String {
            guard let text = value?.string, !text.isEmpty else { throw TrustError(subject, .missing(key)) }
            return text
        }
        func time(_ key: String) throws(TrustError) -> UTCTime {
            guard let time = Self.time(try text(document["timeStamp"]?[key], "timeStamp.\(key)")) else {
                throw TrustError(subject, .malformed("a timeStamp.\(key) that is no time"))
            }
            return time
        }
        return Claims(
            vmID: try text(document["vmId"], "vmId"), subscriptionID: document["subscriptionId"]?.string,
            nonce: document["nonce"]?.string, created: try time("createdOn"), expires: try time("expiresOn"),
            sku: document["sku"]?.string)
    }

    /// `11/20/18 22:07:39 -0000`: month, day and year of this century; always UTC.
    static func time(_ text: String) -> UTCTime? {
        let bytes = Array(text.utf8)
        let places: [(Int, Character)] = [(2, "/"), (5, "/"), (8, " "), (11, ":"), (14, ":"), (17, " ")]
        guard bytes.count == 23, text.hasSuffix("0000"), text.hasSuffix("-0000") || text.hasSuffix("+0000"),
            places.allSatisfy({ bytes[$0.0] == $0.1.asciiValue }),
            let month = UTCTime.number(bytes[0..<2]), let day = UTCTime.number(bytes[3..<5]),
            let year = UTCTime.number(bytes[6..<8]), let hour = UTCTime.number(bytes[9..<11]),
            let minute = UTCTime.number(bytes[12..<14]), let second = UTCTime.number(bytes[15..<17])
        else { return nil }
        return UTCTime(year: 2000 + year, month: month, day: day, hour: hour, minute: minute, second: second)
    }
}

extension AzureIdentity.Claims {
    private static let subject = "the attested document"

    fileprivate func check(_ expectation: AzureIdentity.Expectation) throws(TrustError) {
        // The identifiers are UUIDs, which services write in either case.
        for (name, found, wanted, ignoresCase) in [
            ("subscription", subscriptionID, expectation.subscriptionID, true),
            ("machine", vmID, expectation.vmID, true), ("nonce", nonce, expectation.nonce, false),
        ] {
            guard let wanted else { continue }
            guard let found else { throw TrustError(Self.subject, .missing(name)) }
            guard found == wanted || ignoresCase && found.lowercased() == wanted.lowercased() else {
                throw TrustError(Self.subject, .different(name, found: found, wanted: wanted))
            }
        }
    }

    fileprivate func checkTimes(at now: UTCTime, leewayInSeconds leeway: Int64 = 300) throws(TrustError) {
        guard created <= expires else {
            throw TrustError(Self.subject, .malformed("it expires at \(expires), before it was made at \(created)"))
        }
        if created > now.advanced(bySeconds: leeway) {
            throw TrustError(Self.subject, .notYetValid("the document", from: created, now: now))
        }
        if expires.advanced(bySeconds: leeway) <= now {
            throw TrustError(Self.subject, .expired("the document", at: expires, now: now))
        }
    }
}
