internal import CKernel
public import Netlink

/// A VLAN on another link (IFLA_VLAN_*, linux/if_link.h): IEEE 802.1Q or 802.1ad.
public struct VLAN: LinkKind {
    public static let kind = "vlan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VLAN_ID: 0…4094; it cannot be changed.
    public var id: UInt16? {
        get { attributes[IFLA_VLAN_ID] }
        set { attributes[IFLA_VLAN_ID] = newValue }
    }

    /// IFLA_VLAN_PROTOCOL: the tag's EtherType, 0x8100 or 0x88a8; it cannot be changed.
    public var tagProtocol: UInt16? {
        get { attributes[bigEndian: IFLA_VLAN_PROTOCOL] }
        set { attributes[bigEndian: IFLA_VLAN_PROTOCOL] = newValue }
    }

    /// IFLA_VLAN_FLAGS: those that are on; nil where they are not said.
    public var flags: VLANFlags? { state.map { VLANFlags(rawValue: $0.flags) } }

    /// Sets flags, or clears them; the others stay.
    public mutating func set(_ flags: VLANFlags, _ isOn: Bool) {
        var state = state ?? ifla_vlan_flags()
        state.mask |= flags.rawValue
        if isOn { state.flags |= flags.rawValue } else { state.flags &= ~flags.rawValue }
        attributes.set(IFLA_VLAN_FLAGS, header: state)
    }

    private var state: ifla_vlan_flags? { attributes.header(IFLA_VLAN_FLAGS, ifla_vlan_flags()) }

    /// IFLA_VLAN_INGRESS_QOS: from the tag's priority, 0…7, to the packet's. A change adds to what is there.
    public var ingressPriorities: [VLANPriority]? {
        get { priorities(IFLA_VLAN_INGRESS_QOS) }
        set { set(IFLA_VLAN_INGRESS_QOS, newValue) }
    }

    /// IFLA_VLAN_EGRESS_QOS: from the packet's priority to the tag's, 0…7. A change adds to what is there.
    public var egressPriorities: [VLANPriority]? {
        get { priorities(IFLA_VLAN_EGRESS_QOS) }
        set { set(IFLA_VLAN_EGRESS_QOS, newValue) }
    }

    private func priorities(_ type: some BinaryInteger) -> [VLANPriority]? {
        attributes.with(type) { list, bytes in
            var result: [VLANPriority] = []
            var cursor = list.nested
            while let entry = (try? cursor.next(bytes)) ?? nil {
                guard entry.type == Int(IFLA_VLAN_QOS_MAPPING) else { continue }
                let mapping = loadPrefix(ifla_vlan_qos_mapping(), entry.payload, of: bytes)
                result.append(VLANPriority(from: mapping.from, to: mapping.to))
            }
            return result
        }
    }

    private mutating func set(_ type: some BinaryInteger, _ priorities: [VLANPriority]?) {
        attributes.remove(type)
        guard let priorities else { return }
        attributes.append { writer in
            writer.nest(type) { writer in
                for entry in priorities {
                    writer.attribute(
                        IFLA_VLAN_QOS_MAPPING, header: ifla_vlan_qos_mapping(from: entry.from, to: entry.to))
                }
            }
        }
    }
}

/// A row of a VLAN's priority map (struct ifla_vlan_qos_mapping).
public struct VLANPriority: Hashable, Sendable {
    public let from: UInt32
    public let to: UInt32
    public init(from: UInt32, to: UInt32) {
        self.from = from
        self.to = to
    }
}

/// VLAN_FLAG_* (linux/if_vlan.h).
public struct VLANFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// VLAN_FLAG_REORDER_HDR: the tag is taken off before others see the packet; on by default.
    public static let reordersHeader = VLANFlags(rawValue: UInt32(VLAN_FLAG_REORDER_HDR.rawValue))
    /// VLAN_FLAG_GVRP.
    public static let gvrp = VLANFlags(rawValue: UInt32(VLAN_FLAG_GVRP.rawValue))
    /// VLAN_FLAG_LOOSE_BINDING: its state does not follow the link below.
    public static let looseBinding = VLANFlags(rawValue: UInt32(VLAN_FLAG_LOOSE_BINDING.rawValue))
    /// VLAN_FLAG_MVRP.
    public static let mvrp = VLANFlags(rawValue: UInt32(VLAN_FLAG_MVRP.rawValue))
    /// VLAN_FLAG_BRIDGE_BINDING: its state follows the bridge's ports in that VLAN.
    public static let bridgeBinding = VLANFlags(rawValue: UInt32(VLAN_FLAG_BRIDGE_BINDING.rawValue))
}
