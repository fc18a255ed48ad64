internal import CKernel
public import Netlink

/// A bridge (IFLA_BR_*, linux/if_link.h). Its ports have a ``BridgePort``. What concerns multicast is in an extension.
public struct Bridge: LinkKind {
    public static let kind = "bridge"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_BR_FORWARD_DELAY: 2…30 s where STP is on, in hundredths of a second.
    public var forwardDelay: Duration? {
        get { attributes[ticks: IFLA_BR_FORWARD_DELAY, as: UInt32.self] }
        set { attributes[ticks: IFLA_BR_FORWARD_DELAY, as: UInt32.self] = newValue }
    }

    /// IFLA_BR_HELLO_TIME: 1…10 s.
    public var helloTime: Duration? {
        get { attributes[ticks: IFLA_BR_HELLO_TIME, as: UInt32.self] }
        set { attributes[ticks: IFLA_BR_HELLO_TIME, as: UInt32.self] = newValue }
    }

    /// IFLA_BR_MAX_AGE: 6…40 s.
    public var maximumAge: Duration? {
        get { attributes[ticks: IFLA_BR_MAX_AGE, as: UInt32.self] }
        set { attributes[ticks: IFLA_BR_MAX_AGE, as: UInt32.self] = newValue }
    }

    /// IFLA_BR_AGEING_TIME: how long an address is kept that is not heard of.
    public var ageingTime: Duration? {
        get { attributes[ticks: IFLA_BR_AGEING_TIME, as: UInt32.self] }
        set { attributes[ticks: IFLA_BR_AGEING_TIME, as: UInt32.self] = newValue }
    }

    /// IFLA_BR_STP_STATE: 0 off, 1 the kernel's, 2 a program's.
    public var spanningTree: UInt32? {
        get { attributes[IFLA_BR_STP_STATE] }
        set { attributes[IFLA_BR_STP_STATE] = newValue }
    }

    /// IFLA_BR_PRIORITY: the upper two bytes of the bridge's identity.
    public var priority: UInt16? {
        get { attributes[IFLA_BR_PRIORITY] }
        set { attributes[IFLA_BR_PRIORITY] = newValue }
    }

    /// IFLA_BR_VLAN_FILTERING: whether ports let only their VLANs pass.
    public var filtersVLANs: Bool? {
        get { attributes[flag: IFLA_BR_VLAN_FILTERING] }
        set { attributes[flag: IFLA_BR_VLAN_FILTERING] = newValue }
    }

    /// IFLA_BR_VLAN_PROTOCOL: the tag's EtherType, 0x8100 or 0x88a8.
    public var vlanProtocol: UInt16? {
        get { attributes[bigEndian: IFLA_BR_VLAN_PROTOCOL] }
        set { attributes[bigEndian: IFLA_BR_VLAN_PROTOCOL] = newValue }
    }

    /// IFLA_BR_VLAN_DEFAULT_PVID: that of a new port, untagged; 0 gives none.
    public var defaultVLAN: UInt16? {
        get { attributes[IFLA_BR_VLAN_DEFAULT_PVID] }
        set { attributes[IFLA_BR_VLAN_DEFAULT_PVID] = newValue }
    }

    /// IFLA_BR_VLAN_STATS_ENABLED.
    public var countsPerVLAN: Bool? {
        get { attributes[flag: IFLA_BR_VLAN_STATS_ENABLED] }
        set { attributes[flag: IFLA_BR_VLAN_STATS_ENABLED] = newValue }
    }

    /// IFLA_BR_VLAN_STATS_PER_PORT: can be changed while there is no VLAN on any port.
    public var countsPerVLANAndPort: Bool? {
        get { attributes[flag: IFLA_BR_VLAN_STATS_PER_PORT] }
        set { attributes[flag: IFLA_BR_VLAN_STATS_PER_PORT] = newValue }
    }

    /// IFLA_BR_GROUP_FWD_MASK: which of 01:80:c2:00:00:0X are forwarded; bits 0, 1 and 2 cannot be set.
    public var groupForwardMask: UInt16? {
        get { attributes[IFLA_BR_GROUP_FWD_MASK] }
        set { attributes[IFLA_BR_GROUP_FWD_MASK] = newValue }
    }

