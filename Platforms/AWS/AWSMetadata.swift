internal import Fetch
internal import Kernel
internal import Platform

/// The instance metadata service of EC2, version 2 alone.
struct AWSMetadata: MetadataSource {
    /// IPv4 first: IPv6's address answers only where the instance has it turned on.
    static let standardEndpoints = [
        HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fd00:ec2::254"),
    ]

    let endpoints: [HTTPEndpoint]
    let inflate: UserData.Inflate?

    var platform: PlatformName { .aws }

    /// Three requests deep: the token, all fixed keys, then what the lists of interfaces, tags and keys name.
    func snapshot(
        through transport: any HTTPTransport, deadline: Deadline
    ) async throws(PlatformError) -> MetadataSnapshot {
        let session = AWSSession(endpoints: endpoints, transport: transport, deadline: deadline)
        let width = AWSPolicy.data.width
        var answers = AWSAnswers()
        answers.add(
            AWSKey.instance,
            try await concurrently(AWSKey.instance, width: width) { (key) async throws(PlatformError) in
                try await session.get(key)
            })
        var named = try answers.named()
        var attempt = 0
        while !named.isEmpty {
            let keys = named
            answers.add(
                keys,
                try await concurrently(keys, width: width) { (key) async throws(PlatformError) in
                    try await session.get(key)
                })
            named = answers.missing()
            if let first = named.first {
                try await session.wait(after: attempt, for: first.path, nil)
                attempt += 1
            }
        }
        return try answers.snapshot(inflate: inflate)
    }
}
