internal import Documents

/// An Ed25519 signature (RFC 8032) that stands beside what it signs.
///
/// Its text is the base64 of its 64 bytes, and white space; what it signs is a payload's bytes as they were served. `openssl pkeyutl -sign -rawin`
/// makes the bytes.
public struct DetachedSignature: Hashable, Sendable {
    public let bytes: [UInt8]

    /// The 64 bytes themselves, or the text; nil where it is neither.
    public init?(_ signature: [UInt8]) {
        if signature.count == 64, !signature.allSatisfy(Base64.takes) {
            bytes = signature
            return
        }
        guard signature.count <= 256, let decoded = try? Base64.decode(signature), decoded.count == 64 else { return nil }
        bytes = decoded
    }
}

/// The public Ed25519 keys of a folder, by their files' names.
public struct SigningKeys: Hashable, Sendable {
    /// What a payload may have, in bytes.
    public static let payloadLimit = 16 << 20

    private struct Entry: Hashable {
        let file: String
        let key: PublicKey
    }

    /// What messages call the set.
    public let folder: String
    private let keys: [Entry]

    /// Reads every `.pem` (`openssl pkey -pubout`: SubjectPublicKeyInfo) and `.pub` (the base64 of the 32 bytes) of the folder. One that cannot be
    /// read is an error, and so is a folder without any.
    public init(_ folder: TrustFolder, for document: String) throws(TrustError) {
        self.folder = folder.name
        var keys: [Entry] = []
        for (name, bytes) in try folder.contents(endingIn: [".pem", ".pub"], for: document) {
            let file = folder.name(of: name)
            let key = name.hasSuffix(".pem") ? try Self.pem(bytes, file, document) : Self.raw(bytes)
            guard let key else {
                throw TrustError(document, .badKey(file: file, problem: "no public Ed25519 key"))
            }
            keys.append(Entry(file: file, key: key))
        }
        if keys.isEmpty { throw TrustError(document, .noKey("public key (*.pem, *.pub)", folder: self.folder)) }
        self.keys = keys
    }

    private static func raw(_ text: [UInt8]) -> PublicKey? {
        (try? Base64.decode(text)).flatMap { PublicKey(ed25519: $0) }
    }

    private static func pem(_ text: [UInt8], _ file: String, _ document: String) throws(TrustError) -> PublicKey? {
        do throws(PEM.Failure) {
            let blocks = try PEM.blocks(of: text)
            guard blocks.count == 1, let block = blocks.first, block.label == "PUBLIC KEY",
                let key = PublicKey(subjectPublicKeyInfo: block.bytes), key.kind == .ed25519
            else { return nil }
            return key
        } catch {
            throw TrustError(document, .badKey(file: file, problem: error.problem))
        }
    }

    /// Checks that one of the keys made the signature; answers that key's file.
    public func verify(
        _ payload: [UInt8], _ signature: DetachedSignature, subject: String
    ) throws(TrustError) -> String {
        guard payload.count <= Self.payloadLimit else {
            throw TrustError(subject, .tooLarge(limitInBytes: Self.payloadLimit))
        }
        for entry in keys where entry.key.verifies(signature.bytes, over: payload, .ed25519) { return entry.file }
        let names = keys.count == 1 ? keys[0].file : "any of the \(keys.count) keys in \(folder)"
        throw TrustError(subject, .signatureMismatch(key: names))
    }
}
