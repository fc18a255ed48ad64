import Glibc
import Kernel
import Synchronization

/// What is served: the platform's service, the faults before it, and the log of both.
final class Site: Sendable {
    /// How an answer leaves.
    struct Reply: Sendable {
        enum Form: Hashable, Sendable {
            case whole, truncated, reset
        }
        var answer: Answer
        var form = Form.whole
        var delay: Duration
    }

    private struct State: ~Copyable, Sendable {
        var service: any Service
        var faults: [Fault]
        let log: RequestLog?
    }

    private let state: Mutex<State>
    private let delay: Duration

    init(service: any Service, faults: [Fault], delay: Duration, log: consuming RequestLog?) {
        state = Mutex(State(service: service, faults: faults, log: log))
        self.delay = delay
    }

    /// Judges a request when it has come, and logs it before any byte of the answer can be seen.
    func reply(to request: Request, from remote: String) -> Reply {
        let time = MonotonicTime.now().seconds
        return state.withLock { state in
            let path = RequestPath(target: request.target)
            var reply = Reply(answer: state.service.answer(request, at: path), delay: delay)
            if let path {
                for index in state.faults.indices {
                    if let effect = state.faults[index].meet(path) { reply.apply(effect) }
                }
            }
            let line = RequestLog.Line(
                time: time, method: request.method, path: request.target,
                status: reply.form == .reset ? 0 : reply.answer.status, remote: remote,
                token: reply.answer.token.rawValue)
            do {
                try state.log?.write(line)
            } catch {
                // A test that counts requests must not go on with a log that misses some.
                StandardStream.error.write("slipway-metadata-server: \(error)\n")
                exit(1)
            }
            return reply
        }
    }
}

extension Site.Reply {
    fileprivate mutating func apply(_ effect: Fault.Effect) {
        switch effect {
        case .status(let status): answer = Answer(status: status, token: answer.token)
        case .delay(let milliseconds): delay += .milliseconds(milliseconds)
        case .reset: form = .reset
        case .truncate: form = .truncated
        }
    }
}
