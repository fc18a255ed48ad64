public import Documents
internal import Kernel
public import Network

/// A mapping that a machine's owner wrote in YAML or JSON, and the place where it stands, for errors.
public struct SeedDocument: Sendable {
    public let members: [String: JSONValue]
    public let platform: PlatformName
    /// `/dev/sr0:meta-data`.
    public let place: String

    /// The most that metadata and network configurations may be, in bytes.
    public static let limit = 1 << 20

    public init(members: [String: JSONValue] = [:], of platform: PlatformName, at place: String) {
        self.members = members
        self.platform = platform
        self.place = place
    }

    /// YAML, of which JSON is a part. An empty document has no members.
    public init(_ bytes: [UInt8], of platform: PlatformName, at place: String) throws(PlatformError) {
        let value = try Self.value(of: bytes, for: platform, at: place)
        self.init(of: platform, at: place)
        switch value {
        case .null: return
        case .object(let members): self.init(members: members, of: platform, at: place)
        default: throw nonsense("this is no mapping")
        }
    }

    /// What the bytes say in YAML or JSON.
    public static func value(
        of bytes: [UInt8], for platform: PlatformName, at place: String
    ) throws(PlatformError) -> JSONValue {
        do throws(DocumentError) {
            var limits = YAMLText.Limits()
            limits.sizeInBytes = limit
            return try YAMLText.decode(bytes, limits: limits)
        } catch {
            throw PlatformError(
                .nonsense(error.problem), platform: platform, url: place, hint: "correct the document at its source")
        }
    }

    public func nonsense(_ problem: String) -> PlatformError {
        PlatformError(
            .nonsense(problem), platform: platform, url: place, hint: "correct the document at its source")
    }

    // MARK: - Values

    /// The first of these that is said, as one line; numbers are texts to who did not quote them.
    public func line(_ keys: String...) throws(PlatformError) -> String? {
        for key in keys {
            switch members[key] {
            case nil, .null?, .string("")?: continue
            case .string(let text)?:
                guard text.utf8.count <= 1024, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                    throw nonsense("\(key) is no line of text")
                }
                return text
            case .integer(let number)?: return "\(number)"
            case .unsigned(let number)?: return "\(number)"
            default: throw nonsense("\(key) is no text")
            }
        }
        return nil
    }

    /// Lines of authorized_keys: a text of several, a list, or a mapping of names to either (EC2's form has another one below each).
    public func keys(_ names: String...) throws(PlatformError) -> [String] {
        for name in names {
            guard let value = members[name], value != .null else { continue }
            var keys: [String] = []
            try Self.collect(value, into: &keys, depth: 0) { nonsense("\(name) has no SSH keys") }
            return keys
        }
        return []
    }

    private static func collect(
        _ value: JSONValue, into keys: inout [String], depth: Int, orThrow error: () -> PlatformError
    ) throws(PlatformError) {
        guard depth < 4, keys.count <= 4096 else { throw error() }
        switch value {
        case .null: return
        case .string(let text):
            for line in text.split(whereSeparator: \.isNewline) {
                let key = line.drop(while: \.isWhitespace)
                guard !key.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else { throw error() }
                if !key.isEmpty, key.first != "#" { keys.append(String(key)) }
            }
        case .array(let elements):
            for element in elements { try collect(element, into: &keys, depth: depth + 1, orThrow: error) }
        case .object(let members):
            for (_, member) in members.sorted(by: { $0.key < $1.key }) {
                try collect(member, into: &keys, depth: depth + 1, orThrow: error)
            }
        default: throw error()
        }
    }
}

extension NetworkDocument {
    /// What an owner wrote in YAML or JSON at `place`.
    public init(_ bytes: [UInt8], of platform: PlatformName, at place: String) throws(PlatformError) {
        try self.init(SeedDocument.value(of: bytes, for: platform, at: place), of: platform, at: place)
    }

    public init(_ value: JSONValue, of platform: PlatformName, at place: String) throws(PlatformError) {
        do throws(NetworkDocumentError) {
            try self.init(value)
        } catch {
            throw PlatformError(
                .nonsense(error.description), platform: platform, url: place,
                hint: "correct the network configuration at its source")
        }
    }
}
