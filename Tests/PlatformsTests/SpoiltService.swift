import Documents
import Fetch
import Kernel
import Platform
import Platforms
import Testing

/// A platform's service with its documents, to be spoilt one value at a time.
struct SpoiltService: Sendable {
    let platform: PlatformName
    /// By path; what is no string is served as JSON.
    let documents: [String: JSONValue]
    var fields: [String: String] = [:]

    func reply(_ document: JSONValue) throws -> ScriptedHTTP.Reply {
        .body(try document.string ?? JSONText.encode(document), fields)
    }

    func reply(_ path: String, _ value: JSONValue?, at place: [String]) throws -> ScriptedHTTP.Reply {
        try reply(#require(documents[path]).setting(place, value))
    }

    /// All documents, and other replies for some paths.
    func http(_ others: [String: [ScriptedHTTP.Reply]] = [:]) throws -> ScriptedHTTP {
        var script: [String: [ScriptedHTTP.Reply]] = [:]
        for (path, document) in documents { script["GET \(path)"] = [try reply(document)] }
        for (path, replies) in others { script["GET \(path)"] = replies }
        return ScriptedHTTP(script, otherwise: .status(404, fields))
    }

    func context(_ http: any HTTPTransport, within deadline: Duration = .seconds(20)) -> MetadataContext {
        MetadataContext(http: http, host: .live, deadline: Deadline(in: deadline), now: 1_780_000_000)
    }

    func fetch(_ http: any HTTPTransport, within deadline: Duration = .seconds(20)) async throws -> MetadataSnapshot {
        try await #require(Registry.platform(platform)?.source).snapshot(in: context(http, within: deadline))
    }

    func failure(_ http: any HTTPTransport, within deadline: Duration = .seconds(20)) async -> PlatformError? {
        do {
            _ = try await fetch(http, within: deadline)
            return nil
        } catch { return error as? PlatformError }
    }

    /// Without the value at `place` of the document at `path`: waited for, then named as `name`.
    func expectRequired(_ path: String, _ place: [String], _ name: String) async throws {
        let http = try http([path: [reply(path, nil, at: place)]])
        let error = await failure(http, within: .milliseconds(700))
        #expect(error?.exit == .timedOut && error?.platform == platform)
        #expect(
            error?.message.contains("\(name), which every machine of \(platform) has") == true,
            "\(String(describing: error))")
        #expect(http.lines.count { $0 == "GET \(path)" } > 1)
    }

    /// With `value` there: refused at once.
    func expectNonsense(_ path: String, _ place: [String], _ value: JSONValue) async throws {
        let http = try http([path: [reply(path, value, at: place)]])
        let error = await failure(http)
        #expect(error?.exit == .failed && error?.platform == platform, "\(String(describing: error))")
        if case .nonsense = error?.kind {} else { Issue.record("\(String(describing: error))") }
        #expect(http.lines.count { $0 == "GET \(path)" } == 1)
    }
}
