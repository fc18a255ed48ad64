internal import CKernel
public import Kernel
public import Netlink

/// One way of several: struct rtnexthop and its attributes (linux/rtnetlink.h).
public struct RouteHop: Hashable, Sendable {
    /// rtnh_ifindex; 0 leaves it to the kernel.
    public var linkIndex: Int32
    /// RTA_GATEWAY, or RTA_VIA where it is of the other family; nil where the link's neighbours are meant.
    public var gateway: IPAddress?
    /// 1…256: this way's share; rtnh_hops and one more.
    public var weight: Int
    public var flags: RouteFlags
    /// The others: RTA_ENCAP, RTA_FLOW, RTA_NEWDST, as they came.
    public var attributes: AttributeSet

    public init(gateway: IPAddress? = nil, linkIndex: Int32 = 0, weight: Int = 1, flags: RouteFlags = []) {
        self.gateway = gateway
        self.linkIndex = linkIndex
        self.weight = weight
        self.flags = flags
        attributes = AttributeSet()
    }

    /// RTA_FLOW.
    public var realms: RouteRealms? {
        get { attributes[RTA_FLOW.rawValue, as: UInt32.self].map { RouteRealms($0) } }
        set { attributes[RTA_FLOW.rawValue, as: UInt32.self] = newValue?.flow }
    }

    /// RTA_NEWDST, of a way of an ``MPLSRoute``: what the packet goes on with, outermost first.
    public var newLabels: [MPLSLabel] { attributes.payload(RTA_NEWDST.rawValue).flatMap { MPLSLabel.stack($0) } ?? [] }

    /// RTA_ENCAP_TYPE and RTA_ENCAP.
    public var encapsulation: RouteEncapsulation? {
        get { RouteEncapsulation(in: attributes) }
        set { RouteEncapsulation.set(newValue, in: &attributes) }
    }

    /// Those of RTA_MULTIPATH's payload; it ends where one does not fit.
    static func list(_ range: Range<Int>, in bytes: borrowing RawSpan) -> [RouteHop] {
        var result: [RouteHop] = []
        let size = MemoryLayout<rtnexthop>.size
        var start = range.lowerBound
        while range.upperBound - start >= size {
            let header = loadPrefix(rtnexthop(), start..<start + size, of: bytes)
            let length = Int(header.rtnh_len)
            guard length >= size, length <= range.upperBound - start,
                let hop = try? RouteHop(header, start + size..<start + length, of: bytes)
            else { break }
            result.append(hop)
            // Each is padded to four bytes, but for the last.
            start += (length + 3) & ~3
        }
        return result
    }

    private init(_ header: rtnexthop, _ range: Range<Int>, of bytes: borrowing RawSpan) throws(NetlinkError) {
        self.init(
            linkIndex: header.rtnh_ifindex, weight: Int(header.rtnh_hops) + 1,
            flags: RouteFlags(rawValue: UInt32(header.rtnh_flags)))
        var cursor = AttributeCursor(range)
        while let attribute = try cursor.next(bytes) {
            switch UInt32(truncatingIfNeeded: attribute.type) {
            case RTA_GATEWAY.rawValue: gateway = try attribute.address(bytes)
            case RTA_VIA.rawValue:
                guard let address = try attribute.via(bytes) else { fallthrough }
                gateway = address
            default: try attributes.append(attribute, of: bytes)
            }
        }
    }

    func write(into writer: inout MessageWriter, isIPv4: Bool) {
        var content = MessageWriter()
        if let gateway { content.gateway(gateway, ofIPv4: isIPv4) }
        content.append(attributes)
        var header = rtnexthop()
        // Longer ones do not fit the attribute around them, which the writer notes.
        header.rtnh_len = UInt16(clamping: MemoryLayout<rtnexthop>.size + content.bytes.count)
        header.rtnh_flags = UInt8(truncatingIfNeeded: flags.intersection(.settable).rawValue)
        header.rtnh_hops = UInt8(clamping: weight - 1)
        header.rtnh_ifindex = linkIndex
        writer.append(header: header)
        writer.append(bytes: content.bytes)
    }
}
