internal import CKernel
internal import Kernel
internal import Netlink

extension Route {
    /// Attributes that the kernel tells and does not take.
    private static let answers = [
        Int(RTA_CACHEINFO.rawValue), Int(RTA_EXPIRES.rawValue), Int(RTA_UID.rawValue), Int(RTA_IIF.rawValue),
        Int(RTA_MARK.rawValue),
    ]
    /// What a nexthop object has in the route's place.
    private static let ofHop = [
        Int(RTA_MULTIPATH.rawValue), Int(RTA_ENCAP.rawValue), Int(RTA_ENCAP_TYPE.rawValue), Int(RTA_VIA.rawValue),
    ]

    /// Writes the body of an RTM_NEWROUTE or RTM_DELROUTE.
    func write(into writer: inout MessageWriter) {
        var header = rtmsg()
        header.rtm_family = isIPv4 ? UInt8(AF_INET) : UInt8(AF_INET6)
        header.rtm_dst_len = UInt8(truncatingIfNeeded: destination.length)
        header.rtm_src_len = sourceLength
        header.rtm_tos = typeOfService
        header.rtm_table = table < 256 ? UInt8(truncatingIfNeeded: table) : UInt8(RT_TABLE_UNSPEC.rawValue)
        header.rtm_protocol = self.protocol.rawValue
        header.rtm_scope = scope.rawValue
        header.rtm_type = type.rawValue
        header.rtm_flags = flags.intersection(.settable).rawValue
        writer.append(header: header)
        if table >= 256 { writer.attribute(RTA_TABLE.rawValue, integer: table) }
        // The kernel takes no bits past the prefix (IPv4), or clears them (IPv6).
        if destination.length != 0 { writer.attribute(RTA_DST.rawValue, address: destination.network.address) }
        if metric != 0 { writer.attribute(RTA_PRIORITY.rawValue, integer: metric) }
        if let preferredSource { writer.attribute(RTA_PREFSRC.rawValue, address: preferredSource) }
        if nexthopID != 0 {
            writer.attribute(RTA_NH_ID.rawValue, integer: nexthopID)
        } else {
            if let gateway { writer.gateway(gateway, ofIPv4: isIPv4) }
            if let linkIndex { writer.attribute(RTA_OIF.rawValue, integer: linkIndex) }
        }
        if preference != .medium { writer.attribute(RTA_PREF.rawValue, integer: preference.rawValue) }
        if expiryTicks > 0, let lifetime {
            writer.attribute(RTA_EXPIRES.rawValue, integer: UInt32(clamping: lifetime.components.seconds))
        }
        guard !attributes.isEmpty else { return }
        let left = nexthopID != 0 ? Self.answers + Self.ofHop : Self.answers
        writer.append(attributes.removing(left))
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type requestType: some BinaryInteger, flags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, "route \(words)", type: requestType, flags: flags)
        write(into: &request.body)
        return request
    }
}

extension MessageWriter {
    /// RTA_GATEWAY, or RTA_VIA for an address of the other family: struct rtvia.
    mutating func gateway(_ address: IPAddress, ofIPv4: Bool) {
        if address.isIPv4 == ofIPv4 { return attribute(RTA_GATEWAY.rawValue, address: address) }
        // struct rtvia ends in a flexible array, which Swift does not import as a plain struct.
        attribute(RTA_VIA.rawValue, header: UInt16(address.family), then: address.bytes)
    }
}
