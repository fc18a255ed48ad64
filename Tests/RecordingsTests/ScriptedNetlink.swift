import Kernel
import Netlink

/// A host's netlink of a test's own: it answers each request's body and type with messages.
struct ScriptedNetlink: NetlinkSource {
    /// The family, the request's type and body; the answers' types and bodies, or nil for ENOENT. The end is added.
    let respond: @Sendable (NetlinkSocket.Family, UInt16, [UInt8]) -> [(type: Int, body: [UInt8])]?

    func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        Transport(family: family, respond: respond)
    }

    private final class Transport: NetlinkTransport {
        let port: UInt32 = 4242
        private let queue = Monitor<[[UInt8]]>([])
        private let family: NetlinkSocket.Family
        private let respond: @Sendable (NetlinkSocket.Family, UInt16, [UInt8]) -> [(type: Int, body: [UInt8])]?

        init(
            family: NetlinkSocket.Family,
            respond: @escaping @Sendable (NetlinkSocket.Family, UInt16, [UInt8]) -> [(type: Int, body: [UInt8])]?
        ) {
            self.family = family
            self.respond = respond
        }

        func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
            let type = UInt16(datagram[4]) | UInt16(datagram[5]) << 8
            let sequence = datagram[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let answers = respond(family, type, Array(datagram.dropFirst(16)))
            var messages = (answers ?? []).map { message($0.type, sequence, $0.body) }
            // NLMSG_ERROR echoes the request, as a socket without NETLINK_CAP_ACK gets it.
            let errno: [UInt8] = answers == nil ? [0xfe, 0xff, 0xff, 0xff] : [0, 0, 0, 0]
            messages.append(message(2, sequence, errno + datagram))
            queue.with { $0 += messages }
        }

        func receive(
            into buffer: inout [UInt8], until deadline: Deadline
        ) throws(NetlinkError) -> ReceivedDatagram {
            guard let next = queue.wait(until: deadline, for: { $0.isEmpty ? nil : $0.removeFirst() }) else {
                throw NetlinkError(.timedOut, operation: "wait")
            }
            let count = min(next.count, buffer.count)
            buffer.replaceSubrange(0..<count, with: next.prefix(count))
            return ReceivedDatagram(byteCount: next.count, sender: 0)
        }
    }
}

/// A message as a kernel makes it.
func message(_ type: Int, _ sequence: UInt32, port: UInt32 = 4242, _ body: [UInt8]) -> [UInt8] {
    var request = NetlinkRequest("test", type: type)
    request.flags = []
    request.body.append(bytes: body)
    return (try? request.encoded(sequence: sequence, port: port)) ?? []
}

/// A message's body, copied.
func bodyBytes(_ message: NetlinkMessage, _ bytes: borrowing RawSpan) -> [UInt8] {
    var cursor = ByteCursor(at: message.body.lowerBound)
    return cursor.take(message.body.count, of: bytes) ?? []
}

/// An attribute by hand, padded.
func attribute(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let length = UInt16(4 + payload.count)
    let header = [UInt8(length & 0xff), UInt8(length >> 8), UInt8(type & 0xff), UInt8(type >> 8)]
    return header + payload + [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
}
