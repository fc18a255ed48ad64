public import Fetch
public import Kernel

/// Sends requests by a platform's policy: each has its own timeout, what passes is tried again, what is final ends at once.
public struct MetadataFetcher: Sendable {
    /// What came of a request.
    public enum Outcome: Hashable, Sendable {
        case answer([UInt8])
        case absent
        case tokenExpired
    }

    public let platform: PlatformName
    public let policy: FetchPolicy
    public let deadline: Deadline
    private let transport: any HTTPTransport

    public init(
        _ platform: PlatformName, policy: FetchPolicy, through transport: any HTTPTransport, deadline: Deadline
    ) {
        self.platform = platform
        self.policy = policy
        self.transport = transport
        self.deadline = deadline
    }

    /// Sends until there is an outcome. `next` gives the request for each try, so that it may go to another address.
    public func fetch(
        hint: String = "", _ next: @Sendable (_ attempt: Int) -> HTTPRequest
    ) async throws(PlatformError) -> Outcome {
        var attempt = 0
        while true {
            let request = next(attempt)
            let reason: String
            var status: Int?
            var retryAfter: Duration?
            switch await answer(to: request) {
            case .success(let response):
                status = response.status
                switch policy.meaning(of: response.status) {
                case .answer: return .answer(response.body)
                case .absent: return .absent
                case .tokenExpired: return .tokenExpired
                case .terminal(let what):
                    throw PlatformError(
                        .refused, platform: platform, url: request.url, status: response.status, hint: what)
                case .transient:
                    reason = "status \(response.status)"
                    retryAfter = response.header("Retry-After").flatMap { Int64($0) }.map {
                        .seconds(min(max($0, 0), 3600))
                    }
                }
            case .failure(let error):
                switch error.kind {
                case .timedOut, .cannotConnect, .connectionLost: reason = error.description
                case .invalidRequest:
                    throw PlatformError(
                        .nonsense(error.description), platform: platform, url: request.url,
                        hint: "give an endpoint with a literal address")
                case .malformed, .tooLarge:
                    throw PlatformError(
                        .nonsense(error.description), platform: platform, url: request.url,
                        hint: "something else answers at this address")
                }
            }
            let failure = PlatformError(
                .timedOut("an answer (\(reason))"), platform: platform, url: request.url, status: status, hint: hint)
            try await pause(after: attempt, atLeast: retryAfter ?? .zero, orThrow: failure)
            attempt += 1
        }
    }

    private func answer(to request: HTTPRequest) async -> Result<HTTPResponse, FetchError> {
        do throws(FetchError) {
            let limit = Deadline(in: policy.requestTimeout).earlier(deadline)
            return .success(try await transport.send(request, deadline: limit))
        } catch {
            return .failure(error)
        }
    }

    /// Waits before the next try; throws `failure` where the deadline comes first, or the task was cancelled.
    public func pause(
        after attempt: Int, atLeast: Duration = .zero, orThrow failure: PlatformError
    ) async throws(PlatformError) {
        // The last try comes just before the deadline: what is told late is told all the same.
        let room = deadline.remaining - .milliseconds(20)
        guard room > .zero, atLeast <= room else { throw failure }
        let pause = min(max(policy.pause(after: attempt), atLeast), room)
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw failure
        }
    }
}

/// `body` for every element, at most `width` at once, the results in the elements' order. The first failure ends the others.
public func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], width: Int,
    _ body: @escaping @Sendable (Element) async throws(PlatformError) -> Value
) async throws(PlatformError) -> [Value] {
    let outcome = await withTaskGroup(of: (Int, Result<Value, PlatformError>).self) { group in
        var results: [Int: Value] = [:]
        var next = 0
        func add() {
            guard next < elements.count else { return }
            let (index, element) = (next, elements[next])
            next += 1
            group.addTask {
                do throws(PlatformError) {
                    return (index, .success(try await body(element)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        for _ in 0..<max(1, width) { add() }
        while let (index, result) = await group.next() {
            switch result {
            case .success(let value): results[index] = value
            case .failure(let error):
                group.cancelAll()
                return Result<[Int: Value], PlatformError>.failure(error)
            }
            add()
        }
        return .success(results)
    }
    let results = try outcome.get()
    return elements.indices.compactMap { results[$0] }
}
