internal import Documents
internal import Kernel
internal import Network
internal import Platform

/// `network_data.json`: links, networks on them, services. Nova's schema is doc/api_schemas/network_data.json.
struct OpenStackNetwork: Sendable {
    private var network = DesiredNetwork()
    private var interfaces: [MetadataSnapshot.Interface] = []
    private let links: [OpenStackLink]

    init(_ document: MetadataDocument) throws(MetadataFault) {
        var links: [OpenStackLink] = []
        for element in try document.elements("links") {
            let link = try OpenStackLink(element)
            guard !links.contains(where: { $0.id == link.id }) else {
                throw element.nonsense("id", "two links have the id \(link.id)")
            }
            links.append(link)
        }
        self.links = links
        var bonds = 0
        for link in links { network.interfaces.append(try interface(link, &bonds)) }
        for element in try document.elements("networks") { try add(element) }
        setMetrics()
        for service in try document.elements("services") { try Self.add(service, to: &network.nameServers) }
        for index in links.indices { describe(index) }
    }

    private static func add(_ service: MetadataDocument, to servers: inout [IPAddress]) throws(MetadataFault) {
        guard try service.line("type") == "dns" else { return }
        let address = try service.require("address", service.address)
        if !servers.contains(address) { servers.append(address) }
    }

    // MARK: - Links

    private func link(_ id: String, for user: OpenStackLink) throws(MetadataFault) -> OpenStackLink {
        guard let link = links.first(where: { $0.id == id }), id != user.id else {
            throw .nonsense("links: \(user.id) is on \(id), which is none of them")
        }
        return link
    }

    private func interface(_ link: OpenStackLink, _ bonds: inout Int) throws(MetadataFault) -> DesiredNetwork.Interface {
        var interface = DesiredNetwork.Interface(mac: link.mac)
        interface.name = link.name
        interface.mtu = link.mtu
        if link.type == "bond" {
            var members: [String] = []
            for id in link.members { members.append(try self.link(id, for: link).mac.description) }
            interface.kind = .bond(members: members, options: link.options)
            interface.name = link.name ?? "bond\(bonds)"
            bonds += 1
        } else if let vlan = link.vlan {
            let parent = try self.link(vlan.parent, for: link)
            // A bond has its member's address, so that its name alone tells it.
            let name = parent.type == "bond" ? bondName(parent) : parent.mac.description
            interface.kind = .vlan(id: vlan.id, link: name)
            if interface.name == nil, parent.type == "bond" { interface.name = "\(name).\(vlan.id)" }
        }
        return interface
    }

    private func bondName(_ bond: OpenStackLink) -> String {
        let place = links.filter { $0.type == "bond" }.firstIndex { $0.id == bond.id }
        return bond.name ?? "bond\(place ?? 0)"
    }

    // MARK: - Networks

    private mutating func add(_ element: MetadataDocument) throws(MetadataFault) {
        let id = try element.require("link", element.line)
        guard let index = links.firstIndex(where: { $0.id == id }) else {
            throw element.nonsense("link", "\(id) is none of the links")
        }
        let type = try element.require("type", element.line)
        var interface = network.interfaces[index]
        let address = try Self.address(element)
        switch type {
        case "ipv4", "ipv6":
            guard let address else { throw .missing(element.place("ip_address")) }
            guard address.address.isIPv4 == (type == "ipv4") else {
                throw element.nonsense("ip_address", "\(address) is of another family")
            }
            if !interface.addresses.contains(address) { interface.addresses.append(address) }
            // What stands here is all; a link with a dynamic network beside it listens all the same.
            if type == "ipv6", interface.acceptsRouterAdvertisements == nil { interface.acceptsRouterAdvertisements = false }
        case "ipv4_dhcp": interface.dhcp4 = true
        case "ipv6_dhcp", "ipv6_dhcpv6-stateful":
            interface.dhcp6 = true
            interface.acceptsRouterAdvertisements = true
        case "ipv6_slaac", "ipv6_dhcpv6-stateless": interface.acceptsRouterAdvertisements = true
        default: throw element.nonsense("type", "\(type) is no type of network")
        }
        if let address { known[index, default: []].append(address) }
        for route in try Self.routes(element) where !interface.routes.contains(route) { interface.routes.append(route) }
        for service in try element.elements("services") { try Self.add(service, to: &interface.nameServers) }
        for server in try element.addresses("dns_nameservers") where !interface.nameServers.contains(server) {
            interface.nameServers.append(server)
        }
        network.interfaces[index] = interface
    }

    /// What each link has, by whatever way it gets it.
    private var known: [Int: [IPPrefix]] = [:]

