public import Kernel
internal import Synchronization
internal import SystemPackage

/// Sends through another transport and keeps what passed.
public final class RecordingHTTP: HTTPTransport {
    private let transport: any HTTPTransport
    private let kept = Mutex<[HTTPExchange]>([])

    public init(before transport: any HTTPTransport) { self.transport = transport }

    /// In the order in which they ended.
    public var exchanges: [HTTPExchange] { kept.withLock { $0 } }

    public func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        do throws(FetchError) {
            let response = try await transport.send(request, deadline: deadline)
            keep(request, .success(response))
            return response
        } catch {
            // A request that lost a race and was cancelled tells nothing of the service.
            if !Task.isCancelled { keep(request, .failure(error)) }
            throw error
        }
    }

    private func keep(_ request: HTTPRequest, _ outcome: Result<HTTPResponse, FetchError>) {
        kept.withLock {
            $0.append(HTTPExchange(request.method, request.url, headers: request.headers, outcome: outcome))
        }
    }
}

/// Answers as it was answered when it was recorded: the same request the second time as the second time, and as the last time from
/// then on. The fields of the request do not count, and nothing waits.
public final class ReplayHTTP: HTTPTransport {
    private struct Request: Hashable {
        let method: HTTPRequest.Method
        let url: String
    }
    private struct State {
        var outcomes: [Request: [Result<HTTPResponse, FetchError>]] = [:]
        var unanswered: [String] = []
    }
    private let state: Mutex<State>

    public init(_ exchanges: [HTTPExchange]) {
        var state = State()
        for exchange in exchanges {
            state.outcomes[Request(method: exchange.method, url: exchange.url), default: []].append(exchange.outcome)
        }
        self.state = Mutex(state)
    }

    /// What was asked for and is not in the recording: `GET http://…`.
    public var unanswered: [String] { state.withLock { $0.unanswered } }

    public func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        let key = Request(method: request.method, url: request.url)
        let outcome: Result<HTTPResponse, FetchError> = state.withLock { state in
            guard let first = state.outcomes[key]?.first else {
                state.unanswered.append("\(request.method.rawValue) \(request.url)")
                return .failure(FetchError(.cannotConnect(.noSuchFileOrDirectory), url: request.url))
            }
            if let count = state.outcomes[key]?.count, count > 1 { state.outcomes[key]?.removeFirst() }
            return first
        }
        let response = try outcome.get()
        guard response.body.count <= request.bodyLimit else {
            throw FetchError(.tooLarge(limit: request.bodyLimit), url: request.url)
        }
        return response
    }
}
