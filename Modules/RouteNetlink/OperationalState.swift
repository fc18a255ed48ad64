internal import CKernel

/// IF_OPER_* (linux/if.h), RFC 2863's operational state: a number that newer kernels may extend.
public struct OperationalState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The driver does not say; loopback and tunnels are so for ever.
    public static let unknown = OperationalState(rawValue: UInt8(IF_OPER_UNKNOWN))
    public static let notPresent = OperationalState(rawValue: UInt8(IF_OPER_NOTPRESENT))
    public static let down = OperationalState(rawValue: UInt8(IF_OPER_DOWN))
    public static let lowerLayerDown = OperationalState(rawValue: UInt8(IF_OPER_LOWERLAYERDOWN))
    public static let testing = OperationalState(rawValue: UInt8(IF_OPER_TESTING))
    public static let dormant = OperationalState(rawValue: UInt8(IF_OPER_DORMANT))
    public static let up = OperationalState(rawValue: UInt8(IF_OPER_UP))

    /// As `ip -j` has it: `UP`, `LOWERLAYERDOWN`.
    public var description: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .notPresent: "NOTPRESENT"
        case .down: "DOWN"
        case .lowerLayerDown: "LOWERLAYERDOWN"
        case .testing: "TESTING"
        case .dormant: "DORMANT"
        case .up: "UP"
        default: "\(rawValue)"
        }
    }
}
