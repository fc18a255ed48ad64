internal import FoundationEssentials

/// A command and its reply, as they passed.
///
/// In JSON both are base64: `{"request":"aW5mby1nZXQgZ3Vlc3RpbmZvLm1ldGFkYXRh","reply":"MSA="}`.
public struct GuestRPCExchange: Hashable, Sendable, Codable {
    /// The command's bytes.
    public var request: [UInt8]
    /// The whole reply, its `1 ` or `0 ` included.
    public var reply: [UInt8]

    public init(request: [UInt8], reply: [UInt8]) {
        self.request = request
        self.reply = reply
    }

    private enum CodingKeys: String, CodingKey { case request, reply }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        func bytes(_ key: CodingKeys) throws -> [UInt8] {
            guard let data = Data(base64Encoded: try members.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: members, debugDescription: "no base64")
            }
            return Array(data)
        }
        request = try bytes(.request)
        reply = try bytes(.reply)
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(Data(request).base64EncodedString(), forKey: .request)
        try members.encode(Data(reply).base64EncodedString(), forKey: .reply)
    }

    /// The key that an `info-get` or `info-set` is about; nil for other commands.
    public var key: GuestInfoKey? {
        let words = request.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count > 1, [Self.get, Self.set].contains(Array(words[0])) else { return nil }
        let name = String(decoding: words[1], as: UTF8.self)
        guard let key = try? GuestInfoKey(name), key.name == name else { return nil }
        return key
    }

    private static let get = Array("info-get".utf8)
    private static let set = Array("info-set".utf8)

    /// The same with `mark` for the value, that was read or set, of a key that is a secret.
    ///
    /// The placeholder `---` and what is blank stay: they say that there is no value.
    public func redacted(
        mark: String = "<redacted>", where isSecret: (GuestInfoKey) -> Bool
    ) -> GuestRPCExchange {
        guard let key, isSecret(key) else { return self }
        var copy = self
        if request.starts(with: Self.set) {
            let head = Self.set.count + key.name.utf8.count + 2
            if !GuestInfoItem.isBlank(Array(request.dropFirst(head))) {
                copy.request = Array(request.prefix(head)) + Array(mark.utf8)
            }
        } else if reply.starts(with: Array("1 ".utf8)), !GuestInfoItem.isBlank(Array(reply.dropFirst(2))) {
            copy.reply = Array(reply.prefix(2)) + Array(mark.utf8)
        }
        return copy
    }
}
