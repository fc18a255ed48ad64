internal import CKernel
public import Kernel
public import Netlink

/// The VLANs of a bridge's port, or of the bridge as a port of its own: IFLA_AF_SPEC of an RTM_NEWLINK of AF_BRIDGE.
public struct BridgeVLANs: Hashable, Sendable {
    public let linkIndex: Int32
    /// In the kernel's order, which is that of the numbers; those alike and in sequence are one.
    public let ranges: [BridgeVLANRange]

    /// Decodes a message; nil where it tells of no VLANs.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ifinfomsg(), in: bytes)
        guard header.ifi_family == UInt8(AF_BRIDGE) else { return nil }
        var entries: [sw_bridge_vlan_info] = []
        var cursor = message.attributes(after: MemoryLayout<ifinfomsg>.size)
        while let attribute = try cursor.next(bytes) {
            guard attribute.type == Int(IFLA_AF_SPEC) else { continue }
            var inner = attribute.nested
            while let entry = try inner.next(bytes) {
                guard entry.type == SW_IFLA_BRIDGE_VLAN_INFO else { continue }
                let payload = entry.payload
                entries.append(loadPrefix(sw_bridge_vlan_info(), payload, of: bytes))
            }
        }
        if entries.isEmpty { return nil }
        linkIndex = header.ifi_index
        ranges = BridgeVLANRange.ranges(entries)
    }
}

extension NetlinkRequest {
    /// The VLANs of all bridges and their ports; the answer's messages are of type RTM_NEWLINK.
    static func bridgeVLANs() -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        var request = NetlinkRequest("list", "bridge VLANs", type: RTM_GETLINK, header: header)
        request.body.attribute(IFLA_EXT_MASK, integer: UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))
        return request
    }

    /// Gives VLANs to a link or takes them from it.
    static func bridgeVLANs(
        _ operation: String, type: some BinaryInteger, _ ranges: [BridgeVLANRange], of index: Int32,
        _ target: BridgeVLANTarget
    ) -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        header.ifi_index = index
        let words = ranges.map(\.description).joined(separator: ",")
        var request = NetlinkRequest(operation, "vlan \(words)", type: type, header: header)
        request.body.nest(IFLA_AF_SPEC) { writer in
            // Without flags the kernel takes the port's bridge.
            if target.rawValue != 0 { writer.attribute(SW_IFLA_BRIDGE_FLAGS, integer: target.rawValue) }
            for entry in ranges.flatMap(\.entries) {
                writer.attribute(SW_IFLA_BRIDGE_VLAN_INFO, header: entry)
            }
        }
        return request
    }
}

/// Whose VLANs a change is of: BRIDGE_FLAGS_* (linux/if_bridge.h); neither is ``bridge``.
public struct BridgeVLANTarget: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// BRIDGE_FLAGS_MASTER: those that the link's bridge keeps for it.
    public static let bridge = BridgeVLANTarget(rawValue: UInt16(SW_BRIDGE_FLAGS_MASTER))
    /// BRIDGE_FLAGS_SELF: those of the device: of a bridge as a port of its own, and of hardware that filters.
    public static let device = BridgeVLANTarget(rawValue: UInt16(SW_BRIDGE_FLAGS_SELF))
}

extension RouteConnection {
    /// The VLANs of the bridges and their ports, in the kernel's order; links without any are left out.
    ///
    /// None where no bridge's module is there.
    public mutating func bridgeVLANs(until deadline: Deadline) throws(NetlinkError) -> [BridgeVLANs] {
        try connection.dump(.bridgeVLANs(), until: deadline, into: []) {
            (all: inout [BridgeVLANs], message, bytes) throws(NetlinkError) in
            guard message.type == UInt16(RTM_NEWLINK), let vlans = try BridgeVLANs(message, in: bytes) else { return }
            all.append(vlans)
        }.value
    }

    /// Lets a port take part in VLANs, or changes how it does; EOPNOTSUPP where the kernel has no VLAN filtering
    /// (CONFIG_BRIDGE_VLAN_FILTERING) or the link is no port, EINVAL for a number beyond 1…4094 or a range as port identifier.
    public mutating func addBridgeVLANs(
        _ ranges: [BridgeVLANRange], to index: Int32, of target: BridgeVLANTarget = [], until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            .bridgeVLANs("add", type: RTM_SETLINK, ranges, of: index, target), link: index, until: deadline)
    }

    /// Takes a port out of VLANs; those that it is not in are passed over.
    public mutating func deleteBridgeVLANs(
        _ ranges: [BridgeVLANRange], from index: Int32, of target: BridgeVLANTarget = [], until deadline: Deadline
    ) throws(NetlinkError) {
        try change(
            .bridgeVLANs("delete", type: RTM_DELLINK, ranges, of: index, target), link: index, until: deadline)
    }
}
