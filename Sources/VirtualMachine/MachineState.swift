package import Documents

/// What is known of a machine while it runs, and in the end.
package struct MachineState: Sendable {
    /// The console so far, a line each.
    package var console: [String] = []
    /// The bring-up's report so far: one document an event.
    package var events: [JSONValue] = []
    /// The tasks that the node is at, by its report.
    package var running: [String] = []
    /// The node's last word on itself.
    package var summary: JSONValue?
    package var timeline: JSONValue?
    /// How the guest went down, by QMP's events.
    package var ending: Ending?
    /// Set when QEMU and the server are gone and the files are written.
    package var how: MachineOutcome.How?

    package enum Ending: Hashable, Sendable {
        case poweredOff
        case reset
        case panicked
        case watchdog
        case other(String)
    }

    /// Takes one document of the report.
    mutating func take(_ event: JSONValue) {
        events.append(event)
        switch event["event"]?.string {
        case "start": running = []
        case "task":
            guard let task = event["task"]?.string else { return }
            running.removeAll { $0 == task }
            if event["state"]?.string == "started" { running.append(task) }
        case "timeline": timeline = event["timeline"]
        case "summary": summary = event["summary"]
        default: break
        }
    }

    /// Takes one of QMP's messages (docs/interop/qmp-spec; run-state.json).
    mutating func takeQMP(_ message: JSONValue) {
        switch message["event"]?.string {
        case "SHUTDOWN":
            guard ending == nil else { return }
            switch message["data"]?["reason"]?.string {
            case "guest-shutdown": ending = .poweredOff
            case "guest-reset": ending = .reset
            case "guest-panic": ending = .panicked
            case let reason: ending = .other(reason ?? "without a reason")
            }
        case "GUEST_PANICKED": ending = .panicked
        case "WATCHDOG": ending = .watchdog
        default: break
        }
    }

    /// What the node was at, for the message of a deadline.
    var doing: String {
        if !running.isEmpty { return "the bring-up was at \(running.joined(separator: ", "))" }
        if summary != nil { return "the node was ready and had not gone down" }
        if let line = console.last(where: { !$0.isEmpty }) { return "the console's last line was: \(line)" }
        return "the kernel had said nothing"
    }
}

/// How a run ended.
package struct MachineOutcome: Sendable {
    package enum How: Hashable, Sendable {
        case ended(MachineState.Ending)
        /// With what the node was doing.
        case timedOut(String)
        case interrupted
        /// QEMU itself, with what it said.
        case qemuFailed(String)
    }
    package var how: How
    package var state: MachineState

    /// The node was ready, and ended as it was meant to.
    package var isGood: Bool {
        guard state.summary?["outcome"]?.string == "ready" else { return false }
        return how == .ended(.poweredOff) || how == .interrupted
    }

    package var words: String {
        switch how {
        case .ended(.poweredOff): "the node powered off"
        case .ended(.reset): "the node reset"
        case .ended(.panicked): "the kernel panicked"
        case .ended(.watchdog): "the watchdog struck"
        case .ended(.other(let reason)): "the machine ended: \(reason)"
        case .timedOut(let doing): "the deadline struck: \(doing)"
        case .interrupted: "interrupted"
        case .qemuFailed(let text): "QEMU failed: \(text)"
        }
    }
}
