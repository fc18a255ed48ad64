public import Kernel
internal import Synchronization

/// Guest RPC that answers as the one behind it does, and keeps every exchange that was answered.
public final class RecordingGuestRPC: GuestRPCTransport {
    private let transport: any GuestRPCTransport
    private let log = Mutex<[GuestRPCExchange]>([])

    public init(before transport: any GuestRPCTransport) { self.transport = transport }

    /// All that was answered up to now, in that order.
    public var exchanges: [GuestRPCExchange] { log.withLock { $0 } }

    public var channel: GuestRPCChannel? { transport.channel }

    public func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        let reply = try transport.exchange(request, until: deadline)
        log.withLock { $0.append(GuestRPCExchange(request: request, reply: reply)) }
        return reply
    }

    public func close() { transport.close() }
}

/// Guest RPC that answers from a recording, and never waits.
///
/// A command is known by its bytes. Asked again, it is answered as it was the next time that it was recorded; the last answer repeats.
/// What was never recorded is ``GuestRPCError/Kind-swift.enum/unrecorded``, and ``unanswered`` lists it, because a caller may take any
/// failure for an empty answer.
public final class ReplayGuestRPC: GuestRPCTransport {
    private struct State {
        var asked: [[UInt8]: Int] = [:]
        var unanswered: [String] = []
    }
    private let replies: [[UInt8]: [[UInt8]]]
    private let state = Mutex(State())

    public init(_ exchanges: [GuestRPCExchange]) {
        replies = Dictionary(grouping: exchanges, by: \.request).mapValues { $0.map(\.reply) }
    }

    /// What was asked for and is not in the recording, each once, in the order of asking: its first words, no value of an `info-set`.
    public var unanswered: [String] { state.withLock { $0.unanswered } }

    public var channel: GuestRPCChannel? { nil }

    public func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try GuestRPCLimits.check(request)
        let reply = state.withLock { state -> [UInt8]? in
            guard let recorded = replies[request] else {
                let words = request.split(separator: UInt8(ascii: " "), maxSplits: 2).prefix(2)
                let name = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
                if !state.unanswered.contains(name) { state.unanswered.append(name) }
                return nil
            }
            let turn = state.asked[request] ?? 0
            state.asked[request] = turn + 1
            return recorded[min(turn, recorded.count - 1)]
        }
        guard let reply else { throw GuestRPCError(.unrecorded, operation: "replay") }
        return reply
    }
}
