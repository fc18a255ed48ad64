internal import CKernel
public import Kernel
public import Netlink

/// What becomes of a packet with an MPLS label: struct rtmsg of AF_MPLS. Read only.
public struct MPLSRoute: Hashable, Sendable {
    /// RTA_DST: the label that the packet comes with.
    public let label: MPLSLabel
    /// RTA_NEWDST: what the packet goes on with, outermost first; none where the label is taken off.
    public let newLabels: [MPLSLabel]
    /// RTA_VIA; nil where packets leave MPLS here, and with several ways.
    public let gateway: IPAddress?
    /// RTA_OIF.
    public let linkIndex: Int32?
    public let flags: RouteFlags
    public let `protocol`: RouteProtocol
    public let scope: RouteScope
    public let type: RouteType
    /// RTA_TTL_PROPAGATE.
    public var propagatesTimeToLive: Bool? { attributes[flag: RTA_TTL_PROPAGATE.rawValue] }
    /// RTA_MULTIPATH.
    public var hops: [RouteHop] {
        attributes.with(RTA_MULTIPATH.rawValue) { RouteHop.list($0.payload, in: $1) } ?? []
    }
    /// The others, as they came.
    public let attributes: AttributeSet

    /// Decodes the body of an RTM_NEWROUTE; nil for another family.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(rtmsg(), in: bytes)
        guard header.rtm_family == UInt8(AF_MPLS) else { return nil }
        var label: MPLSLabel?
        var newLabels: [MPLSLabel] = []
        var gateway: IPAddress?
        var linkIndex: Int32?
        var rare = AttributeSet()
        var cursor = message.attributes(after: MemoryLayout<rtmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch UInt32(truncatingIfNeeded: attribute.type) {
            case RTA_DST.rawValue: label = MPLSLabel.stack(try attribute.copy(bytes))?.first
            case RTA_NEWDST.rawValue: newLabels = MPLSLabel.stack(try attribute.copy(bytes)) ?? []
            case RTA_VIA.rawValue: gateway = try attribute.via(bytes)
            case RTA_OIF.rawValue: linkIndex = try attribute.integer(bytes)
            default: try rare.append(attribute, of: bytes)
            }
        }
        guard let label else {
            throw NetlinkError(.malformed(.tooShort(message.body.count)), operation: "decode", offset: message.offset)
        }
        self.label = label
        self.newLabels = newLabels
        self.gateway = gateway
        self.linkIndex = linkIndex
        flags = RouteFlags(rawValue: header.rtm_flags)
        self.protocol = RouteProtocol(rawValue: header.rtm_protocol)
        scope = RouteScope(rawValue: header.rtm_scope)
        type = RouteType(rawValue: header.rtm_type)
        attributes = rare
    }
}
