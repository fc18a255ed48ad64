import Documents
import Fetch
import Kernel
import SystemPackage

/// Any platform's service, as its exchanges were recorded or written down.
///
/// A request that is asked a second time gets its second answer, and from its last on that one. What an exchange's request had for
/// fields a request must have, or it is refused as clouds refuse it: 403.
struct Recorded: Service {
    private struct Key: Hashable {
        let method: String
        let url: String
    }

    private var exchanges: [Key: [HTTPExchange]] = [:]
    /// For what is not among them.
    private let otherwise: Int
    /// Where all exchanges are of one address, it may be played at another.
    private let onlyAddress: Substring?

    /// Reads `{"exchanges":[…],"otherwise":STATUS}`; an exchange's answer may be `json`, a document, instead of `body`.
    init(_ path: FilePath) throws {
        let document = try JSONText.decode(
            JSONValue.self, from: try HostRoot.live.contents(of: path, limit: 64 << 20))
        otherwise = document["otherwise"]?.integer.flatMap { Int(exactly: $0) } ?? 404
        let all = try Self.exchanges(document["exchanges"]?.array ?? [])
        let addresses = Set(all.map { $0.url.dropFirst("http://".count).prefix { $0 != "/" } })
        onlyAddress = addresses.count == 1 ? addresses.first : nil
        for exchange in all {
            exchanges[Key(method: exchange.method.rawValue, url: exchange.url), default: []].append(exchange)
        }
    }

    mutating func answer(_ request: Request, at path: RequestPath?) -> Answer {
        let address =
            onlyAddress ?? Substring(request.local.hasSuffix(":80") ? request.local.dropLast(3) : request.local[...])
        let key = Key(method: request.method, url: "http://\(address)\(request.target)")
        guard let exchange = exchanges[key]?.first else { return Answer(status: otherwise) }
        guard exchange.headers.allSatisfy({ request.values(of: $0.name).contains($0.value) }) else {
            return Answer(status: 403)
        }
        if let count = exchanges[key]?.count, count > 1 { exchanges[key]?.removeFirst() }
        // A recorded failure has no answer; the nearest that a server has is that it is not there.
        guard case .success(let response) = exchange.outcome else { return Answer(status: 503) }
        // The server says the length, and keeps the connection, by itself.
        let own = ["content-length", "connection", "transfer-encoding"]
        let fields = response.headers.filter { !own.contains($0.name.lowercased()) }
        return Answer(status: response.status, headers: fields.map { ($0.name, $0.value) }, body: response.body)
    }

    private static func exchanges(_ documents: [JSONValue]) throws -> [HTTPExchange] {
        let plain = try documents.map { exchange -> JSONValue in
            guard var members = exchange.object, let body = members.removeValue(forKey: "json") else { return exchange }
            members["body"] = .string(try JSONText.encode(body))
            return .object(members)
        }
        return try JSONText.decode([HTTPExchange].self, from: Array(JSONText.encode(JSONValue.array(plain)).utf8))
    }
}
