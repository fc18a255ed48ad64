import Kernel
import Network

/// What an interface is to be, in words that can be compared: ours and a judge's.
struct LinkMeaning: Equatable {
    var addresses: Set<String> = []
    var routes: Set<String> = []
    var rules: Set<String> = []
    var nameServers: Set<String> = []
    var domains: Set<String> = []
    var properties: [String: String] = [:]

    /// One line a difference.
    func differences(from judge: LinkMeaning) -> [String] {
        var lines: [String] = []
        for (what, ours, theirs) in [
            ("address", addresses, judge.addresses), ("route", routes, judge.routes), ("rule", rules, judge.rules),
            ("dns", nameServers, judge.nameServers), ("search", domains, judge.domains),
        ] {
            lines += ours.subtracting(theirs).sorted().map { "\(what) \($0) is ours alone" }
            lines += theirs.subtracting(ours).sorted().map { "\(what) \($0) is the judge's alone" }
        }
        for key in Set(properties.keys).union(judge.properties.keys).sorted()
        where properties[key] != judge.properties[key] {
            lines.append("\(key) is \(properties[key] ?? "unsaid"), the judge's \(judge.properties[key] ?? "unsaid")")
        }
        return lines
    }
}

/// A host without its length, as one text.
private func canonical(_ text: String?) -> String? {
    guard let text else { return nil }
    if let address = IPAddress(text) { return IPPrefix(host: address).description }
    return IPPrefix(text)?.network.description ?? text
}

private func joined(_ parts: [(String, String?)]) -> String {
    parts.compactMap { part in part.1.map { "\(part.0)=\($0)" } }.joined(separator: " ")
}

// MARK: - Ours

extension LinkMeaning {
    /// netplan writes its own defaults, which are not said in a document: metric 100 and the server's MTU of leases, link-local
    /// addresses of IPv6 alone and none for ports.
    init(_ interface: DesiredNetwork.Interface, master: String?, vlans: Set<String>, isPrimary: Bool) {
        for address in interface.addresses {
            var words = address.description
            if let label = interface.addressLabels[address] { words += " label \(label)" }
            if interface.deprecatedAddresses.contains(address) { words += " deprecated" }
            addresses.insert(words)
        }
        routes = Set(interface.routes.map(Self.words))
        rules = Set(
            interface.rules.map { rule in
                joined([
                    ("from", rule.source?.description), ("to", rule.destination?.description),
                    ("table", "\(rule.table)"), ("priority", rule.priority.map { "\($0)" }),
                    ("mark", rule.mark.map { "\($0)" }), ("tos", rule.typeOfService.map { "\($0)" }),
                ])
            })
        nameServers = Set(interface.nameServers.map(\.description))
        domains = Set(interface.searchDomains)
        properties["mtu"] = interface.mtu.map { "\($0)" }
        properties["ipv6_mtu"] = interface.ipv6MTU.map { "\($0)" }
        properties["dhcp"] =
            interface.dhcp4 ? interface.dhcp6 ? "yes" : "ipv4" : interface.dhcp6 ? "ipv6" : "no"
        properties["accept_ra"] = interface.acceptsRouterAdvertisements.map { $0 ? "yes" : "no" }
        properties["privacy"] = interface.usesTemporaryAddresses == true ? "yes" : nil
        let families = interface.linkLocal ?? [.ipv6]
        properties["link_local"] =
            master != nil || families.isEmpty
            ? "no" : families.count == 2 ? "yes" : families.first.map { $0.rawValue }
        properties["optional"] = interface.isOptional ? "yes" : nil
        properties["activation"] =
            switch interface.activation {
            case .up: nil
            case .manual: "manual"
            case .down: "always-down"
            }
        properties["master"] = master
        properties["vlans"] = vlans.isEmpty ? nil : vlans.sorted().joined(separator: " ")
        properties["primary"] = isPrimary ? "yes" : nil
        properties["cost"] = interface.portOptions["cost"]
        properties["port_priority"] = interface.portOptions["priority"]
        properties["new_mac"] = interface.kind == .physical ? interface.newMAC?.description : interface.mac?.description
        if case .token(let token) = interface.addressGeneration { properties["token"] = token.description }
        if interface.dhcp4 || interface.dhcp6 {
            let options = interface.dhcp4 ? interface.dhcp4Options : interface.dhcp6Options
            properties["metric"] = "\(options.metric ?? 100)"
            properties["use_mtu"] = "\(options.usesMTU ?? true)"
            properties["use_dns"] = options.usesNameServers == false ? "false" : nil
            properties["use_ntp"] = options.usesTimeServers == false ? "false" : nil
            properties["use_hostname"] = options.usesHostName == false ? "false" : nil
            properties["use_routes"] = options.usesRoutes == false ? "false" : nil
            properties["send_hostname"] = options.sendsHostName == false ? "false" : nil
            properties["hostname"] = options.hostName
            properties["use_domains"] =
                switch options.domains {
                case nil: nil
                case .no: "false"
                case .search: "true"
                case .route: "route"
                }
            properties["identifier"] = options.identifier == .mac ? "mac" : nil
        }
    }

