public import Fetch
public import Kernel

/// A platform's metadata, whole or not at all.
public protocol MetadataSource: Sendable {
    var platform: PlatformName { get }

    /// Fetches everything once. What is required and missing is waited for until `deadline`; partial data is never answered.
    func snapshot(
        through transport: any HTTPTransport, deadline: Deadline
    ) async throws(PlatformError) -> MetadataSnapshot
}
