internal import CKernel
public import Netlink

/// What wakes a sleeping machine (ETHTOOL_A_WOL_*). Reading it takes CAP_NET_ADMIN too, for the password.
public struct EthtoolWakeOnLAN: EthtoolSettings, CustomStringConvertible {
    public static let command = EthtoolCommand(
        "wake-on-LAN", get: ETHTOOL_MSG_WOL_GET, set: ETHTOOL_MSG_WOL_SET,
        settable: [ETHTOOL_A_WOL_MODES, ETHTOOL_A_WOL_SOPASS].map { Int($0) })
    public var attributes = AttributeSet()
    public init() {}

    /// Of an answer: the mask is what the device can, the values what is on (``EthtoolStringSet/wakeOnLANModes``).
    public var modes: EthtoolBitset? {
        get { attributes[bitset: ETHTOOL_A_WOL_MODES] }
        set { attributes[bitset: ETHTOOL_A_WOL_MODES] = newValue }
    }
    /// SecureOn's password, six bytes; of an answer only where the device can be woken so.
    public var password: [UInt8]? {
        get { attributes[bytes: ETHTOOL_A_WOL_SOPASS] }
        set { attributes[bytes: ETHTOOL_A_WOL_SOPASS] = newValue }
    }

    /// Without the password.
    public var description: String {
        "wake-on-LAN modes \(modes?.values.sorted() ?? []) of \(modes?.mask?.sorted() ?? [])"
    }
}
