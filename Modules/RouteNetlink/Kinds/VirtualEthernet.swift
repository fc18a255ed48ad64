internal import CKernel
public import Netlink

/// A pair of links: what is sent on one comes in on the other (VETH_INFO_*, linux/veth.h).
///
/// The kernel tells nothing of it but the kind; ``Link/lowerLink`` is the other end.
public struct VirtualEthernet: LinkKind {
    public static let kind = "veth"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// A pair whose other end is to be as `peer` says: its name, address, namespace, queues.
    public init(peer: LinkSettings) {
        self.init()
        set(peer: peer)
    }

    /// VETH_INFO_PEER: a whole struct ifinfomsg with the attributes of the other end.
    public mutating func set(peer: LinkSettings) {
        var writer = MessageWriter()
        peer.write(into: &writer)
        attributes.remove(VETH_INFO_PEER)
        let bytes = writer.bytes
        attributes.append { $0.attribute(UInt32(VETH_INFO_PEER) | UInt32(NLA_F_NESTED), bytes: bytes) }
    }
}
