internal import CKernel

/// IN6_ADDR_GEN_MODE_* (linux/if_link.h): how the kernel makes a link's IPv6 addresses; a number that newer kernels may extend.
public struct AddressGenerationMode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// From the hardware address (RFC 4291).
    public static let eui64 = AddressGenerationMode(rawValue: UInt8(IN6_ADDR_GEN_MODE_EUI64.rawValue))
    /// No link-local address.
    public static let none = AddressGenerationMode(rawValue: UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue))
    /// From a secret (RFC 7217).
    public static let stableSecret = AddressGenerationMode(rawValue: UInt8(IN6_ADDR_GEN_MODE_STABLE_PRIVACY.rawValue))
    /// From a secret that the kernel draws.
    public static let random = AddressGenerationMode(rawValue: UInt8(IN6_ADDR_GEN_MODE_RANDOM.rawValue))

    /// `eui64`, `none`, `stable_secret`, `random`, as `ip` says.
    public var description: String {
        switch self {
        case .eui64: "eui64"
        case .none: "none"
        case .stableSecret: "stable_secret"
        case .random: "random"
        default: "\(rawValue)"
        }
    }

    public init?(_ word: String) {
        let all: [AddressGenerationMode] = [.eui64, .none, .stableSecret, .random]
        guard let known = all.first(where: { $0.description == word }) else { return nil }
        self = known
    }
}
