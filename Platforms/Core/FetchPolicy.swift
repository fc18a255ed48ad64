public import Fetch

/// What an HTTP status means to a platform.
public enum StatusMeaning: Hashable, Sendable {
    /// The value is in the body.
    case answer
    /// There is no such key.
    case absent
    /// The token is not good any more.
    case tokenExpired
    /// Later it may work.
    case transient
    /// It will never work: what to do about it.
    case terminal(String)
}

/// How a platform's service is asked and what its answers mean: data, one value a platform.
public struct FetchPolicy: Sendable {
    /// A session's token: fetched first, shown with every request.
    public struct Token: Sendable {
        public var method: HTTPRequest.Method
        public var path: String
        /// What the request for it says, its lifetime first of all.
        public var headers: [HTTPHeader]
        /// The field that shows it: `X-aws-ec2-metadata-token`.
        public var field: String
        /// In seconds; what the cache keeps it for.
        public var lifetime: Int
        /// What differs from the rule when it is fetched.
        public var statuses: [Int: StatusMeaning]
        /// Where it does not come.
        public var hint: String

        public init(
            _ method: HTTPRequest.Method = .put, _ path: String, headers: [HTTPHeader], shownIn field: String,
            lifetime: Int, statuses: [Int: StatusMeaning], hint: String
        ) {
            self.method = method
            self.path = path
            self.headers = headers
            self.field = field
            self.lifetime = lifetime
            self.statuses = statuses
            self.hint = hint
        }
    }

    /// The service's own addresses, which are raced in this order.
    public var endpoints: [HTTPEndpoint]
    /// With every request.
    public var headers: [HTTPHeader]
    /// Must be in every answer, or something else answers.
    public var answerHeader: HTTPHeader?
    public var token: Token?
    /// What differs from the rule.
    public var statuses: [Int: StatusMeaning]
    /// Where nothing answers.
    public var hint: String
    /// For one request; never past the deadline.
    public var requestTimeout: Duration
    /// Before the second try; it doubles with each further one.
    public var firstPause: Duration
    public var longestPause: Duration
    /// Between the starts of two addresses in a race.
    public var stagger: Duration
    /// Requests under way at once.
    public var width: Int
    /// What finds the service where the request at hand is none for all addresses: one that waits, or one that changes something.
    public var probe: String

    public init(
        endpoints: [HTTPEndpoint], headers: [HTTPHeader] = [], answerHeader: HTTPHeader? = nil, token: Token? = nil,
        statuses: [Int: StatusMeaning] = [404: .absent], hint: String = FetchPolicy.unreachable,
        requestTimeout: Duration = .seconds(2), firstPause: Duration = .milliseconds(100),
        longestPause: Duration = .seconds(2), stagger: Duration = .milliseconds(150), width: Int = 64,
        probe: String = "/"
    ) {
        self.endpoints = endpoints
        self.headers = headers
        self.answerHeader = answerHeader
        self.token = token
        self.statuses = statuses
        self.hint = hint
        self.requestTimeout = requestTimeout
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.stagger = stagger
        self.width = width
        self.probe = probe
    }

    public static let unreachable =
        "check the link and the route to the metadata service, or try again with a longer deadline"

    static let somethingElse = "something else answers at this address"

    /// 200 answers; too many requests and the server's own troubles pass; a redirect is never followed; the rest is final.
    public func meaning(of status: Int) -> StatusMeaning { Self.meaning(of: status, unless: statuses) }

    static func meaning(of status: Int, unless statuses: [Int: StatusMeaning]) -> StatusMeaning {
        if let special = statuses[status] { return special }
        switch status {
        case 200: return .answer
        case 429, 500...599: return .transient
        case 300...399: return .terminal("a metadata service does not redirect: \(somethingElse)")
        default: return .terminal("see the platform's documentation for this status")
        }
    }

    /// The pause after try number `attempt` (from 0), with jitter: between half of it and the whole.
    func pause(after attempt: Int) -> Duration {
        let doubled = firstPause * (1 << min(attempt, 16))
        return min(doubled, longestPause) * Double.random(in: 0.5...1)
    }
}
