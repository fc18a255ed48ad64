internal import Fetch
internal import Kernel
internal import Platform

/// Oracle's instance metadata service, version 2 alone.
struct OracleMetadata: MetadataSource {
    /// Two documents, asked for side by side once it is known who answers.
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.oracle, policy: .oracle, in: context)
        let parts = try await concurrently([true, false], width: 2) { (isInstance) throws(PlatformError) in
            if isInstance {
                let instance = try await session.read("/opc/v2/instance/") { (document) throws(MetadataFault) in
                    try OracleInstance(document)
                }.value
                return OraclePart.instance(instance)
            }
            let links = try await session.read("/opc/v2/vnics/") { (document) throws(MetadataFault) in
                try OracleLinks(document)
            }.value
            return OraclePart.links(links)
        }
        var snapshot = MetadataSnapshot(platform: .oracle)
        for case .instance(let instance) in parts {
            snapshot = instance.snapshot
            if let text = instance.userData {
                snapshot.userData = try UserData(
                    Array(text.utf8), of: .oracle,
                    at: await session.url(of: "/opc/v2/instance/metadata/user_data"), encoding: "base64")
            }
        }
        for case .links(let links) in parts { links.add(to: &snapshot) }
        return snapshot
    }
}

private enum OraclePart: Sendable {
    case instance(OracleInstance)
    case links(OracleLinks)
}

extension FetchPolicy {
    /// "Getting Instance Metadata": version 2 wants the field, and refuses what was forwarded. The service answers 404 for moments while
    /// it is brought up to date, so that what every machine has is asked for again.
    static let oracle = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fd00:c1::a9fe:a9fe")],
        headers: [HTTPHeader("Authorization", "Bearer Oracle")],
        statuses: [
            400: .terminal("the request is malformed, or was forwarded"),
            401: .terminal("the service does not take the field Authorization: Bearer Oracle"),
            403: .terminal("the service refuses this machine, or the request was forwarded"), 404: .absent,
        ],
        hint: "the service answers the primary VNIC alone: check its link and its address")
}
