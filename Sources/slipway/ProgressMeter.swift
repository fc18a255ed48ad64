import Documents
import Glibc
import Kernel
import Synchronization

/// Progress on stderr, with rate and time that is left: one line that changes on a terminal, else a line now and then; JSON lines for
/// programs.
final class ProgressMeter: Sendable {
    private struct State {
        var phase = ""
        var began = MonotonicTime.now()
        var told: MonotonicTime?
        var hasLine = false
    }

    private let operation: String
    private let asJSON: Bool
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    init(_ operation: String, asJSON: Bool) {
        self.operation = operation
        self.asJSON = asJSON
    }

    /// - Parameter progress: what is done of what; bytes, or any other parts.
    func tell(_ phase: String, _ progress: (done: UInt64, total: UInt64)?) {
        let now = MonotonicTime.now()
        state.withLock { state in
            let isNew = state.phase != phase
            if isNew { (state.phase, state.began, state.told) = (phase, now, nil) }
            let pause: Duration = isTerminal && !asJSON ? .milliseconds(200) : .seconds(1)
            let isLast = progress.map { $0.done >= $0.total } ?? false
            if let told = state.told, now.since(told) < pause, !isLast { return }
            state.told = now
            let elapsed = now.since(state.began).inSeconds
            if asJSON { return json(phase, progress, elapsed) }
            guard let progress, progress.total > 0 else {
                if !isTerminal { Terminal.note("slipway: \(operation): \(phase)") }
                return
            }
            let text = words(phase, progress, elapsed)
            if isTerminal {
                state.hasLine = true
                Terminal.line("\r\u{1B}[K" + text)
            } else {
                Terminal.note("slipway: \(operation): \(text)")
            }
        }
    }

    /// Ends the line that changes.
    func end() {
        state.withLock { state in
            if state.hasLine { Terminal.note("") }
            state.hasLine = false
        }
    }

    private func rate(_ progress: (done: UInt64, total: UInt64), _ elapsed: Double) -> (rate: Double, left: Double)? {
        guard progress.done > 0, elapsed > 0.05 else { return nil }
        let rate = Double(progress.done) / elapsed
        return (rate, Double(progress.total - min(progress.done, progress.total)) / rate)
    }

    private func json(_ phase: String, _ progress: (done: UInt64, total: UInt64)?, _ elapsed: Double) {
        let speed = progress.flatMap { rate($0, elapsed) }
        let perSecond = speed.flatMap { UInt64(exactly: $0.rate.rounded()) }
        let left = speed.flatMap { UInt64(exactly: $0.left.rounded(.up)) }
        let members: [String: JSONValue] = [
            "operation": .string(operation), "step": .string(phase), "done": JSONValue(progress?.done),
            "total": JSONValue(progress?.total), "rate_per_second": JSONValue(perSecond),
            "seconds_left": JSONValue(left),
        ]
        let document: JSONValue = ["progress": .object(members)]
        if let text = try? JSONText.encode(document, as: .line) { Terminal.note(text) }
    }

    private func words(_ phase: String, _ progress: (done: UInt64, total: UInt64), _ elapsed: Double) -> String {
        let percent = progress.done.multipliedReportingOverflow(by: 100).partialValue / progress.total
        var text = "\(phase) \(percent) %"
        // The parts of a device's own work are no bytes.
        if progress.total > 65_536 { text += ", \(String.size(progress.done)) of \(String.size(progress.total))" }
        guard let rate = rate(progress, elapsed) else { return text }
        if progress.total > 65_536 { text += ", \(String.size(UInt64(rate.rate)))/s" }
        return text + ", \(Self.time(rate.left)) left"
    }

    private static func time(_ seconds: Double) -> String {
        guard let whole = UInt64(exactly: seconds.rounded(.up)) else { return "?" }
        if whole < 120 { return "\(whole) s" }
        return whole < 7200 ? "\(whole / 60) min" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
