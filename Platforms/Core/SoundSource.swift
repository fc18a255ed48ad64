internal import Fetch
internal import Kernel
internal import Synchronization

/// A platform's source, whose snapshots are looked over before anybody has them: what no machine can have is nonsense of the service's.
struct SoundSource: MetadataSource {
    let source: any MetadataSource

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let http = AddressedHTTP(before: context.http)
        return try checked(try await source.snapshot(in: heard(context, http)), http)
    }

    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        let http = AddressedHTTP(before: context.http)
        guard let fresh = try await source.change(since: snapshot, in: heard(context, http)) else { return nil }
        return try checked(fresh, http)
    }

    func redact(after snapshot: MetadataSnapshot, in context: MetadataContext) async throws(PlatformError) {
        try await source.redact(after: snapshot, in: context)
    }

    func reportReady(in context: MetadataContext) async throws(PlatformError) -> Bool {
        try await source.reportReady(in: context)
    }

    private func heard(_ context: MetadataContext, _ http: AddressedHTTP) -> MetadataContext {
        var context = context
        context.http = http
        return context
    }

    private func checked(
        _ snapshot: MetadataSnapshot, _ http: AddressedHTTP
    ) throws(PlatformError) -> MetadataSnapshot {
        guard let problem = snapshot.problem else { return snapshot }
        throw PlatformError(
            .nonsense(problem), platform: snapshot.platform, url: http.service, status: http.service == nil ? nil : 200,
            hint: "correct it where the machine is described, or see what answers in the platform's place")
    }
}

/// Remembers who answered, for an error's words.
private final class AddressedHTTP: HTTPTransport {
    private let transport: any HTTPTransport
    private let answered = Mutex<HTTPEndpoint?>(nil)

    init(before transport: any HTTPTransport) { self.transport = transport }

    /// `http://169.254.169.254/`; nil while nobody has answered.
    var service: String? { answered.withLock { $0 }.map { "\($0)/" } }

    func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        let response = try await transport.send(request, deadline: deadline)
        answered.withLock { $0 = request.endpoint }
        return response
    }
}
