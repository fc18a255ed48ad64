internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension FetchPolicy {
    /// "Access instance metadata" of Alibaba Cloud's ECS documents: always with a token, as the security hardening mode demands.
    static let alibaba = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "100.100.100.200")],
        token: Token(
            .put, "/latest/api/token", headers: [HTTPHeader("X-aliyun-ecs-metadata-token-ttl-seconds", "21600")],
            shownIn: "X-aliyun-ecs-metadata-token", lifetime: 21_600,
            statuses: [
                400: .terminal("the request for a token is malformed, or something else answers at this address"),
                403: off, 404: .terminal("there is no metadata service of ECS's at this address"),
            ],
            hint: FetchPolicy.unreachable),
        statuses: [401: .tokenExpired, 403: off, 404: .absent])

    private static let off = StatusMeaning.terminal(
        "the metadata service is off: ModifyInstanceMetadataOptions with HttpEndpoint=enabled")
}

/// An ECS instance's metadata, three requests deep: the token, what every instance has, then what the lists name. Credentials (`ram/`)
/// are never asked for.
struct AlibabaMetadata: MetadataSource {
    static let keys = [
        "instance-id", "instance/instance-type", "instance/instance-name", "hostname", "region-id", "zone-id", "mac",
        macs, "network-type", "private-ipv4", "public-ipv4", "eipv4", publicKeys, tags, "dns-conf/nameservers",
        "ntp-conf/ntp-servers", "instance/spot/termination-time", "image-id", "vpc-id", "vswitch-id",
        "owner-account-id", "serial-number",
    ]
    static let macs = "network/interfaces/macs/"
    static let publicKeys = "public-keys/"
    static let tags = "tags/instance/"

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.alibaba, policy: .alibaba, in: context)
        let ((first, document), userData) = try await both(
            { () throws(PlatformError) in
                try await both(
                    { () throws(PlatformError) in
                        try await session.keys(Self.keys, below: "/latest/meta-data/", AlibabaAnswers.init)
                    },
                    { () throws(PlatformError) in
                        try await session.text("/latest/dynamic/instance-identity/document")
                    })
            },
            { () throws(PlatformError) in try await session.userData("/latest/user-data") })
        var snapshot = try await session.keys(first.named, below: "/latest/meta-data/") {
            (named) throws(ReadingFault) in try first.snapshot(named)
        }
        snapshot.userData = userData
        snapshot.identity = MetadataSnapshot.Identity(
            isVerified: false,
            reason: document == nil
                ? "the service gave no identity document" : "this build has no certificates to verify it with")
        if let document { snapshot.raw["dynamic/instance-identity/document"] = .string(document) }
        return snapshot
    }
}
