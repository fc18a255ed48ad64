/// An X.509 certificate (RFC 5280). That it can be read says nothing of who made it.
public struct Certificate: Hashable, Sendable {
    /// As it came, DER.
    public let encoded: [UInt8]
    /// `/C=US/O=…/CN=…`, what does not print escaped.
    public let subject: String
    public let issuer: String
    /// Its number among its issuer's, in hexadecimal digits.
    public let serial: String
    public let notBefore: UTCTime
    public let notAfter: UTCTime
    public let key: PublicKey?

    let isSelfIssued: Bool
    let isForSignatures: Bool
    let issuerEncoded: [UInt8]
    let serialEncoded: [UInt8]
    let keyIdentifier: [UInt8]

    /// Nil where the bytes are no certificate, have something behind it, or an extension or a time that cannot be read.
    public init?(_ encoded: [UInt8]) {
        let read: Certificate? = Libcrypto.run {
            guard let object = X509Object(der: encoded), !object.isInvalid, let notBefore = object.notBefore,
                let notAfter = object.notAfter
            else { return nil }
            return Certificate(object, encoded, notBefore, notAfter)
        }
        guard let read else { return nil }
        self = read
    }

    private init(_ object: X509Object, _ encoded: [UInt8], _ notBefore: UTCTime, _ notAfter: UTCTime) {
        self.encoded = encoded
        self.notBefore = notBefore
        self.notAfter = notAfter
        subject = object.subject
        issuer = object.issuer
        key = PublicKey(subjectPublicKeyInfo: object.publicKeyEncoded)
        isSelfIssued = object.isSelfIssued
        isForSignatures = object.isForSignatures
        issuerEncoded = object.issuerEncoded
        serialEncoded = object.serialEncoded
        keyIdentifier = object.keyIdentifier
        serial = Self.hexadecimal(serialEncoded)
    }

    /// What messages call it.
    public var name: String { "\(subject), serial \(serial)" }

    /// The certificates of a PEM file; blocks of other kinds are an error, for a private key has no place here.
    public static func certificates(
        inPEM text: [UInt8], file: String, for document: String
    ) throws(TrustError) -> [Certificate] {
        var certificates: [Certificate] = []
        do throws(PEM.Failure) {
            for block in try PEM.blocks(of: text) {
                guard block.label == "CERTIFICATE" || block.label == "TRUSTED CERTIFICATE" else {
                    throw PEM.Failure(problem: "\(block.label) where certificates are expected")
                }
                guard block.label == "CERTIFICATE", let certificate = Certificate(block.bytes) else {
                    throw PEM.Failure(problem: "certificate \(certificates.count + 1) of it cannot be read")
                }
                certificates.append(certificate)
            }
            if certificates.isEmpty { throw PEM.Failure(problem: "no PEM certificate in it") }
        } catch {
            throw TrustError(document, .badKey(file: file, problem: error.problem))
        }
        return certificates
    }

    /// Throws where `now` is not within its dates. At the last second it has expired already: RFC 5280, 4.1.2.5, has it valid still, but libcrypto,
    /// which judges the rest of a chain, does not.
    public func checkDates(at now: UTCTime, for document: String) throws(TrustError) {
        if now < notBefore {
            throw TrustError(document, .notYetValid("the certificate of \(name)", from: notBefore, now: now))
        }
        if now >= notAfter {
            throw TrustError(document, .expired("the certificate of \(name)", at: notAfter, now: now))
        }
    }

    static func hexadecimal(_ integer: [UInt8]) -> String {
        var reader = BERReader(integer)
        let bytes = (try? reader.next(BERElement.integer, "serial"))?.contents ?? []
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
