/// A platform, by the name that `slipway.platform=` and the verdict use. Each platform's folder defines its own.
public struct PlatformName: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral, Comparable,
    CustomStringConvertible
{
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public var description: String { rawValue }
    public static func < (left: PlatformName, right: PlatformName) -> Bool { left.rawValue < right.rawValue }
}

/// Where a platform tells the machine who it is.
public enum DataSource: String, Hashable, Sendable, Codable {
    /// An HTTP service of the platform, mostly at a link-local address.
    case imds
    case guestinfo
    case configDrive = "config_drive"
    case url
    case none
}
