internal import CKernel
internal import Kernel
public import Netlink

extension Route {
    /// Decodes the body of an RTM_NEWROUTE or RTM_DELROUTE; nil for a family that is neither IPv4 nor IPv6 (see ``MPLSRoute``).
    ///
    /// One walk over the attributes; nothing is allocated unless one is there that has no field.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(rtmsg(), in: bytes)
        var target: IPAddress
        switch header.rtm_family {
        case UInt8(AF_INET): target = .v4(.any)
        case UInt8(AF_INET6): target = .v6(.any)
        default: return nil
        }
        var gateway: IPAddress?
        var preferredSource: IPAddress?
        var linkIndex: Int32?
        var metric: UInt32 = 0
        var table = UInt32(header.rtm_table)
        var nexthopID: UInt32 = 0
        var expiryTicks: Int32 = 0
        var preference = RoutePreference.medium
        var rare = AttributeSet()
        var cursor = message.attributes(after: MemoryLayout<rtmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch UInt32(truncatingIfNeeded: attribute.type) {
            case RTA_DST.rawValue: target = try attribute.address(bytes)
            case RTA_OIF.rawValue: linkIndex = try attribute.integer(bytes)
            case RTA_TABLE.rawValue: table = try attribute.integer(bytes)
            case RTA_GATEWAY.rawValue: gateway = try attribute.address(bytes)
            case RTA_PRIORITY.rawValue: metric = try attribute.integer(bytes)
            case RTA_PREFSRC.rawValue: preferredSource = try attribute.address(bytes)
            case RTA_PREF.rawValue: preference = RoutePreference(rawValue: try attribute.integer(bytes))
            case RTA_CACHEINFO.rawValue:
                let information = loadPrefix(rta_cacheinfo(), attribute.payload, of: bytes)
                expiryTicks = information.rta_expires
                if information.isMoreThanExpiry { try rare.append(attribute, of: bytes) }
            case RTA_NH_ID.rawValue: nexthopID = try attribute.integer(bytes)
            case RTA_VIA.rawValue:
                guard let address = try attribute.via(bytes) else { fallthrough }
                gateway = address
            default: try rare.append(attribute, of: bytes)
            }
        }
        guard let destination = IPPrefix(target, length: Int(header.rtm_dst_len)) else {
            throw NetlinkError(.malformed(.tooShort(message.body.count)), operation: "decode", offset: message.offset)
        }
        self.destination = destination
        self.gateway = gateway
        self.preferredSource = preferredSource
        self.linkIndex = linkIndex
        self.metric = metric
        self.table = table
        self.nexthopID = nexthopID
        self.expiryTicks = expiryTicks
        flags = RouteFlags(rawValue: header.rtm_flags)
        self.protocol = RouteProtocol(rawValue: header.rtm_protocol)
        scope = RouteScope(rawValue: header.rtm_scope)
        type = RouteType(rawValue: header.rtm_type)
        typeOfService = header.rtm_tos
        self.preference = preference
        attributes = rare
        sourceLength = header.rtm_src_len
    }
}

extension rta_cacheinfo {
    /// Whether it says anything beside rta_expires, as the answer to a lookup does.
    fileprivate var isMoreThanExpiry: Bool {
        rta_clntref | rta_lastuse | rta_error | rta_used | rta_id | rta_ts | rta_tsage != 0
    }
}

extension NetlinkAttribute {
    /// struct rtvia (linux/rtnetlink.h): a family, then the address that it is of; nil for a family of neither.
    func via(_ bytes: borrowing RawSpan) throws(NetlinkError) -> IPAddress? {
        var cursor = ByteCursor(at: payload.lowerBound)
        guard payload.count >= 2, let family: UInt16 = cursor.load(bytes) else {
            throw NetlinkError(.malformed(.tooShort(payload.count)), operation: "decode", offset: offset)
        }
        switch (Int32(family), payload.count) {
        case (AF_INET, 6):
            return cursor.loadBigEndian(bytes, as: UInt32.self).map { .v4(IPv4Address(rawValue: $0)) }
        case (AF_INET6, 18):
            guard let high: UInt64 = cursor.loadBigEndian(bytes), let low: UInt64 = cursor.loadBigEndian(bytes) else {
                return nil
            }
            return .v6(IPv6Address(high: high, low: low))
        default: return nil
        }
    }
}
