internal import Documents
internal import Kernel
internal import Network
internal import Platform

/// The server's tree as JSON: Compute Engine's "Predefined VM metadata keys" in camel case.
struct GCPTree: Sendable {
    var snapshot = MetadataSnapshot(platform: .gcp)
    /// As it stands in the attribute, and what the one beside it says.
    var userData: (text: String, encoding: String?)?

    init(_ tree: MetadataDocument, now: Int64) throws(MetadataFault) {
        let instance = try tree.require("instance", tree.member)
        let attributes = try instance.member("attributes")
        let project = try tree.member("project")?.member("attributes")
        snapshot.instanceID = try instance.require("id", instance.identifier)
        snapshot.instanceType = Self.last(try instance.require("machineType", instance.line))
        let zone = Self.last(try instance.require("zone", instance.line))
        snapshot.zone = zone
        // europe-west4-a is in europe-west4.
        snapshot.region = zone.split(separator: "-").dropLast().joined(separator: "-")
        snapshot.hostName = try instance.require("hostname", instance.line)
        for tag in try instance.lines("tags") { snapshot.tags[tag] = "" }
        snapshot.timeServers = ["metadata.google.internal"]
        snapshot.sshKeys = try Self.keys(attributes, project, now: now)
        snapshot.spot = try Self.spot(instance)
        snapshot.identity = MetadataSnapshot.Identity(
            isVerified: false, reason: "no keys in /etc/slipway/trust/gcp")
        if let text = try attributes?.text("user-data") {
            userData = (text, try attributes?.line("user-data-encoding"))
        }
        let links = try instance.require("networkInterfaces", instance.member).elements()
        guard !links.isEmpty else { throw .missing(instance.place("networkInterfaces")) }
        for link in links { try add(link) }
        try addVLANs(instance)
        snapshot.raw = Self.raw(tree)
    }

    /// `projects/123/zones/us-east1-b` names the zone last.
    private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    // MARK: - Interfaces

    private mutating func add(_ link: MetadataDocument, isVLAN: Bool = false) throws(MetadataFault) {
        var interface = MetadataSnapshot.Interface(mac: try link.require("mac", link.mac))
        interface.deviceIndex = snapshot.interfaces.count
        interface.mtu = try link.number("mtu", in: 68...65_535)
        if let address = try link.ipv4("ip") {
            // A dynamic interface's is not documented.
            let length = try isVLAN ? link.maskLength("subnetmask") ?? 32 : link.require("subnetmask", link.maskLength)
            interface.gateway4 = try link.require("gateway", link.ipv4)
            interface.addresses += [IPPrefix(.v4(address), length: length) ?? IPPrefix(host: .v4(address))]
            // "VPC network's DHCP gives a /32": the network answers ARP for the router alone.
            interface.isRouted = true
        }
        // The first of a /96, which is the link's whole: DHCPv6 gives it as a /128.
        interface.addresses += try link.addresses("ipv6s").map { IPPrefix(host: $0) }
        interface.prefixes = try link.prefixes("ipAliases") + link.prefixes("ipv6")
        interface.gateway6 = try link.ipv6("gatewayIpv6")
        guard !interface.addresses.isEmpty else { throw .missing(link.place("ip")) }
        // Packets for a load balancer come with its address, which the machine has to take for its own.
        for key in ["forwardedIps", "forwardedIpv6s", "targetInstanceIps"] {
            for destination in try link.prefixes(key) {
                var route = DesiredNetwork.Route(destination.network)
                route.type = .local
                if !interface.routes.contains(route) { interface.routes.append(route) }
            }
        }
        for server in try link.addresses("dnsServers") where !snapshot.nameServers.contains(server) {
            snapshot.nameServers.append(server)
        }
        for address in interface.addresses { snapshot.list(address.address) }
        for outside in try link.elements("accessConfigs") {
            if let address = try outside.address("externalIp"),
                !snapshot.publicAddresses.contains(address.description)
            {
                snapshot.publicAddresses.append(address.description)
            }
        }
        guard !snapshot.interfaces.contains(where: { $0.mac == interface.mac }) else {
            throw link.nonsense("mac", "two interfaces have \(interface.mac)")
        }
        snapshot.interfaces.append(interface)
    }

