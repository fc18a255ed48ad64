internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// The addresses and paths of Scaleway's SDK (scaleway-sdk-go, instance_metadata_sdk.go).
    static let scaleway = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.42.42"), HTTPEndpoint(address: "fd00:42::42")],
        statuses: [
            403: .terminal("user data is given to source ports below 1024 alone: run as root"), 404: .absent,
        ])
}

/// A Scaleway Instance's metadata: one document; then user data, which shows by its source port that a privileged process asks.
struct ScalewayMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.scaleway, policy: .scaleway, in: context)
        let links = context.host.machineLinks()
        var snapshot = try await session.document("/conf?format=json") {
            (document) throws(ReadingFault) in try Self.read(document, on: links)
        }
        snapshot.userData = try await session.userData(
            "/user_data/cloud-init", sourcePorts: HTTPRequest.privilegedPorts)
        return snapshot
    }

    static func read(_ document: JSONReading, on links: [MachineLink]) throws(ReadingFault) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: .scaleway)
        snapshot.instanceID = try document.required("id", JSONReading.word)
        snapshot.instanceType = try document.required("commercial_type", JSONReading.word)
        snapshot.hostName = try document.required("hostname", JSONReading.word)
        let zone = try document.required("location").required("zone_id", JSONReading.word)
        snapshot.zone = zone
        // `fr-par-1` is in the region `fr-par`; `par1` of older days is both.
        let parts = zone.split(separator: "-")
        snapshot.region = parts.count > 2 ? parts.dropLast().joined(separator: "-") : zone
        for entry in try document.items("ssh_public_keys") { snapshot.sshKeys += try entry["key"]?.lines() ?? [] }
        for tag in try document.items("tags") {
            guard let tag = try tag.line() else { continue }
            let mark = "AUTHORIZED_KEY="
            if tag.hasPrefix(mark) {
                // A tag has no spaces: the key's are underscores.
                snapshot.sshKeys.append(String(tag.dropFirst(mark.count).map { $0 == "_" ? " " : $0 }))
            } else {
                snapshot.tags[tag] = ""
            }
        }
        let nics = try document.items("private_nics")
        var privateMACs: [MACAddress] = []
        for nic in nics { privateMACs.append(try nic.required("mac_address", JSONReading.mac)) }
        let own = try publicInterface(document, on: links.map(\.mac).filter { !privateMACs.contains($0) })
        for address in own.addresses { snapshot.list(address) }
        if let link = own.link { snapshot.interfaces.append(link) }
        // A Private Network leases the address; the document does not name it.
        for mac in privateMACs {
            var link = MetadataSnapshot.Interface(mac: mac)
            link.usesDHCP4 = true
            snapshot.interfaces.append(link)
        }
        snapshot.raw = document.members(without: [])
        return snapshot
    }

    /// The interface with the public addresses, and those of the machine that are on none.
    private static func publicInterface(
        _ document: JSONReading, on macs: [MACAddress]
    ) throws(ReadingFault) -> (link: MetadataSnapshot.Interface?, addresses: [IPAddress]) {
        let first = try document["public_ip"]
        var entries = try document.items("public_ips_v4") + document.items("public_ips_v6")
        if entries.isEmpty { entries = try document.items("public_ips") }
        if entries.isEmpty { entries = [first].compactMap { $0 } }
        if let old = try document["ipv6"] { entries.append(old) }
        var all: [IPAddress] = []
        // Before routed addresses the machine had a private one, and the public one was translated to it.
        let translated = try document["private_ip"]?.ipv4()
        var found: [(own: IPPrefix, gateway: IPAddress?, isLeased: Bool)] = []
        for entry in entries {
            let address = try entry.required("address", JSONReading.address)
            if !all.contains(address) { all.append(address) } else { continue }
            if address.isIPv4, translated != nil { continue }
            let own = try entry.addressAndLength("address", "netmask")
            let mode = try entry["provisioning_mode"]?.word()
            found.append((own, try entry["gateway"]?.address(), mode == "dhcp"))
        }
        if let translated {
            all.append(.v4(translated))
            found.insert((IPPrefix(host: .v4(translated)), nil, true), at: 0)
        } else if let primary = try first?["address"]?.address(),
            let index = found.firstIndex(where: { $0.own.address == primary })
        {
            found.insert(found.remove(at: index), at: 0)
        }
        guard !found.isEmpty else { return (nil, all) }
        let slaac = found.lazy.compactMap { entry -> MACAddress? in
            guard case .v6(let address) = entry.own.address else { return nil }
            return MACAddress(interfaceOf: address)
        }
        guard let mac = try document["mac_address"]?.mac() ?? slaac.first ?? macs.first else { return (nil, all) }
        var link = MetadataSnapshot.Interface(mac: mac)
        link.addresses = found.map(\.own)
        link.usesDHCP4 = found.first { $0.own.address.isIPv4 }?.isLeased ?? false
        for entry in found {
            switch entry.gateway {
            case .v4(let gateway): link.gateway4 = link.gateway4 ?? gateway
            case .v6(let gateway): link.gateway6 = link.gateway6 ?? gateway
            case nil: break
            }
        }
        return (link, all)
    }
}
