internal import CKernel
public import Netlink

/// What can be stamped with the time, and by which clock (ETHTOOL_A_TSINFO_*).
public struct EthtoolTimestamping: EthtoolPart {
    public static let command = EthtoolCommand("timestamping", get: ETHTOOL_MSG_TSINFO_GET)
    public var attributes = AttributeSet()
    public init() {}

    /// SOF_TIMESTAMPING_* (``EthtoolStringSet/timestamping``).
    public var capabilities: EthtoolBitset? { attributes[bitset: ETHTOOL_A_TSINFO_TIMESTAMPING] }
    /// HWTSTAMP_TX_* (``EthtoolStringSet/transmitTimestampTypes``).
    public var transmitTypes: EthtoolBitset? { attributes[bitset: ETHTOOL_A_TSINFO_TX_TYPES] }
    /// HWTSTAMP_FILTER_* (``EthtoolStringSet/receiveTimestampFilters``).
    public var receiveFilters: EthtoolBitset? { attributes[bitset: ETHTOOL_A_TSINFO_RX_FILTERS] }
    /// The number of /dev/ptpN; nil without a clock.
    public var clockIndex: UInt32? { attributes[number: ETHTOOL_A_TSINFO_PHC_INDEX] }
}
