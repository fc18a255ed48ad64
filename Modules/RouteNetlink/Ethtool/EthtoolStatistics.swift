internal import CKernel
public import Netlink

/// The standard's own counters (ETHTOOL_A_STATS_*; IEEE 802.3, clause 30; RFC 2819; Linux 5.13). All groups are asked for.
public struct EthtoolStatistics: EthtoolPart {
    public static let command = EthtoolCommand(
        "statistics", get: ETHTOOL_MSG_STATS_GET, header: Int(ETHTOOL_A_STATS_HEADER), request: everyGroup)
    public var attributes = AttributeSet()
    public init() {}

    private static var everyGroup: AttributeSet {
        var set = AttributeSet()
        let groups = [ETHTOOL_STATS_ETH_PHY, ETHTOOL_STATS_ETH_MAC, ETHTOOL_STATS_ETH_CTRL, ETHTOOL_STATS_RMON]
        set[bitset: ETHTOOL_A_STATS_GROUPS] = EthtoolBitset(Set(groups.map { UInt32($0) }))
        return set
    }

    /// Counters of one kind.
    public struct Group: Hashable, Sendable {
        /// ETHTOOL_STATS_*; named by ``EthtoolStringSet/statisticsGroups``.
        public let identifier: UInt32
        /// The set that names the counters.
        public let names: EthtoolStringSet
        /// By their numbers in that set; what the driver does not count is not there.
        public let values: [UInt32: UInt64]
        /// Frames received, by their size.
        public let received: [Bucket]
        /// Frames sent, by their size.
        public let sent: [Bucket]
    }

    /// A range of frame sizes.
    public struct Bucket: Hashable, Sendable {
        /// In bytes.
        public let lowest: UInt32
        /// In bytes; 0 is without an end.
        public let highest: UInt32
        public let count: UInt64
    }

    /// The groups that the driver counts.
    public var groups: [Group] {
        attributes.allNested(ETHTOOL_A_STATS_GRP).map { group in
            var values: [UInt32: UInt64] = [:]
            for entry in group.allNested(ETHTOOL_A_STATS_GRP_STAT) {
                for type in entry.types {
                    // What is shorter than a counter is padding.
                    if let value = entry[type, as: UInt64.self] { values[UInt32(clamping: type)] = value }
                }
            }
            return Group(
                identifier: group[number: ETHTOOL_A_STATS_GRP_ID] ?? 0,
                names: EthtoolStringSet(rawValue: group[number: ETHTOOL_A_STATS_GRP_SS_ID] ?? .max), values: values,
                received: group.allNested(ETHTOOL_A_STATS_GRP_HIST_RX).compactMap(Bucket.init),
                sent: group.allNested(ETHTOOL_A_STATS_GRP_HIST_TX).compactMap(Bucket.init))
        }
    }
}

extension EthtoolStatistics.Bucket {
    init?(_ attributes: AttributeSet) {
        guard let count: UInt64 = attributes[ETHTOOL_A_STATS_GRP_HIST_VAL] else { return nil }
        lowest = attributes[number: ETHTOOL_A_STATS_GRP_HIST_BKT_LOW] ?? 0
        highest = attributes[number: ETHTOOL_A_STATS_GRP_HIST_BKT_HI] ?? 0
        self.count = count
    }
}
