internal import Documents
internal import Kernel
internal import SystemPackage
internal import Trust

/// Whether a payload is the owner's: an Ed25519 signature by a key of `/etc/slipway/trust/user-data`, without which no payload is taken where that
/// folder has a key.
///
/// The signature stands beside the payload, as a tag or key `user-data-signature`, and is then of the bytes as they are served; or it is the first
/// line of the unpacked payload, and then of all bytes after that line. An identity document says nothing of user data: it is another trust.
enum UserDataSignature {
    static let folder: FilePath = "/etc/slipway/trust/user-data"
    static let key = "user-data-signature"
    /// Of the first line, a comment of YAML and of scripts: what follows is the signature in base64.
    static let mark = "# slipway-signature: ed25519 "
    private static let subject = "the user data"
    /// A mark, 88 letters of base64, and some room.
    private static let longestLine = 256

    /// Throws where the payload is not the owner's. Nothing is asked where no key is there, or no payload.
    static func check(_ snapshot: MetadataSnapshot, on host: HostRoot) throws(TrustError) {
        let folder = TrustFolder(folder, on: host)
        guard let data = snapshot.userData,
            !(try folder.files(endingIn: [".pem", ".pub"], for: subject)).isEmpty
        else { return }
        let keys = try SigningKeys(folder, for: subject)
        if let text = beside(snapshot) {
            _ = try keys.verify(data.raw, try signature(Array(text.utf8)), subject: subject)
        } else if let (text, payload) = within(data.decoded) {
            _ = try keys.verify(Array(payload), try signature(Array(text)), subject: subject)
        } else {
            throw TrustError(
                subject,
                .missing(
                    "signature: neither a tag or key '\(key)' nor a first line '\(mark)BASE64', and \(folder.name) asks for one"
                ))
        }
    }

    private static func signature(_ text: [UInt8]) throws(TrustError) -> DetachedSignature {
        guard let signature = DetachedSignature(text) else {
            throw TrustError(subject, .malformed("its signature is not the base64 of 64 bytes"))
        }
        return signature
    }

    /// A tag; an attribute of Compute Engine; a key of the metadata that its owner writes.
    private static func beside(_ snapshot: MetadataSnapshot) -> String? {
        let places = [snapshot.raw["meta-data"], snapshot.raw["instance"]?["attributes"]]
        return snapshot.tags[key] ?? places.compactMap { $0?[key]?.string }.first
    }

    private static func within(_ bytes: [UInt8]) -> (signature: ArraySlice<UInt8>, payload: ArraySlice<UInt8>)? {
        guard bytes.starts(with: mark.utf8),
            let end = bytes.prefix(longestLine).firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        return (bytes[mark.utf8.count..<end], bytes[(end + 1)...])
    }
}
