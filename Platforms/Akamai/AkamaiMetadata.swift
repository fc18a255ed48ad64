internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// "Use the Metadata service API" of Akamai's cloud computing documents. It answers plain text unless JSON is asked for.
    static let akamai = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fd00:a9fe:a9fe::1")],
        token: Token(
            .put, "/v1/token", headers: [HTTPHeader("Metadata-Token-Expiry-Seconds", "3600")],
            shownIn: "Metadata-Token", lifetime: 3600,
            statuses: [
                400: .terminal("the request for a token is malformed, or something else answers at this address"),
                404: .terminal("there is no metadata service of Akamai's at this address"),
            ],
            hint: FetchPolicy.unreachable),
        statuses: [401: .tokenExpired, 404: .absent])
}

/// A Linode's metadata: the token, then instance, network, SSH keys and user data at once.
struct AkamaiMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.akamai, policy: .akamai, in: context)
        let json = [HTTPHeader("Accept", "application/json")]
        let links = context.host.machineLinks()
        let ((instance, network), (keys, userData)) = try await both(
            { () throws(PlatformError) in
                try await both(
                    { () throws(PlatformError) in
                        try await session.document("/v1/instance", headers: json, Self.instance)
                    },
                    { () throws(PlatformError) in
                        try await session.document("/v1/network", headers: json) {
                            (document) throws(ReadingFault) in try AkamaiNetwork(document, on: links)
                        }
                    })
            },
            { () throws(PlatformError) in
                try await both(
                    { () throws(PlatformError) in
                        try await session.document("/v1/ssh-keys", headers: json, Self.keys)
                    },
                    // Base64 is what the interface demands of user data, and text all that this key is given as.
                    { () throws(PlatformError) in try await session.userData("/v1/user-data", encoding: "base64") })
            })
        var snapshot = instance
        snapshot.interfaces = network.interfaces
        for address in network.addresses { snapshot.list(address) }
        snapshot.sshKeys = keys
        snapshot.userData = userData
        snapshot.raw["network"] = network.raw
        return snapshot
    }

    @Sendable
    static func instance(_ document: JSONReading) throws(ReadingFault) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: .akamai)
        snapshot.instanceID = try document.required("id", JSONReading.word)
        snapshot.instanceType = try document.required("type", JSONReading.word)
        snapshot.hostName = try document.required("label", JSONReading.word)
        snapshot.region = try document.required("region", JSONReading.word)
        for tag in try document.items("tags") {
            if let tag = try tag.line() { snapshot.tags[tag] = "" }
        }
        snapshot.raw["instance"] = document.value
        return snapshot
    }

    /// `{"users":{"root":[…],…}}`: root's first.
    @Sendable
    static func keys(_ document: JSONReading) throws(ReadingFault) -> [String] {
        guard let users = try document["users"] else { return [] }
        var keys = try users["root"]?.lines() ?? []
        for user in try users.keys() where user != "root" { keys += try users[user]?.lines() ?? [] }
        return keys
    }
}
