import Glibc
import Kernel

/// Writes events to stdout, a line each, for verbs that go on until the time is over, a signal comes or nobody reads any more.
///
/// Made before the first thread, as ``Interrupt`` is.
struct EventWriter: Sendable {
    private let interrupt: Interrupt
    /// Fired by the signals, and when stdout has lost its reader.
    let wakeUp: WakeUp
    /// Nil is never.
    private let deadline: Deadline?

    init(until deadline: Deadline?) {
        self.deadline = deadline
        interrupt = Interrupt()
        wakeUp = WakeUp(readable: [interrupt.descriptor], hangingUp: [1])
        // A reader that has gone is an error of write(2), and no death.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    var isInterrupted: Bool { interrupt.isPending }

    /// Until `done` is fired, or the writing is over.
    func wait(for done: WakeUp) {
        while true {
            switch try? wakeUp.wait(for: done, until: deadline ?? Deadline(in: .seconds(3_600))) {
            case .timedOut? where deadline?.hasPassed != true: continue
            default: return
            }
        }
    }

    /// One line at once. A reader that is slow is waited for, and signals and the deadline end the wait; false where it is over.
    func write(_ text: String) -> Bool {
        let bytes = Array((text + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let limit = deadline ?? Deadline(in: .seconds(3_600))
            switch try? wakeUp.wait(for: 1, Int16(POLLOUT), until: limit) {
            case .ready?: break
            case .timedOut? where deadline?.hasPassed != true: continue
            default: return false
            }
            // POLLOUT promises a pipe room for so much (PIPE_BUF, pipe(7)), so that the call does not block.
            let piece = min(4_096, bytes.count - done)
            // SAFETY: `done` and the piece after it are within the array, which lives through the call.
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress! + done, piece) }
            if count < 0, errno != EINTR, errno != EAGAIN { return false }
            done += max(0, count)
        }
        return true
    }
}
