/// The kinds whose options we print and take: one row a kind.
extension LinkVocabulary {
    /// By IFLA_INFO_KIND.
    package static let links: [LinkVocabulary] = [
        .bareudp, .bond, .bridge, .can, .dummy, .erspan, .geneve, .gre, .gretap, .gtp, .hsr, .ifb, .ip6erspan, .ip6gre,
        .ip6gretap, .ip6tnl, .ipip, .ipvlan, .ipvtap, .macsec, .macvlan, .macvtap, .netkit, .nlmon, .rmnet, .sit, .team,
        .tun, .vcan, .veth, .vlan, .vrf, .vti, .vti6, .vxcan, .vxlan, .wireguard, .xfrm,
    ]
    /// By IFLA_INFO_SLAVE_KIND; as words, `bond_slave` and `bridge_slave`.
    package static let ports: [LinkVocabulary] = [.bondPort, .bridgePort, .vrfPort]

    private static let linksByKind = Dictionary(links.map { ($0.kind, $0) }) { first, _ in first }
    private static let portsByKind = Dictionary(ports.map { ($0.kind, $0) }) { first, _ in first }

    package static func link(_ kind: String) -> LinkVocabulary? { linksByKind[kind] }
    package static func port(_ kind: String) -> LinkVocabulary? { portsByKind[kind] }
}
