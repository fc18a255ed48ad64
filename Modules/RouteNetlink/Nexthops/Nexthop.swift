internal import CKernel
public import Kernel
public import Netlink

/// A nexthop object, which routes name by its number: struct nhmsg and NHA_* attributes (linux/nexthop.h). Read only.
public struct Nexthop: Hashable, Sendable {
    /// NHA_ID.
    public let id: UInt32
    /// IPv4 or IPv6; `.unspecified` for a group.
    public let family: AddressFamily
    public let scope: RouteScope
    public let `protocol`: RouteProtocol
    public let flags: RouteFlags
    /// NHA_GATEWAY.
    public let gateway: IPAddress?
    /// NHA_OIF.
    public let linkIndex: Int32?
    /// NHA_BLACKHOLE.
    public let isBlackhole: Bool
    /// NHA_GROUP: the objects among which packets are shared; empty for one that is no group.
    public let group: [Member]
    /// The others, as they came.
    public let attributes: AttributeSet

    /// One of a group: struct nexthop_grp.
    public struct Member: Hashable, Sendable {
        public let id: UInt32
        /// 1…256.
        public let weight: Int
    }

    /// NHA_GROUP_TYPE: NEXTHOP_GRP_TYPE_RES, whose flows stay with their member when another goes.
    public var isResilient: Bool {
        attributes[NHA_GROUP_TYPE, as: UInt16.self] == UInt16(NEXTHOP_GRP_TYPE_RES)
    }
    /// NHA_FDB: for a VXLAN's forwarding database.
    public var isForwarding: Bool { attributes[presence: NHA_FDB] }
    /// NHA_ENCAP_TYPE and NHA_ENCAP.
    public var encapsulation: RouteEncapsulation? {
        RouteEncapsulation(attributes, type: NHA_ENCAP_TYPE, content: NHA_ENCAP)
    }
    /// NHA_RES_GROUP.
    public var resilience: Resilience? {
        attributes.nested(NHA_RES_GROUP).map { set in
            Resilience(
                buckets: set[NHA_RES_GROUP_BUCKETS] ?? 0,
                idleTimer: Int64(set[NHA_RES_GROUP_IDLE_TIMER, as: UInt32.self] ?? 0) / Ticks.perSecond,
                unbalancedTimer: Int64(set[NHA_RES_GROUP_UNBALANCED_TIMER, as: UInt32.self] ?? 0) / Ticks.perSecond,
                unbalancedTime: Int64(clamping: set[NHA_RES_GROUP_UNBALANCED_TIME, as: UInt64.self] ?? 0)
                    / Ticks.perSecond)
        }
    }

    /// A resilient group's settings, in seconds.
    public struct Resilience: Hashable, Sendable {
        public let buckets: UInt16
        public let idleTimer: Int64
        public let unbalancedTimer: Int64
        public let unbalancedTime: Int64
    }

    /// Decodes the body of an RTM_NEWNEXTHOP or RTM_DELNEXTHOP.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(nhmsg(), in: bytes)
        var id: UInt32 = 0
        var gateway: IPAddress?
        var linkIndex: Int32?
        var isBlackhole = false
        var group: [Member] = []
        var rest = AttributeSet()
        var cursor = message.attributes(after: MemoryLayout<nhmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch attribute.type {
            case Int(NHA_ID): id = try attribute.integer(bytes)
            case Int(NHA_GATEWAY): gateway = try attribute.address(bytes)
            case Int(NHA_OIF): linkIndex = try attribute.integer(bytes)
            case Int(NHA_BLACKHOLE): isBlackhole = true
            case Int(NHA_GROUP): group = Self.members(attribute.payload, in: bytes)
            default: try rest.append(attribute, of: bytes)
            }
        }
        self.id = id
        self.gateway = gateway
        self.linkIndex = linkIndex
        self.isBlackhole = isBlackhole
        self.group = group
        attributes = rest
        family = AddressFamily(rawValue: header.nh_family)
        scope = RouteScope(rawValue: header.nh_scope)
        self.protocol = RouteProtocol(rawValue: header.nh_protocol)
        flags = RouteFlags(rawValue: header.nh_flags)
    }

    private static func members(_ range: Range<Int>, in bytes: borrowing RawSpan) -> [Member] {
        let size = MemoryLayout<nexthop_grp>.size
        return stride(from: range.lowerBound, through: range.upperBound - size, by: size).map { start in
            let entry = loadPrefix(nexthop_grp(), start..<start + size, of: bytes)
            return Member(id: entry.id, weight: Int(entry.weight) + 1)
        }
    }
}

extension RouteConnection {
    /// The nexthop objects, in the order of their numbers; none where the kernel has no such thing (before Linux 5.3).
    public mutating func nexthops(until deadline: Deadline) throws(NetlinkError) -> [Nexthop] {
        var request = NetlinkRequest("list", "nexthops", type: RTM_GETNEXTHOP)
        request.body.append(header: nhmsg())
        do throws(NetlinkError) {
            return try connection.dump(request, until: deadline, into: []) {
                (all: inout [Nexthop], message, bytes) throws(NetlinkError) in
                if message.type == UInt16(RTM_NEWNEXTHOP) { all.append(try Nexthop(message, in: bytes)) }
            }.value
        } catch  where error.kind == .refused && error.cause == .missingFeature { return [] }
    }

    /// The nexthop object of that number; ENOENT where there is none.
    public mutating func nexthop(id: UInt32, until deadline: Deadline) throws(NetlinkError) -> Nexthop {
        var request = NetlinkRequest("get", "nexthop \(id)", type: RTM_GETNEXTHOP)
        request.body.append(header: nhmsg())
        request.body.attribute(NHA_ID, integer: id)
        return try connection.get(request, until: deadline) { message, bytes throws(NetlinkError) in
            try Nexthop(message, in: bytes)
        }
    }
}
