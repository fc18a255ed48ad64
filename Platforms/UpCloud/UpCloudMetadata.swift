internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// Plain HTTP without a token: "Metadata service" of UpCloud's API documentation.
    static let upCloud = FetchPolicy(endpoints: [HTTPEndpoint(address: "169.254.169.254")])
}

/// An UpCloud server's metadata: one document, and user data by itself.
struct UpCloudMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.upCloud, policy: .upCloud, in: context)
        let path = "/metadata/v1/user_data"
        let (document, served) = try await both(
            { () throws(PlatformError) in try await session.document("/metadata/v1.json", Self.read) },
            { () throws(PlatformError) in try await session.fetch(path)?.body })
        var snapshot = document.snapshot
        snapshot.userData = try await session.userData(served, orText: document.userData, at: path)
        return snapshot
    }

    @Sendable
    static func read(_ document: JSONReading) throws(ReadingFault) -> (snapshot: MetadataSnapshot, userData: String?) {
        var snapshot = MetadataSnapshot(platform: .upCloud)
        snapshot.instanceID = try document.required("instance_id", JSONReading.word)
        snapshot.hostName = try document.required("hostname", JSONReading.word)
        // `fi-hel2`: what UpCloud calls a zone is all that there is.
        snapshot.region = try document.required("region", JSONReading.word)
        for tag in try document.items("tags") {
            if let tag = try tag.line() { snapshot.tags[tag] = "" }
        }
        snapshot.sshKeys = try document["public_keys"]?.lines() ?? []
        let network = try document.required("network")
        snapshot.nameServers = try addresses(network.items("dns"))
        let interfaces = try network.required("interfaces").items()
        guard !interfaces.isEmpty else { throw .missing("network.interfaces") }
        for nic in interfaces { snapshot.interfaces.append(try interface(nic, beside: snapshot.nameServers)) }
        for link in snapshot.interfaces {
            for address in link.addresses { snapshot.list(address.address) }
        }
        snapshot.raw = document.members(without: ["user_data", "vendor_data"])
        return (snapshot, try document["user_data"]?.text())
    }

    private static func addresses(_ items: [JSONReading]) throws(ReadingFault) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for item in items {
            if let address = try item.address() { addresses.append(address) }
        }
        return addresses
    }

    private static func interface(
        _ nic: JSONReading, beside known: [IPAddress]
    ) throws(ReadingFault) -> MetadataSnapshot.Interface {
        var link = MetadataSnapshot.Interface(mac: try nic.required("mac", JSONReading.mac))
        link.deviceIndex = try nic["index"]?.number(in: 0...65_535)
        // The utility network and private ones have routers to other networks of theirs, which DHCP tells; not to the Internet.
        let isPublic = try nic.required("type", JSONReading.word) == "public"
        for entry in try nic.required("ip_addresses").items() {
            let address = try entry.required("address", JSONReading.address)
            let subnet = try entry.required("network", JSONReading.prefix)
            guard let own = IPPrefix(address, length: subnet.length), subnet.contains(address) else {
                throw entry.wrong("has an address outside its network")
            }
            let isLeased = try entry["dhcp"]?.flag() ?? false
            // IPv6 is said to come by DHCP, and comes by autoconfiguration, which makes this same address.
            if isLeased, address.isIPv4, !link.usesDHCP4 {
                link.usesDHCP4 = true
                // What is leased is the link's first.
                link.addresses.insert(own, at: 0)
            } else {
                link.addresses.append(own)
            }
            for server in try addresses(entry.items("dns")) where !known.contains(server) {
                if !link.nameServers.contains(server) { link.nameServers.append(server) }
            }
            guard isPublic, let gateway = try entry["gateway"]?.address() else { continue }
            switch gateway {
            case .v4(let gateway): link.gateway4 = link.gateway4 ?? gateway
            case .v6(let gateway): link.gateway6 = link.gateway6 ?? gateway
            }
        }
        guard !link.addresses.isEmpty else { throw .missing(nic.path(to: "ip_addresses")) }
        return link
    }
}
