internal import CKernel
internal import Netlink

extension BridgePort {
    /// IFLA_BRPORT_ID: the priority on top of the number.
    public var identity: UInt16? { attributes[IFLA_BRPORT_ID] }

    /// IFLA_BRPORT_NO.
    public var number: UInt16? { attributes[IFLA_BRPORT_NO] }

    /// IFLA_BRPORT_ROOT_ID.
    public var rootIdentity: BridgeIdentity? { attributes[bridge: IFLA_BRPORT_ROOT_ID] }

    /// IFLA_BRPORT_BRIDGE_ID.
    public var designatedBridge: BridgeIdentity? { attributes[bridge: IFLA_BRPORT_BRIDGE_ID] }

    /// IFLA_BRPORT_DESIGNATED_PORT.
    public var designatedPort: UInt16? { attributes[IFLA_BRPORT_DESIGNATED_PORT] }

    /// IFLA_BRPORT_DESIGNATED_COST.
    public var designatedCost: UInt16? { attributes[IFLA_BRPORT_DESIGNATED_COST] }

    /// IFLA_BRPORT_TOPOLOGY_CHANGE_ACK.
    public var isChangeAcknowledged: Bool? { attributes[flag: IFLA_BRPORT_TOPOLOGY_CHANGE_ACK] }

    /// IFLA_BRPORT_CONFIG_PENDING.
    public var isConfigurationPending: Bool? { attributes[flag: IFLA_BRPORT_CONFIG_PENDING] }

    /// IFLA_BRPORT_MESSAGE_AGE_TIMER: what is left of it.
    public var messageAgeTimer: Duration? { attributes[ticks: IFLA_BRPORT_MESSAGE_AGE_TIMER, as: UInt64.self] }

    /// IFLA_BRPORT_FORWARD_DELAY_TIMER: what is left of it.
    public var forwardDelayTimer: Duration? { attributes[ticks: IFLA_BRPORT_FORWARD_DELAY_TIMER, as: UInt64.self] }

    /// IFLA_BRPORT_HOLD_TIMER: what is left of it.
    public var holdTimer: Duration? { attributes[ticks: IFLA_BRPORT_HOLD_TIMER, as: UInt64.self] }

    /// IFLA_BRPORT_FLUSH: forget what was learned here. It is an order, and never read.
    public var forgetsLearned: Bool {
        get { attributes[presence: IFLA_BRPORT_FLUSH] }
        set { attributes[presence: IFLA_BRPORT_FLUSH] = newValue }
    }
}
