internal import CKernel
public import Netlink

/// IP or MPLS in UDP without a header between (IFLA_BAREUDP_*, linux/if_link.h; Linux 5.7).
public struct BareUDP: LinkKind {
    public static let kind = "bareudp"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_BAREUDP_PORT: the destination; in network order on the wire.
    public var port: UInt16? {
        get { attributes[bigEndian: IFLA_BAREUDP_PORT] }
        set { attributes[bigEndian: IFLA_BAREUDP_PORT] = newValue }
    }

    /// IFLA_BAREUDP_ETHERTYPE: what is inside, 0x0800, 0x86dd or 0x8847; in network order on the wire.
    public var etherType: UInt16? {
        get { attributes[bigEndian: IFLA_BAREUDP_ETHERTYPE] }
        set { attributes[bigEndian: IFLA_BAREUDP_ETHERTYPE] = newValue }
    }

    /// IFLA_BAREUDP_SRCPORT_MIN: the lowest source port; in the machine's order.
    public var minimumSourcePort: UInt16? {
        get { attributes[IFLA_BAREUDP_SRCPORT_MIN] }
        set { attributes[IFLA_BAREUDP_SRCPORT_MIN] = newValue }
    }

    /// IFLA_BAREUDP_MULTIPROTO_MODE, an empty attribute: IPv6 beside IPv4, or multicast MPLS beside unicast.
    public var isMultiProtocol: Bool {
        get { attributes[presence: IFLA_BAREUDP_MULTIPROTO_MODE] }
        set { attributes[presence: IFLA_BAREUDP_MULTIPROTO_MODE] = newValue }
    }
}
