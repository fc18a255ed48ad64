internal import CKernel
internal import Glibc
internal import Kernel

/// A TCP server on 127.0.0.1 that does to each connection what its script says, for clients that must survive anything.
///
/// Connections are served one after another by a thread of its own. Dropping the value, or `stop()`, closes all of it.
public final class RawServer: Sendable {
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
        var hasEnded = false
    }

    /// Chosen by the kernel.
    public let port: Int
    private let state = Monitor(State())

    /// Does `script` to every connection.
    public convenience init(_ script: [Step]) throws { try self.init(inTurn: [script]) }

    /// Does the scripts to its connections in turn, the first again after the last.
    public init(inTurn scripts: [[Step]]) throws {
        let listener = OwnedDescriptor(
            adopting: try systemCall("socket") {
                socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: a sockaddr_in is a sockaddr of the length that is passed with it, and lives through the calls.
        unsafe try withUnsafeMutablePointer(to: &address) {
            try unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try systemCall("bind") { unsafe bind(listener.rawValue, address, length) }
                try systemCall("listen") { listen(listener.rawValue, 16) }
                try systemCall("getsockname") { unsafe getsockname(listener.rawValue, address, &length) }
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        let descriptor = listener.release()
        do {
            try WorkerThread.start { [state] in
                serve(OwnedDescriptor(adopting: descriptor), scripts) { state.with { $0.isStopping } }
                state.with { $0.hasEnded = true }
            }
        } catch {
            _ = OwnedDescriptor(adopting: descriptor)
            throw error
        }
    }

    deinit { stop() }

    /// Ends the thread and closes its sockets; returns when they are closed.
    public func stop() {
        state.with { $0.isStopping = true }
        _ = state.wait(until: Deadline(in: .seconds(5))) { $0.hasEnded ? true : nil }
    }
}

private func serve(_ listener: consuming OwnedDescriptor, _ scripts: [[RawServer.Step]], stopping: () -> Bool) {
    var served = 0
    while !stopping(), !scripts.isEmpty {
        guard wait(listener, for: POLLIN) else { continue }
        // accept4 is not declared without _GNU_SOURCE; sw_spawn closes what a child is not given, so no child gets this.
        let descriptor = accept(listener.rawValue, nil, nil)
        if descriptor < 0 { continue }
        let connection = OwnedDescriptor(adopting: descriptor)
        guard (try? connection.setNonblocking(true)) != nil else { continue }
        var head: [UInt8] = []
        for step in scripts[served % scripts.count] where !stopping() {
            perform(step, on: connection, &head, stopping: stopping)
        }
        served += 1
    }
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
