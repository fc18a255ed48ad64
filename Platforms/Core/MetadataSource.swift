internal import Kernel

/// How a platform's metadata is fetched. One value a platform, without state: what it asks with comes in with the context.
public protocol MetadataSource: Sendable {
    /// Fetches everything once. What is required and missing is waited for until the deadline; partial data is never answered.
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot

    /// Waits for the service to say that something changed since `snapshot`, at most until the deadline, and fetches anew; nil where
    /// nothing did. The default fetches after a pause.
    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot?

    /// Takes secrets away from the platform, where the metadata asks for it. For whoever has put what the snapshot says to use, or keeps
    /// it: afterwards nobody can fetch it again, so that reading alone never does this. The default does nothing.
    func redact(after snapshot: MetadataSnapshot, in context: MetadataContext) async throws(PlatformError)

    /// Tells the platform that the machine is up, where it waits for that and would take it for failed otherwise; false where it does not
    /// wait, and nothing was asked. The default is that.
    func reportReady(in context: MetadataContext) async throws(PlatformError) -> Bool
}

extension MetadataSource {
    public func reportReady(in context: MetadataContext) async throws(PlatformError) -> Bool { false }

    public func redact(after snapshot: MetadataSnapshot, in context: MetadataContext) async throws(PlatformError) {}

    public func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        do { try await Task.sleep(for: min(.seconds(5), context.deadline.remaining)) } catch { return nil }
        let fresh = try await self.snapshot(in: context)
        return fresh.document() == snapshot.document() ? nil : fresh
    }
}