    /// IFLA_BR_GROUP_ADDR: where STP's frames go, one of 01:80:c2:00:00:0X.
    public var groupAddress: HardwareAddress? {
        get { attributes[hardware: IFLA_BR_GROUP_ADDR] }
        set { attributes[hardware: IFLA_BR_GROUP_ADDR] = newValue }
    }

    /// IFLA_BR_ROOT_ID: the root of the tree.
    public var rootIdentity: BridgeIdentity? { attributes[bridge: IFLA_BR_ROOT_ID] }

    /// IFLA_BR_BRIDGE_ID: its own.
    public var identity: BridgeIdentity? { attributes[bridge: IFLA_BR_BRIDGE_ID] }

    /// IFLA_BR_ROOT_PORT: the number of the port towards the root, 0 where it is the root itself.
    public var rootPort: UInt16? { attributes[IFLA_BR_ROOT_PORT] }

    /// IFLA_BR_ROOT_PATH_COST.
    public var rootPathCost: UInt32? { attributes[IFLA_BR_ROOT_PATH_COST] }

    /// IFLA_BR_TOPOLOGY_CHANGE.
    public var isTopologyChanging: Bool? { attributes[flag: IFLA_BR_TOPOLOGY_CHANGE] }

    /// IFLA_BR_TOPOLOGY_CHANGE_DETECTED.
    public var hasDetectedChange: Bool? { attributes[flag: IFLA_BR_TOPOLOGY_CHANGE_DETECTED] }

    /// IFLA_BR_HELLO_TIMER: what is left of it.
    public var helloTimer: Duration? { attributes[ticks: IFLA_BR_HELLO_TIMER, as: UInt64.self] }

    /// IFLA_BR_TCN_TIMER: what is left of it.
    public var changeNotificationTimer: Duration? { attributes[ticks: IFLA_BR_TCN_TIMER, as: UInt64.self] }

    /// IFLA_BR_TOPOLOGY_CHANGE_TIMER: what is left of it.
    public var changeTimer: Duration? { attributes[ticks: IFLA_BR_TOPOLOGY_CHANGE_TIMER, as: UInt64.self] }

    /// IFLA_BR_GC_TIMER: until addresses are aged the next time.
    public var collectionTimer: Duration? { attributes[ticks: IFLA_BR_GC_TIMER, as: UInt64.self] }

    /// IFLA_BR_NF_CALL_IPTABLES: takes br_netfilter.
    public var callsIPTables: Bool? {
        get { attributes[flag: IFLA_BR_NF_CALL_IPTABLES] }
        set { attributes[flag: IFLA_BR_NF_CALL_IPTABLES] = newValue }
    }

    /// IFLA_BR_NF_CALL_IP6TABLES: takes br_netfilter.
    public var callsIP6Tables: Bool? {
        get { attributes[flag: IFLA_BR_NF_CALL_IP6TABLES] }
        set { attributes[flag: IFLA_BR_NF_CALL_IP6TABLES] = newValue }
    }

    /// IFLA_BR_NF_CALL_ARPTABLES: takes br_netfilter.
    public var callsARPTables: Bool? {
        get { attributes[flag: IFLA_BR_NF_CALL_ARPTABLES] }
        set { attributes[flag: IFLA_BR_NF_CALL_ARPTABLES] = newValue }
    }

    /// IFLA_BR_FDB_N_LEARNED: addresses that it has learned (Linux 6.7).
    public var learnedCount: UInt32? { attributes[IFLA_BR_FDB_N_LEARNED] }

    /// IFLA_BR_FDB_MAX_LEARNED: how many it may learn; 0 is no limit (Linux 6.7).
    public var mostLearned: UInt32? {
        get { attributes[IFLA_BR_FDB_MAX_LEARNED] }
        set { attributes[IFLA_BR_FDB_MAX_LEARNED] = newValue }
    }

    /// IFLA_BR_FDB_FLUSH: forget what was learned. It is an order, and never read.
    public var forgetsLearned: Bool {
        get { attributes[presence: IFLA_BR_FDB_FLUSH] }
        set { attributes[presence: IFLA_BR_FDB_FLUSH] = newValue }
    }
}
