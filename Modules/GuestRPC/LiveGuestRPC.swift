public import Kernel

/// Guest RPC of the machine that we run on, by the first channel that works.
///
/// The channels are tried in order. The one that answered is the first from then on; one that is not there is not tried again. A host that
/// answers no, or not in time, is no reason to try the next.
public final class LiveGuestRPC: GuestRPCTransport {
    private struct State: Sendable {
        /// Those that may work, the best first.
        var order: [Int]
        /// Why the others do not.
        var failures: [Int: GuestRPCError] = [:]
        var last: Int?
    }
    private let transports: [any GuestRPCTransport]
    private let isAssumed: Bool
    private let state: Turn<State>

    /// - Parameters:
    ///   - channels: those to try, in that order.
    ///   - assumingVMware: whether to ask without CPUID's word that this is VMware (``Hypervisor/isVMware``). Then the guard of the
    ///     ports alone stands between a machine without VMware and its fault. On arm64 CPUID has no word, and vsock is asked as it is.
    ///   - limits: of a reply.
    public convenience init(
        channels: [GuestRPCChannel] = GuestRPCChannel.allCases, assumingVMware: Bool = false,
        limits: GuestRPCLimits = .init()
    ) {
        self.init(
            channels.map {
                switch $0 {
                case .vsock: VsockGuestRPC(limits: limits)
                case .highBandwidth: BackdoorGuestRPC(highBandwidth: true, limits: limits)
                case .lowBandwidth: BackdoorGuestRPC(highBandwidth: false, limits: limits)
                }
            }, assumingVMware: assumingVMware)
    }

    package init(_ transports: [any GuestRPCTransport], assumingVMware: Bool) {
        self.transports = transports
        isAssumed = assumingVMware
        state = Turn(State(order: Array(transports.indices)))
    }

    public var channel: GuestRPCChannel? { state.current.last.flatMap { transports[$0].channel } }

    public func close() { for transport in transports { transport.close() } }

    public func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try GuestRPCLimits.check(request)
        #if arch(x86_64)
            if !isAssumed, !Hypervisor.isVMware {
                throw GuestRPCError(
                    .unavailable(.otherHypervisor(signature: Hypervisor.signature)), operation: "guest RPC")
            }
        #endif
        return try state.use(until: deadline) { state throws(GuestRPCError) in
            try ask(request, &state, until: deadline)
        }
    }

    private func ask(
        _ request: [UInt8], _ state: inout State, until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        for index in state.order {
            do throws(GuestRPCError) {
                let reply = try transports[index].exchange(request, until: deadline)
                state.order = [index] + state.order.filter { $0 != index }
                state.failures[index] = nil
                state.last = index
                return reply
            } catch  where error.isOfTheChannel {
                state.failures[index] = error
                if case .unavailable(let absence) = error.kind, absence != .channelRefused {
                    state.order.removeAll { $0 == index }
                }
                if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: "guest RPC") }
            }
        }
        let failures = transports.indices.compactMap { state.failures[$0] }
        throw GuestRPCError(.unavailable(.noChannel(failures)), operation: "guest RPC")
    }
}
