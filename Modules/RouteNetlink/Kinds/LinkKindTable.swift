internal import Netlink

/// The kinds that have a type here: one row a kind.
enum LinkKindTable {
    /// By IFLA_INFO_KIND.
    static let links: [any LinkKind.Type] = [
        Bond.self, Bridge.self, Dummy.self, VLAN.self, VRF.self, VXLAN.self, VirtualEthernet.self,
    ]
    /// By IFLA_INFO_SLAVE_KIND.
    static let ports: [any LinkKind.Type] = [BondPort.self, BridgePort.self, VRFPort.self]

    private static let linksByName = byName(links)
    private static let portsByName = byName(ports)

    static func link(_ kind: String, _ attributes: AttributeSet) -> any LinkKind {
        linksByName[kind]?.init(attributes: attributes) ?? UnknownLinkKind(kind, attributes: attributes)
    }

    static func port(_ kind: String, _ attributes: AttributeSet) -> any LinkKind {
        portsByName[kind]?.init(attributes: attributes) ?? UnknownLinkKind(kind, attributes: attributes)
    }

    private static func byName(_ kinds: [any LinkKind.Type]) -> [String: any LinkKind.Type] {
        Dictionary(kinds.map { ($0.kind, $0) }) { first, _ in first }
    }
}