    static func words(_ route: DesiredNetwork.Route) -> String {
        let scope: String? =
            route.scope?.rawValue
            ?? {
                switch route.type {
                case .local: "host"
                case .broadcast, .anycast, .multicast: "link"
                case .unicast: route.gateway == nil ? "link" : nil
                default: nil
                }
            }()
        return joined([
            ("to", route.destination.description), ("via", route.gateway?.description),
            ("type", route.type == .unicast ? nil : route.type.rawValue), ("scope", scope == "global" ? nil : scope),
            ("table", route.table.map { "\($0)" }), ("metric", route.metric.map { "\($0)" }),
            ("src", route.preferredSource?.description), ("onlink", route.isOnLink ? "true" : nil),
            ("mtu", route.mtu.map { "\($0)" }), ("initcwnd", route.initialCongestionWindow.map { "\($0)" }),
            ("initrwnd", route.initialReceiveWindow.map { "\($0)" }),
            ("advmss", route.advertisedMSS.map { "\($0)" }),
        ])
    }
}

// MARK: - The judge's

extension LinkMeaning {
    init(_ file: NetworkdFiles.File) {
        addresses = Set(file.values("Network", "Address"))
        for section in file.sections("Address") {
            var words = section["Address"] ?? ""
            if let label = section["Label"] { words += " label \(label)" }
            if section["PreferredLifetime"] == "0" { words += " deprecated" }
            addresses.insert(words)
        }
        for gateway in file.values("Network", "Gateway") {
            routes.insert("to=\(gateway.contains(":") ? "::/0" : "0.0.0.0/0") via=\(gateway)")
        }
        for section in file.sections("Route") {
            let gateway = section["Gateway"]
            let everything = gateway?.contains(":") == true ? "::/0" : "0.0.0.0/0"
            routes.insert(
                joined([
                    ("to", canonical(section["Destination"]) ?? everything), ("via", gateway),
                    ("type", section["Type"]), ("scope", section["Scope"]), ("table", section["Table"]),
                    ("metric", section["Metric"]), ("src", section["PreferredSource"]),
                    ("onlink", section["GatewayOnLink"]), ("mtu", section["MTUBytes"]),
                    ("initcwnd", section["InitialCongestionWindow"]),
                    ("initrwnd", section["InitialAdvertisedReceiveWindow"]),
                    ("advmss", section["TCPAdvertisedMaximumSegmentSize"]),
                ]))
        }
        rules = Set(
            file.sections("RoutingPolicyRule").map { section in
                joined([
                    ("from", canonical(section["From"])), ("to", canonical(section["To"])),
                    // systemd.network(5): the main table.
                    ("table", section["Table"] ?? "254"), ("priority", section["Priority"]),
                    ("mark", section["FirewallMark"]), ("tos", section["TypeOfService"]),
                ])
            })
        nameServers = Set(file.values("Network", "DNS").flatMap { $0.split(separator: " ").map(String.init) })
        domains = Set(file.values("Network", "Domains").flatMap { $0.split(separator: " ").map(String.init) })
        properties["mtu"] = file.value("Link", "MTUBytes")
        properties["ipv6_mtu"] = file.value("Network", "IPv6MTUBytes")
        properties["dhcp"] = file.value("Network", "DHCP") ?? "no"
        properties["accept_ra"] = file.value("Network", "IPv6AcceptRA")
        properties["privacy"] = file.value("Network", "IPv6PrivacyExtensions")
        properties["link_local"] = file.value("Network", "LinkLocalAddressing")
        properties["optional"] = file.value("Link", "RequiredForOnline") == "no" ? "yes" : nil
        properties["activation"] = file.value("Link", "ActivationPolicy")
        properties["master"] = file.value("Network", "Bond") ?? file.value("Network", "Bridge")
        let vlans = file.values("Network", "VLAN")
        properties["vlans"] = vlans.isEmpty ? nil : vlans.sorted().joined(separator: " ")
        properties["primary"] = file.value("Network", "PrimarySlave") == "true" ? "yes" : nil
        properties["cost"] = file.value("Bridge", "Cost")
        properties["port_priority"] = file.value("Bridge", "Priority")
        properties["new_mac"] = file.value("Link", "MACAddress")
        properties["token"] = file.value("Network", "IPv6Token").map {
            $0.hasPrefix("static:") ? String($0.dropFirst(7)) : $0
        }
        properties["metric"] = file.value("DHCP", "RouteMetric")
        properties["use_mtu"] = file.value("DHCP", "UseMTU")
        for (key, name) in [
            ("use_dns", "UseDNS"), ("use_ntp", "UseNTP"), ("use_hostname", "UseHostname"),
            ("use_routes", "UseRoutes"), ("send_hostname", "SendHostname"), ("hostname", "Hostname"),
            ("use_domains", "UseDomains"), ("identifier", "ClientIdentifier"),
        ] {
            properties[key] = file.value("DHCP", name)
        }
    }
}
