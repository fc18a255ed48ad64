internal import CKernel
public import Netlink

/// Offloads and other features (ETHTOOL_A_FEATURES_*), by numbers that are this kernel's own: ``EthtoolStringSet/features`` names them.
public struct EthtoolFeatures: EthtoolPart {
    public static let command = EthtoolCommand("features", get: ETHTOOL_MSG_FEATURES_GET)
    public var attributes = AttributeSet()
    public init() {}

    /// What can be switched (dev->hw_features); its mask is all that this kernel knows.
    public var hardware: EthtoolBitset? { attributes[bitset: ETHTOOL_A_FEATURES_HW] }
    /// What was asked for (dev->wanted_features).
    public var wanted: EthtoolBitset? { attributes[bitset: ETHTOOL_A_FEATURES_WANTED] }
    /// What is on (dev->features).
    public var active: EthtoolBitset? { attributes[bitset: ETHTOOL_A_FEATURES_ACTIVE] }
    /// What can never be switched (NETIF_F_NEVER_CHANGE).
    public var unchangeable: EthtoolBitset? { attributes[bitset: ETHTOOL_A_FEATURES_NOCHANGE] }

    /// One feature.
    public struct State: Hashable, Sendable {
        public var isActive: Bool
        public var isWanted: Bool
        /// Whether it stays as it is, whatever is asked.
        public var isFixed: Bool
    }

    /// All features by their names.
    public func states(_ names: [UInt32: String]) -> [String: State] {
        var result: [String: State] = [:]
        for (bit, name) in names {
            result[name] = State(
                isActive: active?.contains(bit) ?? false, isWanted: wanted?.contains(bit) ?? false,
                isFixed: hardware?.contains(bit) != true || unchangeable?.contains(bit) == true)
        }
        return result
    }
}

/// What came of a change of features (ETHTOOL_MSG_FEATURES_SET_REPLY).
public struct EthtoolFeatureOutcome: Hashable, Sendable {
    /// Wishes that did not come true: the mask, with what was wished as the values. Empty where all did.
    public let refused: EthtoolBitset
    /// What has changed: the mask, with what it is now as the values.
    public let changed: EthtoolBitset

    init(_ attributes: AttributeSet) {
        refused = attributes[bitset: ETHTOOL_A_FEATURES_WANTED] ?? EthtoolBitset(mask: [])
        changed = attributes[bitset: ETHTOOL_A_FEATURES_ACTIVE] ?? EthtoolBitset(mask: [])
    }
}
