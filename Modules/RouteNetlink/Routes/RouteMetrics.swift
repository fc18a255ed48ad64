internal import CKernel
public import Netlink

/// What is known of a path: RTAX_* attributes (linux/rtnetlink.h), 32 bits each but for the congestion control's name.
public struct RouteMetrics: Hashable, Sendable {
    /// As they came; unknown ones are kept.
    public var attributes: AttributeSet

    public init(_ attributes: AttributeSet = AttributeSet()) { self.attributes = attributes }

    /// One of them.
    public struct Metric: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        init(_ number: some BinaryInteger) { rawValue = Int(truncatingIfNeeded: number) }

        /// RTAX_MTU in bytes. Locked: no path MTU discovery.
        public static let maximumTransmissionUnit = Metric(RTAX_MTU)
        /// RTAX_WINDOW: the largest window to advertise, in bytes.
        public static let window = Metric(RTAX_WINDOW)
        /// RTAX_RTT: eighths of a millisecond.
        public static let roundTripTime = Metric(RTAX_RTT)
        /// RTAX_RTTVAR: quarters of a millisecond.
        public static let roundTripTimeVariance = Metric(RTAX_RTTVAR)
        /// RTAX_SSTHRESH in segments.
        public static let slowStartThreshold = Metric(RTAX_SSTHRESH)
        /// RTAX_CWND in segments: a limit where it is locked.
        public static let congestionWindow = Metric(RTAX_CWND)
        /// RTAX_ADVMSS in bytes.
        public static let advertisedSegmentSize = Metric(RTAX_ADVMSS)
        /// RTAX_REORDERING.
        public static let reordering = Metric(RTAX_REORDERING)
        /// RTAX_HOPLIMIT.
        public static let hopLimit = Metric(RTAX_HOPLIMIT)
        /// RTAX_INITCWND in segments.
        public static let initialCongestionWindow = Metric(RTAX_INITCWND)
        /// RTAX_FEATURES: bits, see ``Features``.
        public static let features = Metric(RTAX_FEATURES)
        /// RTAX_RTO_MIN in milliseconds; `ip` always locks it.
        public static let minimumRetransmissionTimeout = Metric(RTAX_RTO_MIN)
        /// RTAX_INITRWND in segments.
        public static let initialReceiveWindow = Metric(RTAX_INITRWND)
        /// RTAX_QUICKACK: 0 or 1.
        public static let quickAcknowledgement = Metric(RTAX_QUICKACK)
        /// RTAX_FASTOPEN_NO_COOKIE: 0 or 1.
        public static let fastOpenWithoutCookie = Metric(RTAX_FASTOPEN_NO_COOKIE)
        /// RTAX_CC_ALGO: text, see ``RouteMetrics/congestionControl``.
        public static let congestionControl = Metric(RTAX_CC_ALGO)
    }

    /// RTAX_FEATURE_*.
    public struct Features: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// RTAX_FEATURE_ECN: explicit congestion notification.
        public static let congestionNotification = Features(rawValue: UInt32(RTAX_FEATURE_ECN))
    }

    public subscript(_ metric: Metric) -> UInt32? {
        get { attributes[metric.rawValue, as: UInt32.self] }
        set { attributes[metric.rawValue, as: UInt32.self] = newValue }
    }

    /// RTAX_LOCK: whether the kernel may not learn another value.
    public subscript(locked metric: Metric) -> Bool {
        get { lock & bit(metric) != 0 }
        set {
            let lock = newValue ? lock | bit(metric) : lock & ~bit(metric)
            attributes[RTAX_LOCK, as: UInt32.self] = lock == 0 ? nil : lock
        }
    }

    /// RTAX_CC_ALGO: the TCP congestion control's name, `cubic`.
    public var congestionControl: String? {
        get { attributes[text: RTAX_CC_ALGO] }
        set { attributes[text: RTAX_CC_ALGO] = newValue }
    }

    private var lock: UInt32 { attributes[RTAX_LOCK] ?? 0 }
    private func bit(_ metric: Metric) -> UInt32 { 1 << UInt32(clamping: metric.rawValue) }
}
