import ArgumentParser

/// The services that can be played. A new one is a case here, and a file with its `Service`.
enum Platform: String, CaseIterable, ExpressibleByArgument, Sendable {
    case aws

    func service(files: FileTree, tokenTTLCap: Int?) -> any Service {
        switch self {
        case .aws: AWS(files: files, tokenTTLCap: tokenTTLCap)
        }
    }
}

/// A request, as far as a metadata service looks at it.
struct Request: Sendable {
    var method: String
    /// As it was sent.
    var target: String
    var headers: [(name: String, value: String)]

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
