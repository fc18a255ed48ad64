/// Why bytes are no capture of netlink, or none that we read.
public enum CaptureDefect: Hashable, Sendable, CustomStringConvertible {
    /// The first four bytes, in the machine's order, are the magic number of no pcap file.
    case notPcap(UInt32)
    /// A pcapng file: another format, which Wireshark writes unless it is told otherwise.
    case pcapng
    /// A version that is not 2.4, the only one of the last twenty-five years.
    case version(major: UInt16, minor: UInt16)
    /// A link type other than LINKTYPE_NETLINK.
    case linkType(UInt32)
    /// The file ends inside its header, a record's header or a record.
    case truncated
    /// A record is shorter than the cooked header that stands before each datagram.
    case recordTooShort(Int)
    /// A record is larger than any datagram that we take.
    case recordTooLarge(Int)
    /// A record of a device that is no nlmon: its ARPHRD_* number.
    case deviceType(UInt16)
    /// The capture's machine had the other byte order, and netlink's messages are in their machine's.
    case foreignByteOrder

    public var description: String {
        switch self {
        case .notPcap(let magic): "this is no pcap file: it begins with 0x\(String(magic, radix: 16))"
        case .pcapng: "this is a pcapng file; 'editcap -F nsecpcap' makes a pcap file of it"
        case .version(let major, let minor): "pcap version \(major).\(minor) is not 2.4"
        case .linkType(let type): "link type \(type) is not netlink's, 253"
        case .truncated: "the file ends too early"
        case .recordTooShort(let length): "a record of \(length) bytes has no room for its header"
        case .recordTooLarge(let length): "a record of \(length) bytes is past the limit"
        case .deviceType(let type): "a record is of a device of type \(type), not netlink's"
        case .foreignByteOrder: "its messages are in the other byte order"
        }
    }
}
