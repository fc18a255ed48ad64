internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// Plain HTTP without a token: the Metadata API reference.
    static let digitalOcean = FetchPolicy(endpoints: [HTTPEndpoint(address: "169.254.169.254")])
}

/// A droplet's metadata: one document (Metadata API reference, "Metadata in JSON"), and user data by itself, whose bytes need not be text.
struct DigitalOceanMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.digitalOcean, policy: .digitalOcean, in: context)
        let path = "/metadata/v1/user-data"
        let (document, served) = try await both(
            { () throws(PlatformError) in try await session.document("/metadata/v1.json", Self.read) },
            { () throws(PlatformError) in try await session.fetch(path)?.body })
        var snapshot = document.snapshot
        snapshot.userData = try await session.userData(served, orText: document.userData, at: path)
        return snapshot
    }

    @Sendable
    static func read(_ document: JSONReading) throws(ReadingFault) -> (snapshot: MetadataSnapshot, userData: String?) {
        var snapshot = MetadataSnapshot(platform: .digitalOcean)
        snapshot.instanceID = try document.required("droplet_id", JSONReading.word)
        snapshot.hostName = try document.required("hostname", JSONReading.word)
        snapshot.region = try document.required("region", JSONReading.word)
        for tag in try document.items("tags") {
            if let tag = try tag.line() { snapshot.tags[tag] = "" }
        }
        snapshot.sshKeys = try document["public_keys"]?.lines() ?? []
        for server in try document["dns"]?.items("nameservers") ?? [] {
            if let server = try server.address() { snapshot.nameServers.append(server) }
        }
        let interfaces = try document.required("interfaces")
        for kind in ["public", "private"] {
            for nic in try interfaces.items(kind) {
                snapshot.interfaces.append(try interface(nic, isPublic: kind == "public"))
            }
        }
        guard !snapshot.interfaces.isEmpty else { throw .missing("interfaces") }
        for address in snapshot.interfaces.flatMap(\.addresses) { snapshot.list(address.address) }
        // The new name and the old one of the same.
        for name in ["reserved_ip", "floating_ip"] {
            for family in ["ipv4", "ipv6"] {
                guard let reserved = try document[name]?[family], try reserved["active"]?.flag() == true else {
                    continue
                }
                if let address = try reserved["ip_address"]?.address() { snapshot.list(address) }
            }
        }
        snapshot.raw = document.members(without: ["user_data", "vendor_data", "auth_key"])
        return (snapshot, try document["user_data"]?.text())
    }

    /// A private network's gateway leads nowhere else: it is no router of the machine's.
    private static func interface(
        _ nic: JSONReading, isPublic: Bool
    ) throws(ReadingFault) -> MetadataSnapshot.Interface {
        var link = MetadataSnapshot.Interface(
            mac: try nic.required("mac", JSONReading.mac))
        // The anchor is where a reserved address arrives; its gateway is for what is to leave with that one.
        for (name, length) in [("ipv4", "netmask"), ("ipv6", "cidr"), ("anchor_ipv4", "netmask")] {
            guard let entry = try nic[name] else { continue }
            link.addresses.append(try entry.addressAndLength("ip_address", length))
            guard isPublic, let gateway = try entry["gateway"] else { continue }
            if name == "ipv4" { link.gateway4 = try gateway.ipv4() }
            if name == "ipv6" { link.gateway6 = try gateway.ipv6() }
        }
        guard !link.addresses.isEmpty else { throw .missing(nic.path(to: "ipv4")) }
        return link
    }
}
