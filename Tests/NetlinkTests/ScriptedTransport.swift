import Kernel
import Netlink

/// A kernel of a test's own: it answers each request with datagrams, of which each names its sender.
final class ScriptedTransport: NetlinkTransport {
    struct Answer: Sendable {
        var bytes: [UInt8]
        var sender: UInt32 = 0
    }

    private struct State {
        var sent: [[UInt8]] = []
        var queue: [Answer] = []
    }

    let port: UInt32 = 4242
    private let state = Monitor(State())
    /// The number of the request from 1, and its sequence number.
    private let respond: @Sendable (Int, UInt32) -> [Answer]

    init(_ respond: @escaping @Sendable (Int, UInt32) -> [Answer]) { self.respond = respond }

    var sentCount: Int { state.with { $0.sent.count } }

    func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        let sequence = datagram[8..<12].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        state.with {
            $0.sent.append(datagram)
            $0.queue += respond($0.sent.count, sequence)
        }
    }

    func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        guard let answer = state.wait(until: deadline, for: { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }) else {
            throw NetlinkError(.timedOut, operation: "wait")
        }
        let count = min(answer.bytes.count, buffer.count)
        buffer.replaceSubrange(0..<count, with: answer.bytes.prefix(count))
        return ReceivedDatagram(byteCount: answer.bytes.count, sender: answer.sender)
    }
}

/// A message as a kernel makes it.
func message(
    _ type: Int, _ sequence: UInt32, port: UInt32 = 4242, flags: NetlinkFlags = .multipart, body: [UInt8] = []
) -> [UInt8] {
    var request = NetlinkRequest("test", type: type, flags: flags)
    request.flags = flags
    request.body.append(bytes: body)
    return (try? request.encoded(sequence: sequence, port: port)) ?? []
}

/// NLMSG_DONE, or NLMSG_ERROR, with its errno.
func end(
    _ sequence: UInt32, errno: Int32 = 0, type: Int = 3, port: UInt32 = 4242, flags: NetlinkFlags = .multipart
) -> [UInt8] {
    let code = UInt32(bitPattern: -errno)
    var body = (0..<4).map { UInt8(truncatingIfNeeded: code >> ($0 * 8)) }
    if type == 2 { body += [UInt8](repeating: 0, count: 16) }
    return message(type, sequence, port: port, flags: flags, body: body)
}
