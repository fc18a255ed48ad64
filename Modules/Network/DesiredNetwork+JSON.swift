public import Documents
internal import Kernel

extension DesiredNetwork {
    /// The document. `Documentation/Network.md` is its schema: which keys are always there, and which only where they say something.
    public var document: JSONValue {
        var members: [String: JSONValue] = [
            "interfaces": .array(interfaces.map(\.document)), "hostname": JSONValue(hostName),
            "dns": JSONValue(nameServers.map(\.description)), "search": JSONValue(searchDomains),
            "ntp": JSONValue(timeServers),
        ]
        if !routes.isEmpty { members["routes"] = .array(routes.map(\.document)) }
        return .object(members)
    }
}

/// Members of an object that stand there only where they say something.
private struct SparseMembers {
    var members: [String: JSONValue] = [:]

    mutating func add(_ key: String, _ value: JSONValue) {
        switch value {
        case .null, .array([]), .object([:]): return
        default: members[key] = value
        }
    }

    mutating func add(_ key: String, _ value: [String: String]) { add(key, .object(value.mapValues { .string($0) })) }
}

extension DesiredNetwork.Interface {
    /// An entry of `interfaces`.
    public var document: JSONValue {
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
        case .bridge(let links, let options):
            members["kind"] = "bridge"
            members["members"] = JSONValue(links)
            members["options"] = .object(options.mapValues { .string($0) })
        }
        return .object(members.merging(sparse) { first, _ in first })
    }

    private var sparse: [String: JSONValue] {
        var sparse = SparseMembers()
        sparse.add("ref", JSONValue(reference))
        if let match {
            var members = SparseMembers()
            members.add("name", JSONValue(match.name))
            members.add("drivers", JSONValue(match.drivers))
            sparse.members["match"] = .object(members.members)
        }
        sparse.add("new_mac", JSONValue(newMAC?.description))
        sparse.add("ipv6_mtu", JSONValue(ipv6MTU))
        sparse.add("dhcp4_options", dhcp4Options.document)
        sparse.add("dhcp6_options", dhcp6Options.document)
        sparse.add("ra_options", advertisementOptions.document)
        sparse.add(
            "address_labels",
            Dictionary(addressLabels.map { ($0.key.description, $0.value) }) { first, _ in first })
        sparse.add("deprecated_addresses", JSONValue(deprecatedAddresses.map(\.description).sorted()))
        if let linkLocal { sparse.members["link_local"] = JSONValue(linkLocal.map(\.rawValue).sorted()) }
        sparse.add("temporary_addresses", JSONValue(usesTemporaryAddresses))
        switch addressGeneration {
        case .eui64: sparse.add("address_generation", "eui64")
        case .stablePrivacy: sparse.add("address_generation", "stable_privacy")
        case .token(let token): sparse.add("token", .string(token.description))
        case nil: break
        }
        if ignoresCarrier { sparse.add("ignore_carrier", true) }
        if activation != .up { sparse.add("activation", .string(activation.rawValue)) }
        sparse.add("port", portOptions)
        sparse.add("wake_on_lan", JSONValue(wakesByMagicPacket))
        sparse.add("features", .object(features.mapValues { .bool($0) }))
        return sparse.members
    }
}

extension DesiredNetwork.LeaseOptions {
    /// Empty where nothing is said.
    var document: JSONValue {
        var sparse = SparseMembers()
        sparse.add("use_dns", JSONValue(usesNameServers))
        sparse.add("use_ntp", JSONValue(usesTimeServers))
        sparse.add("use_hostname", JSONValue(usesHostName))
        sparse.add("use_mtu", JSONValue(usesMTU))
        sparse.add("use_routes", JSONValue(usesRoutes))
        sparse.add("use_domains", JSONValue(domains?.rawValue))
        sparse.add("send_hostname", JSONValue(sendsHostName))
        sparse.add("hostname", JSONValue(hostName))
        sparse.add("metric", JSONValue(metric))
        sparse.add("table", JSONValue(table))
        sparse.add("identifier", JSONValue(identifier?.rawValue))
        return .object(sparse.members)
    }
}

extension DesiredNetwork.Route {
    /// As `ip -j route` names it: `default`, a network, or a host without its length.
    public var document: JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(type.rawValue), "dst": .string(words(of: destination)),
            "gateway": JSONValue(gateway?.description), "table": JSONValue(table), "metric": JSONValue(metric),
            "prefsrc": JSONValue(preferredSource?.description), "onlink": .bool(isOnLink), "mtu": JSONValue(mtu),
        ]
        var sparse = SparseMembers()
        sparse.add("scope", JSONValue(scope?.rawValue))
        sparse.add("initcwnd", JSONValue(initialCongestionWindow))
        sparse.add("initrwnd", JSONValue(initialReceiveWindow))
        sparse.add("advmss", JSONValue(advertisedMSS))
        members.merge(sparse.members) { first, _ in first }
        return .object(members)
    }

    /// `default` alone does not tell the family, so a default route without a gateway keeps its `0.0.0.0/0` or `::/0`.
    private func words(of destination: IPPrefix) -> String {
        destination.isDefault && gateway.map({ $0.isIPv4 == destination.address.isIPv4 }) == true
            ? "default" : destination.description
    }
}

extension DesiredNetwork.Rule {
    /// As `ip -j rule` names it.
    public var document: JSONValue {
        var members: [String: JSONValue] = [
            "src": JSONValue(source?.description), "dst": JSONValue(destination?.description),
            "table": JSONValue(table), "priority": JSONValue(priority),
        ]
        var sparse = SparseMembers()
        sparse.add("fwmark", JSONValue(mark))
        sparse.add("tos", JSONValue(typeOfService))
        members.merge(sparse.members) { first, _ in first }
        return .object(members)
    }
}
