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

    /// User data, unpacked; nil where the service has none, or an empty one. `encoding` and `isText` are ``UserData``'s.
    public nonisolated func userData(
        _ path: String, headers: [HTTPHeader] = [], encoding: String? = nil, isText: Bool = false,
        sourcePorts: ClosedRange<Int>? = nil
    ) async throws(PlatformError) -> UserData? {
        guard let response = try await fetch(path, headers: headers, sourcePorts: sourcePorts), !response.body.isEmpty
        else { return nil }
        return try UserData(
            response.body, of: platform, at: await url(of: path), encoding: encoding, isText: isText)
    }

    /// User data that a service gives by itself at `path`, its bytes whole, or else in its document, as text; nil where neither is.
    public nonisolated func userData(
        _ served: [UInt8]?, orText text: String?, at path: String
    ) async throws(PlatformError) -> UserData? {
        let bytes = served.flatMap { $0.isEmpty ? nil : $0 } ?? Array((text ?? "").utf8)
        return bytes.isEmpty ? nil : try UserData(bytes, of: platform, at: await url(of: path))
    }
}

extension UserData {
    /// Unpacks what a platform served at `place`; what is damaged is the platform's error.
    public init(
        _ raw: [UInt8], of platform: PlatformName, at place: String?, encoding: String? = nil, isText: Bool = false
    ) throws(PlatformError) {
        do throws(UserDataError) {
            try self.init(raw, encoding: encoding, isText: isText)
        } catch {
            throw PlatformError(
                .nonsense("the user data cannot be unpacked: \(error)"), platform: platform, url: place,
                hint: "give the machine its user data anew, as it is or packed by gzip")
        }
    }
}
