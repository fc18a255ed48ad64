internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// Plain HTTP without a token: Exoscale's "Instance metadata"; version 1.0 of the interface.
    static let exoscale = FetchPolicy(endpoints: [HTTPEndpoint(address: "169.254.169.254")])
}

/// An Exoscale instance's metadata: a key a value.
struct ExoscaleMetadata: MetadataSource {
    static let keys = [
        "instance-id", "local-hostname", "public-hostname", "service-offering", "availability-zone", "public-ipv4",
        "local-ipv4", "public-keys", "cloud-identifier", "vm-id",
    ]

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.exoscale, policy: .exoscale, in: context)
        let link = context.host.machineLinks().first
        var (snapshot, userData) = try await both(
            { () throws(PlatformError) in
                try await session.keys(Self.keys, below: "/1.0/meta-data/") {
                    (answers) throws(ReadingFault) in try Self.read(answers, on: link)
                }
            },
            { () throws(PlatformError) in try await session.userData("/1.0/user-data") })
        snapshot.userData = userData
        return snapshot
    }

    static func read(_ answers: JSONReading, on link: MachineLink?) throws(ReadingFault) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: .exoscale)
        snapshot.instanceID = try answers.required("instance-id", JSONReading.word)
        snapshot.instanceType = try answers.required("service-offering", JSONReading.line)
        snapshot.hostName = try answers.required("local-hostname", JSONReading.word)
        // `ch-gva-2`: Exoscale has zones, and no regions around them.
        snapshot.zone = try answers.required("availability-zone", JSONReading.word)
        snapshot.region = snapshot.zone
        snapshot.sshKeys = try answers["public-keys"]?.lines() ?? []
        let local = try answers["local-ipv4"]?.address()
        for address in [local, try answers["public-ipv4"]?.address()].compactMap({ $0 }) { snapshot.list(address) }
        // The first link leases the address and autoconfigures IPv6; no key says of what networks they are.
        if let link {
            var interface = MetadataSnapshot.Interface(mac: link.mac)
            interface.addresses = [local].compactMap { $0.map { IPPrefix(host: $0) } }
            interface.usesDHCP4 = true
            interface.usesRouterAdvertisements = true
            snapshot.interfaces = [interface]
        }
        snapshot.raw = answers.members(without: [])
        return snapshot
    }
}
