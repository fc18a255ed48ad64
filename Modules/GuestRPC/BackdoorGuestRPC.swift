public import Kernel

/// Guest RPC by VMware's I/O ports (x86-64). It opens a channel at the first exchange and keeps it.
///
/// It asks no privilege: VMware answers the ports whatever the processor's IOPL, also under kernel lockdown. Where no VMware is behind
/// them, the fault is caught and thrown as ``GuestRPCError/Absence/portFaulted``.
public final class BackdoorGuestRPC: GuestRPCTransport {
    private struct State: Sendable {
        var channel: MessageChannel?
        var lastWasBulk: Bool?
    }
    private let state = Turn(State())
    private let ports: any BackdoorPorts
    private let allowsBulk: Bool
    private let limits: GuestRPCLimits

    /// - Parameter highBandwidth: whether messages go at once where the host offers it; else four bytes at a time.
    public convenience init(highBandwidth: Bool = true, limits: GuestRPCLimits = .init()) {
        self.init(highBandwidth: highBandwidth, limits: limits, over: ProcessorPorts())
    }

    package init(highBandwidth: Bool, limits: GuestRPCLimits = .init(), over ports: any BackdoorPorts) {
        allowsBulk = highBandwidth
        self.limits = limits
        self.ports = ports
    }

    deinit { close() }

    /// By which of the ports the last message came; a host may not offer the faster one.
    public var channel: GuestRPCChannel? {
        state.current.lastWasBulk.map { $0 ? .highBandwidth : .lowBandwidth }
    }

    public func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try GuestRPCLimits.check(request)
        do throws(GuestRPCError) {
            return try state.use(until: deadline) { state throws(GuestRPCError) in
                try exchange(request, &state, over: ports, until: deadline)
            }
        } catch {
            var error = error
            error.channel = allowsBulk ? .highBandwidth : .lowBandwidth
            throw error
        }
    }

    private func exchange(
        _ request: [UInt8], _ state: inout State, over ports: some BackdoorPorts, until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        try ports.guarded { () throws(GuestRPCError) in
            // A machine that was resumed elsewhere has lost its channels: one that was open before is opened once more.
            if let channel = state.channel {
                do throws(GuestRPCError) {
                    return try exchange(request, channel, &state, over: ports, until: deadline)
                } catch  where error.kind == .connectionLost && !deadline.hasPassed {}
            }
            return try exchange(request, MessageChannel.open(ports), &state, over: ports, until: deadline)
        }
    }

    /// A channel whose exchange failed may be in the middle of a message: it is closed.
    private func exchange(
        _ request: [UInt8], _ channel: MessageChannel, _ state: inout State, over ports: some BackdoorPorts,
        until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        state.channel = nil
        do throws(GuestRPCError) {
            let reply = try channel.exchange(
                request, ports, allowingBulk: allowsBulk, replyLimit: limits.reply, until: deadline)
            state.channel = channel
            state.lastWasBulk = reply.wasBulk
            return reply.bytes
        } catch {
            channel.close(ports)
            throw error
        }
    }

    /// Waits a moment at most for an exchange that is under way.
    public func close() {
        try? state.use(until: Deadline(in: .milliseconds(100))) { state throws(GuestRPCError) in
            guard let channel = state.channel else { return }
            state.channel = nil
            try Self.close(channel, over: ports)
        }
    }

    private static func close(_ channel: MessageChannel, over ports: some BackdoorPorts) throws(GuestRPCError) {
        try ports.guarded { () throws(GuestRPCError) in channel.close(ports) }
    }
}
