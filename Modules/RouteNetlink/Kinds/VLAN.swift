internal import CKernel
public import Netlink

/// A VLAN on another link (IFLA_VLAN_*, linux/if_link.h): IEEE 802.1Q or 802.1ad.
public struct VLAN: LinkKind {
    public static let kind = "vlan"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VLAN_ID: 0…4094.
    public var id: UInt16? {
        get { attributes[IFLA_VLAN_ID] }
        set { attributes[IFLA_VLAN_ID] = newValue }
    }

    /// IFLA_VLAN_PROTOCOL: the tag's EtherType, 0x8100 or 0x88a8.
    public var tagProtocol: UInt16? {
        get { attributes[bigEndian: IFLA_VLAN_PROTOCOL] }
        set { attributes[bigEndian: IFLA_VLAN_PROTOCOL] = newValue }
    }
}
