internal import CKernel
public import Kernel
public import Netlink

/// A header that a route gives to packets (RTA_ENCAP_TYPE with RTA_ENCAP, linux/lwtunnel.h).
public enum RouteEncapsulation: Hashable, Sendable {
    /// LWTUNNEL_ENCAP_MPLS: labels, outermost first, and a time to live, which without one is the packet's.
    case mpls([MPLSLabel], timeToLive: UInt8?)
    /// LWTUNNEL_ENCAP_IP and LWTUNNEL_ENCAP_IP6: what a tunnel interface in external mode is told.
    case tunnel(RouteTunnel)
    /// LWTUNNEL_ENCAP_SEG6: a segment routing header (RFC 8754).
    case segmentRouting(SegmentRouting)
    /// LWTUNNEL_ENCAP_SEG6_LOCAL: what is done with packets for a segment of this node (RFC 8986).
    case localSegment(LocalSegment)
    /// LWTUNNEL_ENCAP_IOAM6: room for what the nodes of the path report (RFC 9197).
    case telemetry(RouteTelemetry)
    /// Any other, or one of these with what we have no name for: its number and its attributes as they came.
    case other(UInt16, AttributeSet)

    /// LWTUNNEL_ENCAP_*.
    public var type: UInt16 {
        switch self {
        case .mpls: UInt16(LWTUNNEL_ENCAP_MPLS.rawValue)
        case .tunnel(let tunnel): tunnel.type
        case .segmentRouting: UInt16(LWTUNNEL_ENCAP_SEG6.rawValue)
        case .localSegment: UInt16(LWTUNNEL_ENCAP_SEG6_LOCAL.rawValue)
        case .telemetry: UInt16(LWTUNNEL_ENCAP_IOAM6.rawValue)
        case .other(let type, _): type
        }
    }

    /// Of a route's or a hop's attributes; nil where there is none.
    init?(in attributes: AttributeSet) {
        self.init(attributes, type: RTA_ENCAP_TYPE.rawValue, content: RTA_ENCAP.rawValue)
    }

    /// Of attributes with these numbers.
    init?(_ attributes: AttributeSet, type typeNumber: some BinaryInteger, content number: some BinaryInteger) {
        guard let type = attributes[typeNumber, as: UInt16.self], let content = attributes.nested(number) else {
            return nil
        }
        self = Self.known(UInt32(type), content) ?? .other(type, content)
    }

    /// Nil where the type, or what is inside, is none of those that we know.
    private static func known(_ type: UInt32, _ content: AttributeSet) -> RouteEncapsulation? {
        switch type {
        case LWTUNNEL_ENCAP_MPLS.rawValue:
            content.payload(MPLS_IPTUNNEL_DST).flatMap { MPLSLabel.stack($0) }.map {
                .mpls($0, timeToLive: content[MPLS_IPTUNNEL_TTL])
            }
        case LWTUNNEL_ENCAP_IP.rawValue, LWTUNNEL_ENCAP_IP6.rawValue:
            RouteTunnel(content, isIPv4: type == LWTUNNEL_ENCAP_IP.rawValue).map { .tunnel($0) }
        case LWTUNNEL_ENCAP_SEG6.rawValue:
            content.payload(SEG6_IPTUNNEL_SRH).flatMap { SegmentRouting($0) }.map { .segmentRouting($0) }
        case LWTUNNEL_ENCAP_SEG6_LOCAL.rawValue: .localSegment(LocalSegment(attributes: content))
        case LWTUNNEL_ENCAP_IOAM6.rawValue: RouteTelemetry(attributes: content).map { .telemetry($0) }
        default: nil
        }
    }

    /// What is inside RTA_ENCAP.
    var content: AttributeSet {
        var content = AttributeSet()
        switch self {
        case .mpls(let labels, let timeToLive):
            content[bytes: MPLS_IPTUNNEL_DST] = MPLSLabel.bytes(labels)
            if let timeToLive { content[MPLS_IPTUNNEL_TTL] = timeToLive }
        case .tunnel(let tunnel): content = tunnel.attributes
        case .segmentRouting(let header): content[bytes: SEG6_IPTUNNEL_SRH] = header.bytes
        case .localSegment(let segment): content = segment.attributes
        case .telemetry(let telemetry): content = telemetry.attributes
        case .other(_, let attributes): content = attributes
        }
        return content
    }

