internal import Fetch
internal import Platform

/// The instance metadata service of EC2, version 2 alone.
struct AWSMetadata: MetadataSource {
    /// Three requests deep: the token, all fixed keys, then what the lists of interfaces, tags and keys name.
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.aws, policy: .aws, in: context)
        var answers = AWSAnswers()
        let get = { @Sendable (key: AWSKey) async throws(PlatformError) -> [UInt8]? in
            let path = "/latest/\(key.path)"
            let body =
                key.isRequired ? try await session.require(path).body : try await session.fetch(path)?.body
            if let body, let problem = key.problem(with: body) { throw await session.nonsense(problem, at: path) }
            return body
        }
        answers.add(
            AWSKey.instance, try await concurrently(AWSKey.instance, width: session.policy.width, get))
        answers.place = await session.url(of: "/latest/") ?? answers.place
        var named = try answers.named()
        var attempt = 0
        while !named.isEmpty {
            answers.add(named, try await concurrently(named, width: session.policy.width, get))
            named = answers.missing()
            if let first = named.first {
                try await session.wait(after: attempt, for: "/latest/\(first.path)")
                attempt += 1
            }
        }
        let userData = try answers.userData.map { (raw) throws(PlatformError) in
            try UserData(raw, of: .aws, at: answers.place + AWSKey.userData.path)
        }
        return try answers.snapshot(userData)
    }
}
