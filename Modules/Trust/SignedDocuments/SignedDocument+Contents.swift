extension SignedDocument {
    private static let signedData = "1.2.840.113549.1.7.2"
    private static let data = "1.2.840.113549.1.7.1"

    /// What an envelope has in it (RFC 5652, 3 and 5.1).
    struct Contents {
        let content: [UInt8]
        let certificates: [Certificate]
        let signer: SignerInfo

        init(_ envelope: [UInt8]) throws(BERReader.Failure) {
            var outer = BERReader(envelope)
            let information = try outer.next(BERElement.sequence, "ContentInfo")
            try outer.expectEnd(of: "ContentInfo")
            var reader = information.reader
            let type = try reader.next(BERElement.objectIdentifier, "content type").objectIdentifier("content type")
            guard type == SignedDocument.signedData else {
                throw information.failure("content of type \(type), which is no SignedData")
            }
            let explicit = try reader.next(BERElement.context(0), "content")
            try reader.expectEnd(of: "content")
            reader = explicit.reader
            let body = try reader.next(BERElement.sequence, "SignedData")
            try reader.expectEnd(of: "SignedData")
            reader = body.reader
            let version = try reader.next(BERElement.integer, "version").smallInteger("version")
            let digests = try reader.next(BERElement.set, "digestAlgorithms")
            content = try Self.content(try reader.next(BERElement.sequence, "encapContentInfo"))
            certificates = try Self.certificates(try reader.nextIfPresent(BERElement.context(0)))
            // Revocation lists: of no use without the time of the signature, which nobody vouches for.
            _ = try reader.nextIfPresent(BERElement.context(1))
            let signers = try reader.next(BERElement.set, "signerInfos")
            try reader.expectEnd(of: "signerInfos")
            reader = signers.reader
            signer = try SignerInfo(try reader.next(BERElement.sequence, "SignerInfo"))
            try reader.expectEnd(of: "the first SignerInfo, where one is expected")
            // 5.1: of data, with issuers and serial numbers, it is 1; with key identifiers 3. Attribute certificates, which make other
            // versions, are not taken.
            guard version == signer.version else { throw body.failure("version \(version)") }
            try Self.checkDigests(digests, signer)
        }

        private static func content(_ information: BERElement) throws(BERReader.Failure) -> [UInt8] {
            var reader = information.reader
            let type = try reader.next(BERElement.objectIdentifier, "eContentType").objectIdentifier("eContentType")
            guard type == SignedDocument.data else {
                throw information.failure("a signed content of type \(type), which is no data")
            }
            let explicit = try reader.next(BERElement.context(0), "signed content: it is apart from the signature")
            try reader.expectEnd(of: "eContent")
            reader = explicit.reader
            let content = try reader.next("eContent").octets("eContent")
            try reader.expectEnd(of: "eContent")
            return content
        }

        private static func certificates(_ set: BERElement?) throws(BERReader.Failure) -> [Certificate] {
            guard let set else { return [] }
            var certificates: [Certificate] = []
            var reader = set.reader
            while !reader.isAtEnd {
                let element = try reader.next(BERElement.sequence, "certificate")
                guard certificates.count < SignedDocument.certificateLimit else {
                    throw element.failure("more than \(SignedDocument.certificateLimit) certificates")
                }
                guard let certificate = Certificate(Array(element.encoded)) else {
                    throw element.failure("a certificate that cannot be read")
                }
                certificates.append(certificate)
            }
            return certificates
        }

        /// 5.1: those of the signers, so that a reader in one pass knows them.
        private static func checkDigests(_ set: BERElement, _ signer: SignerInfo) throws(BERReader.Failure) {
            var reader = set.reader
            let algorithm = try AlgorithmIdentifier(try reader.next(BERElement.sequence, "digestAlgorithm"))
            try reader.expectEnd(of: "the first digestAlgorithm, where one is expected")
            guard algorithm == signer.digestAlgorithm else {
                throw set.failure("digestAlgorithms without the signer's")
            }
        }
    }
}
