/// Why a document is not believed.
public struct TrustError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// There is nothing to judge by: what is wanted, and the folder that does not have it.
        case noKey(String, folder: String)
        /// A file of keys or certificates cannot be read as such; the reader's words.
        case badKey(file: String, problem: String)
        /// Who signed it, by its own words, is none of those in the folder.
        case unknownSigner(String, folder: String)
        /// The certificate of that name leads to an issuer that is not in the folder.
        case unknownIssuer(of: String, issuer: String, folder: String)
        /// The signature is not that key's over these bytes: they were changed, or another key made it.
        case signatureMismatch(key: String)
        /// The document's form; the reader's words.
        case malformed(String)
        case tooLarge(limitInBytes: Int)
        /// An algorithm that is not taken, by its name.
        case unsupported(algorithm: String)
        case weakKey(String, bits: Int, leastBits: Int)
        /// A certificate, token or document, before its time.
        case notYetValid(String, from: UTCTime, now: UTCTime)
        case expired(String, at: UTCTime, now: UTCTime)
        /// A certificate's chain does not hold; libcrypto's words.
        case untrusted(String, problem: String)
        /// A certificate that is not for this.
        case wrongPurpose(String, wanted: String)
        /// A certificate of somebody else.
        case wrongName(String, wanted: String)
        /// A member that the document has to have.
        case missing(String)
        /// The document says something else than was asked or pinned.
        case different(String, found: String, wanted: String)
        /// libcrypto has no memory, or not what it is built with everywhere.
        case unavailable(String)
    }

    /// The document, in words: `the instance identity document`.
    public let subject: String
    public let kind: Kind

    public init(_ subject: String, _ kind: Kind) {
        self.subject = subject
        self.kind = kind
    }

    /// True where nothing can be said of the signature, for want of keys; false where something is wrong.
    public var isForWantOfKeys: Bool {
        switch kind {
        case .noKey, .badKey, .unknownSigner, .unknownIssuer: true
        default: false
        }
    }
}

extension TrustError: CustomStringConvertible {
    public var description: String { "\(subject): \(reason)" }

    /// Why, without the document's name.
    public var reason: String {
        switch kind {
        case .noKey(let wanted, let folder): "no \(wanted) in \(folder)"
        case .badKey(let file, let problem): "\(file): \(problem)"
        case .unknownSigner(let signer, let folder): "signed by \(signer), of which there is nothing in \(folder)"
        case .unknownIssuer(let name, let issuer, let folder):
            "the certificate of \(name) was issued by \(issuer), of which there is nothing in \(folder)"
        case .signatureMismatch(let key): "the signature does not match: it is not that of \(key) over these bytes"
        case .malformed(let problem): problem
        case .tooLarge(let limit): "longer than the limit of \(limit) bytes"
        case .unsupported(let algorithm): "signed with \(algorithm), which is not taken"
        case .weakKey(let name, let bits, let least): "\(name): a key of \(bits) bits, where \(least) are the least"
        case .notYetValid(let what, let from, let now): "\(what): not valid before \(from); the clock says \(now)"
        case .expired(let what, let time, let now): "\(what): expired at \(time); the clock says \(now)"
        case .untrusted(let name, let problem): "the certificate of \(name): \(problem)"
        case .wrongPurpose(let name, let wanted): "the certificate of \(name) is not for \(wanted)"
        case .wrongName(let name, let wanted): "the certificate of \(name) is none of \(wanted)"
        case .missing(let member): "no \(member) in it"
        case .different(let member, let found, let wanted): "it is of another \(member): \(found), not \(wanted)"
        case .unavailable(let problem): "libcrypto: \(problem)"
        }
    }
}