    static func set(_ encapsulation: RouteEncapsulation?, in attributes: inout AttributeSet) {
        attributes[RTA_ENCAP_TYPE.rawValue, as: UInt16.self] = encapsulation?.type
        attributes[nested: RTA_ENCAP.rawValue] = encapsulation?.content
    }
}

/// What a tunnel interface in external mode is told: LWTUNNEL_IP_* and LWTUNNEL_IP6_* (linux/lwtunnel.h).
public struct RouteTunnel: Hashable, Sendable {
    /// Whether the outer header is IPv4's.
    public let isIPv4: Bool
    /// LWTUNNEL_IP_ID: the tunnel's key, or a VXLAN's number.
    public var id: UInt64 = 0
    /// LWTUNNEL_IP_DST.
    public var destination: IPAddress?
    /// LWTUNNEL_IP_SRC.
    public var source: IPAddress?
    /// LWTUNNEL_IP_TTL, LWTUNNEL_IP6_HOPLIMIT; 0 leaves it to the interface.
    public var timeToLive: UInt8 = 0
    /// LWTUNNEL_IP_TOS, LWTUNNEL_IP6_TC.
    public var trafficClass: UInt8 = 0
    /// LWTUNNEL_IP_FLAGS: whether ``id`` is put in (TUNNEL_KEY), checksums (TUNNEL_CSUM), sequence numbers (TUNNEL_SEQ).
    public var flags: Flags = []
    /// LWTUNNEL_IP_OPTS as they came.
    public var options: AttributeSet?

    /// TUNNEL_* (linux/if_tunnel.h), in the machine's order.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let checksum = Flags(rawValue: UInt16(bigEndian: SW_TUNNEL_CSUM))
        public static let key = Flags(rawValue: UInt16(bigEndian: SW_TUNNEL_KEY))
        public static let sequence = Flags(rawValue: UInt16(bigEndian: SW_TUNNEL_SEQ))
    }

    public init(isIPv4: Bool) { self.isIPv4 = isIPv4 }

    var type: UInt16 { UInt16(isIPv4 ? LWTUNNEL_ENCAP_IP.rawValue : LWTUNNEL_ENCAP_IP6.rawValue) }

    /// Nil where one of the attributes is unknown: those would be lost. The numbers of both families are the same.
    init?(_ attributes: AttributeSet, isIPv4: Bool) {
        let known = [
            LWTUNNEL_IP_ID, LWTUNNEL_IP_DST, LWTUNNEL_IP_SRC, LWTUNNEL_IP_TTL, LWTUNNEL_IP_TOS, LWTUNNEL_IP_FLAGS,
            LWTUNNEL_IP_OPTS,
        ].map { Int($0.rawValue) }
        guard attributes.types.allSatisfy({ known.contains($0) }) else { return nil }
        self.isIPv4 = isIPv4
        id = attributes[bigEndian: LWTUNNEL_IP_ID.rawValue] ?? 0
        destination = attributes[address: LWTUNNEL_IP_DST.rawValue]
        source = attributes[address: LWTUNNEL_IP_SRC.rawValue]
        timeToLive = attributes[LWTUNNEL_IP_TTL.rawValue] ?? 0
        trafficClass = attributes[LWTUNNEL_IP_TOS.rawValue] ?? 0
        flags = Flags(rawValue: attributes[bigEndian: LWTUNNEL_IP_FLAGS.rawValue] ?? 0)
        options = attributes.nested(LWTUNNEL_IP_OPTS.rawValue)
    }

    var attributes: AttributeSet {
        var result = AttributeSet()
        result[bigEndian: LWTUNNEL_IP_ID.rawValue] = id
        if let destination { result[address: LWTUNNEL_IP_DST.rawValue] = destination }
        if let source { result[address: LWTUNNEL_IP_SRC.rawValue] = source }
        result[LWTUNNEL_IP_TTL.rawValue] = timeToLive
        result[LWTUNNEL_IP_TOS.rawValue] = trafficClass
        if !flags.isEmpty { result[bigEndian: LWTUNNEL_IP_FLAGS.rawValue] = flags.rawValue }
        if let options { result[nested: LWTUNNEL_IP_OPTS.rawValue] = options }
        return result
    }
}
