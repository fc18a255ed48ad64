internal import Documents
internal import Kernel

/// cloud-init's first format ("Networking config Version 1"): a list of devices, name servers and routes.
extension NetworkReading {
    mutating func readVersion1(_ top: inout WrittenMapping) throws(NetworkDocumentError) {
        var entries: [(type: String, entry: WrittenMapping)] = []
        for value in try top.require("config").list() {
            var entry = try value.mapping()
            let type = try entry.require("type").text()
            entries.append((type, entry))
        }
        // What is of the whole comes after the devices, wherever it stands.
        for (type, entry) in entries where type != "nameserver" && type != "route" {
            try readDevice(type, entry)
        }
        for (type, entry) in entries {
            var entry = entry
            switch type {
            case "nameserver": try readNameServers(&entry)
            case "route": try readMachineRoute(&entry)
            default: continue
            }
            warn(about: entry)
        }
    }

    private mutating func readDevice(_ type: String, _ written: WrittenMapping) throws(NetworkDocumentError) {
        var device = written
        let known = ["physical", "loopback", "bond", "bridge", "vlan"]
        guard known.contains(type) else {
            guard ["infiniband", "wifi"].contains(type) else {
                throw NetworkDocumentError(
                    device.place(of: "type"),
                    .unknownWord(WrittenValue.shortened(type), known: known + ["nameserver", "route"]))
            }
            warn(device.path, .unsupported)
            return
        }
        let name = try device.require("name").interfaceName()
        var interface = DesiredNetwork.Interface(mac: try device.value("mac_address")?.macAddress())
        interface.name = name
        interface.mtu = try device.integer("mtu", in: Self.sizes)
        interface.acceptsRouterAdvertisements = try device.value("accept-ra", "accept_ra")?.boolean()
        interface.wakesByMagicPacket = try device.boolean("wakeonlan")
        var parameters = try device.mapping("params") ?? WrittenMapping([:], at: device.place(of: "params"))
        switch type {
        case "bond":
            let links = try members(try device.value("bond_interfaces")?.listOrWords() ?? [], of: name)
            interface.kind = .bond(members: links, options: try BondWords.readVersion1(&parameters))
        case "bridge":
            var ports = try device.value("bridge_interfaces")?.listOrWords() ?? []
            if ports.isEmpty { ports = try parameters.value("bridge_ports")?.listOrWords() ?? [] }
            let links = try members(ports, of: name)
            interface.kind = .bridge(
                members: links, options: try BridgeWords.readVersion1(&parameters, into: &self))
            if let address = parameters.value("bridge_hw") { interface.mac = try address.macAddress() }
        case "vlan":
            let id = try device.require("vlan_id").integer(in: 0...4094)
            interface.kind = .vlan(id: id, link: try link(try device.require("vlan_link"), of: name))
        default: break
        }
        warn(about: parameters)
        for value in try device.list("subnets") { try readSubnet(value, into: &interface) }
        warn(about: device)
        try define(interface, as: name, at: device.path)
    }

    // MARK: - Subnets

    private mutating func readSubnet(
        _ value: WrittenValue, into interface: inout DesiredNetwork.Interface
    ) throws(NetworkDocumentError) {
        var subnet = try value.mapping()
        // Hetzner's has been seen to say an address alone, which can be meant in one way only.
        let isTyped = subnet.keys.contains("type") || !subnet.keys.contains("address")
        let type =
            !isTyped
            ? "static"
            : try subnet.require("type").word(of: [
                "dhcp", "dhcp4", "dhcp6", "static", "static6", "manual", "ipv6_slaac", "ipv6_dhcpv6-stateful",
                "ipv6_dhcpv6-stateless",
            ])
        switch type {
        case "dhcp", "dhcp4": interface.dhcp4 = true
        case "dhcp6", "ipv6_dhcpv6-stateful": interface.dhcp6 = true
        case "ipv6_slaac": interface.acceptsRouterAdvertisements = interface.acceptsRouterAdvertisements ?? true
        case "ipv6_dhcpv6-stateless":
            interface.acceptsRouterAdvertisements = interface.acceptsRouterAdvertisements ?? true
            interface.dhcp6 = true
        case "static", "static6":
            let address = try readAddress(&subnet)
            guard type == "static" || !address.address.isIPv4 else {
                throw NetworkDocumentError(subnet.place(of: "address"), .mixedFamilies)
            }
            interface.addresses.append(address)
        default: break
        }
        if let control = subnet.value("control") {
            switch try control.word(of: ["auto", "manual", "hotplug"]) {
            case "manual":
                interface.activation = .manual
                interface.isOptional = true
            case "hotplug": interface.isOptional = true
            default: break
            }
        }
        if let metric = try subnet.integer("metric") {
            if type == "dhcp6" || type.hasPrefix("ipv6") {
                interface.dhcp6Options.metric = metric
            } else {
                interface.dhcp4Options.metric = metric
            }
        }
        if let gateway = try subnet.value("gateway")?.address() {
            interface.routes.append(
                DesiredNetwork.Route(gateway.isIPv4 ? .defaultIPv4 : .defaultIPv6, via: gateway))
        }
        for route in try subnet.list("routes") {
            var written = try route.mapping()
            interface.routes.append(try readRoute(&written))
            warn(about: written)
        }
        for server in try subnet.value("dns_nameservers")?.listOrWords() ?? [] {
            interface.nameServers.append(try server.address())
        }
        for domain in try subnet.value("dns_search")?.listOrWords() ?? [] {
            interface.searchDomains.append(try domain.text())
        }
        if let mtu = subnet.value("mtu") {
            if type.hasSuffix("6") || type.hasPrefix("ipv6") {
                interface.ipv6MTU = try mtu.integer(in: 1280...65_536)
            } else {
                interface.mtu = try mtu.integer(in: Self.sizes)
            }
        }
        // Follow from the address; OpenStack's converter in cloud-init leaves the last two.
        for key in ["broadcast", "network", "ipv4", "ipv6"] { _ = subnet.value(key) }
        warn(about: subnet)
    }

