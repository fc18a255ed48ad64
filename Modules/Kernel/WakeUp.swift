internal import CKernel
internal import Glibc
internal import SystemPackage

/// Ends a thread's wait in poll(2) from another thread: fired once, it stays fired.
///
/// Descriptors of the caller's may stand for it too: a signalfd that becomes readable, a pipe that loses its reader.
public final class WakeUp: Sendable {
    /// The pipe of our own, both ends.
    private let reader: OwnedDescriptor?
    private let writer: OwnedDescriptor?
    /// The number of `writer`, which lives as long as we do.
    private let writing: Int32?
    /// Readable is fired.
    private let readable: [Int32]
    /// An error or a hang-up on it is fired.
    private let hangingUp: [Int32]

    /// One that is fired by ``fire()``.
    public init() throws(OSError) {
        var pair = try DescriptorPair.pipe()
        let reader = try pair.takeFirst()
        let writer = try pair.takeSecond()
        // A writer never waits: what does not fit into a pipe that nobody empties has no news.
        try writer.setNonblocking(true)
        readable = [reader.rawValue]
        hangingUp = []
        writing = writer.rawValue
        self.reader = consume reader
        self.writer = consume writer
    }

    /// One that is fired by what happens to the caller's descriptors, which must outlive it.
    ///
    /// - Parameters:
    ///   - readable: fired when one of them has something to read.
    ///   - hangingUp: fired when the other side of one of them is gone (POLLERR, POLLHUP).
    public init(readable: [Int32], hangingUp: [Int32] = []) {
        self.readable = readable
        self.hangingUp = hangingUp
        writing = nil
        reader = nil
        writer = nil
    }

    /// Ends the waits, those to come too. Without effect on one that stands for other descriptors.
    public func fire() {
        guard let writing else { return }
        let byte: [UInt8] = [1]
        // SAFETY: one byte of an array that lives through the call. A failure means that the pipe is full: it is fired.
        _ = unsafe write(writing, byte, 1)
    }

    /// Whether it was fired.
    public var isFired: Bool { poll(nil, for: 0, until: Deadline(in: .zero)) == .woken }

    /// What ended a wait.
    public enum Outcome: Hashable, Sendable {
        /// The descriptor is ready.
        case ready
        case woken
        case timedOut
    }

    /// Waits for `events` (POLLIN, POLLOUT) of `descriptor`; a wake-up comes before a descriptor that is ready.
    public func wait(for descriptor: Int32, _ events: Int16, until deadline: Deadline) throws(OSError) -> Outcome {
        while true {
            switch poll(descriptor, for: events, until: deadline) {
            case .timedOut where !deadline.hasPassed: continue
            case let outcome?: return outcome
            case nil: throw OSError(operation: "poll", errno: .init(rawValue: Glibc.errno))
            }
        }
    }

    /// Waits for `other` to be fired: that is `.ready`.
    public func wait(for other: WakeUp, until deadline: Deadline) throws(OSError) -> Outcome {
        guard let descriptor = other.readable.first else { return .timedOut }
        return try wait(for: descriptor, Int16(POLLIN), until: deadline)
    }

    /// Nil for a failure that is no interruption.
    private func poll(_ descriptor: Int32?, for events: Int16, until deadline: Deadline) -> Outcome? {
        var entries = readable.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        entries += hangingUp.map { pollfd(fd: $0, events: 0, revents: 0) }
        let own = entries.count
        if let descriptor { entries.append(pollfd(fd: descriptor, events: events, revents: 0)) }
        // SAFETY: as many entries as the array has, which lives through the call.
        let ready = unsafe Glibc.poll(&entries, nfds_t(entries.count), deadline.pollTimeout)
        if ready < 0 { return Glibc.errno == EINTR ? .timedOut : nil }
        if entries.prefix(own).contains(where: { $0.revents != 0 }) { return .woken }
        return ready > 0 ? .ready : .timedOut
    }
}
