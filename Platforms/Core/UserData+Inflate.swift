extension UserData {
    /// What a source that was made before this module unpacked gzip itself hands in; it is not called.
    public typealias Inflate = @Sendable (_ bytes: [UInt8], _ limit: Int) -> [UInt8]?

    /// For such a source: nil where the payload cannot be unpacked.
    public init?(_ raw: [UInt8], inflate: Inflate?) {
        guard let data = try? UserData(raw) else { return nil }
        self = data
    }
}
