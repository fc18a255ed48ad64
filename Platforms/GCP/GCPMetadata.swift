internal import Fetch
internal import Kernel
internal import Platform
internal import Trust

/// The metadata server of Compute Engine: the whole tree in one answer.
struct GCPMetadata: MetadataSource {
    static let root = "/computeMetadata/v1/"
    static let tree = "\(root)?recursive=true&alt=json"

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        try await Self.snapshot(MetadataSession(.gcp, policy: .gcp, in: context), context)
    }

    /// One request that the server answers when anything in the tree differs from what had that ETag, or when its time is up.
    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        let session = MetadataSession(.gcp, policy: .gcp, in: context)
        var mark = snapshot.mark
        while true {
            // The server is given less time than the answer has to come.
            let seconds = min(context.deadline.remaining - .seconds(2), .seconds(3600)).components.seconds
            guard seconds >= 1 else {
                try? await Task.sleep(for: context.deadline.remaining)
                return nil
            }
            var path = "\(Self.tree)&wait_for_change=true&timeout_sec=\(seconds)"
            if let mark, mark.utf8.allSatisfy(Self.isTag) { path += "&last_etag=\(mark)" }
            let response = try await session.fetch(path, isLong: true)
            if let mark, response?.header("ETag") == mark { return nil }
            // What changed may be half written: it is asked for until it is whole.
            let fresh = try await Self.snapshot(session, context)
            if fresh.document(includingRaw: true) != snapshot.document(includingRaw: true) { return fresh }
            // Something that ticks by itself, and is no change.
            mark = fresh.mark
        }
    }

    private static func isTag(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            || "-_.~".utf8.contains(byte)
    }

    private static func snapshot(
        _ session: MetadataSession, _ context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot {
        let (tree, response) = try await session.read(Self.tree) { (document) throws(MetadataFault) in
            try GCPTree(document, now: context.now)
        }
        var snapshot = tree.snapshot
        snapshot.mark = response.header("ETag")
        if let (text, encoding) = tree.userData {
            snapshot.userData = try UserData(
                Array(text.utf8), of: .gcp,
                at: await session.url(of: "\(root)instance/attributes/user-data"), encoding: encoding)
        }
        if let audience = try audience(on: context.host) {
            let path = "\(root)instance/service-accounts/default/identity?audience=\(audience)&format=full"
            // A machine without a service account has none.
            snapshot.identityDocument = try await session.fetch(path)?.body.filter { $0 > 0x20 }
        }
        return snapshot
    }

    /// Whom a token is asked for; nil where nobody would look at it, for asking makes one.
    private static func audience(on host: HostRoot) throws(PlatformError) -> String? {
        do throws(TrustError) {
            guard let trust = try PlatformTrust(of: .gcp, pinning: GCPVerifier().pins, on: host) else { return nil }
            let audience = trust.pins?["audience"] ?? GCPVerifier.audience
            return audience.utf8.map { byte in
                isTag(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/")
                    ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        } catch {
            throw PlatformError(.untrusted(error.description), platform: .gcp, hint: "correct /etc/slipway/trust/gcp")
        }
    }
}

extension FetchPolicy {
    /// Compute Engine's "Query the metadata server": the field says that the request is meant for it, and in the answer that it is the
    /// one that answered. By address, for a name could be resolved to anybody. IPv6's is that of IPv6-only instances.
    static let gcp = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fd20:ce::254")],
        headers: [HTTPHeader("Metadata-Flavor", "Google")], answerHeader: HTTPHeader("Metadata-Flavor", "Google"),
        statuses: [
            400: .terminal("the server does not know a parameter of the request"),
            403: .terminal(
                "the server takes no request without Metadata-Flavor, or one that was forwarded, or is turned off"),
            404: .absent,
        ],
        hint: "check the link and the route to 169.254.169.254, or try again with a longer deadline")
}
