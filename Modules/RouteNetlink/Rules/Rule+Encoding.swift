internal import CKernel
internal import Kernel
internal import Netlink

extension Rule {
    /// Writes the body of an RTM_NEWRULE or RTM_DELRULE.
    func write(into writer: inout MessageWriter) {
        var header = fib_rule_hdr()
        header.family = family.rawValue
        header.dst_len = UInt8(truncatingIfNeeded: destination?.length ?? 0)
        header.src_len = UInt8(truncatingIfNeeded: source?.length ?? 0)
        header.tos = typeOfService
        header.table = table < 256 ? UInt8(truncatingIfNeeded: table) : UInt8(RT_TABLE_UNSPEC.rawValue)
        header.action = action.rawValue
        header.flags = flags.intersection(.findSource).rawValue | (isInverted ? RuleFlags.inverted.rawValue : 0)
        writer.append(header: header)
        if table >= 256 { writer.attribute(FRA_TABLE, integer: table) }
        // The kernel keeps bits past the prefix, and deletes only a rule that has the same.
        if let source { writer.attribute(FRA_SRC, address: source.address) }
        if let destination { writer.attribute(FRA_DST, address: destination.address) }
        if let inputLink { writer.attribute(FRA_IIFNAME, text: inputLink) }
        if let outputLink { writer.attribute(FRA_OIFNAME, text: outputLink) }
        if let priority { writer.attribute(FRA_PRIORITY, integer: priority) }
        if let mark { writer.attribute(FRA_FWMARK, integer: mark) }
        if let markMask { writer.attribute(FRA_FWMASK, integer: markMask) }
        if let realms { writer.attribute(FRA_FLOW, integer: realms.flow) }
        if let tunnelID { writer.attribute(FRA_TUN_ID, bigEndian: tunnelID) }
        if let target { writer.attribute(FRA_GOTO, integer: target) }
        if let suppressedGroup { writer.attribute(FRA_SUPPRESS_IFGROUP, integer: suppressedGroup) }
        if let suppressedPrefixLength { writer.attribute(FRA_SUPPRESS_PREFIXLEN, integer: suppressedPrefixLength) }
        if isOfL3Master { writer.attribute(FRA_L3MDEV, integer: UInt8(1)) }
        if let userIDs {
            writer.attribute(
                FRA_UID_RANGE, header: fib_rule_uid_range(start: userIDs.lowerBound, end: userIDs.upperBound))
        }
        if self.protocol != .unspecified { writer.attribute(FRA_PROTOCOL, integer: self.protocol.rawValue) }
        if let ipProtocol { writer.attribute(FRA_IP_PROTO, integer: ipProtocol) }
        if let sourcePorts { writer.ports(FRA_SPORT_RANGE, sourcePorts) }
        if let destinationPorts { writer.ports(FRA_DPORT_RANGE, destinationPorts) }
        writer.append(attributes)
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type: some BinaryInteger, flags requestFlags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, "rule \(words)", type: type, flags: requestFlags)
        write(into: &request.body)
        return request
    }
}

extension MessageWriter {
    fileprivate mutating func ports(_ type: some BinaryInteger, _ range: ClosedRange<UInt16>) {
        attribute(type, header: fib_rule_port_range(start: range.lowerBound, end: range.upperBound))
    }
}
