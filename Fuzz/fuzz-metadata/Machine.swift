import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import SystemPackage

/// A machine of Tests/Fixtures/platforms, one of whose documents may be another: see MachineFixture of the tests.
struct Machine: Sendable {
    /// Where a document of it stands.
    enum Place: Sendable {
        case answer(Int)
        case file(volume: Int, path: String)
        case key(String)
        case hostFile(String)
    }

    let platform: PlatformName
    let places: [Place]
    private let exchanges: [HTTPExchange]
    private let volumes: [(label: String, files: [String: [UInt8]])]
    private let keys: [String: [UInt8]]
    private let files: [String: [UInt8]]
    private let links: [String: String]

    init(_ name: String) throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("Tests/Fixtures/platforms/\(name).json")
        let document = try JSONText.decode(
            JSONValue.self, from: try HostRoot.live.contents(of: path, limit: 4 << 20))
        platform = PlatformName(rawValue: String(name.prefix { $0 != "/" }))
        exchanges = try (document["exchanges"]?.array ?? []).map { exchange in
            var members = exchange.object ?? [:]
            if let body = members.removeValue(forKey: "json") { members["body"] = .string(try JSONText.encode(body)) }
            return try JSONText.decode(HTTPExchange.self, from: Array(JSONText.encode(JSONValue.object(members)).utf8))
        }
        volumes = (document["volumes"]?.array ?? []).map { ($0["label"]?.string ?? "", Self.bodies($0["files"])) }
        keys = Self.bodies(document["guestinfo"])
        files = Self.bodies(document["files"])
        links = (document["files"]?.object ?? [:]).compactMapValues { $0["link"]?.string }
        var places: [Place] = []
        for (index, exchange) in exchanges.enumerated() where exchange.method == .get {
            if case .success(let response) = exchange.outcome, response.status == 200 { places.append(.answer(index)) }
        }
        for (index, volume) in volumes.enumerated() {
            places += volume.files.keys.sorted().map { .file(volume: index, path: $0) }
        }
        places += keys.keys.sorted().map { .key($0) }
        places += files.keys.sorted().filter { !$0.hasPrefix("/sys/class") }.map { .hostFile($0) }
        self.places = places
    }

    /// What stands there.
    func content(at place: Place) -> [UInt8] {
        switch place {
        case .answer(let index): (try? exchanges[index].outcome.get().body) ?? []
        case .file(let index, let path): volumes[index].files[path] ?? []
        case .key(let key): keys[key] ?? []
        case .hostFile(let path): files[path] ?? []
        }
    }

    /// What the machine has to ask with, where something else stands there. There is no time to wait: what is missing is missing.
    func context(with bytes: [UInt8], at place: Place) -> MetadataContext {
        var (exchanges, volumes, keys, files) = (exchanges, volumes, keys, files)
        switch place {
        case .answer(let index):
            if var response = try? exchanges[index].outcome.get() {
                response.body = bytes
                exchanges[index].outcome = .success(response)
            }
        case .file(let index, let path): volumes[index].files[path] = bytes
        case .key(let key): keys[key] = bytes
        case .hostFile(let path): files[path] = bytes
        }
        return MetadataContext(
            http: ReplayHTTP(exchanges), host: HostRoot(replaying: Files(bodies: files, links: links)),
            deadline: Deadline(in: .milliseconds(15)), now: 1_780_000_000,
            volumes: Volumes(all: volumes.map { Volume(label: $0.label, files: $0.files) }), guestInfo: Keys(all: keys))
    }

    private static func bodies(_ value: JSONValue?) -> [String: [UInt8]] {
        (value?.object ?? [:]).compactMapValues { value in
            value.string.map { Array($0.utf8) }
                ?? value["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
        }
    }
}

private func names(in files: [String: [UInt8]], below prefix: String) -> [String] {
    let names = files.keys.filter { $0.hasPrefix(prefix) }
        .compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) }
    return Set(names).sorted()
}

private struct Volumes: VolumeFinder {
    let all: [Volume]
    func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] {
        all.filter { Self.isOne($0.label, of: labels) }
    }
}

private struct Volume: ConfigurationVolume {
    let label: String
    let files: [String: [UInt8]]
    var name: String { "/dev/fuzz" }

    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]? { files[path] }
    func entries(of path: String) throws(PlatformError) -> [String]? {
        let found = names(in: files, below: path.isEmpty ? "" : "\(path)/")
        return found.isEmpty ? nil : found
    }
}

private struct Keys: GuestInfo {
    let all: [String: [UInt8]]
    func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? { all[key] }
    func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {}
}

private final class Files: FileSource {
    let bodies: [String: [UInt8]]
    let links: [String: String]

    init(bodies: [String: [UInt8]], links: [String: String]) {
        self.bodies = bodies
        self.links = links
    }

    private func missing(_ path: FilePath) -> OSError {
        OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: path.string)
    }

    func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] {
        guard let body = bodies[path.string] else { throw missing(path) }
        return Array(body.prefix(limit))
    }

    func entries(of path: FilePath) throws(OSError) -> [String] {
        let found = names(in: bodies, below: "\(path.string)/")
        guard !found.isEmpty else { throw missing(path) }
        return found
    }

    func linkTarget(of path: FilePath) throws(OSError) -> FilePath {
        guard let target = links[path.string] else { throw missing(path) }
        return FilePath(target)
    }
}
