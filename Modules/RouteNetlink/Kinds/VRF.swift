internal import CKernel
public import Netlink

/// A routing domain: its ports' packets are routed by a table of its own (IFLA_VRF_*, linux/if_link.h).
public struct VRF: LinkKind {
    public static let kind = "vrf"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VRF_TABLE: the routing table, from 1; it cannot be changed.
    public var table: UInt32? {
        get { attributes[IFLA_VRF_TABLE] }
        set { attributes[IFLA_VRF_TABLE] = newValue }
    }
}

/// A port of a VRF (IFLA_VRF_PORT_*, linux/if_link.h).
public struct VRFPort: LinkKind {
    public static let kind = "vrf"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_VRF_PORT_TABLE: the VRF's table; it is only read.
    public var table: UInt32? { attributes[IFLA_VRF_PORT_TABLE] }
}
