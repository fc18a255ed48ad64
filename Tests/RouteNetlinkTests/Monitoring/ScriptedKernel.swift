import Kernel
import Netlink
import Synchronization

/// A kernel whose objects a test says: it answers dumps with them, and sends the notifications that it is told to.
final class ScriptedKernel: NetlinkTransport {
    private struct State {
        /// The bodies that a dump by RTM_GET* gives.
        var objects: [UInt16: [[UInt8]]] = [:]
        var answers: [[UInt8]] = []
        var dumps = 0
    }

    /// The other transport, of notifications.
    final class Notifications: NetlinkTransport {
        private let queue = Mutex<[[UInt8]]>([])
        let port: UInt32 = 8

        func add(_ datagram: [UInt8]) { queue.withLock { $0.append(datagram) } }

        func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {}

        func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
            guard let next = queue.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                throw NetlinkError(.timedOut, operation: "receive")
            }
            return deliver(next, into: &buffer)
        }
    }

    private let state = Mutex(State())
    let notifications = Notifications()
    let port: UInt32 = 7

    /// How many dumps were asked for.
    var dumps: Int { state.withLock { $0.dumps } }

    /// What a dump by `type` (RTM_GET*) gives from now on; the messages are of the type two below.
    func set(_ type: UInt16, _ bodies: [[UInt8]]) { state.withLock { $0.objects[type] = bodies } }

    func notify(_ type: UInt16, _ body: [UInt8], flags: NetlinkFlags = []) {
        notifications.add(message(type, flags, 0, 0, body))
    }

    func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        var cursor = MessageCursor()
        guard let request = try unsafe cursor.next(datagram.span.bytes) else { return }
        state.withLock { state in
            if request.flags.contains(.dump) {
                state.dumps += 1
                for body in state.objects[request.type] ?? [] {
                    state.answers.append(message(request.type - 2, .multipart, request.sequence, port, body))
                }
                state.answers.append(message(3, .multipart, request.sequence, port, [0, 0, 0, 0]))
            } else {
                // ENODEV, and the request's header.
                state.answers.append(
                    message(2, [], request.sequence, port, Int32(-19).bytes + Array(datagram.prefix(16))))
            }
        }
    }

    func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        guard let next = state.withLock({ $0.answers.isEmpty ? nil : $0.answers.removeFirst() }) else {
            throw NetlinkError(.timedOut, operation: "receive")
        }
        return deliver(next, into: &buffer)
    }
}

private func deliver(_ datagram: [UInt8], into buffer: inout [UInt8]) -> ReceivedDatagram {
    let count = min(datagram.count, buffer.count)
    buffer.replaceSubrange(0..<count, with: datagram[0..<count])
    return ReceivedDatagram(byteCount: datagram.count, sender: 0)
}

private func message(
    _ type: UInt16, _ flags: NetlinkFlags, _ sequence: UInt32, _ port: UInt32, _ body: [UInt8]
) -> [UInt8] {
    var writer = MessageWriter()
    let header = UInt32(16 + body.count).bytes + type.bytes + flags.rawValue.bytes + sequence.bytes + port.bytes
    writer.append(bytes: header + body)
    return writer.bytes
}

extension FixedWidthInteger {
    /// In the machine's order.
    var bytes: [UInt8] { (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: littleEndian >> ($0 * 8)) } }
}
