internal import CKernel
public import Netlink

/// Switches of the driver's own (ETHTOOL_A_PRIVFLAGS_*). The bits come with their names.
public struct EthtoolPrivateFlags: EthtoolSettings {
    public static let command = EthtoolCommand(
        "private flags", get: ETHTOOL_MSG_PRIVFLAGS_GET, set: ETHTOOL_MSG_PRIVFLAGS_SET,
        settable: [Int(ETHTOOL_A_PRIVFLAGS_FLAGS)], namesItsBits: true)
    public var attributes = AttributeSet()
    public init() {}

    public var flags: EthtoolBitset? {
        get { attributes[bitset: ETHTOOL_A_PRIVFLAGS_FLAGS] }
        set { attributes[bitset: ETHTOOL_A_PRIVFLAGS_FLAGS] = newValue }
    }
}
