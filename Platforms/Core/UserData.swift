internal import FoundationEssentials

/// A payload as it was served, and unpacked.
public struct UserData: Hashable, Sendable {
    public let raw: [UInt8]
    public let decoded: [UInt8]
    /// What was found around it, the outermost first: `base64`, `gzip`.
    public let encodings: [String]

    public init(_ raw: [UInt8], encoding: String? = nil) throws(UserDataError) {
        self.raw = raw
        guard encoding == "base64" else {
            decoded = raw
            encodings = []
            return
        }
        guard let data = Data(base64Encoded: Data(raw.filter { $0 > 0x20 })) else {
            throw UserDataError(problem: "this is no base64")
        }
        decoded = Array(data)
        encodings = ["base64"]
    }
}

/// Why a payload cannot be unpacked.
public struct UserDataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let problem: String
    public var description: String { problem }
}