    private mutating func readAddress(_ subnet: inout WrittenMapping) throws(NetworkDocumentError) -> IPPrefix {
        guard let value = subnet.value("address", "ip_address") else {
            throw NetworkDocumentError(subnet.place(of: "address"), .missing)
        }
        return try readPrefix(value, &subnet)
    }

    /// An address with its length in it, in `prefix`, or in `netmask`; without any, cloud-init takes 24 and 64.
    private mutating func readPrefix(
        _ value: WrittenValue, _ mapping: inout WrittenMapping
    ) throws(NetworkDocumentError) -> IPPrefix {
        let mask = mapping.value("netmask")
        let length = mapping.value("prefix")
        if case .string(let text) = value.value, text.contains("/") { return try value.addressWithLength() }
        let address = try value.address()
        var bits: Int?
        if let length {
            bits = try length.integer(in: 0...address.bitCount)
        } else if let mask {
            let text = try mask.text()
            bits = Int(text) ?? WrittenValue.length(ofMask: text, of: address)
            guard let bits, (0...address.bitCount).contains(bits) else { throw mask.wanted(.netmask) }
        } else {
            bits = address.isIPv4 ? 24 : 64
            warn(value.path, .assumedLength(address.isIPv4 ? 24 : 64))
        }
        guard let bits, let prefix = IPPrefix(address, length: bits) else { throw value.wanted(.addressWithLength) }
        return prefix
    }

    // MARK: - Routes and name servers

    /// `network` in a subnet, `destination` in an entry of its own.
    private mutating func readRoute(
        _ written: inout WrittenMapping
    ) throws(NetworkDocumentError) -> DesiredNetwork.Route {
        guard let target = written.value("network", "destination") else {
            throw NetworkDocumentError(written.place(of: "destination"), .missing)
        }
        let gateway = try written.value("gateway")?.addressOfHost()
        let destination = try readPrefix(target, &written).network
        if let gateway, gateway.isIPv4 != destination.address.isIPv4 {
            throw NetworkDocumentError(written.path, .mixedFamilies)
        }
        var route = DesiredNetwork.Route(destination, via: gateway)
        route.metric = try written.integer("metric")
        route.mtu = try written.integer("mtu", in: Self.sizes)
        return route
    }

    /// A route of the machine: of the interface that has its gateway on a network, where there is one.
    private mutating func readMachineRoute(_ entry: inout WrittenMapping) throws(NetworkDocumentError) {
        _ = entry.value("type", "id")
        let route = try readRoute(&entry)
        let place = route.gateway.flatMap { gateway in
            network.interfaces.firstIndex { $0.addresses.contains { $0.contains(gateway) } }
        }
        if let place {
            network.interfaces[place].routes.append(route)
        } else {
            network.routes.append(route)
        }
    }

    private mutating func readNameServers(_ entry: inout WrittenMapping) throws(NetworkDocumentError) {
        var servers: [IPAddress] = []
        for value in try entry.require("address").listOrWords() { servers.append(try value.address()) }
        var domains: [String] = []
        for value in try entry.value("search")?.listOrWords() ?? [] { domains.append(try value.text()) }
        guard let interface = entry.value("interface") else {
            network.nameServers += servers
            network.searchDomains += domains
            return
        }
        let name = try interface.text()
        guard let place = places[name] else {
            throw NetworkDocumentError(
                interface.path,
                .unknownWord(WrittenValue.shortened(name), known: Array(places.keys.sorted().prefix(16))))
        }
        network.interfaces[place].nameServers += servers
        network.interfaces[place].searchDomains += domains
    }
}
