internal import CKernel
internal import Netlink

/// Counters of a link since it was made: struct rtnl_link_stats64 (linux/if_link.h). An older kernel's shorter struct has zeros at its end.
public struct LinkStatistics: Hashable, Sendable {
    /// One direction.
    public struct Direction: Hashable, Sendable {
        public let packets: UInt64
        public let bytes: UInt64
        public let errors: UInt64
        public let dropped: UInt64
    }

    public let received: Direction
    public let sent: Direction
    /// Multicast packets received.
    public let multicast: UInt64
    public let collisions: UInt64
    /// What the received errors were: too long, no room in the ring, a bad checksum, misaligned, overrun, missed.
    public let receiveErrors:
        (length: UInt64, over: UInt64, checksum: UInt64, frame: UInt64, fifo: UInt64, missed: UInt64)
    /// What the errors of sending were: given up, no carrier, overrun, heartbeat, window.
    public let sendErrors: (aborted: UInt64, carrier: UInt64, fifo: UInt64, heartbeat: UInt64, window: UInt64)
    public let compressed: (received: UInt64, sent: UInt64)
    /// For a handler that did not exist, or an inactive port.
    public let withoutHandler: UInt64
    /// To another host's address (Linux 6.0).
    public let toOtherHosts: UInt64

    init(_ stats: rtnl_link_stats64) {
        received = Direction(
            packets: stats.rx_packets, bytes: stats.rx_bytes, errors: stats.rx_errors, dropped: stats.rx_dropped)
        sent = Direction(
            packets: stats.tx_packets, bytes: stats.tx_bytes, errors: stats.tx_errors, dropped: stats.tx_dropped)
        multicast = stats.multicast
        collisions = stats.collisions
        receiveErrors = (
            stats.rx_length_errors, stats.rx_over_errors, stats.rx_crc_errors, stats.rx_frame_errors,
            stats.rx_fifo_errors, stats.rx_missed_errors
        )
        sendErrors = (
            stats.tx_aborted_errors, stats.tx_carrier_errors, stats.tx_fifo_errors, stats.tx_heartbeat_errors,
            stats.tx_window_errors
        )
        compressed = (stats.rx_compressed, stats.tx_compressed)
        withoutHandler = stats.rx_nohandler
        toOtherHosts = stats.rx_otherhost_dropped
    }
}

extension LinkStatistics {
    private var numbers: [UInt64] {
        [
            multicast, collisions, receiveErrors.length, receiveErrors.over, receiveErrors.checksum,
            receiveErrors.frame,
            receiveErrors.fifo, receiveErrors.missed, sendErrors.aborted, sendErrors.carrier, sendErrors.fifo,
            sendErrors.heartbeat, sendErrors.window, compressed.received, compressed.sent, withoutHandler, toOtherHosts,
        ]
    }

    public static func == (left: LinkStatistics, right: LinkStatistics) -> Bool {
        left.received == right.received && left.sent == right.sent && left.numbers == right.numbers
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(received)
        hasher.combine(sent)
        hasher.combine(numbers)
    }
}

extension Link {
    /// IFLA_STATS64; nil where they were not asked for (``LinkDetails/statistics``).
    public var statistics: LinkStatistics? {
        attributes.header(IFLA_STATS64, rtnl_link_stats64()).map { LinkStatistics($0) }
    }
}
