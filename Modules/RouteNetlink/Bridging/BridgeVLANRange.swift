internal import CKernel

/// VLANs that follow each other and that a bridge's port treats alike: struct bridge_vlan_info, or two of them (linux/if_bridge.h).
public struct BridgeVLANRange: Hashable, Sendable, CustomStringConvertible {
    /// 1…4094.
    public var identifiers: ClosedRange<UInt16>
    /// BRIDGE_VLAN_INFO_PVID: untagged frames that come in belong to it; of one VLAN alone.
    public var isPortIdentifier: Bool
    /// BRIDGE_VLAN_INFO_UNTAGGED: its frames go out without a tag.
    public var isUntagged: Bool

    public init(_ identifiers: ClosedRange<UInt16>, isPortIdentifier: Bool = false, isUntagged: Bool = false) {
        self.identifiers = identifiers
        self.isPortIdentifier = isPortIdentifier
        self.isUntagged = isUntagged
    }

    public init(_ identifier: UInt16, isPortIdentifier: Bool = false, isUntagged: Bool = false) {
        self.init(identifier...identifier, isPortIdentifier: isPortIdentifier, isUntagged: isUntagged)
    }

    /// `7`, `10-20`.
    public var description: String {
        identifiers.count == 1 ? "\(identifiers.lowerBound)" : "\(identifiers.lowerBound)-\(identifiers.upperBound)"
    }

    /// The entries of IFLA_BRIDGE_VLAN_INFO: one, or the first and the last.
    var entries: [sw_bridge_vlan_info] {
        var flags = 0
        if isPortIdentifier { flags |= SW_BRIDGE_VLAN_INFO_PVID }
        if isUntagged { flags |= SW_BRIDGE_VLAN_INFO_UNTAGGED }
        func entry(_ identifier: UInt16, _ further: Int) -> sw_bridge_vlan_info {
            sw_bridge_vlan_info(flags: UInt16(truncatingIfNeeded: flags | further), vid: identifier)
        }
        if identifiers.count == 1 { return [entry(identifiers.lowerBound, 0)] }
        return [
            entry(identifiers.lowerBound, SW_BRIDGE_VLAN_INFO_RANGE_BEGIN),
            entry(identifiers.upperBound, SW_BRIDGE_VLAN_INFO_RANGE_END),
        ]
    }

    /// Joins the entries of one link. A range's end without a beginning, or below it, stands for itself: nothing of a kernel's is lost.
    static func ranges(_ entries: [sw_bridge_vlan_info]) -> [BridgeVLANRange] {
        var result: [BridgeVLANRange] = []
        var begin: UInt16?
        for entry in entries {
            let flags = Int(entry.flags)
            var first = entry.vid
            if flags & SW_BRIDGE_VLAN_INFO_RANGE_BEGIN != 0 {
                if let begin { result.append(range(begin...begin, flags)) }
                begin = entry.vid
                continue
            }
            if let start = begin {
                if flags & SW_BRIDGE_VLAN_INFO_RANGE_END != 0, start <= entry.vid {
                    first = start
                } else {
                    result.append(range(start...start, flags))
                }
                begin = nil
            }
            result.append(range(first...entry.vid, flags))
        }
        if let begin { result.append(range(begin...begin, 0)) }
        return result
    }

    private static func range(_ identifiers: ClosedRange<UInt16>, _ flags: Int) -> BridgeVLANRange {
        BridgeVLANRange(
            identifiers, isPortIdentifier: flags & SW_BRIDGE_VLAN_INFO_PVID != 0,
            isUntagged: flags & SW_BRIDGE_VLAN_INFO_UNTAGGED != 0)
    }
}
