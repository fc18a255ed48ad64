internal import CKernel
public import Netlink

/// How many queues with an interrupt of their own there are (ETHTOOL_A_CHANNELS_*).
public struct EthtoolChannels: EthtoolSettings {
    public static let command = EthtoolCommand(
        "channels", get: ETHTOOL_MSG_CHANNELS_GET, set: ETHTOOL_MSG_CHANNELS_SET,
        settable: [
            ETHTOOL_A_CHANNELS_RX_COUNT, ETHTOOL_A_CHANNELS_TX_COUNT, ETHTOOL_A_CHANNELS_OTHER_COUNT,
            ETHTOOL_A_CHANNELS_COMBINED_COUNT,
        ].map { Int($0) })
    public var attributes = AttributeSet()
    public init() {}

    /// The most that the device takes.
    public var maximumReceive: UInt32? { attributes[number: ETHTOOL_A_CHANNELS_RX_MAX] }
    /// Of transmit queues.
    public var maximumTransmit: UInt32? { attributes[number: ETHTOOL_A_CHANNELS_TX_MAX] }
    /// Of channels for other events.
    public var maximumOther: UInt32? { attributes[number: ETHTOOL_A_CHANNELS_OTHER_MAX] }
    /// Of channels for both directions.
    public var maximumCombined: UInt32? { attributes[number: ETHTOOL_A_CHANNELS_COMBINED_MAX] }
    /// For receive queues alone.
    public var receive: UInt32? {
        get { attributes[number: ETHTOOL_A_CHANNELS_RX_COUNT] }
        set { attributes[number: ETHTOOL_A_CHANNELS_RX_COUNT] = newValue }
    }
    /// For transmit queues alone.
    public var transmit: UInt32? {
        get { attributes[number: ETHTOOL_A_CHANNELS_TX_COUNT] }
        set { attributes[number: ETHTOOL_A_CHANNELS_TX_COUNT] = newValue }
    }
    /// For link events and the like.
    public var other: UInt32? {
        get { attributes[number: ETHTOOL_A_CHANNELS_OTHER_COUNT] }
        set { attributes[number: ETHTOOL_A_CHANNELS_OTHER_COUNT] = newValue }
    }
    /// For both directions.
    public var combined: UInt32? {
        get { attributes[number: ETHTOOL_A_CHANNELS_COMBINED_COUNT] }
        set { attributes[number: ETHTOOL_A_CHANNELS_COMBINED_COUNT] = newValue }
    }
}
