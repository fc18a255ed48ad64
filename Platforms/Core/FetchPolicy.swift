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

/// How a platform's service is asked: data, one value a platform.
public struct FetchPolicy: Sendable {
    /// What differs from the rule.
    public var statuses: [Int: StatusMeaning]
    /// For one request; never past the deadline.
    public var requestTimeout: Duration
    /// Before the second try; it doubles with each further one.
    public var firstPause: Duration
    public var longestPause: Duration
    /// Requests under way at once.
    public var width: Int

    public init(
        statuses: [Int: StatusMeaning], requestTimeout: Duration = .seconds(2),
        firstPause: Duration = .milliseconds(100), longestPause: Duration = .seconds(2), width: Int = 64
    ) {
        self.statuses = statuses
        self.requestTimeout = requestTimeout
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.width = width
    }

    /// 200 answers; too many requests and the server's own troubles pass; a redirect is never followed; the rest is final.
    public func meaning(of status: Int) -> StatusMeaning {
        if let special = statuses[status] { return special }
        switch status {
        case 200: return .answer
        case 429, 500...599: return .transient
        case 300...399: return .terminal("a metadata service does not redirect: something else answers at this address")
        default: return .terminal("see the platform's documentation for this status")
        }
    }

    /// The pause after try number `attempt` (from 0), with jitter: between half of it and the whole.
    func pause(after attempt: Int) -> Duration {
        let doubled = firstPause * (1 << min(attempt, 16))
        return min(doubled, longestPause) * Double.random(in: 0.5...1)
    }
}
