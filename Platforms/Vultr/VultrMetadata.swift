internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// "HTTP Response Code" in Vultr's Metadata API: 404 and 405 for a wrong location and method, 500 and 503 for later.
    static let vultr = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254")],
        statuses: [404: .absent, 405: .terminal("this service is none of Vultr's")])
}

/// A Vultr instance's metadata: one document (Vultr Metadata API, "Index (JSON)"), and user data by itself.
struct VultrMetadata: MetadataSource {
    /// Vultr's resolvers, which its metadata does not name: those that its own support in cloud-init writes.
    private static let nameServers = ["108.61.10.10", "2001:19f0:300:1704::6"].compactMap { IPAddress($0) }

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.vultr, policy: .vultr, in: context)
        let path = "/latest/user-data"
        let (document, served) = try await both(
            { () throws(PlatformError) in try await session.document("/v1.json", Self.read) },
            { () throws(PlatformError) in try await session.fetch(path)?.body })
        var snapshot = document.snapshot
        snapshot.userData = try await session.userData(served, orText: document.userData, at: path)
        return snapshot
    }

    @Sendable
    static func read(_ document: JSONReading) throws(ReadingFault) -> (snapshot: MetadataSnapshot, userData: String?) {
        var snapshot = MetadataSnapshot(platform: .vultr)
        // The second API's identifier; the first one's is a number and going away.
        for key in ["instance-v2-id", "instance-id"] where snapshot.instanceID == nil {
            snapshot.instanceID = try document[key]?.word()
        }
        if snapshot.instanceID == nil { snapshot.instanceID = try document.required("instanceid", JSONReading.word) }
        snapshot.hostName = try document.required("hostname", JSONReading.word)
        snapshot.region = try document.required("region").required("regioncode", JSONReading.word)
        for tag in try document["tags"]?.lines() ?? [] { snapshot.tags[tag] = "" }
        snapshot.sshKeys = try document["public-keys"]?.lines() ?? []
        let interfaces = try document.required("interfaces").items()
        guard !interfaces.isEmpty else { throw .missing("interfaces") }
        for nic in interfaces { snapshot.interfaces.append(try interface(nic)) }
        for link in snapshot.interfaces {
            for address in link.addresses { snapshot.list(address.address) }
        }
        let families = Set(snapshot.interfaces.flatMap(\.addresses).map(\.address.isIPv4))
        snapshot.nameServers = nameServers.filter { families.contains($0.isIPv4) }
        snapshot.raw = document.members(without: ["user-data", "vendor-data", "startup-script", "raid1-script"])
        // An empty list where there is none.
        guard let userData = try document["user-data"], userData.value.array == nil else { return (snapshot, nil) }
        return (snapshot, try userData.text())
    }

    private static func interface(_ nic: JSONReading) throws(ReadingFault) -> MetadataSnapshot.Interface {
        var link = MetadataSnapshot.Interface(mac: try nic.required("mac", JSONReading.mac))
        // Attached, and left to the owner to configure.
        if try nic["unconfigured"]?.flag() == true { return link }
        let isPublic = try nic.required("network-type", JSONReading.word) == "public"
        if let entry = try nic["ipv4"] {
            // A machine without public IPv4 has the members all the same, empty.
            if try entry["address"]?.address() != nil {
                link.addresses.append(try entry.addressAndLength("address", "netmask"))
                if isPublic { link.gateway4 = try entry["gateway"]?.ipv4() }
            }
            for more in try entry.items("additional") {
                link.addresses.append(try more.addressAndLength("address", "netmask"))
            }
        }
        if let entry = try nic["ipv6"] {
            // Its router tells itself.
            if try entry["address"]?.address() != nil {
                link.addresses.append(try entry.addressAndLength("address", "prefix"))
            }
            for more in try entry.items("additional") {
                link.prefixes.append(try more.addressAndLength("network", "prefix"))
            }
        }
        guard !link.addresses.isEmpty else { throw .missing(nic.path(to: "ipv4.address")) }
        return link
    }
}
