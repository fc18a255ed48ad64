internal import Netlink

/// The kinds that have a type here: one row a kind.
enum LinkKindTable {
    /// By IFLA_INFO_KIND.
    static let links: [any LinkKind.Type] = [
        BareUDP.self, Bond.self, Bridge.self, CAN.self, Dummy.self, ERSPAN.self, GRE.self, GRETap.self, GTP.self,
        Geneve.self, HSR.self, IPIP.self, IPv6ERSPAN.self, IPv6GRE.self, IPv6GRETap.self, IPv6Tunnel.self, IPvlan.self,
        IPvtap.self, IntermediateFunctionalBlock.self, MACsec.self, Macvlan.self, Macvtap.self, Netkit.self,
        NetlinkMonitorLink.self, RMNet.self, SIT.self, TUN.self, Team.self, VLAN.self, VRF.self, VTI.self, VTI6.self,
        VXLAN.self, VirtualCAN.self, VirtualEthernet.self, WireGuardLink.self, XFRMInterface.self,
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
