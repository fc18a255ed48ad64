internal import Documents

/// Signatures of identity documents. Whoever has one can show it to others as this machine's, for as long as they take it: so no recording has them.
extension MetadataRecording {
    /// The body of EC2's `instance-identity/{rsa2048,pkcs7,signature}`, or of Azure's `attested/document`, without the signature; nil for another's.
    /// What was JSON stays so, for it is read before anybody looks at the signature.
    static func withoutSignature(_ body: [UInt8], at path: Substring) -> [UInt8]? {
        let words = path.split(separator: "/").suffix(2).map { String($0) }
        guard words.count == 2 else { return nil }
        switch (words[0], words[1]) {
        case ("instance-identity", "rsa2048"), ("instance-identity", "pkcs7"), ("instance-identity", "signature"):
            return Array(redactedToken.utf8)
        case ("attested", "document"):
            guard let document = try? JSONText.decode(JSONValue.self, from: body), var members = document.object,
                members["signature"] != nil
            else { return Array(redactedToken.utf8) }
            members["signature"] = .string(redactedToken)
            return (try? JSONText.encode(JSONValue.object(members))).map { Array($0.utf8) }
        default: return nil
        }
    }

    /// Whether an identity document is one that a recording keeps: the mark, or JSON with the mark as its signature.
    static func isWithoutSignature(_ document: [UInt8]) -> Bool {
        if document == Array(redactedToken.utf8) { return true }
        return (try? JSONText.decode(JSONValue.self, from: document))?["signature"]?.string == redactedToken
    }
}
