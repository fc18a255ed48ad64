internal import CKernel
internal import Documents
internal import Glibc
internal import Kernel
internal import SystemPackage

/// The JSON lines that the harness reads on a second serial port, only where `slipway.report=` says so.
///
/// A thread of its own writes: a port that nobody reads must not hold up the boot.
final class ReportPort: Sendable {
    private struct State: Sendable {
        var lines: [String] = []
        var isWriting = false
        var isBroken = false
    }
    private let state = Monitor(State())
    /// More than a boot says; past it the oldest go.
    private static let limit = 4_096

    /// `name` is a terminal below /dev: `ttyS1`.
    init(_ name: String) throws(OSError) {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isLetterOrDigit }) else {
            throw OSError(operation: "open", errno: .invalidArgument, subject: "slipway.report=\(name)")
        }
        let port = try OwnedDescriptor.open(FilePath("/dev").appending(name), O_WRONLY | O_NOCTTY)
        var settings = termios()
        // SAFETY: the settings live through the calls. What is no terminal needs no settings.
        if unsafe tcgetattr(port.rawValue, &settings) == 0 {
            unsafe cfmakeraw(&settings)
            unsafe _ = tcsetattr(port.rawValue, TCSANOW, &settings)
        }
        let state = state
        let raw = port.release()
        try WorkerThread.start { Self.write(to: OwnedDescriptor(adopting: raw), state) }
    }

    func send(_ event: JSONValue) {
        guard let line = try? JSONText.encode(event, as: .line) else { return }
        state.with { state in
            state.lines.append(line)
            if state.lines.count > Self.limit { state.lines.removeFirst() }
        }
    }

    /// Waits until all is out.
    func flush(until deadline: Deadline) {
        _ = state.wait(until: deadline) { $0.isBroken || ($0.lines.isEmpty && !$0.isWriting) ? true : nil }
    }

    private static func write(to port: consuming OwnedDescriptor, _ state: Monitor<State>) {
        while true {
            let line = state.wait(until: Deadline(in: .seconds(60))) { state -> String? in
                guard !state.lines.isEmpty else { return nil }
                state.isWriting = true
                return state.lines.removeFirst()
            }
            guard let line else { continue }
            let failed: Bool
            do {
                try port.writeAll(Array((line + "\n").utf8))
                _ = tcdrain(port.rawValue)
                failed = false
            } catch { failed = true }
            state.with { state in
                state.isWriting = false
                state.isBroken = failed
            }
            if failed { return }
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}
