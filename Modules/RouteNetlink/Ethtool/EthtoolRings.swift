internal import CKernel
public import Netlink

/// How many descriptors a queue's rings have (ETHTOOL_A_RINGS_*).
public struct EthtoolRings: EthtoolSettings {
    public static let command = EthtoolCommand(
        "rings", get: ETHTOOL_MSG_RINGS_GET, set: ETHTOOL_MSG_RINGS_SET,
        settable: [
            ETHTOOL_A_RINGS_RX, ETHTOOL_A_RINGS_RX_MINI, ETHTOOL_A_RINGS_RX_JUMBO, ETHTOOL_A_RINGS_TX,
            ETHTOOL_A_RINGS_RX_BUF_LEN, ETHTOOL_A_RINGS_CQE_SIZE, ETHTOOL_A_RINGS_TX_PUSH,
        ].map { Int($0) })
    public var attributes = AttributeSet()
    public init() {}

    /// The most that the device takes.
    public var maximumReceive: UInt32? { attributes[number: ETHTOOL_A_RINGS_RX_MAX] }
    /// Of the ring for small frames.
    public var maximumReceiveMini: UInt32? { attributes[number: ETHTOOL_A_RINGS_RX_MINI_MAX] }
    /// Of the ring for large frames.
    public var maximumReceiveJumbo: UInt32? { attributes[number: ETHTOOL_A_RINGS_RX_JUMBO_MAX] }
    /// Of a transmit queue.
    public var maximumTransmit: UInt32? { attributes[number: ETHTOOL_A_RINGS_TX_MAX] }
    /// Descriptors of a receive queue.
    public var receive: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_RX] }
        set { attributes[number: ETHTOOL_A_RINGS_RX] = newValue }
    }
    /// Of the ring for small frames.
    public var receiveMini: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_RX_MINI] }
        set { attributes[number: ETHTOOL_A_RINGS_RX_MINI] = newValue }
    }
    /// Of the ring for large frames.
    public var receiveJumbo: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_RX_JUMBO] }
        set { attributes[number: ETHTOOL_A_RINGS_RX_JUMBO] = newValue }
    }
    /// Of a transmit queue.
    public var transmit: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_TX] }
        set { attributes[number: ETHTOOL_A_RINGS_TX] = newValue }
    }
    /// Bytes of a receive buffer (Linux 5.17).
    public var receiveBufferLength: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_RX_BUF_LEN] }
        set { attributes[number: ETHTOOL_A_RINGS_RX_BUF_LEN] = newValue }
    }
    /// ETHTOOL_TCP_DATA_SPLIT_*: whether headers and data go to buffers of their own (Linux 5.18); 0 is unknown.
    public var tcpDataSplit: UInt8? {
        get { attributes[ETHTOOL_A_RINGS_TCP_DATA_SPLIT] }
        set { attributes[ETHTOOL_A_RINGS_TCP_DATA_SPLIT] = newValue }
    }
    /// Bytes of an entry of the completion queue (Linux 5.18).
    public var completionEntrySize: UInt32? {
        get { attributes[number: ETHTOOL_A_RINGS_CQE_SIZE] }
        set { attributes[number: ETHTOOL_A_RINGS_CQE_SIZE] = newValue }
    }
    /// Whether descriptors are pushed to the device (Linux 6.1).
    public var pushesTransmit: Bool? {
        get { attributes[flag: ETHTOOL_A_RINGS_TX_PUSH] }
        set { attributes[flag: ETHTOOL_A_RINGS_TX_PUSH] = newValue }
    }
}
