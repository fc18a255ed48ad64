internal import CKernel
public import Netlink

/// Pause frames (ETHTOOL_A_PAUSE_*; IEEE 802.3, annex 31B).
public struct EthtoolPause: EthtoolSettings {
    public static let command = EthtoolCommand(
        "pause parameters", get: ETHTOOL_MSG_PAUSE_GET, set: ETHTOOL_MSG_PAUSE_SET,
        settable: [ETHTOOL_A_PAUSE_AUTONEG, ETHTOOL_A_PAUSE_RX, ETHTOOL_A_PAUSE_TX].map { Int($0) },
        flags: Int(ETHTOOL_FLAG_STATS))
    public var attributes = AttributeSet()
    public init() {}

    /// Whether they are agreed on with the peer.
    public var isAutonegotiated: Bool? {
        get { attributes[flag: ETHTOOL_A_PAUSE_AUTONEG] }
        set { attributes[flag: ETHTOOL_A_PAUSE_AUTONEG] = newValue }
    }
    /// Whether we stop sending when one comes.
    public var receives: Bool? {
        get { attributes[flag: ETHTOOL_A_PAUSE_RX] }
        set { attributes[flag: ETHTOOL_A_PAUSE_RX] = newValue }
    }
    /// Whether we send them.
    public var transmits: Bool? {
        get { attributes[flag: ETHTOOL_A_PAUSE_TX] }
        set { attributes[flag: ETHTOOL_A_PAUSE_TX] = newValue }
    }
    /// ETHTOOL_A_PAUSE_STAT_TX_FRAMES; nil where the driver does not count them.
    public var framesSent: UInt64? { attributes.nested(ETHTOOL_A_PAUSE_STATS)?[ETHTOOL_A_PAUSE_STAT_TX_FRAMES] }
    /// ETHTOOL_A_PAUSE_STAT_RX_FRAMES; nil where the driver does not count them.
    public var framesReceived: UInt64? { attributes.nested(ETHTOOL_A_PAUSE_STATS)?[ETHTOOL_A_PAUSE_STAT_RX_FRAMES] }
}
