internal import SystemPackage

/// A request and what came of it, as a recording keeps them.
public struct HTTPExchange: Hashable, Sendable {
    public var method: HTTPRequest.Method
    /// `http://169.254.169.254/latest/user-data`; the link that it left by is not kept.
    public var url: String
    public var headers: [HTTPHeader]
    /// The answer, or why there is none.
    public var outcome: Result<HTTPResponse, FetchError>

    public init(
        _ method: HTTPRequest.Method = .get, _ url: String, headers: [HTTPHeader] = [],
        outcome: Result<HTTPResponse, FetchError>
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.outcome = outcome
    }
}

// MARK: - The document

extension HTTPExchange: Codable {
    private enum Key: String, CodingKey {
        case method, url, headers, status, fields, body, base64, failure, errno, limit, reason
    }

    /// `{"method","url","headers":{…},"status","fields":{…},"body":text or "base64":…}`; instead of the status and what follows, `failure`
    /// is one of `timed_out`, `cannot_connect` and `cannot_bind` (with `errno`), `cannot_resolve`, `untrusted`, `no_tls` (with `reason`), `connection_lost`, `malformed`, `too_large` (with `limit`),
    /// `invalid_request`. Fields of one name stand once, in the order of the names.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(method.rawValue, forKey: .method)
        try container.encode(url, forKey: .url)
        if !headers.isEmpty { try container.encode(Self.dictionary(headers), forKey: .headers) }
        switch outcome {
        case .success(let response):
            try container.encode(response.status, forKey: .status)
            if !response.headers.isEmpty { try container.encode(Self.dictionary(response.headers), forKey: .fields) }
            if let text = String(validating: response.body, as: UTF8.self) {
                try container.encode(text, forKey: .body)
            } else {
                try container.encode(Base64.text(response.body), forKey: .base64)
            }
        case .failure(let error):
            switch error.kind {
            case .timedOut: try container.encode("timed_out", forKey: .failure)
            case .cannotConnect(let errno):
                try container.encode("cannot_connect", forKey: .failure)
                try container.encode(errno.rawValue, forKey: .errno)
            case .cannotBind(let errno):
                try container.encode("cannot_bind", forKey: .failure)
                try container.encode(errno.rawValue, forKey: .errno)
            case .cannotResolve(let words):
                try container.encode("cannot_resolve", forKey: .failure)
                try container.encode(words, forKey: .reason)
            case .untrusted(let words):
                try container.encode("untrusted", forKey: .failure)
                try container.encode(words, forKey: .reason)
            case .noTLS(let words):
                try container.encode("no_tls", forKey: .failure)
                try container.encode(words, forKey: .reason)
            case .connectionLost: try container.encode("connection_lost", forKey: .failure)
            case .malformed: try container.encode("malformed", forKey: .failure)
            case .tooLarge(let limit):
                try container.encode("too_large", forKey: .failure)
                try container.encode(limit, forKey: .limit)
            case .invalidRequest: try container.encode("invalid_request", forKey: .failure)
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func damaged(_ key: Key, _ problem: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: problem)
        }
        let word = try container.decodeIfPresent(String.self, forKey: .method) ?? "GET"
        guard let method = HTTPRequest.Method(rawValue: word) else { throw damaged(.method, "no method: \(word)") }
        self.method = method
        url = try container.decode(String.self, forKey: .url)
        headers = Self.list(try container.decodeIfPresent([String: String].self, forKey: .headers))
        guard let failure = try container.decodeIfPresent(String.self, forKey: .failure) else {
            let text = try container.decodeIfPresent(String.self, forKey: .base64)
            guard let binary = text.map(Base64.bytes) ?? [] else { throw damaged(.base64, "not base64") }
            let body = try container.decodeIfPresent(String.self, forKey: .body).map { Array($0.utf8) } ?? binary
            outcome = .success(
                HTTPResponse(
                    status: try container.decode(Int.self, forKey: .status),
                    headers: Self.list(try container.decodeIfPresent([String: String].self, forKey: .fields)),
                    body: body))
            return
        }
        let kind: FetchError.Kind
        switch failure {
        case "timed_out": kind = .timedOut
        case "cannot_connect":
            kind = .cannotConnect(Errno(rawValue: try container.decode(Int32.self, forKey: .errno)))
        case "cannot_bind": kind = .cannotBind(Errno(rawValue: try container.decode(Int32.self, forKey: .errno)))
        case "cannot_resolve": kind = .cannotResolve(try container.decode(String.self, forKey: .reason))
        case "untrusted": kind = .untrusted(try container.decode(String.self, forKey: .reason))
        case "no_tls": kind = .noTLS(try container.decode(String.self, forKey: .reason))
        case "connection_lost": kind = .connectionLost
        case "malformed": kind = .malformed
        case "too_large": kind = .tooLarge(limit: try container.decode(Int.self, forKey: .limit))
        case "invalid_request": kind = .invalidRequest
        default: throw damaged(.failure, "no failure: \(failure)")
        }
        outcome = .failure(FetchError(kind, url: url))
    }

    private static func dictionary(_ headers: [HTTPHeader]) -> [String: String] {
        Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private static func list(_ fields: [String: String]?) -> [HTTPHeader] {
        (fields ?? [:]).sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) }
    }
}
