internal import Kernel

/// What one thread at a time may use, each waiting for its turn no longer than its deadline.
final class Turn<Resource: Sendable>: Sendable {
    private struct State: Sendable {
        var resource: Resource
        var isTaken = false
    }
    private let monitor: Monitor<State>

    init(_ resource: Resource) { monitor = Monitor(State(resource: resource)) }

    /// What it is now, to look at.
    var current: Resource { monitor.with { $0.resource } }

    func use<Answer>(
        until deadline: Deadline, _ body: (inout Resource) throws(GuestRPCError) -> Answer
    ) throws(GuestRPCError) -> Answer {
        if deadline.hasPassed { throw GuestRPCError(.timedOut, operation: "send") }
        let taken = monitor.wait(until: deadline) { (state: inout State) -> Resource? in
            if state.isTaken { return nil }
            state.isTaken = true
            return state.resource
        }
        guard var resource = taken else { throw GuestRPCError(.timedOut, operation: "send") }
        defer {
            monitor.with {
                $0.resource = resource
                $0.isTaken = false
            }
        }
        return try body(&resource)
    }
}
