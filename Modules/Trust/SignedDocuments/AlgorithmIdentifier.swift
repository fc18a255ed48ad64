/// An algorithm by its number (RFC 5280, 4.1.1.2), without parameters or with NULL for them, as all that are taken have it.
struct AlgorithmIdentifier: Hashable, Sendable {
    let number: String

    init(_ element: BERElement) throws(BERReader.Failure) {
        var reader = element.reader
        number = try reader.next(BERElement.objectIdentifier, "algorithm").objectIdentifier("algorithm")
        if let null = try reader.nextIfPresent(BERElement.null), !null.contents.isEmpty {
            throw null.failure("a NULL with something in it")
        }
        // The parameters of others are theirs: the number says enough to refuse them.
        if number == Self.rsa || digest != nil || signatureDigest != nil {
            try reader.expectEnd(of: "the parameters of algorithm \(number)")
        }
    }

    /// rsaEncryption: RSA with the digest that is named beside it.
    static let rsa = "1.2.840.113549.1.1.1"

    /// The digest itself (RFC 5754, 2).
    var digest: Digest? {
        switch number {
        case "2.16.840.1.101.3.4.2.1": .sha256
        case "2.16.840.1.101.3.4.2.2": .sha384
        case "2.16.840.1.101.3.4.2.3": .sha512
        default: nil
        }
    }

    /// The digest of sha256WithRSAEncryption and its like (RFC 5754, 3.2).
    var signatureDigest: Digest? {
        switch number {
        case "1.2.840.113549.1.1.11": .sha256
        case "1.2.840.113549.1.1.12": .sha384
        case "1.2.840.113549.1.1.13": .sha512
        default: nil
        }
    }

    /// What messages call it.
    var name: String {
        switch number {
        case Self.rsa: "RSA"
        case "1.2.840.113549.2.5": "MD5"
        case "1.2.840.113549.1.1.4": "RSA with MD5"
        case "1.3.14.3.2.26": "SHA-1"
        case "1.2.840.113549.1.1.5": "RSA with SHA-1"
        case "1.2.840.10040.4.1": "DSA"
        case "1.2.840.10040.4.3": "DSA with SHA-1"
        case "1.2.840.113549.1.1.10": "RSASSA-PSS"
        case "1.2.840.10045.4.3.2": "ECDSA with SHA-256"
        default: digest?.rawValue ?? signatureDigest.map { "RSA with \($0.rawValue)" } ?? "algorithm \(number)"
        }
    }
}
