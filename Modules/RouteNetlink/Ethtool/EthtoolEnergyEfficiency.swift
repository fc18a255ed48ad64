internal import CKernel
public import Netlink

/// Energy-efficient Ethernet (ETHTOOL_A_EEE_*; IEEE 802.3, clause 78).
public struct EthtoolEnergyEfficiency: EthtoolSettings {
    public static let command = EthtoolCommand(
        "energy efficiency", get: ETHTOOL_MSG_EEE_GET, set: ETHTOOL_MSG_EEE_SET,
        settable: [
            ETHTOOL_A_EEE_MODES_OURS, ETHTOOL_A_EEE_ENABLED, ETHTOOL_A_EEE_TX_LPI_ENABLED, ETHTOOL_A_EEE_TX_LPI_TIMER,
        ].map { Int($0) })
    public var attributes = AttributeSet()
    public init() {}

    /// Link modes: the mask is what the device can, the values what it offers.
    public var ours: EthtoolBitset? {
        get { attributes[bitset: ETHTOOL_A_EEE_MODES_OURS] }
        set { attributes[bitset: ETHTOOL_A_EEE_MODES_OURS] = newValue }
    }
    /// What the peer offers. Read only.
    public var peer: EthtoolBitset? { attributes[bitset: ETHTOOL_A_EEE_MODES_PEER] }
    /// Whether it is agreed on. Read only.
    public var isActive: Bool? { attributes[flag: ETHTOOL_A_EEE_ACTIVE] }
    /// Whether it is to be used.
    public var isEnabled: Bool? {
        get { attributes[flag: ETHTOOL_A_EEE_ENABLED] }
        set { attributes[flag: ETHTOOL_A_EEE_ENABLED] = newValue }
    }
    /// Whether our sender goes to low power.
    public var isTransmitIdleEnabled: Bool? {
        get { attributes[flag: ETHTOOL_A_EEE_TX_LPI_ENABLED] }
        set { attributes[flag: ETHTOOL_A_EEE_TX_LPI_ENABLED] = newValue }
    }
    /// Microseconds of silence after which it does.
    public var transmitIdleMicroseconds: UInt32? {
        get { attributes[number: ETHTOOL_A_EEE_TX_LPI_TIMER] }
        set { attributes[number: ETHTOOL_A_EEE_TX_LPI_TIMER] = newValue }
    }
}
