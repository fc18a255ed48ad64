import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import SystemPackage
import Testing

/// A machine of a platform as it was recorded, or as the provider's documents have it: what it can ask, and what that means.
///
/// A file of `Tests/Fixtures/platforms/<platform>/`: `provenance` (where each value is from), `facts` (as `platform facts --json`), `exchanges`
/// (as a recording's; `json` instead of `body` for a document), `volumes` (`[{"label":…,"files":{path: text, or {"base64":…}}}]`), `guestinfo` and `files` (of the host; `{"link":…}` for a
/// link) likewise, `dhcp_servers` (the context's),
/// `otherwise` (the status of what is not among the exchanges: documents name no absent keys),
/// and what a person read from the provider's documents: `snapshot`, `network`, or `error` (a part of its message).
struct MachineFixture: Sendable {
    let name: String
    let document: JSONValue

    static let all: [MachineFixture] = {
        let top = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .appending("Fixtures").appending("platforms")
        let files = LiveFiles()
        return ((try? files.entries(of: top)) ?? []).sorted().flatMap { platform in
            let folder = top.appending(platform)
            return ((try? files.entries(of: folder)) ?? []).sorted().filter { $0.hasSuffix(".json") }.map { name in
                let bytes = (try? files.contents(of: folder.appending(name), limit: 4 << 20)) ?? []
                return MachineFixture(
                    name: "\(platform)/\(name.dropLast(5))",
                    document: (try? JSONText.decode(JSONValue.self, from: bytes)) ?? .null)
            }
        }
    }()

    var platform: PlatformName { PlatformName(rawValue: String(name.prefix { $0 != "/" })) }

    func context(deadline: Deadline = Deadline(in: .seconds(20))) throws -> (MetadataContext, ReplayHTTP) {
        let exchanges = try exchanges()
        let http = ReplayHTTP(exchanges)
        let asked = Set(exchanges.map { "\($0.method) \($0.url)" })
        let transport = document["otherwise"]?.integer.map { status -> any HTTPTransport in
            OtherwiseHTTP(exchanges: http, known: asked, status: Int(status))
        }
        let files = FixtureFiles(
            Self.bodies(document["files"]),
            links: (document["files"]?.object ?? [:]).compactMapValues { $0["link"]?.string })
        var context = MetadataContext(
            http: transport ?? http, host: HostRoot(replaying: files), deadline: deadline,
            now: document["now"]?.integer ?? 1_780_000_000,
            volumes: FixtureVolumes(document["volumes"]?.array ?? []),
            guestInfo: FixtureGuestInfo(Self.bodies(document["guestinfo"])))
        context.dhcpServers = (document["dhcp_servers"]?.array ?? []).compactMap { $0.string.flatMap { IPAddress($0) } }
        return (context, http)
    }

    func exchanges() throws -> [HTTPExchange] {
        let documents = try (document["exchanges"]?.array ?? []).map { exchange -> JSONValue in
            guard var members = exchange.object, let body = members.removeValue(forKey: "json") else { return exchange }
            members["body"] = .string(try JSONText.encode(body))
            return .object(members)
        }
        return try JSONText.decode([HTTPExchange].self, from: Array(JSONText.encode(JSONValue.array(documents)).utf8))
    }

    static func bodies(_ value: JSONValue?) -> [String: [UInt8]] {
        (value?.object ?? [:]).mapValues { value in
            value.string.map { Array($0.utf8) }
                ?? value["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) } ?? []
        }
    }
}

extension MachineFixture: CustomTestStringConvertible {
    var testDescription: String { name }
}

private struct OtherwiseHTTP: HTTPTransport {
    let exchanges: ReplayHTTP
    let known: Set<String>
    let status: Int

    func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        if known.contains("\(request.method) \(request.url)") {
            return try await exchanges.send(request, deadline: deadline)
        }
        return HTTPResponse(status: status)
    }
}

private struct FixtureVolumes: VolumeFinder {
    let all: [FixtureVolume]

    init(_ documents: [JSONValue]) {
        all = documents.enumerated().map { index, document in
            FixtureVolume(
                name: "/dev/fixture\(index)", label: document["label"]?.string ?? "",
                files: MachineFixture.bodies(document["files"]))
        }
    }

    func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] {
        all.filter { Self.isOne($0.label, of: labels) }
    }
}

private struct FixtureVolume: ConfigurationVolume {
    let name: String
    let label: String
    let files: [String: [UInt8]]

    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]? { files[path] }

    func entries(of path: String) throws(PlatformError) -> [String]? {
        let prefix = path.isEmpty ? "" : path + "/"
        let names = files.keys.filter { $0.hasPrefix(prefix) }.compactMap {
            $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
        }
        return names.isEmpty ? nil : Set(names).sorted()
    }
}

private struct FixtureGuestInfo: GuestInfo {
    let values: [String: [UInt8]]
    init(_ values: [String: [UInt8]]) { self.values = values }
    func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? { values[key] }
    func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {}
}

/// A host's files out of a dictionary.
private final class FixtureFiles: FileSource {
    let bodies: [String: [UInt8]]
    let links: [String: String]
    init(_ bodies: [String: [UInt8]], links: [String: String]) {
        self.bodies = bodies
        self.links = links
    }

    func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        guard let body = bodies[path.string] else {
            throw OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: path.string)
        }
        return Array(body.prefix(limit))
    }

    func entries(of path: FilePath) throws(OSError) -> [String] {
        let prefix = path.string + "/"
        let names = bodies.keys.filter { $0.hasPrefix(prefix) }.compactMap {
            $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
        }
        guard !names.isEmpty else {
            throw OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: path.string)
        }
        return Set(names).sorted()
    }

    func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        if let target = links[path.string] { return FilePath(target) }
        throw OSError(operation: "readlink", errno: .noSuchFileOrDirectory, subject: path.string)
    }
}
