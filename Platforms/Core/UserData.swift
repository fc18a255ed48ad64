/// A payload as it was served, and unpacked.
public struct UserData: Hashable, Sendable {
    public let raw: [UInt8]
    public let decoded: [UInt8]
    /// What was found around it, the outermost first: `base64`, `gzip`.
    public let encodings: [String]

    public init(_ raw: [UInt8]) throws(UserDataError) {
        self.raw = raw
        decoded = raw
        encodings = []
    }
}

/// Why a payload cannot be unpacked.
public struct UserDataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let problem: String
    public var description: String { problem }
}
