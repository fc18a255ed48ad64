internal import CKernel
public import Netlink

/// Several links as one (IFLA_BOND_*, linux/if_link.h; Documentation/networking/bonding.rst).
public struct Bond: LinkKind {
    public static let kind = "bond"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_BOND_MODE: how the ports are used. It can be changed while the bond is down and has no port.
    public var mode: BondMode? {
        get { attributes[raw: IFLA_BOND_MODE] }
        set { attributes[raw: IFLA_BOND_MODE] = newValue }
    }

    /// IFLA_BOND_ACTIVE_SLAVE: the index of the port in use; 0 in a change clears it.
    public var activePort: Int32? {
        get { attributes[IFLA_BOND_ACTIVE_SLAVE] }
        set { attributes[IFLA_BOND_ACTIVE_SLAVE] = newValue }
    }

    /// IFLA_BOND_MIIMON: how often the ports' carriers are looked at, in milliseconds; zero is never.
    public var monitoringInterval: Duration? {
        get { attributes[milliseconds: IFLA_BOND_MIIMON] }
        set { attributes[milliseconds: IFLA_BOND_MIIMON] = newValue }
    }

    /// IFLA_BOND_UPDELAY: how long a carrier is to last before its port is used; a multiple of the monitoring interval.
    public var upDelay: Duration? {
        get { attributes[milliseconds: IFLA_BOND_UPDELAY] }
        set { attributes[milliseconds: IFLA_BOND_UPDELAY] = newValue }
    }

    /// IFLA_BOND_DOWNDELAY: how long a carrier is to be gone before its port is given up.
    public var downDelay: Duration? {
        get { attributes[milliseconds: IFLA_BOND_DOWNDELAY] }
        set { attributes[milliseconds: IFLA_BOND_DOWNDELAY] = newValue }
    }

    /// IFLA_BOND_PEER_NOTIF_DELAY: between the notifications after a change of port.
    public var peerNotificationDelay: Duration? {
        get { attributes[milliseconds: IFLA_BOND_PEER_NOTIF_DELAY] }
        set { attributes[milliseconds: IFLA_BOND_PEER_NOTIF_DELAY] = newValue }
    }

    /// IFLA_BOND_USE_CARRIER: whether the kernel's carrier is asked, and not the driver's registers.
    public var usesCarrier: Bool? {
        get { attributes[flag: IFLA_BOND_USE_CARRIER] }
        set { attributes[flag: IFLA_BOND_USE_CARRIER] = newValue }
    }

    /// IFLA_BOND_ARP_INTERVAL: how often the targets are asked for; excludes the monitoring interval.
    public var arpInterval: Duration? {
        get { attributes[milliseconds: IFLA_BOND_ARP_INTERVAL] }
        set { attributes[milliseconds: IFLA_BOND_ARP_INTERVAL] = newValue }
    }

    /// IFLA_BOND_ARP_VALIDATE: on which ports ARP answers are checked.
    public var arpValidation: BondARPValidation? {
        get { attributes[raw: IFLA_BOND_ARP_VALIDATE] }
        set { attributes[raw: IFLA_BOND_ARP_VALIDATE] = newValue }
    }

    /// IFLA_BOND_ARP_ALL_TARGETS: whether one target is enough, or all have to answer.
    public var arpTargetsNeeded: BondARPTargets? {
        get { attributes[raw: IFLA_BOND_ARP_ALL_TARGETS] }
        set { attributes[raw: IFLA_BOND_ARP_ALL_TARGETS] = newValue }
    }

    /// IFLA_BOND_MISSED_MAX: how many intervals without an answer make a port fail, from 1.
    public var mostMissedProbes: UInt8? {
        get { attributes[IFLA_BOND_MISSED_MAX] }
        set { attributes[IFLA_BOND_MISSED_MAX] = newValue }
    }

    /// IFLA_BOND_PRIMARY: the index of the port to use whenever it can be.
    public var primaryPort: Int32? {
        get { attributes[IFLA_BOND_PRIMARY] }
        set { attributes[IFLA_BOND_PRIMARY] = newValue }
    }

    /// IFLA_BOND_PRIMARY_RESELECT: when the primary port takes over again.
    public var primaryReselection: BondPrimaryReselection? {
        get { attributes[raw: IFLA_BOND_PRIMARY_RESELECT] }
        set { attributes[raw: IFLA_BOND_PRIMARY_RESELECT] = newValue }
    }

    /// IFLA_BOND_FAIL_OVER_MAC: whose hardware address the bond has.
    public var failOverAddress: BondFailOverAddress? {
        get { attributes[raw: IFLA_BOND_FAIL_OVER_MAC] }
        set { attributes[raw: IFLA_BOND_FAIL_OVER_MAC] = newValue }
    }

    /// IFLA_BOND_XMIT_HASH_POLICY: what of a packet chooses its port.
    public var transmitHash: BondTransmitHash? {
        get { attributes[raw: IFLA_BOND_XMIT_HASH_POLICY] }
        set { attributes[raw: IFLA_BOND_XMIT_HASH_POLICY] = newValue }
    }

