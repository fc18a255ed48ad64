public import Documents

/// A JSON Web Token (RFC 7519) signed with RS256 in the compact form (RFC 7515, 3.1). No other algorithm is taken, and none is what the token chooses.
public struct JSONWebToken: Hashable, Sendable {
    /// In bytes.
    public static let sizeLimit = 1 << 16

    /// What messages call it.
    public let subject: String
    /// Which key is said to have signed it: `kid`.
    public let keyIdentifier: String
    /// The payload. Anybody can have written it, until `verify` says who.
    public let unverifiedClaims: JSONValue
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// The token's text; white space at its ends is no part of it.
    public init(_ text: [UInt8], subject: String) throws(TrustError) {
        func malformed(_ problem: String) -> TrustError { TrustError(subject, .malformed(problem)) }
        guard text.count <= Self.sizeLimit else { throw TrustError(subject, .tooLarge(limitInBytes: Self.sizeLimit)) }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        let trimmed = Array(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
        let parts = trimmed.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw malformed("\(parts.count) parts, where a token has three") }
        let header = try Self.object(parts[0], "header", subject)
        switch header["alg"] {
        case .string("RS256"): break
        case .string(let name): throw TrustError(subject, .unsupported(algorithm: "alg \(name.prefix(32))"))
        default: throw TrustError(subject, .missing("alg"))
        }
        // RFC 7515, 4.1.11: what is critical and not understood makes the token invalid; nothing of it is understood here.
        if header["crit"] != nil { throw malformed("critical header fields") }
        if let type = header["typ"], type.string?.lowercased() != "jwt" { throw malformed("a token that is no JWT") }
        guard let identifier = header["kid"]?.string, !identifier.isEmpty else {
            throw TrustError(subject, .missing("kid"))
        }
        unverifiedClaims = try Self.object(parts[1], "payload", subject)
        guard let signature = Base64URL.decode(parts[2]), !signature.isEmpty else {
            throw malformed("a signature that is no base64url")
        }
        self.subject = subject
        self.signature = signature
        keyIdentifier = String(identifier.prefix(256))
        signed = Array(trimmed[..<parts[1].endIndex])
    }

    private static func object(
        _ part: ArraySlice<UInt8>, _ name: String, _ subject: String
    ) throws(TrustError) -> JSONValue {
        guard let bytes = Base64URL.decode(part) else {
            throw TrustError(subject, .malformed("a \(name) that is no base64url"))
        }
        do throws(DocumentError) {
            let value = try JSONText.decode(JSONValue.self, from: bytes)
            guard value.object != nil else { throw DocumentError(.json, .unexpected("no object")) }
            return value
        } catch {
            throw TrustError(subject, .malformed("the \(name): \(error.problem)"))
        }
    }

    /// Checks the signature by the key of the set that the token names. Answers which that is, and the claims.
    public func verify(by set: JSONWebKeySet) throws(TrustError) -> (key: String, claims: JSONValue) {
        guard let entry = set.keys[keyIdentifier] else {
            throw TrustError(subject, .unknownSigner("key \(keyIdentifier)", folder: set.folder))
        }
        let name = "key \(keyIdentifier) of \(entry.file)"
        try entry.key.checkLength(name, subject)
        guard entry.key.verifies(signature, over: signed, .rsa(.sha256)) else {
            throw TrustError(subject, .signatureMismatch(key: name))
        }
        return (name, unverifiedClaims)
    }
}

extension JSONWebToken {
    /// Checks a verified token's times (RFC 7519, 4.1.4–6): `exp` and `iat` have to be there, `nbf` may be.
    ///
    /// - Parameter leeway: how far the clocks may be apart, in seconds.
    public func checkTimes(at now: UTCTime, leewayInSeconds leeway: Int64 = 300) throws(TrustError) {
        let leeway = min(max(0, leeway), 86_400)
        guard let issued = try time("iat") else { throw TrustError(subject, .missing("iat")) }
        guard let end = try time("exp") else { throw TrustError(subject, .missing("exp")) }
        guard issued <= end else { throw TrustError(subject, .malformed("exp \(end) is before iat \(issued)")) }
        for start in [issued, try time("nbf")].compactMap({ $0 }) where start > now.advanced(bySeconds: leeway) {
            throw TrustError(subject, .notYetValid("the token", from: start, now: now))
        }
        if end.advanced(bySeconds: leeway) <= now { throw TrustError(subject, .expired("the token", at: end, now: now)) }
    }

    private func time(_ claim: String) throws(TrustError) -> UTCTime? {
        guard let value = unverifiedClaims[claim] else { return nil }
        guard let seconds = value.integer else { throw TrustError(subject, .malformed("\(claim) is no whole number")) }
        return UTCTime(secondsSince1970: seconds)
    }

    /// Checks that a claim is this text, or, as `aud` may be (RFC 7519, 4.1.3), a list with it in it.
    public func check(_ claim: String, is wanted: String) throws(TrustError) {
        switch unverifiedClaims[claim] {
        case .string(let found):
            guard found == wanted else { throw TrustError(subject, .different(claim, found: found, wanted: wanted)) }
        case .array(let list):
            guard list.contains(.string(wanted)) else {
                let found = list.compactMap(\.string).joined(separator: ", ")
                throw TrustError(subject, .different(claim, found: found, wanted: wanted))
            }
        case nil: throw TrustError(subject, .missing(claim))
        default: throw TrustError(subject, .malformed("\(claim) is no text"))
        }
    }
}
