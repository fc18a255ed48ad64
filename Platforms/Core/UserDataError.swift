public import Compression
public import Documents

/// Why user data cannot be unpacked. Nothing of it is answered then: half of a configuration is another configuration.
public struct UserDataError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// gzip or zstd that is truncated, damaged or too much when it is unpacked.
        case compression(CompressionError)
        /// base64 or MIME that is truncated, damaged or too much.
        case document(DocumentError)
        /// The platform says that it is encoded in a way that nobody knows; its word.
        case unknownEncoding(String)
        /// Longer than `UserData.limit`, as served or unpacked or all parts together.
        case tooLarge(limitInBytes: Int)
        /// Encoded over and over.
        case tooManyLayers(limit: Int)
    }

    public let kind: Kind
    /// What had been taken off before, the outermost first.
    public let encodings: [String]
    /// The MIME part, from 1; nil where it is the whole.
    public let part: Int?

    public init(_ kind: Kind, within encodings: [String] = [], part: Int? = nil) {
        self.kind = kind
        self.encodings = encodings
        self.part = part
    }
}

extension UserDataError: CustomStringConvertible {
    public var description: String {
        let place =
            (part.map { ", part \($0)" } ?? "")
            + (encodings.isEmpty ? "" : ", unpacked from \(encodings.joined(separator: ", "))")
        let words =
            switch kind {
            case .compression(let error): error.description
            case .document(let error): error.description
            case .unknownEncoding(let word):
                "encoding \(word) is not one of \(UserData.encodingLabels.keys.sorted().joined(separator: ", "))"
            case .tooLarge(let limit): "longer than the limit of \(limit) bytes"
            case .tooManyLayers(let limit): "encoded more than \(limit) times over"
            }
        return "user data\(place): \(words)"
    }
}
