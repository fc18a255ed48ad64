internal import CKernel

/// BR_STATE_* (linux/if_bridge.h), of IEEE 802.1D.
public struct BridgePortState: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let disabled = BridgePortState(rawValue: UInt8(SW_BR_STATE_DISABLED))
    public static let listening = BridgePortState(rawValue: UInt8(SW_BR_STATE_LISTENING))
    public static let learning = BridgePortState(rawValue: UInt8(SW_BR_STATE_LEARNING))
    public static let forwarding = BridgePortState(rawValue: UInt8(SW_BR_STATE_FORWARDING))
    public static let blocking = BridgePortState(rawValue: UInt8(SW_BR_STATE_BLOCKING))
}

/// struct ifla_bridge_id: a priority and an address.
public struct BridgeIdentity: Hashable, Sendable {
    public let priority: UInt16
    public let address: HardwareAddress
}

/// BR_BOOLOPT_* (linux/if_bridge.h), as bits; newer kernels add some.
public struct BridgeSwitches: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// BR_BOOLOPT_NO_LL_LEARN: learn nothing from link-local frames.
    public static let noLinkLocalLearning = BridgeSwitches(rawValue: 1 << UInt32(SW_BR_BOOLOPT_NO_LL_LEARN))
    /// BR_BOOLOPT_MCAST_VLAN_SNOOPING: multicast by the VLAN.
    public static let vlanSnooping = BridgeSwitches(rawValue: 1 << UInt32(SW_BR_BOOLOPT_MCAST_VLAN_SNOOPING))
    /// BR_BOOLOPT_MST_ENABLE: multiple spanning trees.
    public static let multipleTrees = BridgeSwitches(rawValue: 1 << UInt32(SW_BR_BOOLOPT_MST_ENABLE))
}
