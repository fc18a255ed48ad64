internal import CKernel

/// Datagrams between user space and the kernel in the order in which they passed, as an nlmon device shows them.
///
/// ``init(pcap:)`` and ``pcap()`` read and write the files that tcpdump and Wireshark know: link type LINKTYPE_NETLINK (253).
public struct NetlinkCapture: Hashable, Sendable {
    /// Which way a datagram went.
    public enum Direction: Hashable, Sendable {
        /// PACKET_KERNEL (linux/if_packet.h): requests.
        case toKernel
        /// PACKET_USER: answers and notifications.
        case toUser
    }

    /// One datagram.
    public struct Datagram: Hashable, Sendable {
        /// Nanoseconds since 1970, UTC.
        public var time: Int64
        public var direction: Direction
        /// NETLINK_ROUTE, NETLINK_GENERIC, …
        public var family: NetlinkSocket.Family
        /// Its messages, in the byte order of the machine where they passed.
        public var bytes: [UInt8]
        /// How long it was; more than there are `bytes` where the capture, or the receiver's buffer, cut it.
        public var byteCount: Int

        /// - Parameter byteCount: nil where all of it is there.
        public init(
            time: Int64, direction: Direction, family: NetlinkSocket.Family, bytes: [UInt8], byteCount: Int? = nil
        ) {
            self.time = time
            self.direction = direction
            self.family = family
            self.bytes = bytes
            self.byteCount = max(byteCount ?? 0, bytes.count)
        }

        public var isTruncated: Bool { byteCount > bytes.count }
    }

    public var datagrams: [Datagram]
    /// Whether the file was written on a machine of the other byte order, so that its messages do not decode here.
    public internal(set) var isForeignByteOrder = false

    public init(_ datagrams: [Datagram] = []) { self.datagrams = datagrams }
}

extension NetlinkSocket.Family {
    /// NETLINK_XFRM: IPsec's policies and states.
    public static let ipsec = NetlinkSocket.Family(rawValue: NETLINK_XFRM)
}
