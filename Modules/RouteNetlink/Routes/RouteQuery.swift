internal import CKernel
public import Kernel
internal import Netlink

/// A question to the kernel: which way would such a packet go? (`ip route get`.)
public struct RouteQuery: Hashable, Sendable {
    public var destination: IPAddress
    /// RTA_SRC.
    public var source: IPAddress?
    /// RTA_IIF: a packet that comes in there, to be forwarded.
    public var inputLinkIndex: Int32?
    /// RTA_OIF.
    public var outputLinkIndex: Int32?
    /// RTA_MARK.
    public var mark: UInt32?
    /// rtm_tos.
    public var typeOfService: UInt8 = 0
    /// RTA_UID: as if that user had sent it.
    public var userID: UInt32?
    /// RTA_IP_PROTO; without one, UDP.
    public var ipProtocol: UInt8?
    /// RTA_SPORT.
    public var sourcePort: UInt16?
    /// RTA_DPORT.
    public var destinationPort: UInt16?
    /// RTM_F_FIB_MATCH: answer with the table's entry, not with what becomes of the packet.
    public var wantsTableEntry = false

    public init(to destination: IPAddress) { self.destination = destination }

    var request: NetlinkRequest {
        var request = NetlinkRequest("get", "route to \(destination)", type: RTM_GETROUTE)
        var header = rtmsg()
        header.rtm_family = destination.family
        header.rtm_dst_len = UInt8(clamping: destination.bitCount)
        header.rtm_src_len = source.map { UInt8(clamping: $0.bitCount) } ?? 0
        header.rtm_tos = typeOfService
        // IPv6 tells the table unasked, and refuses the flag where it checks strictly (NETLINK_GET_STRICT_CHK).
        var flags: RouteFlags = destination.isIPv4 ? .lookupTable : []
        if wantsTableEntry { flags.insert(.tableMatch) }
        header.rtm_flags = flags.rawValue
        request.body.append(header: header)
        request.body.attribute(RTA_DST.rawValue, address: destination)
        if let source { request.body.attribute(RTA_SRC.rawValue, address: source) }
        if let inputLinkIndex { request.body.attribute(RTA_IIF.rawValue, integer: inputLinkIndex) }
        if let outputLinkIndex { request.body.attribute(RTA_OIF.rawValue, integer: outputLinkIndex) }
        if let mark { request.body.attribute(RTA_MARK.rawValue, integer: mark) }
        if let userID { request.body.attribute(RTA_UID.rawValue, integer: userID) }
        if let ipProtocol { request.body.attribute(RTA_IP_PROTO.rawValue, integer: ipProtocol) }
        if let sourcePort { request.body.attribute(RTA_SPORT.rawValue, bigEndian: sourcePort) }
        if let destinationPort { request.body.attribute(RTA_DPORT.rawValue, bigEndian: destinationPort) }
        return request
    }
}
