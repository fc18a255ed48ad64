internal import Fetch
internal import Kernel
internal import Platform
internal import Synchronization

/// A token, the address that gave it, and its number in the session.
struct AWSToken: Hashable, Sendable {
    let value: String
    let endpoint: HTTPEndpoint
    let number: Int
}

/// The conversation with the service: one token for all requests, and a new one where it is refused; a request sees that once.
actor AWSSession {
    private let endpoints: [HTTPEndpoint]
    private let tokens: MetadataFetcher
    private let data: MetadataFetcher
    private var request: (number: Int, task: Task<Result<AWSToken, PlatformError>, Never>)?

    init(endpoints: [HTTPEndpoint], transport: any HTTPTransport, deadline: Deadline) {
        self.endpoints = endpoints
        tokens = MetadataFetcher(.aws, policy: AWSPolicy.token, through: transport, deadline: deadline)
        data = MetadataFetcher(.aws, policy: AWSPolicy.data, through: transport, deadline: deadline)
    }

    /// The token number `number`; who asks first fetches it, the others wait for the same.
    private func token(_ number: Int) async throws(PlatformError) -> AWSToken {
        if let request, request.number >= number { return try await request.task.value.get() }
        let (tokens, endpoints) = (tokens, endpoints)
        let task = Task {
            do throws(PlatformError) {
                return Result<AWSToken, PlatformError>.success(
                    try await Self.fetchToken(number, tokens, endpoints))
            } catch {
                return .failure(error)
            }
        }
        request = (number, task)
        return try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    /// The first address that answers: IPv4's and IPv6's in turn.
    private static func fetchToken(
        _ number: Int, _ fetcher: MetadataFetcher, _ endpoints: [HTTPEndpoint]
    ) async throws(PlatformError) -> AWSToken {
        guard !endpoints.isEmpty else { throw PlatformError(.noMetadata, platform: .aws, hint: "no address was given") }
        let answered = Mutex(endpoints[0])
        let outcome = try await fetcher.fetch(hint: AWSPolicy.tokenHint) { attempt in
            let endpoint = endpoints[attempt % endpoints.count]
            answered.withLock { $0 = endpoint }
            return HTTPRequest(
                .put, endpoint, AWSKey.token,
                headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "\(AWSPolicy.tokenLifetime)")],
                bodyLimit: 4096)
        }
        let endpoint = answered.withLock { $0 }
        guard case .answer(let body) = outcome, !body.isEmpty, body.count <= 4096,
            body.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x3c })
        else {
            throw PlatformError(
                .nonsense("this is no token"), platform: .aws, url: "\(endpoint)\(AWSKey.token)",
                hint: "something else answers at this address")
        }
        return AWSToken(value: String(decoding: body, as: UTF8.self), endpoint: endpoint, number: number)
    }

    /// Gets one key: nil where it is absent and may be. A required one that is absent is asked for again until the deadline.
    nonisolated func get(_ key: AWSKey) async throws(PlatformError) -> [UInt8]? {
        var number = 0
        var attempt = 0
        var isRenewed = false
        while true {
            let token = try await token(number)
            let request = HTTPRequest(
                .get, token.endpoint, "/latest/\(key.path)",
                headers: [HTTPHeader("X-aws-ec2-metadata-token", token.value)])
            let outcome = try await data.fetch(
                hint: "the service is overloaded or unreachable: try again with a longer deadline"
            ) { _ in request }
            switch outcome {
            case .answer(let body):
                if let problem = key.problem(with: body) {
                    throw PlatformError(
                        .nonsense(problem), platform: .aws, url: request.url, status: 200,
                        hint: "something else answers at this address")
                }
                return body
            case .absent:
                guard key.isRequired else { return nil }
                try await wait(after: attempt, for: key.path, request.url)
                attempt += 1
            case .tokenExpired:
                guard !isRenewed else {
                    throw PlatformError(
                        .refused, platform: .aws, url: request.url, status: 401,
                        hint: "the service refuses the token that it has just given")
                }
                // Another request may have asked for it already: then both wait for the same.
                number = token.number + 1
                isRenewed = true
            }
        }
    }

    /// A pause before a required key is asked for again.
    nonisolated func wait(after attempt: Int, for key: String, _ url: String?) async throws(PlatformError) {
        try await data.pause(
            after: attempt,
            orThrow: PlatformError(
                .timedOut("\(key), which every instance has"), platform: .aws, url: url, status: 404,
                hint: "the instance may still be starting: try again with a longer deadline"))
    }
}
