internal import CKernel
public import Netlink

/// What a link can do, what it offers and what was agreed on (ETHTOOL_A_LINKMODES_*).
public struct EthtoolLinkModes: EthtoolSettings {
    public static let command = EthtoolCommand(
        "link modes", get: ETHTOOL_MSG_LINKMODES_GET, set: ETHTOOL_MSG_LINKMODES_SET,
        settable: [
            ETHTOOL_A_LINKMODES_AUTONEG, ETHTOOL_A_LINKMODES_OURS, ETHTOOL_A_LINKMODES_SPEED,
            ETHTOOL_A_LINKMODES_DUPLEX, ETHTOOL_A_LINKMODES_MASTER_SLAVE_CFG, ETHTOOL_A_LINKMODES_LANES,
        ].map { Int($0) })
    public var attributes = AttributeSet()
    public init() {}

    /// AUTONEG_*: whether speed and duplex are agreed on with the peer.
    public var isAutonegotiating: Bool? {
        get { attributes[flag: ETHTOOL_A_LINKMODES_AUTONEG] }
        set { attributes[flag: ETHTOOL_A_LINKMODES_AUTONEG] = newValue }
    }
    /// Of an answer: the mask is what the device can do, the values what it offers. In a change: the modes to offer.
    public var ours: EthtoolBitset? {
        get { attributes[bitset: ETHTOOL_A_LINKMODES_OURS] }
        set { attributes[bitset: ETHTOOL_A_LINKMODES_OURS] = newValue }
    }
    /// What the peer offers, where the device knows. Read only.
    public var peer: EthtoolBitset? { attributes[bitset: ETHTOOL_A_LINKMODES_PEER] }
    /// In Mb/s; nil where it is unknown (SPEED_UNKNOWN: a link that is down), too.
    public var megabitsPerSecond: UInt32? {
        get {
            attributes[number: ETHTOOL_A_LINKMODES_SPEED]
                .flatMap { $0 == UInt32(bitPattern: SPEED_UNKNOWN) ? nil : $0 }
        }
        set { attributes[number: ETHTOOL_A_LINKMODES_SPEED] = newValue }
    }
    /// DUPLEX_*.
    public var duplex: EthtoolDuplex? {
        get { attributes[ETHTOOL_A_LINKMODES_DUPLEX].map { EthtoolDuplex(rawValue: $0) } }
        set { attributes[ETHTOOL_A_LINKMODES_DUPLEX, as: UInt8.self] = newValue?.rawValue }
    }
    /// MASTER_SLAVE_CFG_*, of BASE-T1 and 1000BASE-T: what it is to be. The numbers of linux/ethtool.h.
    public var masterSlaveConfiguration: UInt8? {
        get { attributes[ETHTOOL_A_LINKMODES_MASTER_SLAVE_CFG] }
        set { attributes[ETHTOOL_A_LINKMODES_MASTER_SLAVE_CFG] = newValue }
    }
    /// MASTER_SLAVE_STATE_*: what it is. Read only.
    public var masterSlaveState: UInt8? { attributes[ETHTOOL_A_LINKMODES_MASTER_SLAVE_STATE] }
    /// How many lanes are used (Linux 5.11).
    public var lanes: UInt32? {
        get { attributes[number: ETHTOOL_A_LINKMODES_LANES] }
        set { attributes[number: ETHTOOL_A_LINKMODES_LANES] = newValue }
    }
    /// RATE_MATCH_*, Linux 6.1: how the PHY adapts the MAC's rate. Read only.
    public var rateMatching: UInt8? { attributes[ETHTOOL_A_LINKMODES_RATE_MATCHING] }
}

/// DUPLEX_* (linux/ethtool.h).
public struct EthtoolDuplex: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let half = EthtoolDuplex(rawValue: UInt8(DUPLEX_HALF))
    public static let full = EthtoolDuplex(rawValue: UInt8(DUPLEX_FULL))
    public static let unknown = EthtoolDuplex(rawValue: UInt8(DUPLEX_UNKNOWN))

    /// ethtool's words.
    public var description: String {
        switch self {
        case .half: "Half"
        case .full: "Full"
        default: "Unknown! (\(rawValue))"
        }
    }
}
