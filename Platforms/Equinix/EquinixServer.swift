internal import Documents
internal import Kernel
internal import Network
internal import Platform

/// `/metadata`: "Metadata" in Equinix Metal's documents.
struct EquinixServer: Sendable {
    var snapshot = MetadataSnapshot(platform: .equinix)

    private struct Link: Sendable {
        let mac: MACAddress
        let bond: String?
    }
    private struct Address: Sendable {
        let prefix: IPPrefix
        let gateway: IPAddress?
        let isPublic: Bool
        /// One of the server's own; else a block that was given to it, to use as it likes.
        let isManagement: Bool
    }

    init(_ document: MetadataDocument) throws(MetadataFault) {
        snapshot.instanceID = try document.require("id", document.line)
        snapshot.instanceType = try document.require("plan", document.line)
        snapshot.hostName = try document.require("hostname", document.line)
        let facility = try document.line("facility")
        snapshot.region = try document.line("metro") ?? facility
        snapshot.zone = facility
        for tag in try document.lines("tags") { snapshot.tags[tag] = "" }
        for element in try document.elements("ssh_keys") {
            guard let text = element.value.string else { throw .nonsense("\(element.path): this is no text") }
            snapshot.sshKeys += MetadataDocument.lines(of: text)
        }
        // The resolvers of every server that Equinix Metal installs.
        snapshot.nameServers = [IPAddress("147.75.207.207"), IPAddress("147.75.207.208")].compactMap { $0 }
        if let end = try document.member("spot")?.line("termination_time") {
            snapshot.spot = ["life_cycle": "spot", "termination_time": .string(end)]
        }
        snapshot.raw["metadata"] = Self.raw(document.value)
        let network = try document.require("network", document.member)
        let links = try Self.links(network)
        try addNetwork(
            links, Self.addresses(network), bonding: network.member("bonding"), privateNetworks: document.prefixes("private_subnets"))
    }

    private static func links(_ network: MetadataDocument) throws(MetadataFault) -> [Link] {
        var links: [Link] = []
        for link in try network.require("interfaces", network.member).elements() {
            let mac = try link.require("mac", link.mac)
            guard !links.contains(where: { $0.mac == mac }) else {
                throw link.nonsense("mac", "two interfaces have \(mac)")
            }
            let bond = try link.line("bond")
            if let bond, bond.utf8.count > 15 || !bond.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) {
                throw link.nonsense("bond", "\(bond) is no link's name")
            }
            links.append(Link(mac: mac, bond: bond))
        }
        guard !links.isEmpty else { throw .missing(network.place("interfaces")) }
        return links
    }

    private static func addresses(_ network: MetadataDocument) throws(MetadataFault) -> [Address] {
        var addresses: [Address] = []
        for entry in try network.require("addresses", network.member).elements() {
            if try entry.flag("enabled") == false { continue }
            let address = try entry.require("address", entry.address)
            let bits = try entry.number("cidr", in: 0...address.bitCount)
            let mask = try entry.maskLength("netmask")
            guard let length = bits ?? mask else { throw .missing(entry.place("cidr")) }
            guard let prefix = IPPrefix(address, length: length) else {
                throw entry.nonsense("netmask", "this is no mask for \(address)")
            }
            let gateway = try entry.address("gateway")
            if let gateway, gateway.isIPv4 != address.isIPv4 {
                throw entry.nonsense("gateway", "\(gateway) is of another family")
            }
            addresses.append(
                Address(
                    prefix: prefix, gateway: gateway, isPublic: try entry.require("public", entry.flag),
                    isManagement: try entry.flag("management") ?? true))
        }
        guard addresses.contains(where: \.isManagement) else { throw .missing(network.place("addresses")) }
        return addresses
    }

    private mutating func addNetwork(
        _ links: [Link], _ addresses: [Address], bonding: MetadataDocument?, privateNetworks: [IPPrefix]
    ) throws(MetadataFault) {
        // All addresses are the first bond's, else the first link's.
        let bonds = links.compactMap(\.bond).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var network = DesiredNetwork()
        network.interfaces = links.map { DesiredNetwork.Interface(mac: $0.mac) }
        for name in bonds {
            let members = links.filter { $0.bond == name }.map(\.mac)
            var bond = DesiredNetwork.Interface(mac: members.first)
            bond.name = name
            bond.kind = .bond(members: members.map(\.description), options: try Self.options(bonding))
            network.interfaces.append(bond)
        }
        let place = bonds.isEmpty ? 0 : links.count
        let carrier = network.interfaces[place].mac
        for (index, link) in links.enumerated() {
            var interface = MetadataSnapshot.Interface(mac: link.mac)
            interface.deviceIndex = index
            snapshot.interfaces.append(interface)
        }
        let first = snapshot.interfaces.firstIndex { $0.mac == carrier } ?? 0
        network.interfaces[place].acceptsRouterAdvertisements = false
        for address in addresses {
            let text = address.prefix.address.description
            if address.isPublic {
                if !snapshot.publicAddresses.contains(text) { snapshot.publicAddresses.append(text) }
            } else if !snapshot.privateAddresses.contains(text) {
                snapshot.privateAddresses.append(text)
            }
            guard address.isManagement else {
                snapshot.interfaces[first].prefixes.append(address.prefix.network)
                network.interfaces[place].prefixes.append(address.prefix.network)
                continue
            }
            snapshot.interfaces[first].addresses.append(address.prefix)
            network.interfaces[place].addresses.append(address.prefix)
            guard let gateway = address.gateway else { continue }
            switch gateway {
            case .v4(let router) where address.isPublic: snapshot.interfaces[first].gateway4 = router
            case .v6(let router) where address.isPublic: snapshot.interfaces[first].gateway6 = router
            default: break
            }
            let destinations =
                address.isPublic
                ? [gateway.isIPv4 ? IPPrefix.defaultIPv4 : .defaultIPv6]
                : privateNetworks.filter { $0.address.isIPv4 == gateway.isIPv4 }
            for destination in destinations {
                let route = DesiredNetwork.Route(destination.network, via: gateway)
                guard !network.interfaces[place].routes.contains(route) else { continue }
                network.interfaces[place].routes.append(route)
                if !address.isPublic { snapshot.interfaces[first].routes.append(route) }
            }
        }
        snapshot.writtenNetwork = network
    }

    /// The number is the kernel's (`linux/if_bonding.h`); the rest is how Equinix Metal's own installations set their bonds.
    private static func options(_ bonding: MetadataDocument?) throws(MetadataFault) -> [String: String] {
        let modes = [
            "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb",
        ]
        let mode = modes[try bonding?.number("mode", in: 0...6) ?? 4]
        var options = ["mode": mode, "miimon": "100", "updelay": "200", "downdelay": "200"]
        if mode == "802.3ad" { options["lacp_rate"] = "fast" }
        if ["802.3ad", "balance-xor", "balance-tlb"].contains(mode) { options["xmit_hash_policy"] = "layer3+4" }
        return options
    }

    /// Without what lets another act as the server: BGP's passwords, the volumes' access.
    private static func raw(_ document: JSONValue) -> JSONValue {
        guard case .object(var members) = document else { return document }
        members["volumes"] = nil
        if case .array(let neighbors)? = members["bgp_neighbors"] {
            members["bgp_neighbors"] = .array(
                neighbors.map { neighbor in
                    guard case .object(var keys) = neighbor else { return neighbor }
                    keys["md5_password"] = nil
                    return .object(keys)
                })
        }
        return .object(members)
    }
}
