internal import Fetch
internal import Kernel
internal import Platform

/// The metadata service of Equinix Metal.
struct EquinixMetadata: MetadataSource {
    static let path = "/metadata"

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.equinix, policy: .equinix, in: context)
        var snapshot = try await session.read(Self.path) { (document) throws(MetadataFault) in
            try EquinixServer(document).snapshot
        }.value
        snapshot.userData = try await session.userData("/userdata")
        return snapshot
    }
}

extension FetchPolicy {
    /// The documents name the service metadata.platformequinix.com, which was metadata.packet.net. No name is resolved here: both stand
    /// for this address, which the service answers at in plain HTTP, as it does for the operating systems' agents, by who is asking.
    static let equinix = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "192.80.8.124")],
        headers: [HTTPHeader("Host", "metadata.platformequinix.com"), HTTPHeader("Accept", "application/json")],
        statuses: [
            401: .terminal("the service knows no server of this address"),
            403: .terminal("the service knows no server of this address"), 404: .absent,
        ],
        hint: "the service answers in Layer 3 and Hybrid Bonded mode alone, once the server is active: check the address and the route")
}