    /// IFLA_BOND_RESEND_IGMP: IGMP reports after a change of port, 0…255.
    public var resentReports: UInt32? {
        get { attributes[IFLA_BOND_RESEND_IGMP] }
        set { attributes[IFLA_BOND_RESEND_IGMP] = newValue }
    }

    /// IFLA_BOND_NUM_PEER_NOTIF: gratuitous ARPs and unsolicited neighbour advertisements after a change of port.
    public var peerNotifications: UInt8? {
        get { attributes[IFLA_BOND_NUM_PEER_NOTIF] }
        set { attributes[IFLA_BOND_NUM_PEER_NOTIF] = newValue }
    }

    /// IFLA_BOND_ALL_SLAVES_ACTIVE: whether frames that come in on inactive ports are taken.
    public var keepsDuplicates: Bool? {
        get { attributes[flag: IFLA_BOND_ALL_SLAVES_ACTIVE] }
        set { attributes[flag: IFLA_BOND_ALL_SLAVES_ACTIVE] = newValue }
    }

    /// IFLA_BOND_MIN_LINKS: how many ports have to have carrier for the bond to have one (802.3ad).
    public var fewestLinks: UInt32? {
        get { attributes[IFLA_BOND_MIN_LINKS] }
        set { attributes[IFLA_BOND_MIN_LINKS] = newValue }
    }

    /// IFLA_BOND_LP_INTERVAL: between the packets that teach the switches, in seconds (balance-tlb, balance-alb).
    public var learningPacketInterval: Duration? {
        get { attributes[seconds: IFLA_BOND_LP_INTERVAL] }
        set { attributes[seconds: IFLA_BOND_LP_INTERVAL] = newValue }
    }

    /// IFLA_BOND_PACKETS_PER_SLAVE: how many packets in a row go out on a port; 0 chooses at random (balance-rr).
    public var packetsPerPort: UInt32? {
        get { attributes[IFLA_BOND_PACKETS_PER_SLAVE] }
        set { attributes[IFLA_BOND_PACKETS_PER_SLAVE] = newValue }
    }

    /// IFLA_BOND_TLB_DYNAMIC_LB: whether balance-tlb balances by load, or by the hash alone.
    public var balancesDynamically: Bool? {
        get { attributes[flag: IFLA_BOND_TLB_DYNAMIC_LB] }
        set { attributes[flag: IFLA_BOND_TLB_DYNAMIC_LB] = newValue }
    }

    /// IFLA_BOND_AD_LACP_RATE: how often the partner is asked to send LACPDUs.
    public var lacpRate: BondLACPRate? {
        get { attributes[raw: IFLA_BOND_AD_LACP_RATE] }
        set { attributes[raw: IFLA_BOND_AD_LACP_RATE] = newValue }
    }

    /// IFLA_BOND_AD_LACP_ACTIVE: whether LACPDUs are sent unasked.
    public var isLACPActive: Bool? {
        get { attributes[flag: IFLA_BOND_AD_LACP_ACTIVE] }
        set { attributes[flag: IFLA_BOND_AD_LACP_ACTIVE] = newValue }
    }

    /// IFLA_BOND_AD_SELECT: which aggregator is used.
    public var aggregatorSelection: BondAggregatorSelection? {
        get { attributes[raw: IFLA_BOND_AD_SELECT] }
        set { attributes[raw: IFLA_BOND_AD_SELECT] = newValue }
    }

    /// IFLA_BOND_AD_ACTOR_SYS_PRIO: 1…65535; CAP_NET_ADMIN alone sees it.
    public var actorSystemPriority: UInt16? {
        get { attributes[IFLA_BOND_AD_ACTOR_SYS_PRIO] }
        set { attributes[IFLA_BOND_AD_ACTOR_SYS_PRIO] = newValue }
    }

    /// IFLA_BOND_AD_USER_PORT_KEY: 0…1023, the upper ten bits of the port key.
    public var userPortKey: UInt16? {
        get { attributes[IFLA_BOND_AD_USER_PORT_KEY] }
        set { attributes[IFLA_BOND_AD_USER_PORT_KEY] = newValue }
    }

    /// IFLA_BOND_AD_ACTOR_SYSTEM: the system's address in LACPDUs.
    public var actorSystem: HardwareAddress? {
        get { attributes[hardware: IFLA_BOND_AD_ACTOR_SYSTEM] }
        set { attributes[hardware: IFLA_BOND_AD_ACTOR_SYSTEM] = newValue }
    }

    /// IFLA_BOND_COUPLED_CONTROL: whether collecting and distributing are one state (IEEE 802.1AX-2008 5.4.15; Linux 6.9).
    public var hasCoupledControl: Bool? {
        get { attributes[flag: IFLA_BOND_COUPLED_CONTROL] }
        set { attributes[flag: IFLA_BOND_COUPLED_CONTROL] = newValue }
    }
}