    /// Dynamic interfaces: by the parent's number and the VLAN's, `{"0":{"5":{"mac":…,"parentInterface":"/…/network-interfaces/0/"}}}`.
    private mutating func addVLANs(_ instance: MetadataDocument) throws(MetadataFault) {
        var network = snapshot.network
        for (_, parent) in try instance.members("vlanNetworkInterfaces") {
            for (name, link) in try parent.members() {
                let path = try link.require("parentInterface", link.line)
                guard let index = Int(Self.last(path)), snapshot.interfaces.indices.contains(index) else {
                    throw link.nonsense("parentInterface", "there is no interface \(path)")
                }
                guard let id = Int(name), (1...4094).contains(id) else {
                    throw .nonsense("\(link.path): \(name) is no VLAN")
                }
                try add(link, isVLAN: true)
                guard var interface = snapshot.network.interfaces.last else { continue }
                interface.kind = .vlan(id: id, link: snapshot.interfaces[index].mac.description)
                network.interfaces.append(interface)
            }
        }
        // What derives from the interfaces alone knows no VLANs.
        if network.interfaces.contains(where: { $0.kind != .physical }) { snapshot.writtenNetwork = network }
    }

    // MARK: - Keys

    /// Lines of `user:ssh-ed25519 … google-ssh {"userName":…,"expireOn":…}`. The instance's own come first; the project's only where the
    /// instance neither blocks them nor has the deprecated `sshKeys`, which replaced them; none where OS Login decides who may log in.
    private static func keys(
        _ instance: MetadataDocument?, _ project: MetadataDocument?, now: Int64
    ) throws(MetadataFault) -> [String] {
        let (own, shared) = (try instance?.flag("enable-oslogin"), try project?.flag("enable-oslogin"))
        if own ?? shared ?? false { return [] }
        let old = try instance?.text("sshKeys")
        var texts = [try instance?.text("ssh-keys"), old]
        if old == nil, try instance?.flag("block-project-ssh-keys") != true {
            texts += [try project?.text("ssh-keys"), try project?.text("sshKeys")]
        }
        var keys: [String] = []
        for line in texts.compactMap({ $0 }).flatMap(MetadataDocument.lines(of:)) {
            // A line without a user is of no one; Google's own agent passes it over too.
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let key = GCPKey(String(parts[1])), !key.hasExpired(at: now) else { continue }
            if !keys.contains(key.line) { keys.append(key.line) }
        }
        return keys
    }

    // MARK: - The machine's end

    private static func spot(_ instance: MetadataDocument) throws(MetadataFault) -> JSONValue {
        let scheduling = try instance.member("scheduling")
        let isPreemptible = try scheduling?.flag("preemptible") ?? false
        let isPreempted = try instance.flag("preempted") ?? false
        let event = try instance.line("maintenanceEvent")
        let upcoming = try instance.member("upcomingMaintenance")?.value
        let hasEvent = event != nil && event != "NONE"
        guard isPreemptible || isPreempted || hasEvent || upcoming != nil else { return nil }
        return [
            "life_cycle": isPreemptible ? "spot" : "on-demand", "preempted": .bool(isPreempted),
            "maintenance": JSONValue(hasEvent ? event : nil), "upcoming_maintenance": upcoming ?? nil,
            "on_host_maintenance": JSONValue(try scheduling?.line("onHostMaintenance")),
            "automatic_restart": JSONValue(try scheduling?.flag("automaticRestart")),
        ]
    }

    /// Without the user data, and without what would let another act as the machine.
    private static func raw(_ tree: MetadataDocument) -> [String: JSONValue] {
        guard case .object(var members) = tree.value, case .object(var instance)? = members["instance"] else {
            return [:]
        }
        if case .object(var attributes)? = instance["attributes"] {
            attributes["user-data"] = nil
            instance["attributes"] = .object(attributes)
        }
        if case .object(let accounts)? = instance["serviceAccounts"] {
            instance["serviceAccounts"] = .object(
                accounts.mapValues { account in
                    guard case .object(let keys) = account else { return nil }
                    return .object(keys.filter { ["aliases", "email", "scopes"].contains($0.key) })
                })
        }
        // What ticks by itself is no change.
        instance["virtualClock"] = nil
        instance["remainingCpuTime"] = nil
        members["instance"] = .object(instance)
        return members
    }
}
