/// A request, as far as a metadata service looks at it.
struct Request: Sendable {
    var method: String
    /// As it was sent.
    var target: String
    var headers: [(name: String, value: String)]
    /// Where it came in: `169.254.169.254:80`, `[fd00:ec2::254]:80`.
    var local = ""

    /// The values of that field, in order, whatever its case.
    func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

/// An answer and what the log says of it.
struct Answer: Sendable {
    /// What the request showed for a token; its value is never kept.
    enum Token: String, Sendable {
        case none, valid, invalid
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var token = Token.none
}

/// A platform's metadata service.
protocol Service: Sendable {
    /// Judges one request; `path` is nil where its target is none that could be served.
    mutating func answer(_ request: Request, at path: RequestPath?) -> Answer
}
