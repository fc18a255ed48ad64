internal import Documents
internal import FoundationEssentials

/// A document of a platform's without the values that stand under a secret's name.
enum SecretDocument {
    /// Nil where there is nothing to take out. JSON stays JSON, XML stays as it is around the values; YAML becomes JSON, which is YAML.
    static func clean(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") { return xml(bytes) }
        let document: JSONValue
        if let json = try? JSONText.decode(JSONValue.self, from: bytes) {
            document = json
        } else if let yaml = try? YAMLText.decode(bytes), yaml.object != nil || yaml.array != nil {
            document = yaml
        } else {
            return nil
        }
        let clean = document.withoutSecrets
        return clean == document ? nil : (try? JSONText.encode(clean)).map { Array($0.utf8) }
    }

    /// The text of elements, `<wa:UserPassword>…</wa:UserPassword>`: Azure's ovf-env.xml has them.
    private static func xml(_ bytes: [UInt8]) -> [UInt8]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var hasChanged = false
        let pieces = text.split(separator: "<", omittingEmptySubsequences: false).map { piece -> Substring in
            guard let end = piece.firstIndex(of: ">"), piece.first != "/", piece.first != "?", piece.first != "!" else {
                return piece
            }
            let tag = piece[..<end].prefix { !$0.isWhitespace && $0 != "/" }
            let content = piece[piece.index(after: end)...]
            guard MetadataRecording.isSecret(tag.split(separator: ":").last),
                content.contains(where: { !$0.isWhitespace })
            else { return piece }
            hasChanged = true
            // Broken into lines it is base64 too.
            let isBase64 = Data(base64Encoded: String(content.filter { !$0.isWhitespace })) != nil
            // Escaped, for it is text of XML.
            return piece[...end]
                + (isBase64 ? MetadataRecording.base64(MetadataRecording.redacted) : "&lt;redacted&gt;")
        }
        return hasChanged ? Array(pieces.joined(separator: "<").utf8) : nil
    }
}

extension JSONValue {
    /// Strings under a secret's name are redacted; one that was base64 stays so.
    fileprivate var withoutSecrets: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.withoutSecrets))
        case .object(let members):
            .object(
                Dictionary(
                    members.map { key, value in
                        guard MetadataRecording.isSecret(key), let text = value.string, !text.isEmpty else {
                            return (key, value.withoutSecrets)
                        }
                        let isBase64 = Data(base64Encoded: text) != nil
                        return (
                            key,
                            .string(
                                isBase64
                                    ? MetadataRecording.base64(MetadataRecording.redacted) : MetadataRecording.redacted)
                        )
                    }
                ) { first, _ in first })
        default: self
        }
    }
}