    /// `ip_address` with `netmask`, or with its length behind a slash.
    private static func address(_ element: MetadataDocument) throws(MetadataFault) -> IPPrefix? {
        guard let text = try element.line("ip_address") else { return nil }
        if let prefix = IPPrefix(text) { return prefix }
        guard let address = IPAddress(text) else { throw element.nonsense("ip_address", "\(text) is no address") }
        return IPPrefix(address, length: try length(element, of: address))
    }

    private static func length(_ element: MetadataDocument, of address: IPAddress) throws(MetadataFault) -> Int {
        let text = try element.require("netmask", element.line)
        let mask = IPAddress(text).flatMap { $0.isIPv4 == address.isIPv4 ? $0.prefixLengthOfMask : nil }
        guard let length = mask ?? Int(text), (0...address.bitCount).contains(length) else {
            throw element.nonsense("netmask", "\(text) is no mask for \(address)")
        }
        return length
    }

    private static func routes(_ element: MetadataDocument) throws(MetadataFault) -> [DesiredNetwork.Route] {
        var routes: [DesiredNetwork.Route] = []
        for route in try element.elements("routes") {
            let address = try route.require("network", route.address)
            let gateway = try route.require("gateway", route.address)
            guard address.isIPv4 == gateway.isIPv4 else {
                throw route.nonsense("gateway", "\(gateway) is of another family")
            }
            guard let destination = IPPrefix(address, length: try length(route, of: address)) else { continue }
            routes.append(DesiredNetwork.Route(destination.network, via: gateway))
        }
        // Not in Nova's schema, but in what older tools write.
        if let gateway = try element.address("gateway") {
            let route = DesiredNetwork.Route(gateway.isIPv4 ? .defaultIPv4 : .defaultIPv6, via: gateway)
            if !routes.contains(where: { $0.destination == route.destination }) { routes.append(route) }
        }
        return routes
    }

    /// The first link's default route is the best: two of one metric would exclude each other.
    private mutating func setMetrics() {
        var rank = 0
        for index in network.interfaces.indices {
            var interface = network.interfaces[index]
            let hasNetwork = interface.dhcp4 || interface.dhcp6 || known[index] != nil || !interface.routes.isEmpty
            guard hasNetwork || interface.acceptsRouterAdvertisements != nil else { continue }
            rank += 1
            interface.metric = 100 * rank
            for route in interface.routes.indices {
                if interface.routes[route].destination.isDefault { interface.routes[route].metric = 100 * rank }
                guard let gateway = interface.routes[route].gateway else { continue }
                let isDirect = interface.addresses.contains {
                    $0.length < $0.address.bitCount && $0.contains(gateway)
                }
                var isLinkLocal = false
                if case .v6(let address) = gateway { isLinkLocal = address.isLinkLocal }
                // On a link that gets its addresses elsewhere nothing is known of what it reaches.
                let isKnown = gateway.isIPv4 ? !interface.dhcp4 : interface.acceptsRouterAdvertisements != true
                interface.routes[route].isOnLink = isKnown && !isDirect && !isLinkLocal
            }
            network.interfaces[index] = interface
        }
    }

    // MARK: - The snapshot

    /// A bond and its member have one address and are one interface here.
    private mutating func describe(_ index: Int) {
        let written = network.interfaces[index]
        let mac = links[index].mac
        let place: Int
        if let known = interfaces.firstIndex(where: { $0.mac == mac }) {
            place = known
        } else {
            place = interfaces.count
            interfaces.append(MetadataSnapshot.Interface(mac: mac))
        }
        interfaces[place].mtu = written.mtu ?? interfaces[place].mtu
        interfaces[place].usesDHCP4 = written.dhcp4 || interfaces[place].usesDHCP4
        interfaces[place].usesDHCP6 = written.dhcp6 || interfaces[place].usesDHCP6
        for address in known[index] ?? [] where !interfaces[place].addresses.contains(address) {
            interfaces[place].addresses.append(address)
        }
        for route in written.routes {
            switch route.gateway {
            case .v4(let gateway)? where route.destination.isDefault && interfaces[place].gateway4 == nil:
                interfaces[place].gateway4 = gateway
            case .v6(let gateway)? where route.destination.isDefault && interfaces[place].gateway6 == nil:
                interfaces[place].gateway6 = gateway
            default: interfaces[place].routes.append(route)
            }
        }
        for server in written.nameServers where !interfaces[place].nameServers.contains(server) {
            interfaces[place].nameServers.append(server)
        }
    }

    func add(to snapshot: inout MetadataSnapshot) {
        snapshot.interfaces = interfaces
        for address in interfaces.flatMap(\.addresses) { snapshot.list(address.address) }
        snapshot.nameServers = network.nameServers
        for server in interfaces.flatMap(\.nameServers) where !snapshot.nameServers.contains(server) {
            snapshot.nameServers.append(server)
        }
        // Without links it asks for nothing, and what else is known decides.
        if !network.interfaces.isEmpty { snapshot.writtenNetwork = network }
    }
}
