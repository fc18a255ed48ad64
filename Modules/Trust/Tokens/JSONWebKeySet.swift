internal import Documents

/// The RSA keys of JWK sets (RFC 7517), by their identifiers.
public struct JSONWebKeySet: Hashable, Sendable {
    /// Keys of all files together.
    public static let limit = 256

    struct Entry: Hashable, Sendable {
        let key: PublicKey
        let file: String
    }

    /// What messages call the set.
    public let folder: String
    private(set) var keys: [String: Entry] = [:]

    /// Reads every `.json` and `.jwks` of the folder. Keys of other kinds, for other uses or other algorithms than RS256 are passed over;
    /// one of RS256 that cannot be read is an error, and so are two with one identifier, and a folder without any.
    public init(_ folder: TrustFolder, for document: String) throws(TrustError) {
        self.folder = folder.name
        for (name, bytes) in try folder.contents(endingIn: [".json", ".jwks"], for: document) {
            try add(bytes, file: folder.name(of: name), for: document)
        }
        if keys.isEmpty { throw TrustError(document, .noKey("key of a JWK set (*.json)", folder: self.folder)) }
    }

    private mutating func add(_ bytes: [UInt8], file: String, for document: String) throws(TrustError) {
        func bad(_ problem: String) -> TrustError { TrustError(document, .badKey(file: file, problem: problem)) }
        let set: JSONValue
        do throws(DocumentError) {
            set = try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw bad(error.problem)
        }
        guard let list = set["keys"]?.array else { throw bad("no JWK set: it has no list of keys") }
        for (position, key) in list.enumerated() {
            // RFC 7517, 5: what is not understood is passed over.
            guard key["kty"]?.string == "RSA", key["use"].map({ $0.string == "sig" }) ?? true,
                key["alg"].map({ $0.string == "RS256" }) ?? true
            else { continue }
            guard let identifier = key["kid"]?.string, !identifier.isEmpty, identifier.utf8.count <= 256,
                let modulus = Self.number(key["n"]), let exponent = Self.number(key["e"]),
                let read = PublicKey(modulus: modulus, exponent: exponent)
            else { throw bad("key \(position + 1) of it cannot be read") }
            guard keys.updateValue(Entry(key: read, file: file), forKey: identifier) == nil else {
                throw bad("key \(position + 1) has the identifier of another")
            }
            guard keys.count <= Self.limit else { throw bad("more than \(Self.limit) keys") }
        }
    }

    private static func number(_ value: JSONValue?) -> [UInt8]? {
        guard let bytes = value?.string.flatMap({ Base64URL.decode($0.utf8) }), !bytes.isEmpty else { return nil }
        return bytes
    }
}
