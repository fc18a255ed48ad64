internal import Documents
internal import Kernel
public import Network

extension MetadataSnapshot {
    /// Takes a network that the machine's owner wrote: what it says of links that it knows by their MAC address is the snapshot's view
    /// of them too. What was left out of it is among ``warnings``.
    public mutating func adopt(_ document: NetworkDocument) {
        writtenNetwork = document.network
        warnings += document.warnings.map(\.description)
        interfaces = document.network.interfaces.compactMap(Self.view)
        nameServers = document.network.nameServers
        searchDomains = document.network.searchDomains
        for interface in document.network.interfaces {
            for address in interface.addresses { list(address.address) }
        }
    }

    private static func view(_ link: DesiredNetwork.Interface) -> Interface? {
        guard link.kind == .physical, let mac = link.mac else { return nil }
        var interface = Interface(mac: mac)
        interface.name = link.name
        interface.addresses = link.addresses
        interface.prefixes = link.prefixes
        interface.mtu = link.mtu
        interface.usesDHCP4 = link.dhcp4
        interface.usesDHCP6 = link.dhcp6
        interface.nameServers = link.nameServers
        for route in link.routes {
            let isPlain = route.destination.isDefault && route.type == .unicast && (route.table ?? 254) == 254
            switch route.gateway {
            case .v4(let gateway)? where isPlain && interface.gateway4 == nil: interface.gateway4 = gateway
            case .v6(let gateway)? where isPlain && interface.gateway6 == nil: interface.gateway6 = gateway
            default: interface.routes.append(route)
            }
        }
        return interface
    }
}
