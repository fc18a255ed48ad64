import Fetch
import FoundationEssentials
import Kernel
import Synchronization

/// A service out of a script: what each method and path is answered, one after the other, the last of them for ever.
final class ScriptedHTTP: HTTPTransport {
    enum Reply: Sendable {
        case answer(HTTPResponse)
        case fault(FetchError.Kind)

        static func body(_ text: String, status: Int = 200, _ fields: [String: String] = [:]) -> Reply {
            .answer(
                HTTPResponse(
                    status: status, headers: fields.map { HTTPHeader($0.key, $0.value) }, body: Array(text.utf8)))
        }
        static func status(_ status: Int, _ fields: [String: String] = [:]) -> Reply {
            body("", status: status, fields)
        }
    }
    private struct State {
        var script: [String: [Reply]]
        var seen: [HTTPRequest] = []
    }
    private let state: Mutex<State>
    private let otherwise: Reply

    /// `script` by `GET /path`; `GET *` is what else is got.
    init(_ script: [String: [Reply]], otherwise: Reply = .status(404)) {
        state = Mutex(State(script: script))
        self.otherwise = otherwise
    }

    var seen: [HTTPRequest] { state.withLock { $0.seen } }
    /// `GET /path` of every request, in order.
    var lines: [String] { seen.map { "\($0.method.rawValue) \($0.path)" } }

    func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        let reply = state.withLock { state -> Reply in
            state.seen.append(request)
            var key = "\(request.method.rawValue) \(request.path)"
            if state.script[key] == nil { key = "\(request.method.rawValue) *" }
            guard let replies = state.script[key], let first = replies.first else { return otherwise }
            if replies.count > 1 { state.script[key]?.removeFirst() }
            return first
        }
        switch reply {
        case .answer(let response): return response
        case .fault(let kind): throw FetchError(kind, url: request.url)
        }
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}
