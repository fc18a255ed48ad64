internal import FoundationEssentials

/// A payload as it was served, and unpacked.
public struct UserData: Hashable, Sendable {
    /// Inflates gzip to at most `limit` bytes; nil where the bytes are damaged or too many.
    public typealias Inflate = @Sendable (_ bytes: [UInt8], _ limit: Int) -> [UInt8]?

    /// The most that a payload may be unpacked, in bytes.
    public static let limit = 4 << 20

    public let raw: [UInt8]
    /// Nil where it cannot be unpacked.
    public let decoded: [UInt8]?
    /// What was found around it, the outermost first: `base64`, `gzip`.
    public let encodings: [String]

    /// Unpacks gzip, and base64 around it (which a tool that encodes twice leaves). `inflate` is nil where the program has no gzip.
    public init(_ raw: [UInt8], inflate: Inflate? = nil) {
        self.raw = raw
        var encodings: [String] = []
        var bytes = raw
        // Base64 is taken off only from around gzip: many a plain payload is valid base64 too.
        if let inner = Data(base64Encoded: Data(raw), options: .ignoreUnknownCharacters), Self.isGzip(Array(inner)),
            raw.allSatisfy({ $0 < 0x80 })
        {
            bytes = Array(inner)
            encodings.append("base64")
        }
        if Self.isGzip(bytes) {
            encodings.append("gzip")
            decoded = inflate.flatMap { $0(bytes, Self.limit) }
        } else {
            decoded = bytes
        }
        self.encodings = encodings
    }

    /// RFC 1952, section 2.3.1: the magic, and deflate, which is the one method.
    private static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b, 0x08]) }
}
