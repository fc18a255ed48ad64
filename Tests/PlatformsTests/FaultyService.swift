import Documents
import Fetch
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

/// A machine of the fixtures as a service on a socket of its own, which does wrong where it is told to.
///
/// What the fixture has is answered with its status, fields and body. Tokens are granted by number, and one that was not granted, or
/// is not valid any more, is 401.
final class FaultyService: Sendable {
    enum Fault: Sendable {
        /// The answer that the fixture has.
        case none
        /// That status with the fields of the fixture's answer and these; no body.
        case status(Int, [String: String] = [:])
        /// The fixture's answer with another body.
        case body([UInt8])
        /// The fixture's answer, spoilt.
        case spoilt(@Sendable (HTTPResponse) -> [RawServer.Step])
        /// Any bytes at any pace.
        case steps([RawServer.Step])
        /// The token that was shown, and all before it, are not valid any more.
        case revoke

        static func text(_ text: String) -> Fault { .steps([.text(text)]) }
    }

    /// What a request of one kind meets: one after the other, then `always`.
    struct Faults: Sendable {
        var first: [Fault] = []
        var always = Fault.none

        static func once(_ faults: Fault...) -> Faults { Faults(first: faults) }
        static func always(_ fault: Fault) -> Faults { Faults(always: fault) }
    }

    fileprivate struct State {
        var faults: [String: Faults]
        var everywhere: Fault
        var requests: [RawServer.Request] = []
        var granted = 0
        var firstValid = 1
    }

    private let state: Monitor<State>
    private let fixture: MachineFixture
    private let server: RawServer
    let endpoint: HTTPEndpoint

    /// - Parameters:
    ///   - faults: by `GET /path`.
    ///   - everywhere: what all other requests meet.
    init(
        _ fixture: MachineFixture, onIPv6 isIPv6: Bool = false, _ faults: [String: Faults] = [:],
        everywhere: Fault = .none
    ) throws {
        self.fixture = fixture
        let answers = try fixture.exchanges().reduce(into: [String: HTTPResponse]()) { answers, exchange in
            guard case .success(let response) = exchange.outcome else { return }
            answers["\(exchange.method.rawValue) \(Self.path(exchange.url))"] = response
        }
        let otherwise = Int(fixture.document["otherwise"]?.integer ?? 404)
        let state = Monitor(State(faults: faults, everywhere: everywhere))
        self.state = state
        server = try RawServer(onIPv6: isIPv6) { request in
            let own = state.with { $0.answer(to: request, answers, otherwise) }
            switch state.with({ $0.fault(for: request) }) {
            case .none: return own.steps()
            case .status(let status, let fields):
                var answer = HTTPResponse(status: status, headers: own.headers)
                answer.headers += fields.map { HTTPHeader($0.key, $0.value) }
                return answer.steps()
            case .body(let bytes):
                return HTTPResponse(status: own.status, headers: own.headers, body: bytes).steps()
            case .spoilt(let spoil): return spoil(own)
            case .steps(let steps): return steps
            case .revoke:
                state.with { $0.firstValid = $0.granted + 1 }
                return HTTPResponse(status: 401, headers: own.headers).steps()
            }
        }
        endpoint = HTTPEndpoint(address: isIPv6 ? "::1" : "127.0.0.1", port: server.port)
    }

    var platform: PlatformName { fixture.platform }
    /// In the order of their coming.
    var requests: [RawServer.Request] { state.with { $0.requests } }
    func count(_ line: String) -> Int { requests.count { $0.line == line } }

    static func path(_ url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count == 4 ? "/\(parts[3])" : "/"
    }

    /// One fetch, by the live transport and the platform's own source.
    func fetch(
        within time: Duration = .seconds(30), by endpoints: [HTTPEndpoint]? = nil
    ) async -> Result<MetadataSnapshot, PlatformError> {
        await fixture.fetch(by: endpoints ?? [endpoint], within: time)
    }

    /// What the fixture says that the machine is.
    func expectWhole(_ snapshot: MetadataSnapshot, _ comment: Comment? = nil) {
        guard let expected = fixture.document["snapshot"] else {
            Issue.record("the fixture has no snapshot")
            return
        }
        #expect(differences(of: snapshot.document(), from: expected) == [], comment)
    }
}

extension FaultyService.State {
    fileprivate mutating func fault(for request: RawServer.Request) -> FaultyService.Fault {
        guard var faults = faults[request.line] else { return everywhere }
        guard !faults.first.isEmpty else { return faults.always }
        let next = faults.first.removeFirst()
        self.faults[request.line] = faults
        return next
    }

    /// What the machine has.
    fileprivate mutating func answer(
        to request: RawServer.Request, _ answers: [String: HTTPResponse], _ otherwise: Int
    ) -> HTTPResponse {
        requests.append(request)
        // Only the services with a token are asked with PUT.
        let hasTokens = answers.keys.contains { $0.hasPrefix("PUT ") }
        if request.line.hasPrefix("PUT "), var answer = answers[request.line] {
            granted += 1
            answer.body = Array("TOKEN-\(granted)==".utf8)
            return answer
        }
        let valid = hasTokens && firstValid <= granted ? (firstValid...granted).map { "TOKEN-\($0)==" } : []
        if hasTokens, !request.fields.contains(where: { valid.contains($0.value) }) { return HTTPResponse(status: 401) }
        return answers[request.line] ?? HTTPResponse(status: otherwise)
    }
}

extension HTTPResponse {
    /// The head, framed by its body's length.
    func head(length: String? = nil) -> String {
        "HTTP/1.1 \(status) Status\r\n" + headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            + "Content-Length: \(length ?? "\(body.count)")\r\n\r\n"
    }

    func steps() -> [RawServer.Step] { [.send(Array(head().utf8) + body)] }
}

extension MachineFixture {
    static func named(_ name: String) throws -> MachineFixture {
        try #require(all.first { $0.name == name }, "there is no fixture \(name)")
    }

    /// One fetch, by the live transport and the platform's own source. It ends by its deadline; what comes on top is what a busy machine
    /// takes to run this test.
    func fetch(
        by endpoints: [HTTPEndpoint], within time: Duration
    ) async -> Result<MetadataSnapshot, PlatformError> {
        let limit = Deadline(in: time + .seconds(20))
        defer { #expect(!limit.hasPassed, "\(name): past its deadline") }
        do {
            var (context, _) = try context(deadline: Deadline(in: time))
            context.http = LiveHTTP()
            context.endpoints = endpoints
            guard let source = Registry.platform(platform)?.source else { throw PlatformError(.noMetadata) }
            return .success(try await source.snapshot(in: context))
        } catch let error as PlatformError {
            return .failure(error)
        } catch {
            Issue.record("\(error)")
            return .failure(PlatformError(.noMetadata))
        }
    }
}

extension Result where Failure == PlatformError {
    var failure: PlatformError? { if case .failure(let error) = self { error } else { nil } }
}
