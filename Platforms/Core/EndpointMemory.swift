internal import Documents
public import Fetch
internal import Glibc
public import Kernel
internal import SystemPackage

/// What is known of services from earlier asks in this boot.
public protocol EndpointMemory: Sendable {
    /// What was learned of the platform's service, while it holds.
    func recall(_ platform: PlatformName) -> RememberedEndpoint?
    func remember(_ endpoint: RememberedEndpoint, of platform: PlatformName)
    func forget(_ platform: PlatformName)
}

/// An address that answered, by which link, and the token that it gave.
public struct RememberedEndpoint: Hashable, Sendable {
    public var endpoint: HTTPEndpoint
    public var token: String?
    /// When the token ends.
    public var tokenEnd: MonotonicTime?
    /// Addresses that did not answer.
    public var silent: [HTTPEndpoint]

    public init(
        endpoint: HTTPEndpoint, token: String? = nil, tokenEnd: MonotonicTime? = nil, silent: [HTTPEndpoint] = []
    ) {
        self.endpoint = endpoint
        self.token = token
        self.tokenEnd = tokenEnd
        self.silent = silent
    }
}

/// `/run/slipway/metadata-<platform>.json`, mode 0600: for this boot alone (its id is in the file), so that the next command finds the
/// service, by the link that leads to it, without a race and without another token.
///
/// Only what root wrote there is believed; without the right to write, nothing is remembered.
public struct EndpointCache: EndpointMemory {
    /// In bytes; a token has at most 4,096.
    private static let limit = 16 << 10
    private let host: HostRoot

    public init(_ host: HostRoot) { self.host = host }

    private func path(_ platform: PlatformName) -> FilePath {
        FilePath(
            "/run/slipway/metadata-\(platform.rawValue.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }).json")
    }

    private var bootID: String? { host.textIfPresent("/proc/sys/kernel/random/boot_id", limit: 64) }

    public func recall(_ platform: PlatformName) -> RememberedEndpoint? {
        guard let bytes = try? host.contents(of: path(platform), limit: Self.limit),
            let document = try? JSONText.decode(JSONValue.self, from: bytes),
            let bootID, document["boot_id"]?.string == bootID, let own = document["answers"].flatMap(endpoint)
        else { return nil }
        return RememberedEndpoint(
            endpoint: own, token: document["token"]?.string,
            tokenEnd: document["token_end_ns"]?.integer.map { MonotonicTime(nanoseconds: $0) },
            silent: (document["silent"]?.array ?? []).compactMap(endpoint))
    }

    public func remember(_ remembered: RememberedEndpoint, of platform: PlatformName) {
        guard let bootID, let file = host.path(path(platform)) else { return }
        let document: JSONValue = [
            "boot_id": .string(bootID), "answers": Self.document(remembered.endpoint),
            "token": JSONValue(remembered.token), "token_end_ns": JSONValue(remembered.tokenEnd?.nanoseconds),
            "silent": .array(remembered.silent.map(Self.document)),
        ]
        guard let text = try? JSONText.encode(document) else { return }
        unsafe _ = mkdir(file.removingLastComponent().string, 0o755)
        // A file that cannot be written is a race the next time, and no failure of this fetch.
        try? writeWhole(Array(text.utf8), to: file)
    }

    public func forget(_ platform: PlatformName) {
        guard let file = host.path(path(platform)) else { return }
        unsafe _ = unlink(file.string)
    }

    private func endpoint(_ document: JSONValue) -> HTTPEndpoint? {
        guard let address = document["address"]?.string, IPAddress(address) != nil,
            let port = document["port"]?.integer.flatMap({ UInt16(exactly: $0) }), port > 0
        else { return nil }
        return HTTPEndpoint(address: address, port: Int(port), interface: document["interface"]?.string)
    }

    private static func document(_ endpoint: HTTPEndpoint) -> JSONValue {
        [
            "address": .string(endpoint.address), "port": JSONValue(endpoint.port),
            "interface": JSONValue(endpoint.interface),
        ]
    }
}
