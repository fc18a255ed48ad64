internal import Kernel
public import Network

extension MetadataSnapshot {
    /// The tables of the further interfaces' own routes begin after this, by their place: the second interface's is 10001.
    static let firstTable = 10_000

    /// The network that this metadata asks for: what the platform wrote, else what follows from the interfaces.
    ///
    /// Each interface has its addresses; but what DHCP leases it configures too, with its routes: the first address of the family. The first has the default routes in the main table. A further one with a router has a table
    /// of its own, which what leaves from its addresses or prefixes goes by, for a cloud drops a packet that leaves by another
    /// interface than its source address's; and a default route in the main table with a worse metric.
    public var network: DesiredNetwork {
        var network = writtenNetwork ?? derivedNetwork
        network.hostName = network.hostName ?? hostName
        if network.nameServers.isEmpty { network.nameServers = nameServers }
        if network.searchDomains.isEmpty { network.searchDomains = searchDomains }
        if network.timeServers.isEmpty { network.timeServers = timeServers }
        return network
    }

    private var derivedNetwork: DesiredNetwork {
        var network = DesiredNetwork()
        network.interfaces = interfaces.enumerated().map { place, link in Self.derive(link, place: place) }
        return network
    }

    private static func derive(_ link: Interface, place: Int) -> DesiredNetwork.Interface {
        var interface = DesiredNetwork.Interface(mac: link.mac)
        interface.name = link.name
        interface.mtu = link.mtu
        interface.dhcp4 = link.usesDHCP4
        interface.dhcp6 = link.usesDHCP6
        let leased = [
            link.usesDHCP4 ? link.addresses.first { $0.address.isIPv4 } : nil,
            link.usesDHCP6 ? link.addresses.first { !$0.address.isIPv4 } : nil,
        ]
        interface.addresses = zip(link.addresses, link.configuredAddresses).filter { !leased.contains($0.0) }.map(\.1)
        interface.prefixes = link.prefixes
        interface.nameServers = link.nameServers
        let hasIPv6 = link.usesDHCP6 || link.addresses.contains { !$0.address.isIPv4 }
        // A router that metadata does not name tells itself.
        interface.acceptsRouterAdvertisements = link.usesRouterAdvertisements ?? (hasIPv6 && link.gateway6 == nil)
        let metric = 100 * (place + 1)
        interface.metric = metric
        let gateways =
            [link.gateway4.map { IPAddress.v4($0) }, link.gateway6.map { IPAddress.v6($0) }].compactMap { $0 }
        for gateway in gateways where !(gateway.isIPv4 && link.usesDHCP4) {
            var route = DesiredNetwork.Route(gateway.isIPv4 ? .defaultIPv4 : .defaultIPv6, via: gateway)
            route.metric = metric
            route.isOnLink = !link.reaches(gateway)
            interface.routes.append(route)
        }
        if link.isRouted, let gateway = link.gateway4 {
            // As the platform's DHCP has it (RFC 3442): also past a better default route the subnet is reached by this link.
            for network in link.subnets where network.address.isIPv4 {
                var route = DesiredNetwork.Route(network, via: .v4(gateway))
                route.metric = metric
                route.isOnLink = true
                interface.routes.append(route)
            }
        }
        interface.routes += link.routes
        guard place > 0 else { return interface }
        let table = firstTable + place
        for gateway in gateways {
            // The subnet first: the router is reached by it, and neighbours without the router.
            for network in link.subnets
            where network.address.isIPv4 == gateway.isIPv4 && !(link.isRouted && gateway.isIPv4) {
                var route = DesiredNetwork.Route(network)
                route.table = table
                interface.routes.append(route)
            }
            var route = DesiredNetwork.Route(gateway.isIPv4 ? .defaultIPv4 : .defaultIPv6, via: gateway)
            route.table = table
            route.isOnLink = !link.reaches(gateway)
            interface.routes.append(route)
        }
        for source in link.addresses.map({ IPPrefix(host: $0.address) }) + link.prefixes.map(\.network)
        where gateways.contains(where: { $0.isIPv4 == source.address.isIPv4 }) {
            interface.rules.append(DesiredNetwork.Rule(from: source, table: table, priority: table))
        }
        return interface
    }
}

extension MetadataSnapshot.Interface {
    /// Whether one of its networks has the address; IPv6's link-local ones are on every link.
    func reaches(_ gateway: IPAddress) -> Bool {
        if case .v6(let address) = gateway, address.high >> 54 == 0x3fa { return true }
        return configuredAddresses.contains { $0.length < $0.address.bitCount && $0.contains(gateway) }
    }

    /// With the length that the kernel is to make its connected route of.
    var configuredAddresses: [IPPrefix] {
        addresses.map { isRouted && $0.address.isIPv4 ? IPPrefix(host: $0.address) : $0 }
    }

    /// Each network once, in order; a host is none.
    var subnets: [IPPrefix] {
        Set(addresses.map(\.network)).filter { $0.length < $0.address.bitCount }
            .sorted { $0.description < $1.description }
    }
}
