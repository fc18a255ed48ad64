internal import CKernel
public import Netlink

/// Whether there is a link, and why not (ETHTOOL_A_LINKSTATE_*).
public struct EthtoolLinkState: EthtoolPart {
    public static let command = EthtoolCommand("link state", get: ETHTOOL_MSG_LINKSTATE_GET)
    public var attributes = AttributeSet()
    public init() {}

    /// Whether the link is there; nil where the driver does not say.
    public var hasLink: Bool? { attributes[flag: ETHTOOL_A_LINKSTATE_LINK] }
    /// The signal quality index of an automotive PHY, 0 to ``largestSignalQuality``.
    public var signalQuality: UInt32? { attributes[number: ETHTOOL_A_LINKSTATE_SQI] }
    /// ETHTOOL_A_LINKSTATE_SQI_MAX.
    public var largestSignalQuality: UInt32? { attributes[number: ETHTOOL_A_LINKSTATE_SQI_MAX] }
    /// ETHTOOL_LINK_EXT_STATE_*: why there is no link, where the driver knows (Linux 5.9).
    public var extendedState: EthtoolExtendedState? {
        attributes[ETHTOOL_A_LINKSTATE_EXT_STATE].map { EthtoolExtendedState(rawValue: $0) }
    }
    /// ETHTOOL_LINK_EXT_SUBSTATE_* of that state: numbers of their own for each (linux/ethtool.h).
    public var extendedSubstate: UInt8? { attributes[ETHTOOL_A_LINKSTATE_EXT_SUBSTATE] }
}

/// ETHTOOL_LINK_EXT_STATE_* (linux/ethtool.h).
public struct EthtoolExtendedState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ state: ethtool_link_ext_state) { rawValue = UInt8(truncatingIfNeeded: state.rawValue) }

    public static let autonegotiation = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_AUTONEG)
    public static let trainingFailure = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_LINK_TRAINING_FAILURE)
    public static let logicalMismatch = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_LINK_LOGICAL_MISMATCH)
    public static let badSignalIntegrity = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_BAD_SIGNAL_INTEGRITY)
    public static let noCable = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_NO_CABLE)
    public static let cableIssue = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_CABLE_ISSUE)
    public static let eepromIssue = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_EEPROM_ISSUE)
    public static let calibrationFailure = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_CALIBRATION_FAILURE)
    public static let powerBudgetExceeded = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_POWER_BUDGET_EXCEEDED)
    public static let overheat = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_OVERHEAT)
    public static let module = EthtoolExtendedState(ETHTOOL_LINK_EXT_STATE_MODULE)

    /// ethtool's words.
    public var description: String {
        switch self {
        case .autonegotiation: "Autoneg"
        case .trainingFailure: "Link training failure"
        case .logicalMismatch: "Logical mismatch"
        case .badSignalIntegrity: "Bad signal integrity"
        case .noCable: "No cable"
        case .cableIssue: "Cable issue"
        case .eepromIssue: "EEPROM issue"
        case .calibrationFailure: "Calibration failure"
        case .powerBudgetExceeded: "Power budget exceeded"
        case .overheat: "Overheat"
        case .module: "Module"
        default: "\(rawValue)"
        }
    }
}
