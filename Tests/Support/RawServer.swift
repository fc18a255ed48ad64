internal import CKernel
internal import Glibc
public import Kernel

/// A TCP server on 127.0.0.1 that does to each connection what its script says, for clients that must survive anything.
///
/// By scripts, connections are served one after another by a thread of its own; by what they ask, side by side. Dropping the value,
/// or `stop()`, closes all of it.
public final class RawServer: Sendable {
    /// The head of a request, as far as a test looks at it.
    public struct Request: Sendable {
        /// `GET /latest/user-data`
        public let line: String
        public let fields: [(name: String, value: String)]
        /// When all of it was there.
        public let time: MonotonicTime

        init?(head: [UInt8]) {
            let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
            guard let first = lines.first?.split(separator: " "), first.count == 3 else { return nil }
            line = "\(first[0]) \(first[1])"
            fields = lines.dropFirst().compactMap { field in
                let parts = field.split(separator: ":", maxSplits: 1)
                return parts.count == 2 ? (String(parts[0]), String(parts[1].drop { $0 == " " })) : nil
            }
            time = .now()
        }
    }

    public enum Step: Sendable {
        /// Waits until the head of a request has come.
        case readHead
        /// Sends, as far as the peer takes it.
        case send([UInt8])
        /// Sends the bytes so often, with a pause before each.
        case trickle([UInt8], times: Int, every: Duration)
        /// Waits until the peer closes.
        case waitForClose
        /// Sends back the head that `readHead` has read.
        case echoHead
        /// RST instead of FIN at the end.
        case reset

        /// Sends the bytes of a text.
        public static func text(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    private struct State {
        var isStopping = false
        /// Threads.
        var running = 1
    }

    /// Chosen by the kernel.
    public let port: Int
    private let state = Monitor(State())

    /// Does `script` to every connection.
    public convenience init(_ script: [Step]) throws { try self.init(inTurn: [script]) }

    /// Does the scripts to its connections in turn, the first again after the last.
    public convenience init(inTurn scripts: [[Step]]) throws {
        try self.init(LoopbackSocket()) { listener, state in
            var served = 0
            let stopping = { state.with { $0.isStopping } }
            while !stopping(), !scripts.isEmpty {
                guard let connection = accepted(on: listener) else { continue }
                perform(scripts[served % scripts.count], on: connection, stopping: stopping)
                served += 1
            }
        }
    }

    /// Reads the head of each connection's request, and does what `script` has for it. Connections have a thread each.
    public convenience init(
        onIPv6 isIPv6: Bool = false, answering script: @escaping @Sendable (Request) -> [Step]
    ) throws {
        try self.init(LoopbackSocket(isIPv6: isIPv6, backlog: 256)) { listener, state in
            let stopping = { @Sendable in state.with { $0.isStopping } }
            while !stopping() {
                guard let connection = accepted(on: listener) else { continue }
                let descriptor = connection.release()
                state.with { $0.running += 1 }
                do {
                    try WorkerThread.start {
                        let connection = OwnedDescriptor(adopting: descriptor)
                        var head: [UInt8] = []
                        perform(.readHead, on: connection, &head, stopping: stopping)
                        if let request = Request(head: head) {
                            perform(script(request), on: connection, stopping: stopping)
                        }
                        _ = consume connection
                        state.with { $0.running -= 1 }
                    }
                } catch {
                    _ = OwnedDescriptor(adopting: descriptor)
                    state.with { $0.running -= 1 }
                }
            }
        }
    }

    private init(
        _ socket: consuming LoopbackSocket,
        serving body: @escaping @Sendable (borrowing OwnedDescriptor, Monitor<State>) -> Void
    ) throws {
        port = socket.port
        let descriptor = socket.descriptor.release()
        do {
            try WorkerThread.start { [state] in
                let listener = OwnedDescriptor(adopting: descriptor)
                body(listener, state)
                _ = consume listener
                state.with { $0.running -= 1 }
            }
        } catch {
            _ = OwnedDescriptor(adopting: descriptor)
            throw error
        }
    }

    deinit { stop() }

    /// Ends the threads and closes their sockets; returns when they are closed.
    public func stop() {
        state.with { $0.isStopping = true }
        _ = state.wait(until: Deadline(in: .seconds(5))) { $0.running == 0 ? true : nil }
    }
}

/// The next connection; nil where none comes in a little while.
private func accepted(on listener: borrowing OwnedDescriptor) -> OwnedDescriptor? {
    guard wait(listener, for: POLLIN) else { return nil }
    // accept4 is not declared without _GNU_SOURCE; sw_spawn closes what a child is not given, so no child gets this.
    let descriptor = accept(listener.rawValue, nil, nil)
    if descriptor < 0 { return nil }
    let connection = OwnedDescriptor(adopting: descriptor)
    guard (try? connection.setNonblocking(true)) != nil else { return nil }
    return connection
}

private func perform(_ script: [RawServer.Step], on connection: borrowing OwnedDescriptor, stopping: () -> Bool) {
    var head: [UInt8] = []
    for step in script where !stopping() { perform(step, on: connection, &head, stopping: stopping) }
}

/// Waits a little, so that the thread looks often whether it is to stop.
private func wait(_ descriptor: borrowing OwnedDescriptor, for events: Int32) -> Bool {
    var entry = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
    return unsafe poll(&entry, 1, 10) > 0
}

private func perform(
    _ step: RawServer.Step, on connection: borrowing OwnedDescriptor, _ head: inout [UInt8], stopping: () -> Bool
) {
    switch step {
    case .readHead:
        while !stopping(), head.suffix(4) != [13, 10, 13, 10] {
            guard wait(connection, for: POLLIN) else { continue }
            guard let piece = try? connection.readOnce(limit: 65_536), !piece.isEmpty else { return }
            head += piece
        }
    case .send(let bytes): send(bytes, on: connection, stopping: stopping)
    case .echoHead: send(head, on: connection, stopping: stopping)
    case .trickle(let bytes, let times, let pause):
        for _ in 0..<times where !stopping() {
            usleep(UInt32(clamping: pause.inNanoseconds / 1000))
            guard send(bytes, on: connection, stopping: stopping) else { return }
        }
    case .waitForClose:
        while !stopping() {
            guard wait(connection, for: POLLIN) else { continue }
            guard let piece = try? connection.readOnce(limit: 65_536), !piece.isEmpty else { return }
        }
    case .reset:
        var none = linger(l_onoff: 1, l_linger: 0)
        unsafe _ = setsockopt(
            connection.rawValue, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
    }
}

/// False when the peer takes no more.
@discardableResult
private func send(_ bytes: [UInt8], on connection: borrowing OwnedDescriptor, stopping: () -> Bool) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty, !stopping() {
        guard wait(connection, for: POLLOUT) else { continue }
        // SAFETY: the bytes live through the call.
        let count = unsafe rest.withUnsafeBytes {
            unsafe Glibc.send(connection.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 && errno != EAGAIN { return false }
        rest = rest.dropFirst(max(0, count))
    }
    return rest.isEmpty
}
