package import Kernel

/// Events that a thread of its own makes: a bounded buffer between a thread that blocks and a task that must not.
///
/// The thread ends, and what it holds is closed, when the task that reads is cancelled or when the last copy of the sequence and of
/// its iterators is gone. Several iterators share the events: each event goes to one.
public struct EventStream<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = NetlinkError

    /// Where the thread puts its events.
    package struct Sink: Sendable {
        fileprivate let channel: Channel<Element>

        /// Waits while the buffer is full; false once nobody reads any more, and the thread is to end.
        package func put(_ element: Element) -> Bool { channel.put(element) }
    }

    /// Dropped with the last reader.
    fileprivate final class Reader: Sendable {
        let channel: Channel<Element>
        init(_ channel: Channel<Element>) { self.channel = channel }
        deinit { channel.stop() }
    }

    fileprivate let reader: Reader

    /// Starts a thread that runs `body` until it returns, which it does as soon as the wake-up is fired or the sink refuses.
    package static func start(
        capacity: Int, _ body: @escaping @Sendable (Sink, WakeUp) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> EventStream {
        do throws(OSError) {
            let channel = Channel<Element>(capacity: Swift.max(1, capacity), wakeUp: try WakeUp())
            let stream = EventStream(reader: Reader(channel))
            try WorkerThread.start {
                do throws(NetlinkError) {
                    try body(Sink(channel: channel), channel.wakeUp)
                    channel.finish(nil)
                } catch {
                    channel.finish(error)
                }
            }
            return stream
        } catch {
            throw NetlinkError(error)
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

    public struct Iterator: AsyncIteratorProtocol {
        public typealias Failure = NetlinkError
        fileprivate let reader: Reader

        /// The next event; nil when the thread has ended, or the task is cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(NetlinkError) -> Element? { try await reader.channel.take() }
    }
}

/// A bounded queue from one thread to some tasks.
private final class Channel<Element: Sendable>: Sendable {
    private struct State: Sendable {
        var queue: [Element] = []
        /// Of the next to take in `queue`, whose front is cleared when it has grown.
        var first = 0
        var waiters: [(number: Int, continuation: CheckedContinuation<Result<Element?, NetlinkError>, Never>)] = []
        var nextNumber = 0
        /// Nobody reads any more.
        var isStopped = false
        /// The thread has ended; what is queued can still be taken.
        var end: Result<Element?, NetlinkError>?

        var count: Int { queue.count - first }

        mutating func takeFirst() -> Element? {
            guard first < queue.count else { return nil }
            let element = queue[first]
            first += 1
            if first >= 64, first * 2 >= queue.count {
                queue.removeFirst(first)
                first = 0
            }
            return element
        }
    }

    private let state = Monitor(State())
    private let capacity: Int
    let wakeUp: WakeUp

    init(capacity: Int, wakeUp: WakeUp) {
        self.capacity = capacity
        self.wakeUp = wakeUp
    }

    /// From the thread.
    func put(_ element: Element) -> Bool {
        let room = capacity
        while true {
            // Woken by whoever takes or stops; the deadline is of a wait, not of the attempt.
            let outcome = state.wait(until: Deadline(in: .seconds(60))) { state -> Bool? in
                if state.isStopped { return false }
                return state.count < room ? true : nil
            }
            guard let outcome else { continue }
            guard outcome else { return false }
            break
        }
        let waiter = state.with { state -> CheckedContinuation<Result<Element?, NetlinkError>, Never>? in
            if state.waiters.isEmpty {
                state.queue.append(element)
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        waiter?.resume(returning: .success(element))
        return true
    }

    /// From the thread, as its last.
    func finish(_ error: NetlinkError?) {
        let waiters = state.with { state in
            state.end = error.map { .failure($0) } ?? .success(nil)
            defer { state.waiters = [] }
            return state.waiters
        }
        // The failure goes to one reader; there is one in all but odd programs.
        for (position, waiter) in waiters.enumerated() {
            waiter.continuation.resume(
                returning: position == 0 ? error.map { .failure($0) } ?? .success(nil) : .success(nil))
        }
    }

    /// From the readers' side: no event is wanted any more.
    func stop() {
        let waiters = state.with { state in
            state.isStopped = true
            state.queue = []
            state.first = 0
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: .success(nil)) }
        wakeUp.fire()
    }

    func take() async throws(NetlinkError) -> Element? {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.with { state -> Result<Element?, NetlinkError>? in
                    if state.isStopped { return .success(nil) }
                    if let element = state.takeFirst() { return .success(element) }
                    if let end = state.end {
                        state.end = .success(nil)
                        return end
                    }
                    state.waiters.append((state.nextNumber, continuation))
                    state.nextNumber += 1
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            stop()
        }
        return try outcome.get()
    }
}
