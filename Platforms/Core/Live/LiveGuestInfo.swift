public import GuestRPC
public import Kernel

/// The key-value store that VMware keeps for its guest.
public struct LiveGuestInfo: GuestInfo {
    private let client: GuestRPCClient

    /// By the first of the host's channels that works; the processor has to name VMware.
    public init() { self.init(LiveGuestRPC()) }

    public init(_ transport: any GuestRPCTransport) { client = GuestRPCClient(transport) }

    public func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? {
        try await ask(key) { (client) throws(GuestRPCError) in
            try client.value(of: GuestInfoKey(key), until: deadline)
        }
    }

    public func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {
        try await ask(key) { (client) throws(GuestRPCError) in
            try client.setValue(value, of: GuestInfoKey(key), until: deadline)
        }
    }

    public func close() { client.close() }

    /// On a thread of its own, for the ports block the one that asks.
    private func ask<Value: Sendable>(
        _ key: String, _ body: @escaping @Sendable (GuestRPCClient) throws(GuestRPCError) -> Value
    ) async throws(PlatformError) -> Value {
        let client = client
        let outcome: Result<Value, GuestRPCError>
        do {
            outcome = try await WorkerThread.run {
                do throws(GuestRPCError) {
                    return Result<Value, GuestRPCError>.success(try body(client))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw PlatformError(.timedOut("a thread (\(error))"), platform: "vmware", url: key)
        }
        do throws(GuestRPCError) { return try outcome.get() } catch { throw Self.failure(error, key) }
    }

    private static func failure(_ error: GuestRPCError, _ key: String) -> PlatformError {
        let kind: PlatformError.Kind
        switch error.kind {
        case .unavailable: kind = .noMetadata
        case .timedOut: kind = .timedOut("the host's answer")
        case .refused: kind = .refused
        default: kind = .nonsense(error.reason)
        }
        return PlatformError(kind, platform: "vmware", url: key, hint: error.reason)
    }
}
