public import Fetch

extension MetadataSession {
    /// The JSON document at `path` as `body` reads it. What is missing in it is waited for until the deadline. `first` is an answer that
    /// is there already.
    public nonisolated func read<Value: Sendable>(
        _ path: String, headers: [HTTPHeader] = [], first: HTTPResponse? = nil,
        _ body: @Sendable (MetadataDocument) throws(MetadataFault) -> Value
    ) async throws(PlatformError) -> (value: Value, response: HTTPResponse) {
        var attempt = 0
        var known = first
        while true {
            let response: HTTPResponse
            if let first = known.take() {
                response = first
            } else {
                response = try await require(path, headers: headers)
            }
            let document = MetadataDocument(try await json(of: response, at: path))
            do throws(MetadataFault) {
                return (try body(document), response)
            } catch {
                switch error {
                case .nonsense(let problem): throw await nonsense(problem, at: path)
                case .missing(let key): try await wait(after: attempt, for: key, in: path)
                }
            }
            attempt += 1
        }
    }
}
