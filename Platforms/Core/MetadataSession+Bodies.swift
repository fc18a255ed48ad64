public import Documents
public import Fetch

extension MetadataSession {
    /// A JSON document; nil where the service has no such key. Anything else is nonsense.
    public nonisolated func json(
        _ path: String, headers: [HTTPHeader] = []
    ) async throws(PlatformError) -> JSONValue? {
        guard let response = try await fetch(path, headers: headers) else { return nil }
        return try await json(of: response, at: path)
    }

    /// The same of a document that every machine of the platform has.
    public nonisolated func requireJSON(
        _ path: String, headers: [HTTPHeader] = []
    ) async throws(PlatformError) -> JSONValue {
        try await json(of: try await require(path, headers: headers), at: path)
    }

    public nonisolated func json(of response: HTTPResponse, at path: String) async throws(PlatformError) -> JSONValue {
        do throws(DocumentError) {
            return try JSONText.decode(JSONValue.self, from: response.body)
        } catch {
            throw await nonsense(error.problem, at: path)
        }
    }

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

    /// Text in UTF-8, as it is; nil where the service has no such key.
    public nonisolated func text(
        _ path: String, headers: [HTTPHeader] = []
    ) async throws(PlatformError) -> String? {
        guard let response = try await fetch(path, headers: headers) else { return nil }
        guard let text = String(validating: response.body, as: UTF8.self) else {
            throw await nonsense("not text", at: path)
        }
        return text
    }

    /// User data, unpacked; nil where the service has none, or an empty one.
    public nonisolated func userData(
        _ path: String, headers: [HTTPHeader] = []
    ) async throws(PlatformError) -> UserData? {
        guard let response = try await fetch(path, headers: headers), !response.body.isEmpty else { return nil }
        return try UserData(response.body, of: platform, at: await url(of: path))
    }
}

extension UserData {
    /// Unpacks what a platform served at `place`, where `encoding` is what it says beside it; what is damaged is the platform's error.
    public init(
        _ raw: [UInt8], encoding: String? = nil, of platform: PlatformName, at place: String?
    ) throws(PlatformError) {
        do throws(UserDataError) {
            try self.init(raw, encoding: encoding)
        } catch {
            throw PlatformError(
                .nonsense("the user data cannot be unpacked: \(error)"), platform: platform, url: place,
                hint: "give the machine its user data anew, as it is or packed by gzip")
        }
    }
}
