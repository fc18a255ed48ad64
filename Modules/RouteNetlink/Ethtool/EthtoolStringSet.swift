internal import CKernel
internal import Netlink

/// Names that the kernel has for numbers (ETH_SS_*, linux/ethtool.h).
public struct EthtoolStringSet: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ set: ethtool_stringset) { rawValue = set.rawValue }

    /// `tx-scatter-gather`, `rx-gro`.
    public static let features = EthtoolStringSet(ETH_SS_FEATURES)
    /// `10baseT/Half`, `Autoneg`, `TP`.
    public static let linkModes = EthtoolStringSet(ETH_SS_LINK_MODES)
    /// `phy`, `magic`.
    public static let wakeOnLANModes = EthtoolStringSet(ETH_SS_WOL_MODES)
    /// `hardware-transmit`, `software-receive`.
    public static let timestamping = EthtoolStringSet(ETH_SS_SOF_TIMESTAMPING)
    /// `off`, `on`, `onestep-sync`.
    public static let transmitTimestampTypes = EthtoolStringSet(ETH_SS_TS_TX_TYPES)
    /// `none`, `all`, `ptpv2-event`.
    public static let receiveTimestampFilters = EthtoolStringSet(ETH_SS_TS_RX_FILTERS)
    /// `eth-phy`, `eth-mac`, `eth-ctrl`, `rmon`.
    public static let statisticsGroups = EthtoolStringSet(ETH_SS_STATS_STD)
    /// The driver's own flags: of one link.
    public static let privateFlags = EthtoolStringSet(ETH_SS_PRIV_FLAGS)
    /// The driver's own statistics: of one link.
    public static let statistics = EthtoolStringSet(ETH_SS_STATS)

    static let command = EthtoolCommand("string set", get: ETHTOOL_MSG_STRSET_GET)

    /// The names of a set out of an ETHTOOL_MSG_STRSET_GET_REPLY.
    static func names(in attributes: AttributeSet, of set: EthtoolStringSet) -> [UInt32: String] {
        var result: [UInt32: String] = [:]
        for entry in attributes.elements(ETHTOOL_A_STRSET_STRINGSETS)
        where entry[number: ETHTOOL_A_STRINGSET_ID] == set.rawValue {
            for string in entry.elements(ETHTOOL_A_STRINGSET_STRINGS) {
                // Numbers that are not used have empty names.
                if let index = string[number: ETHTOOL_A_STRING_INDEX],
                    let name = string[text: ETHTOOL_A_STRING_VALUE], !name.isEmpty
                {
                    result[index] = name
                }
            }
        }
        return result
    }
}
