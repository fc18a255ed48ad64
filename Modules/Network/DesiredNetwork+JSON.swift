public import Documents
internal import Kernel

extension DesiredNetwork {
    /// The document: every key, null or empty where nothing is said. `Documentation/Network.md` is its schema.
    public var document: JSONValue {
        [
            "interfaces": .array(interfaces.map(\.document)), "hostname": JSONValue(hostName),
            "dns": JSONValue(nameServers.map(\.description)), "search": JSONValue(searchDomains),
            "ntp": JSONValue(timeServers),
        ]
    }
}

extension DesiredNetwork.Interface {
    var document: JSONValue {
        var members: [String: JSONValue] = [
            "mac": JSONValue(mac?.description), "name": JSONValue(name), "mtu": JSONValue(mtu), "dhcp4": .bool(dhcp4),
            "dhcp6": .bool(dhcp6), "accept_ra": JSONValue(acceptsRouterAdvertisements), "metric": JSONValue(metric),
            "addresses": JSONValue(addresses.map(\.description)), "prefixes": JSONValue(prefixes.map(\.description)),
            "routes": .array(routes.map(\.document)), "rules": .array(rules.map(\.document)),
            "dns": JSONValue(nameServers.map(\.description)), "search": JSONValue(searchDomains),
            "optional": .bool(isOptional),
        ]
        switch kind {
        case .physical: members["kind"] = "physical"
        case .bond(let links, let options):
            members["kind"] = "bond"
            members["members"] = JSONValue(links)
            members["options"] = .object(options.mapValues { .string($0) })
        case .vlan(let id, let link):
            members["kind"] = "vlan"
            members["id"] = JSONValue(id)
            members["link"] = .string(link)
        case .bridge(let links):
            members["kind"] = "bridge"
            members["members"] = JSONValue(links)
        }
        return .object(members)
    }
}

extension DesiredNetwork.Route {
    /// As `ip -j route` names it: `default`, a network, or a host without its length.
    public var document: JSONValue {
        [
            "type": .string(type.rawValue), "dst": .string(words(of: destination)),
            "gateway": JSONValue(gateway?.description), "table": JSONValue(table), "metric": JSONValue(metric),
            "prefsrc": JSONValue(preferredSource?.description), "onlink": .bool(isOnLink), "mtu": JSONValue(mtu),
        ]
    }

    /// `default` alone does not tell the family, so a default route without a gateway keeps its `0.0.0.0/0` or `::/0`.
    private func words(of destination: IPPrefix) -> String {
        destination.isDefault && gateway.map({ $0.isIPv4 == destination.address.isIPv4 }) == true
            ? "default" : destination.description
    }
}

extension DesiredNetwork.Rule {
    var document: JSONValue {
        [
            "src": JSONValue(source?.description), "dst": JSONValue(destination?.description),
            "table": JSONValue(table), "priority": JSONValue(priority),
        ]
    }
}
