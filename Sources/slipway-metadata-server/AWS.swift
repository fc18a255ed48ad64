import Kernel

/// EC2's instance metadata service, version 2 only: a token by PUT, and every GET shows it.
///
/// As documented in the EC2 user guide, "Use the Instance Metadata Service to access instance metadata".
struct AWS: Service {
    private static let ttlField = "X-aws-ec2-metadata-token-ttl-seconds"
    private static let tokenField = "X-aws-ec2-metadata-token"
    private static let ttls = 1...21_600
    private static let tokenPath = RequestPath(target: "/latest/api/token")
    /// Tokens at a time; the one that ends first makes room. A client in a loop does not fill the memory.
    private static let capacity = 10_000

    let files: FileTree
    let tokenTTLCap: Int?
    private var tokens: [String: MonotonicTime] = [:]

    init(files: FileTree, tokenTTLCap: Int?) {
        self.files = files
        self.tokenTTLCap = tokenTTLCap
    }

    mutating func answer(_ request: Request, at path: RequestPath?) -> Answer {
        let shown = tokenState(of: request)
        var answer =
            switch (request.method, path == Self.tokenPath) {
            case ("PUT", true): token(for: request)
            case ("GET", false): shown == .valid ? file(at: path) : Answer(status: 401)
            case (_, true): Answer(status: 405, headers: [("Allow", "PUT")])
            case (_, false): Answer(status: 405, headers: [("Allow", "GET")])
            }
        answer.headers.append(("Server", "EC2ws"))
        answer.token = shown
        return answer
    }

    private func tokenState(of request: Request) -> Answer.Token {
        let values = request.values(of: Self.tokenField)
        guard let value = values.first else { return .none }
        guard values.count == 1, let end = tokens[value] else { return .invalid }
        return MonotonicTime.now() < end ? .valid : .invalid
    }

    private mutating func token(for request: Request) -> Answer {
        // A proxy that an outsider talks to adds this field: the token is not for such.
        if !request.values(of: "X-Forwarded-For").isEmpty { return Answer(status: 403) }
        let values = request.values(of: Self.ttlField)
        guard values.count == 1, let text = values.first, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let asked = Int(text), Self.ttls.contains(asked)
        else { return Answer(status: 400) }
        let granted = min(asked, tokenTTLCap ?? asked)
        let now = MonotonicTime.now()
        tokens = tokens.filter { $0.value > now }
        if tokens.count >= Self.capacity, let first = tokens.min(by: { $0.value < $1.value }) {
            tokens[first.key] = nil
        }
        let token = Self.randomToken()
        tokens[token] = now.advanced(by: .seconds(granted))
        return Answer(
            status: 200, headers: [("Content-Type", "text/plain"), (Self.ttlField, "\(granted)")],
            body: Array(token.utf8))
    }

    /// 56 characters, as EC2's own.
    private static func randomToken() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        return String(decoding: (0..<54).compactMap { _ in alphabet.randomElement() }, as: UTF8.self) + "=="
    }

    private func file(at path: RequestPath?) -> Answer {
        guard let path, let node = files.node(at: path) else { return Answer(status: 404) }
        let body =
            switch node {
            case .file(let bytes), .listing(let bytes): bytes
            case .directory(let names): Array(names.joined(separator: "\n").utf8)
            }
        let isUserData = path.components.last == "user-data"
        return Answer(
            status: 200,
            headers: [("Content-Type", isUserData ? "application/octet-stream" : "text/plain")], body: body)
    }
}
