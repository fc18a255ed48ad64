internal import Documents
internal import Kernel

/// What netplan's format says of a device of any kind.
extension NetworkReading {
    /// Linux takes 68 bytes for IPv4 and 1280 for IPv6 at least; a link's own limits are its driver's.
    static let sizes = 68...65_536

    mutating func readCommon(
        _ device: inout WrittenMapping, into interface: inout DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        _ = device.value("renderer")
        interface.dhcp4 = try device.boolean("dhcp4") ?? false
        interface.dhcp6 = try device.boolean("dhcp6") ?? false
        interface.dhcp4Options = try readLeaseOptions("dhcp4-overrides", of: &device)
        interface.dhcp6Options = try readLeaseOptions("dhcp6-overrides", of: &device)
        interface.advertisementOptions = try readLeaseOptions("ra-overrides", of: &device)
        if let identifier = device.value("dhcp-identifier") {
            interface.dhcp4Options.identifier = DesiredNetwork.LeaseOptions.Identifier(
                rawValue: try identifier.word(of: ["mac", "duid"]))
        }
        interface.acceptsRouterAdvertisements = try device.boolean("accept-ra")
        interface.mtu = try device.integer("mtu", in: Self.sizes)
        interface.ipv6MTU = try device.integer("ipv6-mtu", in: 1280...65_536)
        interface.isOptional = try device.boolean("optional") ?? false
        interface.ignoresCarrier = try device.boolean("ignore-carrier") ?? false
        switch try device.value("activation-mode")?.word(of: ["manual", "off"]) {
        case "manual": interface.activation = .manual
        case "off": interface.activation = .down
        default: break
        }
        if interface.activation != .up { interface.isOptional = true }
        leaveOut(["critical", "networkmanager", "optional-addresses", "neigh-suppress"], of: &device)
        try readAddressing(&device, into: &interface)
        try readAddresses(&device, into: &interface)
        try readNameServers(&device, into: &interface)
        for (key, route) in [("gateway4", IPPrefix.defaultIPv4), ("gateway6", .defaultIPv6)] {
            guard let value = device.value(key) else { continue }
            let gateway = try value.address()
            guard gateway.isIPv4 == route.address.isIPv4 else { throw value.wanted(.address) }
            interface.routes.append(DesiredNetwork.Route(route, via: gateway))
        }
        for value in try device.list("routes") {
            if let route = try readRoute(value) { interface.routes.append(route) }
        }
        for value in try device.list("routing-policy") { interface.rules.append(try readRule(value)) }
    }

    /// How the link makes addresses for itself.
    private mutating func readAddressing(
        _ device: inout WrittenMapping, into interface: inout DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        if let families = device.value("link-local") {
            var found: Set<DesiredNetwork.Family> = []
            for value in try families.list() {
                let word = try value.word(of: DesiredNetwork.Family.allCases.map(\.rawValue))
                if let family = DesiredNetwork.Family(rawValue: word) { found.insert(family) }
            }
            interface.linkLocal = found
        }
        interface.usesTemporaryAddresses = try device.boolean("ipv6-privacy")
        if let generation = device.value("ipv6-address-generation") {
            interface.addressGeneration =
                try generation.word(of: ["eui64", "stable-privacy"]) == "eui64" ? .eui64 : .stablePrivacy
        }
        if let token = device.value("ipv6-address-token") {
            guard interface.addressGeneration == nil else {
                throw NetworkDocumentError(token.path, .duplicate("ipv6-address-generation"))
            }
            guard case .v6(let address) = try token.address() else { throw token.wanted(.address) }
            interface.addressGeneration = .token(address)
        }
    }

    private mutating func readAddresses(
        _ device: inout WrittenMapping, into interface: inout DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        for value in try device.list("addresses") {
            guard case .object(let members) = value.value else {
                interface.addresses.append(try value.addressWithLength())
                continue
            }
            // One address, as the key of what is said of it.
            guard members.count == 1, let (text, said) = members.first else { throw value.wanted(.addressWithLength) }
            let address = try WrittenValue(.string(text), at: value.path).addressWithLength()
            interface.addresses.append(address)
            guard said != .null else { continue }
            var options = try WrittenValue(said, at: "\(value.path).\(text)").mapping()
            if let label = options.value("label") {
                let words = try label.text()
                guard words.utf8.count <= 15, !words.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else {
                    throw label.wanted(.interfaceName)
                }
                interface.addressLabels[address] = words
            }
            if let lifetime = options.value("lifetime"), try lifetime.word(of: ["forever", "0"]) == "0" {
                interface.deprecatedAddresses.insert(address)
            }
            warn(about: options)
        }
    }

