internal import CKernel
internal import Kernel
public import Netlink

/// A table of neighbours, or one link's settings of it: struct ndtmsg and NDTA_* attributes (linux/neighbour.h). Read only.
///
/// The kernel tells of the table first, with its thresholds, its state and the settings that links begin with; then of each link's.
public struct NeighborTable: Hashable, Sendable {
    public let family: AddressFamily
    /// NDTA_NAME: `arp_cache`, `ndisc_cache`.
    public let name: String
    /// The link whose settings these are; nil for the table's own.
    public var linkIndex: Int32? { settings[NDTPA_IFINDEX] }
    /// NDTA_PARMS: NDTPA_*, as they came.
    public let settings: AttributeSet
    /// The others: NDTA_THRESH1…3, NDTA_GC_INTERVAL, NDTA_CONFIG, NDTA_STATS, as they came.
    public let attributes: AttributeSet

    /// NDTA_THRESH1…3: entries from which on the kernel cleans up: never below the first, at once past the second, and past the
    /// third it takes no more. Nil for a link's.
    public var thresholds: [UInt32]? {
        guard let first: UInt32 = attributes[NDTA_THRESH1], let second: UInt32 = attributes[NDTA_THRESH2],
            let third: UInt32 = attributes[NDTA_THRESH3]
        else { return nil }
        return [first, second, third]
    }
    /// NDTA_GC_INTERVAL in milliseconds.
    public var cleanupInterval: UInt64? { attributes[NDTA_GC_INTERVAL] }
    /// ndtc_entries of NDTA_CONFIG: how many neighbours it has.
    public var entryCount: UInt32? { attributes.header(NDTA_CONFIG, ndt_config())?.ndtc_entries }
    /// NDTPA_BASE_REACHABLE_TIME in milliseconds.
    public var baseReachableTime: UInt64? { settings[NDTPA_BASE_REACHABLE_TIME] }

    /// A setting by `ip ntable`'s name; times are milliseconds.
    package func setting(_ setting: Setting) -> UInt64? {
        setting.isTime ? settings[setting.number] : settings[setting.number, as: UInt32.self].map { UInt64($0) }
    }

    /// NDTPA_* as `ip ntable` shows them.
    package struct Setting: Sendable {
        package let key: String
        let number: Int32
        let isTime: Bool
        init(_ key: String, _ number: some BinaryInteger, isTime: Bool = false) {
            self.key = key
            self.number = Int32(truncatingIfNeeded: number)
            self.isTime = isTime
        }
    }
    package static let shownSettings = [
        Setting("refcnt", NDTPA_REFCNT), Setting("reachable", NDTPA_REACHABLE_TIME, isTime: true),
        Setting("base_reachable", NDTPA_BASE_REACHABLE_TIME, isTime: true),
        Setting("retrans", NDTPA_RETRANS_TIME, isTime: true), Setting("gc_stale", NDTPA_GC_STALETIME, isTime: true),
        Setting("delay_probe", NDTPA_DELAY_PROBE_TIME, isTime: true), Setting("queue", NDTPA_QUEUE_LEN),
        Setting("app_probes", NDTPA_APP_PROBES), Setting("ucast_probes", NDTPA_UCAST_PROBES),
        Setting("mcast_probes", NDTPA_MCAST_PROBES), Setting("anycast_delay", NDTPA_ANYCAST_DELAY, isTime: true),
        Setting("proxy_delay", NDTPA_PROXY_DELAY, isTime: true), Setting("proxy_queue", NDTPA_PROXY_QLEN),
        Setting("locktime", NDTPA_LOCKTIME, isTime: true),
    ]

    /// Decodes the body of an RTM_NEWNEIGHTBL.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ndtmsg(), in: bytes)
        family = AddressFamily(rawValue: header.ndtm_family)
        var name = ""
        var settings = AttributeSet()
        var rest = AttributeSet()
        var cursor = message.attributes(after: MemoryLayout<ndtmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch attribute.type {
            case Int(NDTA_NAME): name = try attribute.text(bytes)
            case Int(NDTA_PARMS): settings = try AttributeSet(attribute.payload, of: bytes)
            default: try rest.append(attribute, of: bytes)
            }
        }
        self.name = name
        self.settings = settings
        attributes = rest
    }
}
