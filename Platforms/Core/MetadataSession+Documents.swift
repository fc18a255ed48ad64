internal import Documents
public import Fetch

extension MetadataSession {
    /// A JSON document that `read` finds whole. Where a key that it requires is missing, the document is fetched anew, until the
    /// deadline; a value that the platform never gives ends at once.
    public nonisolated func document<Value: Sendable>(
        _ path: String, headers: [HTTPHeader] = [],
        _ read: @Sendable (JSONReading) throws(ReadingFault) -> Value
    ) async throws(PlatformError) -> Value {
        var attempt = 0
        while true {
            let document = try await requireJSON(path, headers: headers)
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
}
