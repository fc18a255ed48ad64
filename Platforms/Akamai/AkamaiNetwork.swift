internal import Documents
internal import Kernel
internal import Platform

/// What `/v1/network` says. It numbers interfaces and gives no MAC addresses; its addresses are hosts, whatever their network is. The
/// networks are those of "Manual network configuration on a Linode": a public IPv4 address has 24 bits and the router at .1, a private
/// one is in 192.168.128.0/17, IPv6 is autoconfigured with the router at fe80::1.
struct AkamaiNetwork: Sendable {
    var interfaces: [MetadataSnapshot.Interface] = []
    /// All of the machine's, with those that are on no link of its own (a one-to-one NAT's).
    var addresses: [IPAddress] = []
    let raw: JSONValue

    private static let privateNetwork = IPPrefix("192.168.128.0/17")
    private static let router6 = IPv6Address("fe80::1")

    init(_ document: JSONReading, on links: [MachineLink]) throws(ReadingFault) {
        raw = document.value
        let entries = try document.items("interfaces")
        var purposes: [String] = []
        for entry in entries { purposes.append(try entry.required("purpose", JSONReading.word)) }
        let v4 = try document["ipv4"]
        let v6 = try document["ipv6"]
        let publicOnes = try Self.hosts(v4?.items("public") ?? [])
        addresses = publicOnes
        // One public interface, which nobody configured, is not listed.
        let place = purposes.isEmpty ? 0 : purposes.firstIndex(of: "public")
        if let place {
            let slaac = try v6?["slaac"]?.prefix()?.address
            let privateOnes = try Self.hosts(v4?.items("private") ?? [])
            addresses += privateOnes + [slaac].compactMap { $0 }
            guard !addresses.isEmpty else { throw .missing("ipv4.public") }
            let own = try [slaac, v6?["link_local"]?.prefix()?.address].lazy.compactMap { address -> MACAddress? in
                guard case .v6(let address) = address else { return nil }
                return MACAddress(interfaceOf: address)
            }.first
            if let mac = own ?? (place < links.count ? links[place].mac : nil) {
                var link = MetadataSnapshot.Interface(mac: mac)
                link.deviceIndex = place
                link.addresses = publicOnes.map { IPPrefix($0, length: 24) ?? IPPrefix(host: $0) }
                link.gateway4 = link.addresses.first?.firstHost
                // The lease is the first public address, with the region's resolvers, which metadata does not name.
                link.usesDHCP4 = !publicOnes.isEmpty
                for address in privateOnes {
                    let length = Self.privateNetwork.flatMap { $0.contains(address) ? $0.length : nil }
                    link.addresses.append(length.flatMap { IPPrefix(address, length: $0) } ?? IPPrefix(host: address))
                }
                if let slaac, let address = IPPrefix(slaac, length: 64) {
                    link.addresses.append(address)
                    link.gateway6 = Self.router6
                }
                for range in try v6?.items("ranges") ?? [] {
                    if let range = try range.prefix() { link.prefixes.append(range.network) }
                }
                interfaces.append(link)
            }
        }
        for (index, entry) in entries.enumerated() where index != place {
            let mac = index < links.count ? links[index].mac : nil
            try add(entry, purpose: purposes[index], index: index, mac: mac, isAlone: place == nil)
        }
        guard !addresses.isEmpty else { throw .missing("ipv4.public") }
    }

    /// A further interface; `isAlone` where no other leads out.
    private mutating func add(
        _ entry: JSONReading, purpose: String, index: Int, mac: MACAddress?, isAlone: Bool
    ) throws(ReadingFault) {
        var link = mac.map { MetadataSnapshot.Interface(mac: $0) }
        link?.deviceIndex = index
        switch purpose {
        case "vlan":
            guard let address = try entry["ipam_address"]?.prefix() else { break }
            addresses.append(address.address)
            link?.addresses.append(address)
        case "vpc":
            let subnet = try entry.required("vpc").required("subnet").required("ipv4")
            let network = try subnet.required("subnet_range", JSONReading.prefix)
            let address = try subnet.required("instance_address", JSONReading.prefix).address
            guard network.contains(address), let own = IPPrefix(address, length: network.length) else {
                throw subnet.wrong("has an address outside its network")
            }
            addresses.append(address)
            link?.addresses.append(own)
            let outside = try subnet["nat_1_1"]?.prefix()?.address
            if let outside, !addresses.contains(outside) { addresses.append(outside) }
            // The subnet's first address is its router, for who has no public interface.
            if isAlone { link?.gateway4 = network.firstHost }
            for range in try subnet.items("instance_ranges") {
                if let range = try range.prefix() { link?.prefixes.append(range.network) }
            }
        default: throw entry.wrong("has the purpose \(purpose), which is none of public, vlan and vpc")
        }
        if let link { interfaces.append(link) }
    }

    private static func hosts(_ items: [JSONReading]) throws(ReadingFault) -> [IPAddress] {
        var hosts: [IPAddress] = []
        for item in items {
            if let host = try item.prefix() { hosts.append(host.address) }
        }
        return hosts
    }
}