    private mutating func readNameServers(
        _ device: inout WrittenMapping, into interface: inout DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        guard var servers = try device.mapping("nameservers") else { return }
        for value in try servers.value("addresses")?.listOrWords() ?? [] {
            interface.nameServers.append(try value.address())
        }
        for value in try servers.value("search")?.listOrWords() ?? [] {
            interface.searchDomains.append(try value.text())
        }
        warn(about: servers)
    }

    private mutating func readLeaseOptions(
        _ key: String, of device: inout WrittenMapping
    ) throws(NetworkDocumentError) -> DesiredNetwork.LeaseOptions {
        var options = DesiredNetwork.LeaseOptions()
        guard var written = try device.mapping(key) else { return options }
        options.usesNameServers = try written.boolean("use-dns")
        options.usesTimeServers = try written.boolean("use-ntp")
        options.usesHostName = try written.boolean("use-hostname")
        options.usesMTU = try written.boolean("use-mtu")
        options.usesRoutes = try written.boolean("use-routes")
        options.sendsHostName = try written.boolean("send-hostname")
        options.hostName = try written.text("hostname")
        options.metric = try written.integer("route-metric")
        options.table = try written.integer("table", in: 1...Int(UInt32.max))
        if let domains = written.value("use-domains") {
            if domains.value == .string("route") {
                options.domains = .route
            } else {
                options.domains = try domains.boolean() ? .search : .no
            }
        }
        warn(about: written)
        return options
    }

    // MARK: - Routing

    /// Nil for a route of a type that Linux has no longer.
    private mutating func readRoute(_ value: WrittenValue) throws(NetworkDocumentError) -> DesiredNetwork.Route? {
        var written = try value.mapping()
        let gateway = try written.value("via")?.addressOfHost()
        let source = try written.value("from")?.addressOfHost()
        let target = try written.require("to")
        let destination: IPPrefix
        if target.value == .string("default") {
            // The family is that of the other addresses.
            guard let other = gateway ?? source else {
                throw NetworkDocumentError(written.place(of: "via"), .missing)
            }
            destination = other.isIPv4 ? .defaultIPv4 : .defaultIPv6
        } else {
            destination = try target.network()
        }
        for other in [gateway, source].compactMap({ $0 }) where other.isIPv4 != destination.address.isIPv4 {
            throw NetworkDocumentError(value.path, .mixedFamilies)
        }
        var route = DesiredNetwork.Route(destination, via: gateway)
        route.preferredSource = source
        route.isOnLink = try written.boolean("on-link") ?? false
        route.metric = try written.integer("metric")
        route.table = try written.integer("table", in: 1...Int(UInt32.max))
        route.mtu = try written.integer("mtu", in: Self.sizes)
        route.initialCongestionWindow = try written.integer("congestion-window", in: 1...Int(UInt32.max))
        route.initialReceiveWindow = try written.integer("advertised-receive-window", in: 1...Int(UInt32.max))
        route.advertisedMSS = try written.integer("advertised-mss", in: 1...65_535)
        route.scope = try written.value("scope")?.word(of: DesiredNetwork.Route.Scope.allCases.map(\.rawValue))
            .scope
        let types = DesiredNetwork.Route.RouteType.allCases.map(\.rawValue)
        let type = try written.value("type")?.word(of: types + ["nat", "xresolve"]) ?? "unicast"
        warn(about: written)
        guard let known = DesiredNetwork.Route.RouteType(rawValue: type) else {
            warn(written.place(of: "type"), .unsupported)
            return nil
        }
        route.type = known
        return route
    }

    private mutating func readRule(_ value: WrittenValue) throws(NetworkDocumentError) -> DesiredNetwork.Rule {
        var written = try value.mapping()
        let source = try written.value("from")?.network()
        let destination = try written.value("to")?.network()
        guard source != nil || destination != nil else {
            throw NetworkDocumentError(value.path, .missingBoth("from", "to"))
        }
        if let source, let destination, source.address.isIPv4 != destination.address.isIPv4 {
            throw NetworkDocumentError(value.path, .mixedFamilies)
        }
        // The main one, as networkd has it.
        let table = try written.integer("table", in: 1...Int(UInt32.max)) ?? 254
        var rule = DesiredNetwork.Rule(
            from: source, to: destination, table: table, priority: try written.integer("priority"))
        rule.mark = try written.integer("mark", in: 1...Int(UInt32.max))
        rule.typeOfService = try written.integer("type-of-service", in: 0...255)
        warn(about: written)
        return rule
    }
}

extension String {
    fileprivate var scope: DesiredNetwork.Route.Scope? { DesiredNetwork.Route.Scope(rawValue: self) }
}
