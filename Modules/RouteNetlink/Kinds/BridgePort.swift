internal import CKernel
public import Netlink

/// A port of a bridge (IFLA_BRPORT_*, linux/if_link.h). What the tree settled is in an extension.
public struct BridgePort: LinkKind {
    public static let kind = "bridge"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_BRPORT_STATE: can be set where STP is off, or a program's.
    public var state: BridgePortState? {
        get { attributes[raw: IFLA_BRPORT_STATE] }
        set { attributes[raw: IFLA_BRPORT_STATE] = newValue }
    }

    /// IFLA_BRPORT_PRIORITY: 0…63.
    public var priority: UInt16? {
        get { attributes[IFLA_BRPORT_PRIORITY] }
        set { attributes[IFLA_BRPORT_PRIORITY] = newValue }
    }

    /// IFLA_BRPORT_COST: of the path over it, 1…65535.
    public var cost: UInt32? {
        get { attributes[IFLA_BRPORT_COST] }
        set { attributes[IFLA_BRPORT_COST] = newValue }
    }

    /// IFLA_BRPORT_MODE: whether frames may leave where they came in (hairpin).
    public var sendsBack: Bool? {
        get { attributes[flag: IFLA_BRPORT_MODE] }
        set { attributes[flag: IFLA_BRPORT_MODE] = newValue }
    }

    /// IFLA_BRPORT_GUARD: whether an incoming BPDU blocks it.
    public var guardsBPDUs: Bool? {
        get { attributes[flag: IFLA_BRPORT_GUARD] }
        set { attributes[flag: IFLA_BRPORT_GUARD] = newValue }
    }

    /// IFLA_BRPORT_PROTECT: whether it may not become the root port.
    public var blocksRoot: Bool? {
        get { attributes[flag: IFLA_BRPORT_PROTECT] }
        set { attributes[flag: IFLA_BRPORT_PROTECT] = newValue }
    }

    /// IFLA_BRPORT_FAST_LEAVE: whether a leave ends a group at once.
    public var leavesFast: Bool? {
        get { attributes[flag: IFLA_BRPORT_FAST_LEAVE] }
        set { attributes[flag: IFLA_BRPORT_FAST_LEAVE] = newValue }
    }

    /// IFLA_BRPORT_LEARNING.
    public var learns: Bool? {
        get { attributes[flag: IFLA_BRPORT_LEARNING] }
        set { attributes[flag: IFLA_BRPORT_LEARNING] = newValue }
    }

    /// IFLA_BRPORT_UNICAST_FLOOD: frames to unknown addresses.
    public var floodsUnicast: Bool? {
        get { attributes[flag: IFLA_BRPORT_UNICAST_FLOOD] }
        set { attributes[flag: IFLA_BRPORT_UNICAST_FLOOD] = newValue }
    }

    /// IFLA_BRPORT_MCAST_FLOOD: frames to unknown groups.
    public var floodsMulticast: Bool? {
        get { attributes[flag: IFLA_BRPORT_MCAST_FLOOD] }
        set { attributes[flag: IFLA_BRPORT_MCAST_FLOOD] = newValue }
    }

    /// IFLA_BRPORT_BCAST_FLOOD.
    public var floodsBroadcast: Bool? {
        get { attributes[flag: IFLA_BRPORT_BCAST_FLOOD] }
        set { attributes[flag: IFLA_BRPORT_BCAST_FLOOD] = newValue }
    }

    /// IFLA_BRPORT_MCAST_TO_UCAST.
    public var sendsMulticastAsUnicast: Bool? {
        get { attributes[flag: IFLA_BRPORT_MCAST_TO_UCAST] }
        set { attributes[flag: IFLA_BRPORT_MCAST_TO_UCAST] = newValue }
    }

    /// IFLA_BRPORT_PROXYARP.
    public var answersARP: Bool? {
        get { attributes[flag: IFLA_BRPORT_PROXYARP] }
        set { attributes[flag: IFLA_BRPORT_PROXYARP] = newValue }
    }

    /// IFLA_BRPORT_PROXYARP_WIFI.
    public var answersARPOfWiFi: Bool? {
        get { attributes[flag: IFLA_BRPORT_PROXYARP_WIFI] }
        set { attributes[flag: IFLA_BRPORT_PROXYARP_WIFI] = newValue }
    }

    /// IFLA_BRPORT_LEARNING_SYNC.
    public var synchronizesLearning: Bool? {
        get { attributes[flag: IFLA_BRPORT_LEARNING_SYNC] }
        set { attributes[flag: IFLA_BRPORT_LEARNING_SYNC] = newValue }
    }

