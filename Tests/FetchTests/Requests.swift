import Fetch
import Kernel

/// One request over the live transport, and what it came to.
func fetch(_ request: HTTPRequest, within time: Duration = .seconds(10)) async -> Result<HTTPResponse, FetchError> {
    do throws(FetchError) {
        return .success(try await LiveHTTP().send(request, deadline: Deadline(in: time)))
    } catch {
        return .failure(error)
    }
}

extension HTTPEndpoint {
    static func local(_ port: Int) -> HTTPEndpoint { HTTPEndpoint(address: "127.0.0.1", port: port) }
}

extension Result where Failure == FetchError {
    var failure: FetchError? { if case .failure(let error) = self { error } else { nil } }
    var kind: FetchError.Kind? { failure?.kind }
}
