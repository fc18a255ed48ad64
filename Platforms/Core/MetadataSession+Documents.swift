public import Documents
public import Fetch

extension MetadataSession {
    /// A JSON document, or one of what `decode` reads, that `read` finds whole. Where a key that it requires is missing, the document is
    /// fetched anew, until the deadline; a value that the platform never gives ends at once.
    public nonisolated func document<Value: Sendable>(
        _ path: String, headers: [HTTPHeader] = [],
        as decode: @Sendable ([UInt8]) throws(DocumentError) -> JSONValue = { (bytes) throws(DocumentError) in
            try JSONText.decode(JSONValue.self, from: bytes)
        },
        _ read: @Sendable (JSONReading) throws(ReadingFault) -> Value
    ) async throws(PlatformError) -> Value {
        var attempt = 0
        while true {
            let body = try await require(path, headers: headers).body
            let document: JSONValue
            do throws(DocumentError) { document = try decode(body) } catch {
                throw await nonsense(error.problem, at: path)
            }
            do throws(ReadingFault) {
                return try read(JSONReading(document))
            } catch {
                switch error {
                case .missing(let key): try await wait(after: attempt, for: key, in: path)
                case .wrong(let problem): throw await nonsense(problem, at: path)
                }
            }
            attempt += 1
        }
    }

    /// Keys below `prefix` that are texts of their own, fetched at once and read as members of one document; one that the service has
    /// not is absent. Where `read` misses one that it requires, what is absent is fetched anew, until the deadline.
    public nonisolated func keys<Value: Sendable>(
        _ names: [String], below prefix: String, headers: [HTTPHeader] = [],
        _ read: @Sendable (JSONReading) throws(ReadingFault) -> Value
    ) async throws(PlatformError) -> Value {
        var members: [String: JSONValue] = [:]
        var attempt = 0
        while true {
            let absent = names.filter { (members[$0]?.string ?? "").isEmpty }
            let texts = try await concurrently(absent, width: policy.width) { (name) throws(PlatformError) in
                try await self.text("\(prefix)\(name)", headers: headers)
            }
            for (name, text) in zip(absent, texts) { members[name] = text.map { .string($0) } }
            do throws(ReadingFault) {
                return try read(JSONReading(.object(members)))
            } catch {
                switch error {
                case .missing(let key):
                    try await wait(after: attempt, for: "\(prefix)\(key)", isEmpty: members[key] != nil)
                case .wrong(let problem): throw await nonsense(problem, at: prefix)
                }
            }
            attempt += 1
        }
    }
}
