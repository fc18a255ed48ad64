internal import CKernel

/// The pcap file format (draft-ietf-opsawg-pcap) and the pseudo-header of LINKTYPE_NETLINK
/// (https://www.tcpdump.org/linktypes/LINKTYPE_NETLINK.html).
///
/// ```
/// file      magic:4 major:2 minor:2 zone:4 accuracy:4 snapshot length:4 link type:4
/// record    seconds:4 fraction:4 length in the file:4 length on the wire:4
/// datagram  packet type:2 ARPHRD_NETLINK:2 address length:2 unused:8 family:2, all in network order; then the messages
/// ```
enum PcapFormat {
    /// The fraction of a record's time is in microseconds.
    static let microseconds: UInt32 = 0xa1b2_c3d4
    /// The fraction of a record's time is in nanoseconds.
    static let nanoseconds: UInt32 = 0xa1b2_3c4d
    /// The block type that begins a pcapng file; the same in both byte orders.
    static let pcapng: UInt32 = 0x0a0d_0d0a
    static let version: (major: UInt16, minor: UInt16) = (2, 4)
    /// LINKTYPE_NETLINK.
    static let linkType: UInt32 = 253
    /// The field's bits that are the link type; those above tell of a frame check sequence.
    static let linkTypeMask: UInt32 = 0x03ff_ffff
    static let fileHeaderSize = 24
    static let recordHeaderSize = 16
    static let cookedHeaderSize = 16
    /// What libpcap takes at most of this link type (MAXIMUM_SNAPLEN of pcap-int.h).
    static let usualSnapshotLength = 262_144
    /// The largest datagram that a connection takes is 16 MiB.
    static let largestDatagram = 16 << 20

    static let deviceType = UInt16(ARPHRD_NETLINK)
    static let toUser = UInt16(PACKET_USER)
    static let toKernel = UInt16(PACKET_KERNEL)
}
