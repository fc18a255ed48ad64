internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

/// Azure's Instance Metadata Service.
struct AzureMetadata: MetadataSource {
    /// The newest first: an older cloud answers one that it does not know with 400.
    static let versions = ["2021-12-13", "2021-02-01", "2019-06-01"]
    static let attestedPath = "/metadata/attested/document?api-version=2020-09-01"
    static let eventsPath = "/metadata/scheduledevents?api-version=2020-07-01"

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        try await snapshot(in: context, isWatched: false)
    }

    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        do { try await Task.sleep(for: min(.seconds(5), context.deadline.remaining)) } catch { return nil }
        let fresh = try await self.snapshot(in: context, isWatched: true)
        return fresh.document() == snapshot.document() ? nil : fresh
    }

    /// The first request for Scheduled Events turns them on for a day, and from then on what people do in the portal waits for its notice
    /// to end. So they are asked for where somebody watches, and where a machine can be taken away at any time.
    private func snapshot(
        in context: MetadataContext, isWatched: Bool
    ) async throws(PlatformError) -> MetadataSnapshot {
        let (told, service) = try await instance(in: context)
        var instance = told
        try instance.complete(in: context)
        var snapshot = instance.snapshot
        let asksEvents = isWatched || instance.isSpot
        // The service takes five requests a second.
        let others = try await concurrently(
            asksEvents ? [Self.attestedPath, Self.eventsPath] : [Self.attestedPath], width: 2
        ) { (path) throws(PlatformError) in
            try await Self.once(path, in: context)
        }
        if let attested = others[0] {
            snapshot.raw["attested/document"] = attested
            snapshot.identity.reason = "no certificates in /etc/slipway/trust/azure"
            snapshot.identityDocument = (try? JSONText.encode(attested)).map { Array($0.utf8) }
        }
        if asksEvents, let events = others[1] {
            snapshot.raw["scheduledevents"] = events
            snapshot.spot = try instance.spot(with: events, at: service + Self.eventsPath)
        }
        if let text = instance.userData {
            snapshot.userData = try UserData(
                Array(text.utf8), of: .azure, at: "\(service)/metadata/instance/compute/userData", encoding: "base64")
        }
        return snapshot
    }

    /// The machine, and who told: `http://169.254.169.254`.
    private func instance(
        in context: MetadataContext
    ) async throws(PlatformError) -> (instance: AzureInstance, service: String) {
        let session = MetadataSession(.azure, policy: .azure, in: context)
        for version in Self.versions {
            let path = "/metadata/instance?api-version=\(version)"
            guard let first = try await session.fetch(path) else { continue }
            let instance = try await session.read(path, first: first) { (document) throws(MetadataFault) in
                try AzureInstance(document)
            }.value
            return (instance, await session.url(of: "") ?? "")
        }
        throw PlatformError(
            .refused, platform: .azure, url: await session.url(of: "/metadata/instance"), status: 400,
            hint: "the service knows none of the versions \(Self.versions.joined(separator: ", "))")
    }

    /// What a machine may do without: nil where it is absent, and where it does not come soon. The first answer about Scheduled Events
    /// can take two minutes.
    private static func once(_ path: String, in context: MetadataContext) async throws(PlatformError) -> JSONValue? {
        var context = context
        context.deadline = context.deadline.earlier(Deadline(in: .seconds(3)))
        let session = MetadataSession(.azure, policy: .azureOptional, in: context)
        do throws(PlatformError) {
            return try await session.json(path)
        } catch {
            if case .timedOut = error.kind { return nil }
            throw error
        }
    }
}

extension FetchPolicy {
    /// "Azure Instance Metadata Service", "Errors and debugging": 404 and 410 pass while the machine is being made.
    static let azure = imds(statuses: [400: .absent, 404: .transient])
    static let azureOptional = imds(statuses: [400: .absent, 404: .absent])

    private static func imds(statuses: [Int: StatusMeaning]) -> FetchPolicy {
        FetchPolicy(
            endpoints: [HTTPEndpoint(address: "169.254.169.254")], headers: [HTTPHeader("Metadata", "true")],
            statuses: statuses.merging([
                403: .terminal("the service refuses this machine, or the request was forwarded"),
                405: .terminal("the service knows this path for another method alone"), 410: .transient,
            ]) { _, new in new },
            hint:
                "the service answers the primary interface and its primary address alone: check that it has its lease",
            width: 4)
    }
}
