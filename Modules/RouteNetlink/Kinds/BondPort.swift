internal import CKernel
public import Netlink

/// A port of a bond (IFLA_BOND_SLAVE_*, linux/if_link.h).
public struct BondPort: LinkKind {
    public static let kind = "bond"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_BOND_SLAVE_STATE: whether it waits for the port in use to fail (BOND_STATE_BACKUP).
    public var isBackup: Bool? { attributes[flag: IFLA_BOND_SLAVE_STATE] }

    /// IFLA_BOND_SLAVE_MII_STATUS: BOND_LINK_*: 0 up, 1 going down, 2 down, 3 coming up.
    public var linkState: UInt8? { attributes[IFLA_BOND_SLAVE_MII_STATUS] }

    /// IFLA_BOND_SLAVE_LINK_FAILURE_COUNT: how often its link failed.
    public var failureCount: UInt32? { attributes[IFLA_BOND_SLAVE_LINK_FAILURE_COUNT] }

    /// IFLA_BOND_SLAVE_PERM_HWADDR: what it gets back when it leaves.
    public var permanentHardwareAddress: HardwareAddress? { attributes[hardware: IFLA_BOND_SLAVE_PERM_HWADDR] }

    /// IFLA_BOND_SLAVE_QUEUE_ID: the transmit queue of the bond that goes out here.
    public var queue: UInt16? {
        get { attributes[IFLA_BOND_SLAVE_QUEUE_ID] }
        set { attributes[IFLA_BOND_SLAVE_QUEUE_ID] = newValue }
    }

    /// IFLA_BOND_SLAVE_PRIO: the higher is preferred when a port fails (Linux 6.0).
    public var priority: Int32? {
        get { attributes[IFLA_BOND_SLAVE_PRIO] }
        set { attributes[IFLA_BOND_SLAVE_PRIO] = newValue }
    }

    /// IFLA_BOND_SLAVE_AD_AGGREGATOR_ID: in 802.3ad.
    public var aggregator: UInt16? { attributes[IFLA_BOND_SLAVE_AD_AGGREGATOR_ID] }

    /// IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE: the LACP state bits, ours.
    public var actorState: UInt8? { attributes[IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE] }

    /// IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE: the partner's.
    public var partnerState: UInt16? { attributes[IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE] }
}
