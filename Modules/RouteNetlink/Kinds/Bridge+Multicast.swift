internal import CKernel
internal import Netlink

extension Bridge {
    /// IFLA_BR_MCAST_ROUTER: 0 never, 1 learned, 2 always.
    public var multicastRouter: UInt8? {
        get { attributes[IFLA_BR_MCAST_ROUTER] }
        set { attributes[IFLA_BR_MCAST_ROUTER] = newValue }
    }

    /// IFLA_BR_MCAST_SNOOPING: whether groups go only to the ports that asked for them.
    public var snoopsMulticast: Bool? {
        get { attributes[flag: IFLA_BR_MCAST_SNOOPING] }
        set { attributes[flag: IFLA_BR_MCAST_SNOOPING] = newValue }
    }

    /// IFLA_BR_MCAST_QUERY_USE_IFADDR: whether queries carry the bridge's own address.
    public var queriesWithAddress: Bool? {
        get { attributes[flag: IFLA_BR_MCAST_QUERY_USE_IFADDR] }
        set { attributes[flag: IFLA_BR_MCAST_QUERY_USE_IFADDR] = newValue }
    }

    /// IFLA_BR_MCAST_QUERIER: whether it sends queries itself.
    public var queriesMulticast: Bool? {
        get { attributes[flag: IFLA_BR_MCAST_QUERIER] }
        set { attributes[flag: IFLA_BR_MCAST_QUERIER] = newValue }
    }

    /// IFLA_BR_MCAST_HASH_ELASTICITY: of no effect since Linux 4.20.
    public var multicastHashElasticity: UInt32? {
        get { attributes[IFLA_BR_MCAST_HASH_ELASTICITY] }
        set { attributes[IFLA_BR_MCAST_HASH_ELASTICITY] = newValue }
    }

    /// IFLA_BR_MCAST_HASH_MAX.
    public var mostGroups: UInt32? {
        get { attributes[IFLA_BR_MCAST_HASH_MAX] }
        set { attributes[IFLA_BR_MCAST_HASH_MAX] = newValue }
    }

    /// IFLA_BR_MCAST_LAST_MEMBER_CNT: queries after a leave.
    public var lastMemberCount: UInt32? {
        get { attributes[IFLA_BR_MCAST_LAST_MEMBER_CNT] }
        set { attributes[IFLA_BR_MCAST_LAST_MEMBER_CNT] = newValue }
    }

    /// IFLA_BR_MCAST_STARTUP_QUERY_CNT.
    public var startupQueryCount: UInt32? {
        get { attributes[IFLA_BR_MCAST_STARTUP_QUERY_CNT] }
        set { attributes[IFLA_BR_MCAST_STARTUP_QUERY_CNT] = newValue }
    }

    /// IFLA_BR_MCAST_LAST_MEMBER_INTVL.
    public var lastMemberInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_LAST_MEMBER_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_LAST_MEMBER_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_MEMBERSHIP_INTVL.
    public var membershipInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_MEMBERSHIP_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_MEMBERSHIP_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_QUERIER_INTVL.
    public var querierInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_QUERIER_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_QUERIER_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_QUERY_INTVL: at least a second.
    public var queryInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_QUERY_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_QUERY_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_QUERY_RESPONSE_INTVL.
    public var queryResponseInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_STARTUP_QUERY_INTVL: at least a second.
    public var startupQueryInterval: Duration? {
        get { attributes[ticks: IFLA_BR_MCAST_STARTUP_QUERY_INTVL, as: UInt64.self] }
        set { attributes[ticks: IFLA_BR_MCAST_STARTUP_QUERY_INTVL, as: UInt64.self] = newValue }
    }

    /// IFLA_BR_MCAST_STATS_ENABLED.
    public var countsMulticast: Bool? {
        get { attributes[flag: IFLA_BR_MCAST_STATS_ENABLED] }
        set { attributes[flag: IFLA_BR_MCAST_STATS_ENABLED] = newValue }
    }

    /// IFLA_BR_MCAST_IGMP_VERSION: 2 or 3.
    public var igmpVersion: UInt8? {
        get { attributes[IFLA_BR_MCAST_IGMP_VERSION] }
        set { attributes[IFLA_BR_MCAST_IGMP_VERSION] = newValue }
    }

    /// IFLA_BR_MCAST_MLD_VERSION: 1 or 2.
    public var mldVersion: UInt8? {
        get { attributes[IFLA_BR_MCAST_MLD_VERSION] }
        set { attributes[IFLA_BR_MCAST_MLD_VERSION] = newValue }
    }

    /// BR_BOOLOPT_* of IFLA_BR_MULTI_BOOLOPT (linux/if_bridge.h): those that are on, of those that this kernel knows.
    public var switches: BridgeSwitches? { switchState.map { BridgeSwitches(rawValue: $0.optval & $0.optmask) } }

    /// Which of the switches are said at all: by the kernel, those that it knows.
    public var saidSwitches: BridgeSwitches { BridgeSwitches(rawValue: switchState?.optmask ?? 0) }

    /// Turns a switch on or off; the others stay.
    public mutating func set(_ switches: BridgeSwitches, _ isOn: Bool) {
        var state = switchState ?? sw_br_boolopt_multi()
        state.optmask |= switches.rawValue
        if isOn { state.optval |= switches.rawValue } else { state.optval &= ~switches.rawValue }
        attributes.set(IFLA_BR_MULTI_BOOLOPT, header: state)
    }

    private var switchState: sw_br_boolopt_multi? { attributes.header(IFLA_BR_MULTI_BOOLOPT, sw_br_boolopt_multi()) }
}