    /// IFLA_BRPORT_MULTICAST_ROUTER: 0 never, 1 learned, 2 always, 3 for now.
    public var multicastRouter: UInt8? {
        get { attributes[IFLA_BRPORT_MULTICAST_ROUTER] }
        set { attributes[IFLA_BRPORT_MULTICAST_ROUTER] = newValue }
    }

    /// IFLA_BRPORT_NEIGH_SUPPRESS: whether ARP and neighbour solicitations that can be answered are not flooded.
    public var suppressesNeighbors: Bool? {
        get { attributes[flag: IFLA_BRPORT_NEIGH_SUPPRESS] }
        set { attributes[flag: IFLA_BRPORT_NEIGH_SUPPRESS] = newValue }
    }

    /// IFLA_BRPORT_NEIGH_VLAN_SUPPRESS: the same by the VLAN (Linux 6.4).
    public var suppressesNeighborsPerVLAN: Bool? {
        get { attributes[flag: IFLA_BRPORT_NEIGH_VLAN_SUPPRESS] }
        set { attributes[flag: IFLA_BRPORT_NEIGH_VLAN_SUPPRESS] = newValue }
    }

    /// IFLA_BRPORT_GROUP_FWD_MASK: which of 01:80:c2:00:00:0X are forwarded.
    public var groupForwardMask: UInt16? {
        get { attributes[IFLA_BRPORT_GROUP_FWD_MASK] }
        set { attributes[IFLA_BRPORT_GROUP_FWD_MASK] = newValue }
    }

    /// IFLA_BRPORT_VLAN_TUNNEL.
    public var mapsVLANsToTunnels: Bool? {
        get { attributes[flag: IFLA_BRPORT_VLAN_TUNNEL] }
        set { attributes[flag: IFLA_BRPORT_VLAN_TUNNEL] = newValue }
    }

    /// IFLA_BRPORT_ISOLATED: whether it reaches only ports that are not.
    public var isIsolated: Bool? {
        get { attributes[flag: IFLA_BRPORT_ISOLATED] }
        set { attributes[flag: IFLA_BRPORT_ISOLATED] = newValue }
    }

    /// IFLA_BRPORT_LOCKED: whether frames of unknown senders are dropped (802.1X).
    public var isLocked: Bool? {
        get { attributes[flag: IFLA_BRPORT_LOCKED] }
        set { attributes[flag: IFLA_BRPORT_LOCKED] = newValue }
    }

    /// IFLA_BRPORT_MAB: whether such senders are told to programs as locked (Linux 6.2).
    public var bypassesLockByMAC: Bool? {
        get { attributes[flag: IFLA_BRPORT_MAB] }
        set { attributes[flag: IFLA_BRPORT_MAB] = newValue }
    }

    /// IFLA_BRPORT_BACKUP_PORT: the index of the port that takes over without carrier; 0 in a change for none.
    public var backupPort: Int32? {
        get { attributes[IFLA_BRPORT_BACKUP_PORT] }
        set { attributes[IFLA_BRPORT_BACKUP_PORT] = newValue }
    }

    /// IFLA_BRPORT_BACKUP_NHID: the next hop that frames to it carry then (Linux 6.5).
    public var backupNextHop: UInt32? {
        get { attributes[IFLA_BRPORT_BACKUP_NHID] }
        set { attributes[IFLA_BRPORT_BACKUP_NHID] = newValue }
    }

    /// IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT: explicitly tracked hosts.
    public var mostHosts: UInt32? {
        get { attributes[IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT] }
        set { attributes[IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT] = newValue }
    }

    /// IFLA_BRPORT_MCAST_EHT_HOSTS_CNT.
    public var hostCount: UInt32? { attributes[IFLA_BRPORT_MCAST_EHT_HOSTS_CNT] }

    /// IFLA_BRPORT_MCAST_N_GROUPS: (Linux 6.3).
    public var groupCount: UInt32? { attributes[IFLA_BRPORT_MCAST_N_GROUPS] }

    /// IFLA_BRPORT_MCAST_MAX_GROUPS: 0 is no limit (Linux 6.3).
    public var mostGroups: UInt32? {
        get { attributes[IFLA_BRPORT_MCAST_MAX_GROUPS] }
        set { attributes[IFLA_BRPORT_MCAST_MAX_GROUPS] = newValue }
    }
}
