internal import CKernel
public import Netlink

/// How interrupts are held back (ETHTOOL_A_COALESCE_*); an answer has what the driver knows.
public struct EthtoolCoalescing: EthtoolSettings {
    public static let command = EthtoolCommand(
        "coalescing", get: ETHTOOL_MSG_COALESCE_GET, set: ETHTOOL_MSG_COALESCE_SET,
        settable: Array(Int(ETHTOOL_A_COALESCE_RX_USECS)...Int(ETHTOOL_A_COALESCE_USE_CQE_MODE_RX)))
    public var attributes = AttributeSet()
    public init() {}

    /// Microseconds from a packet to its interrupt, at the most.
    public var receiveMicroseconds: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_USECS] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_USECS] = newValue }
    }
    /// Packets to an interrupt, at the most.
    public var receiveFrames: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES] = newValue }
    }
    /// The same while an interrupt is served.
    public var receiveMicrosecondsInInterrupt: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_IRQ] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_IRQ] = newValue }
    }
    /// The same while an interrupt is served.
    public var receiveFramesInInterrupt: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_IRQ] = newValue }
    }
    /// Microseconds from a packet's end to its interrupt, at the most.
    public var transmitMicroseconds: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_USECS] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_USECS] = newValue }
    }
    /// Packets to an interrupt, at the most.
    public var transmitFrames: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES] = newValue }
    }
    /// The same while an interrupt is served.
    public var transmitMicrosecondsInInterrupt: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_IRQ] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_IRQ] = newValue }
    }
    /// The same while an interrupt is served.
    public var transmitFramesInInterrupt: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_IRQ] = newValue }
    }
    /// Microseconds from one update of the statistics in memory to the next.
    public var statisticsMicroseconds: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_STATS_BLOCK_USECS] }
        set { attributes[number: ETHTOOL_A_COALESCE_STATS_BLOCK_USECS] = newValue }
    }
    /// Whether the driver adapts what it receives with.
    public var isAdaptiveReceive: Bool? {
        get { attributes[flag: ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX] }
        set { attributes[flag: ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX] = newValue }
    }
    /// Whether the driver adapts what it sends with.
    public var isAdaptiveTransmit: Bool? {
        get { attributes[flag: ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX] }
        set { attributes[flag: ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX] = newValue }
    }
    /// Packets a second below which the values for few hold.
    public var lowPacketRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_PKT_RATE_LOW] }
        set { attributes[number: ETHTOOL_A_COALESCE_PKT_RATE_LOW] = newValue }
    }
    /// Below ``lowPacketRate``.
    public var receiveMicrosecondsAtLowRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_LOW] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_LOW] = newValue }
    }
    /// Below ``lowPacketRate``.
    public var receiveFramesAtLowRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_LOW] = newValue }
    }
    /// Below ``lowPacketRate``.
    public var transmitMicrosecondsAtLowRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_LOW] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_LOW] = newValue }
    }
    /// Below ``lowPacketRate``.
    public var transmitFramesAtLowRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_LOW] = newValue }
    }
    /// Packets a second above which the values for many hold.
    public var highPacketRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_PKT_RATE_HIGH] }
        set { attributes[number: ETHTOOL_A_COALESCE_PKT_RATE_HIGH] = newValue }
    }
    /// Above ``highPacketRate``.
    public var receiveMicrosecondsAtHighRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_HIGH] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_USECS_HIGH] = newValue }
    }
    /// Above ``highPacketRate``.
    public var receiveFramesAtHighRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH] }
        set { attributes[number: ETHTOOL_A_COALESCE_RX_MAX_FRAMES_HIGH] = newValue }
    }
    /// Above ``highPacketRate``.
    public var transmitMicrosecondsAtHighRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_HIGH] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_USECS_HIGH] = newValue }
    }
    /// Above ``highPacketRate``.
    public var transmitFramesAtHighRate: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH] }
        set { attributes[number: ETHTOOL_A_COALESCE_TX_MAX_FRAMES_HIGH] = newValue }
    }
    /// Seconds over which the rate is taken.
    public var sampleSeconds: UInt32? {
        get { attributes[number: ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL] }
        set { attributes[number: ETHTOOL_A_COALESCE_RATE_SAMPLE_INTERVAL] = newValue }
    }
    /// Whether the timer starts anew with each completion (Linux 5.15).
    public var countsFromCompletionTransmit: Bool? {
        get { attributes[flag: ETHTOOL_A_COALESCE_USE_CQE_MODE_TX] }
        set { attributes[flag: ETHTOOL_A_COALESCE_USE_CQE_MODE_TX] = newValue }
    }
    /// Whether the timer starts anew with each completion (Linux 5.15).
    public var countsFromCompletionReceive: Bool? {
        get { attributes[flag: ETHTOOL_A_COALESCE_USE_CQE_MODE_RX] }
        set { attributes[flag: ETHTOOL_A_COALESCE_USE_CQE_MODE_RX] = newValue }
    }
}
