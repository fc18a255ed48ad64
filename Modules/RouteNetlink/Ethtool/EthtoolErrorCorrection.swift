internal import CKernel
public import Netlink

/// Forward error correction (ETHTOOL_A_FEC_*; Linux 5.13).
public struct EthtoolErrorCorrection: EthtoolSettings {
    public static let command = EthtoolCommand(
        "forward error correction", get: ETHTOOL_MSG_FEC_GET, set: ETHTOOL_MSG_FEC_SET,
        settable: [ETHTOOL_A_FEC_MODES, ETHTOOL_A_FEC_AUTO].map { Int($0) }, flags: Int(ETHTOOL_FLAG_STATS))
    public var attributes = AttributeSet()
    public init() {}

    /// The encodings that may be used, as bits of link modes.
    public var modes: EthtoolBitset? {
        get { attributes[bitset: ETHTOOL_A_FEC_MODES] }
        set { attributes[bitset: ETHTOOL_A_FEC_MODES] = newValue }
    }
    /// Whether the device chooses among them.
    public var isAutomatic: Bool? {
        get { attributes[flag: ETHTOOL_A_FEC_AUTO] }
        set { attributes[flag: ETHTOOL_A_FEC_AUTO] = newValue }
    }
    /// The bit of the link mode that is used. Read only.
    public var active: UInt32? { attributes[number: ETHTOOL_A_FEC_ACTIVE] }

    /// A count in all, and of each lane where the device tells them apart.
    public struct Count: Hashable, Sendable {
        public let total: UInt64
        public let lanes: [UInt64]

        init?(_ payload: [UInt8]?) {
            guard let payload, payload.count >= 8 else { return nil }
            let values = stride(from: 0, through: payload.count - 8, by: 8).map { start in
                payload[start..<start + 8].enumerated().reduce(UInt64(0)) { value, next in
                    let place = UInt16(1).littleEndian == 1 ? next.offset : 7 - next.offset
                    return value | UInt64(next.element) << (8 * UInt64(place))
                }
            }
            total = values.first ?? 0
            lanes = Array(values.dropFirst())
        }
    }
    /// Blocks that were corrected (30.5.1.1.17).
    public var corrected: Count? { count(ETHTOOL_A_FEC_STAT_CORRECTED) }
    /// Blocks that could not be (30.5.1.1.18).
    public var uncorrectable: Count? { count(ETHTOOL_A_FEC_STAT_UNCORR) }
    /// Bits that were corrected.
    public var correctedBits: Count? { count(ETHTOOL_A_FEC_STAT_CORR_BITS) }

    private func count(_ type: some BinaryInteger) -> Count? {
        Count(attributes.nested(ETHTOOL_A_FEC_STATS)?.payload(type))
    }
}
