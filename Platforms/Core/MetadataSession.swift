public import Fetch
public import Kernel
internal import Synchronization
internal import SystemPackage

/// The conversation with a platform's HTTP service, by its policy: the addresses are raced, the one that answers is kept, its token is
/// fetched once for all requests and renewed once for all, what passes is tried again, what is final ends at once.
public actor MetadataSession {
    /// Whom to ask, and with what.
    struct Contact: Sendable {
        var endpoint: HTTPEndpoint
        var token: String?
        /// Counts the accesses of the session, so that those who were refused wait for the same next one.
        var number: Int
        /// What the race brought to whoever ran it.
        var answered: (path: String, response: HTTPResponse)?
    }

    public nonisolated let platform: PlatformName
    public nonisolated let policy: FetchPolicy
    nonisolated let context: MetadataContext
    private var current: (number: Int, task: Task<Result<Contact, PlatformError>, Never>)?

    public init(_ platform: PlatformName, policy: FetchPolicy, in context: MetadataContext) {
        self.platform = platform
        self.policy = policy
        self.context = context
    }

    public nonisolated var deadline: Deadline { context.deadline }

    /// The contact number `number` or a later one; who asks first runs the race with `path`, the others wait for it.
    private func contact(_ number: Int, for path: String) async throws(PlatformError) -> Contact {
        if let current, current.number >= number {
            var contact = try await current.task.value.get()
            // Who ran the race has it, once: the same request later is another.
            contact.answered = nil
            return contact
        }
        let isFirst = current == nil
        let task = Task { await self.open(number, with: path, recalls: isFirst) }
        current = (number, task)
        return try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    /// One request below the service's address, until there is an outcome: the answer, or nil where the service has no such key.
    ///
    /// `path` begins with a slash. `isLong` is for a request that waits for a change: it has the whole of the deadline. `sourcePorts` is for
    /// what the service gives to privileged ports alone. One with another method may be sent more than once.
    public nonisolated func fetch(
        _ path: String, method: HTTPRequest.Method = .get, headers: [HTTPHeader] = [], body: [UInt8] = [],
        isLong: Bool = false, bodyLimit: Int = 4 << 20, sourcePorts: ClosedRange<Int>? = nil
    ) async throws(PlatformError) -> HTTPResponse? {
        var (number, attempt, failures, isRenewed) = (0, 0, 0, false)
        var trouble: PlatformError?
        // Only a short question can be put to all addresses.
        let isPlain = method == .get && !isLong && sourcePorts == nil
        while true {
            let contact: Contact
            do throws(PlatformError) {
                contact = try await self.contact(number, for: isPlain ? path : policy.probe)
            } catch {
                // Where the time ends while somebody is looked for anew, it is what went wrong before that tells.
                if case .timedOut = error.kind, let trouble { throw trouble }
                throw error
            }
            var request = HTTPRequest(method, contact.endpoint, path, headers: policy.headers + headers, body: body)
            request.bodyLimit = bodyLimit
            request.sourcePorts = sourcePorts
            if let token = policy.token, let value = contact.token {
                request.headers.append(HTTPHeader(token.field, value))
            }
            let outcome: Outcome
            if attempt == 0, isPlain, headers.isEmpty, let answered = contact.answered, answered.path == path {
                outcome = judge(answered.response, to: request, unless: policy.statuses)
            } else {
                outcome = await send(request, unless: policy.statuses, timeout: isLong ? deadline.remaining : nil)
            }
            switch outcome {
            case .answer(let response): return response
            case .absent: return nil
            case .final(let error): throw error
            case .tokenExpired(let error):
                guard !isRenewed else { throw error }
                isRenewed = true
                // Another request may have asked for it already: then both wait for the same.
                number = contact.number + 1
            case .failed(let error, let retryAfter, let isService):
                failures = isService ? 0 : failures + 1
                // A try that the end cut short tells nothing of the service.
                trouble = isService || !isOver ? error : trouble ?? error
                try await pause(after: attempt, atLeast: retryAfter, orThrow: trouble ?? error)
                attempt += 1
                // Whoever answered before is gone: the race begins anew.
                if failures > 1 { (number, failures) = (contact.number + 1, 0) }
            }
        }
    }

    /// The same for a key that every machine of the platform has: where it is absent it is asked for again, until the deadline.
    public nonisolated func require(
        _ path: String, headers: [HTTPHeader] = []
    ) async throws(PlatformError) -> HTTPResponse {
        var attempt = 0
        while true {
            do throws(PlatformError) {
                if let response = try await fetch(path, headers: headers) { return response }
            } catch {
                guard attempt > 0, isOver, case .timedOut = error.kind else { throw error }
                throw await missing(path, in: nil, isEmpty: false)
            }
            try await wait(after: attempt, for: path)
            attempt += 1
        }
    }

    /// A pause before what is required and missing is asked for again; throws where the deadline comes first. `path` is the document
    /// that lacks it; nil where `what` is itself the path. `isEmpty` where there is a key, and nothing in it.
    public nonisolated func wait(
        after attempt: Int, for what: String, in path: String? = nil, isEmpty: Bool = false
    ) async throws(PlatformError) {
        try await pause(
            after: attempt, atLeast: .zero, orThrow: await missing(what, in: path, isEmpty: isEmpty))
    }

    private nonisolated func missing(_ what: String, in path: String?, isEmpty: Bool) async -> PlatformError {
        let place = path ?? (what.hasPrefix("/") ? what : nil)
        var address: String?
        if let place { address = await url(of: place) }
        return PlatformError(
            .timedOut("\(what), which every machine of \(platform) has"), platform: platform, url: address,
            status: path == nil && !isEmpty ? 404 : 200,
            hint: "the machine may still be starting: try again with a longer deadline")
    }

    /// No try has time any more.
    private nonisolated var isOver: Bool { deadline.remaining <= Self.lastRoom }
    private static let lastRoom = Duration.milliseconds(20)

    /// Where `path` is; the first of the platform's own addresses while none has answered.
    public func url(of path: String) async -> String? {
        var endpoint = context.candidates(policy).first
        if let task = current?.task, case .success(let contact) = await task.value { endpoint = contact.endpoint }
        return endpoint.map { "\($0)\(path)" }
    }

    /// An error that names the platform, the address and the status.
    public nonisolated func nonsense(_ problem: String, at path: String, status: Int = 200) async -> PlatformError {
        PlatformError(
            .nonsense(problem), platform: platform, url: await url(of: path), status: status,
            hint: FetchPolicy.somethingElse)
    }

    private nonisolated func pause(
        after attempt: Int, atLeast: Duration, orThrow failure: PlatformError
    ) async throws(PlatformError) {
        // The last try comes just before the deadline: what is told late is told all the same.
        let room = deadline.remaining - Self.lastRoom
        guard room > .zero, atLeast <= room else { throw failure }
        let pause = min(max(policy.pause(after: attempt), atLeast), room)
        do { try await Task.sleep(for: pause) } catch { throw failure }
    }
}

// MARK: - One request

extension MetadataSession {
    /// What came of one try.
    enum Outcome: Sendable {
        case answer(HTTPResponse)
        case absent(HTTPResponse)
        case tokenExpired(PlatformError)
        case final(PlatformError)
        /// `isService` where an answer came.
        case failed(PlatformError, retryAfter: Duration, isService: Bool)
    }

    nonisolated func send(
        _ request: HTTPRequest, unless statuses: [Int: StatusMeaning], hint: String? = nil, timeout: Duration? = nil
    ) async -> Outcome {
        do throws(FetchError) {
            let limit = Deadline(in: timeout ?? policy.requestTimeout).earlier(deadline)
            return judge(
                try await context.http.send(request, deadline: limit), to: request, unless: statuses, hint: hint)
        } catch {
            switch error.kind {
            case .untrusted:
                return .final(
                    PlatformError(
                        .untrusted(error.reason), platform: platform, url: request.url,
                        hint:
                            "see who answers there; the roots are those of /etc/slipway/trust/tls.pem alone where that is, else of /etc/ssl/certs/ca-certificates.crt"
                    ))
            case .timedOut, .cannotConnect, .connectionLost, .cannotResolve, .noTLS:
                return .failed(
                    PlatformError(
                        .timedOut("an answer (\(error.reason))"), platform: platform, url: request.url,
                        hint: hint ?? policy.hint), retryAfter: .zero, isService: false)
            case .cannotBind(.addressInUse):
                return .failed(
                    PlatformError(
                        .timedOut("a source port (\(error.reason))"), platform: platform, url: request.url,
                        hint: "try again with a longer deadline"), retryAfter: .zero, isService: true)
            case .cannotBind:
                return .final(
                    PlatformError(
                        .notPermitted("send from a port below 1024, which the service wants (\(error.description))"),
                        platform: platform, url: request.url, hint: "run as root, or with CAP_NET_BIND_SERVICE"))
            case .invalidRequest:
                return .final(
                    PlatformError(
                        .nonsense(error.description), platform: platform, url: request.url,
                        hint: "give an endpoint with a literal address"))
            default:
                return .final(
                    PlatformError(
                        .nonsense(error.description), platform: platform, url: request.url,
                        hint: FetchPolicy.somethingElse))
            }
        }
    }

    nonisolated func judge(
        _ response: HTTPResponse, to request: HTTPRequest, unless statuses: [Int: StatusMeaning], hint: String? = nil
    ) -> Outcome {
        func refused(_ hint: String) -> PlatformError {
            PlatformError(.refused, platform: platform, url: request.url, status: response.status, hint: hint)
        }
        let meaning = FetchPolicy.meaning(of: response.status, unless: statuses)
        // Its own 404 carries the platform's header too; a proxy's errors need not.
        if let wanted = policy.answerHeader, meaning == .answer || meaning == .absent,
            response.header(wanted.name)?.lowercased() != wanted.value.lowercased()
        {
            return .final(
                PlatformError(
                    .nonsense("the answer has no field \(wanted.name): \(wanted.value)"), platform: platform,
                    url: request.url, status: response.status, hint: FetchPolicy.somethingElse))
        }
        switch meaning {
        case .answer: return .answer(response)
        case .absent: return .absent(response)
        case .tokenExpired:
            return .tokenExpired(refused("the service refuses the token that it has just given"))
        case .terminal(let what): return .final(refused(what))
        case .transient:
            let seconds = response.header("Retry-After").flatMap { Int64($0) }.map { min(max($0, 0), 3600) }
            return .failed(
                PlatformError(
                    .timedOut("an answer (status \(response.status))"), platform: platform, url: request.url,
                    status: response.status, hint: hint ?? policy.hint),
                retryAfter: .seconds(seconds ?? 0), isService: true)
        }
    }
}

// MARK: - The race

extension MetadataSession {
    /// Finds who answers; without a token by the request itself.
    nonisolated func open(_ number: Int, with path: String, recalls: Bool) async -> Result<Contact, PlatformError> {
        // What `--endpoint` names is asked, whatever is known of it; and it teaches nothing.
        let memory = context.endpoints == nil ? context.memory : nil
        let known = recalls ? memory?.recall(platform) : nil
        if let known, let end = known.tokenEnd, end > .now().advanced(by: .seconds(60)), let token = known.token,
            policy.token != nil
        {
            return .success(Contact(endpoint: known.endpoint, token: token, number: number, answered: nil))
        }
        var candidates = context.candidates(policy)
        guard !candidates.isEmpty else {
            return .failure(PlatformError(.noMetadata, platform: platform, hint: "no address was given"))
        }
        if let known {
            let rank = { (endpoint: HTTPEndpoint) in
                endpoint == known.endpoint ? 0 : known.silent.contains(endpoint) ? 2 : 1
            }
            candidates = candidates.enumerated()
                .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
        }
        if !recalls { memory?.forget(platform) }
        var attempt = 0
        var before: PlatformError?
        while true {
            let (winner, failures) = await run(candidates) { await self.knock($0, path, number) }
            if let winner {
                let silent = failures.compactMap { failure -> HTTPEndpoint? in
                    guard case .lost(let error, _, isService: false) = failure else { return nil }
                    return candidates.first { error.url?.hasPrefix("\($0)/") == true }
                }
                memory?.remember(
                    RememberedEndpoint(
                        endpoint: winner.endpoint, token: winner.token,
                        tokenEnd: policy.token.map { MonotonicTime.now().advanced(by: .seconds($0.lifetime)) },
                        silent: silent), of: platform)
                return .success(winner)
            }
            if Task.isCancelled || failures.isEmpty {
                return .failure(PlatformError(.timedOut("an answer"), platform: platform, hint: policy.hint))
            }
            // A service that is only busy is worth more than a stranger's no.
            var (busy, silent, final): (PlatformError?, PlatformError?, PlatformError?)
            var retryAfter = Duration.zero
            for failure in failures {
                switch failure {
                case .lost(let error, let pause, isService: true):
                    busy = busy ?? error
                    retryAfter = max(retryAfter, pause)
                case .lost(let error, _, isService: false): silent = silent ?? error
                case .refused(let error): final = final ?? error
                case .won: break
                }
            }
            if busy == nil, let final { return .failure(final) }
            guard let error = busy ?? (isOver ? before : nil) ?? silent else {
                return .failure(PlatformError(.timedOut("an answer"), platform: platform, hint: policy.hint))
            }
            do throws(PlatformError) {
                try await pause(after: attempt, atLeast: retryAfter, orThrow: error)
            } catch {
                return .failure(error)
            }
            before = error
            attempt += 1
        }
    }

    /// Races the addresses of each link, and the links. One address's no is its link's: who answers there with 403 or a redirect is
    /// asked nothing more, while another link may lead to the service.
    private nonisolated func run(
        _ candidates: [HTTPEndpoint], _ knock: @escaping @Sendable (HTTPEndpoint) async -> RaceOutcome<Contact>
    ) async -> (winner: Contact?, failures: [RaceOutcome<Contact>]) {
        var links: [(name: String?, endpoints: [HTTPEndpoint])] = []
        for candidate in candidates {
            if let index = links.firstIndex(where: { $0.name == candidate.interface }) {
                links[index].endpoints.append(candidate)
            } else {
                links.append((candidate.interface, [candidate]))
            }
        }
        let stagger = policy.stagger
        let all = Mutex<[RaceOutcome<Contact>]>([])
        let (winner, _) = await race(links.map(\.endpoints), stagger: stagger, endsAtRefusal: false) { endpoints in
            let (winner, failures) = await race(endpoints, stagger: stagger, endsAtRefusal: true, knock)
            all.withLock { $0 += failures }
            if let winner { return .won(winner) }
            return failures.last ?? .refused(PlatformError(.noMetadata))
        }
        return (winner, all.withLock { $0 })
    }

    /// One runner: the token's request where there is a token, else the request that wants an answer.
    private nonisolated func knock(_ endpoint: HTTPEndpoint, _ path: String, _ number: Int) async -> RaceOutcome<
        Contact
    > {
        let outcome: Outcome
        var request: HTTPRequest
        if let token = policy.token {
            request = HTTPRequest(token.method, endpoint, token.path, headers: policy.headers + token.headers)
            request.bodyLimit = 4096
            outcome = await send(request, unless: token.statuses, hint: token.hint)
        } else {
            request = HTTPRequest(.get, endpoint, path, headers: policy.headers)
            outcome = await send(request, unless: policy.statuses)
        }
        switch outcome {
        case .answer(let response):
            guard policy.token != nil else {
                return .won(Contact(endpoint: endpoint, token: nil, number: number, answered: (path, response)))
            }
            guard !response.body.isEmpty, response.body.count <= 4096,
                response.body.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x3c })
            else {
                return .refused(
                    PlatformError(
                        .nonsense("this is no token"), platform: platform, url: request.url, status: 200,
                        hint: FetchPolicy.somethingElse))
            }
            let token = String(decoding: response.body, as: UTF8.self)
            return .won(Contact(endpoint: endpoint, token: token, number: number, answered: nil))
        case .absent(let response):
            // The service is there, and has no such key.
            return .won(Contact(endpoint: endpoint, token: nil, number: number, answered: (path, response)))
        case .tokenExpired(let error), .final(let error): return .refused(error)
        case .failed(let error, let retryAfter, let isService):
            return .lost(error, retryAfter: retryAfter, isService: isService)
        }
    }
}
