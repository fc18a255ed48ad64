internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// The virtual router of the machine's network is the service, and the DHCP server: "Determining the virtual router address without
    /// DNS" of CloudStack's administrator's guide.
    static func cloudStack(_ servers: [IPAddress]) -> FetchPolicy {
        FetchPolicy(
            endpoints: servers.map { HTTPEndpoint(address: $0.description) },
            hint:
                "the service is on the network's virtual router, which gives the lease: check the link, or name the router by --endpoint"
        )
    }
}

/// A CloudStack instance's metadata: a key a value, from whom the lease is; where nobody knows, from the default router.
struct CloudStackMetadata: MetadataSource {
    /// "User Data and Metadata" of the administrator's guide, and what virtual routers have beside it.
    static let keys = [
        "instance-id", "local-hostname", "service-offering", "availability-zone", "local-ipv4", "public-ipv4",
        "public-hostname", "public-keys", "vm-id", "cloud-identifier", "cloud-domain", "cloud-domain-id",
    ]

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let servers = context.nearbyServers
        guard !servers.isEmpty || context.endpoints != nil else {
            throw PlatformError(
                .noMetadata, platform: .cloudStack,
                hint:
                    "no lease and no default route name the virtual router: get a lease first, or name the router by --endpoint"
            )
        }
        let session = MetadataSession(.cloudStack, policy: .cloudStack(servers), in: context)
        let link = context.host.machineLinks().first
        var (snapshot, userData) = try await both(
            { () throws(PlatformError) in
                try await session.keys(Self.keys, below: "/latest/meta-data/") {
                    (answers) throws(ReadingFault) in try Self.read(answers, on: link)
                }
            },
            { () throws(PlatformError) in try await session.userData("/latest/user-data") })
        snapshot.userData = userData
        return snapshot
    }

    static func read(_ answers: JSONReading, on link: MachineLink?) throws(ReadingFault) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: .cloudStack)
        snapshot.instanceID = try answers.required("instance-id", JSONReading.word)
        snapshot.instanceType = try answers.required("service-offering", JSONReading.line)
        snapshot.hostName = try answers.required("local-hostname", JSONReading.word)
        snapshot.zone = try answers.required("availability-zone", JSONReading.line)
        snapshot.sshKeys = try answers["public-keys"]?.lines() ?? []
        let local = try answers.required("local-ipv4", JSONReading.ipv4)
        snapshot.list(.v4(local))
        // The router's: what the machine is seen as.
        if let router = try answers["public-ipv4"]?.address() { snapshot.list(router) }
        // The first link leases the address; no key says of what network it is.
        if let link {
            var interface = MetadataSnapshot.Interface(mac: link.mac)
            interface.addresses = [IPPrefix(host: .v4(local))]
            interface.usesDHCP4 = true
            interface.usesRouterAdvertisements = true
            snapshot.interfaces = [interface]
        }
        snapshot.raw = answers.members(without: [])
        return snapshot
    }
}
