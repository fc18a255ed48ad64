internal import Fetch
public import Platform

/// What a guest tells the platform of itself: `gcloud compute instances get-guest-attributes`.
public enum GCPGuestAttributes {
    /// Sets `namespace/key`, each of letters, digits, `-` and `_`, to text. The instance must have the metadata value
    /// `enable-guest-attributes=TRUE`; Throws ``PlatformError/Kind/refused`` where it has not.
    public static func set(
        _ value: String, of key: String, in namespace: String, context: MetadataContext
    ) async throws(PlatformError) {
        for name in [namespace, key] {
            let isName = name.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || "-_".contains(character))
            }
            guard isName, (1...128).contains(name.utf8.count) else {
                throw PlatformError(
                    .nonsense("\(name) is no name of a guest attribute"), platform: .gcp,
                    hint: "use letters, digits, - and _")
            }
        }
        let path = "\(GCPMetadata.root)instance/guest-attributes/\(namespace)/\(key)"
        let session = MetadataSession(.gcp, policy: .gcp, in: context)
        guard try await session.fetch(path, method: .put, body: Array(value.utf8)) != nil else {
            throw PlatformError(
                .refused, platform: .gcp, url: await session.url(of: path), status: 404,
                hint: "turn guest attributes on: the instance's metadata enable-guest-attributes=TRUE")
        }
    }
}
