public import Kernel

/// Reads a transport's multicast notifications, and goes on whatever is lost: an overrun is an outcome, not an end.
///
/// It has a transport to itself: answers to requests would hide among notifications, and a slow reader of these would lose those.
public struct NotificationReader: ~Copyable {
    /// What one reading gave.
    public enum Outcome: Hashable, Sendable {
        /// One datagram, whose messages were handed out.
        case messages
        /// Messages were lost: the socket's buffer ran over (ENOBUFS), or a datagram did not fit or was no message. What is known of
        /// the kernel's state is old from here on.
        case overrun
        /// The wake-up was fired.
        case woken
        case timedOut
    }

    let transport: any NetlinkTransport
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    /// How often messages were lost. The kernel does not say how many were.
    public private(set) var overruns = 0
    /// How many messages were handed out.
    public private(set) var messages = 0

    /// The receive buffer that is asked for: room for some ten thousand notifications, where the default has room for some two
    /// hundred. Without CAP_NET_ADMIN net.core.rmem_max bounds it.
    public static let usualReceiveBuffer = 16 << 20

    public init(_ transport: any NetlinkTransport) { self.transport = transport }

    /// A socket of `family` that takes part in `groups`.
    public static func open(
        _ family: NetlinkSocket.Family, groups: [UInt32], in namespace: NetworkNamespace = .current,
        receiveBuffer: Int = usualReceiveBuffer
    ) throws(NetlinkError) -> NotificationReader {
        NotificationReader(try socket(family, groups: groups, in: namespace, receiveBuffer: receiveBuffer))
    }

    /// The socket alone, to hand to another thread.
    package static func socket(
        _ family: NetlinkSocket.Family, groups: [UInt32], in namespace: NetworkNamespace, receiveBuffer: Int
    ) throws(NetlinkError) -> NetlinkSocket {
        let socket = try NetlinkSocket.open(family, in: namespace, receiveBuffer: receiveBuffer)
        for group in groups { try socket.join(group: group) }
        return socket
    }

    /// One datagram's messages, each handed to `body` in the kernel's order.
    ///
    /// A deadline that has passed takes what is there. Throws what is no loss: a socket that is none any more, or an error of `body`.
    public mutating func next(
        until deadline: Deadline, or wakeUp: WakeUp? = nil,
        _ body: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> Outcome {
        let datagram: ReceivedDatagram
        do throws(NetlinkError) {
            if let wakeUp {
                guard let next = try transport.receive(into: &buffer, until: deadline, or: wakeUp) else {
                    return .woken
                }
                datagram = next
            } else {
                datagram = try transport.receive(into: &buffer, until: deadline)
            }
        } catch {
            switch error.kind {
            case .timedOut: return .timedOut
            case .overrun: return lost()
            default: throw error
            }
        }
        // What another process sends to our port id is no notification.
        guard datagram.sender == 0 else { return .messages }
        guard datagram.byteCount <= buffer.count else {
            // Its bytes are gone; the next of its size will fit. The kernel's datagrams are bounded by its own buffers.
            buffer = [UInt8](repeating: 0, count: min(max(datagram.byteCount, buffer.count * 2), 16 << 20))
            return lost()
        }
        var count = 0
        defer { messages += count }
        // SAFETY: bytes have no padding, so all of them are set.
        let isWhole = try Self.scan(unsafe buffer.span.bytes.extracting(first: datagram.byteCount), &count, body)
        return isWhole ? .messages : lost()
    }

    /// Hands out the messages; false where what follows them is none.
    private static func scan(
        _ bytes: borrowing RawSpan, _ count: inout Int,
        _ body: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> Bool {
        var cursor = MessageCursor()
        while true {
            let message: NetlinkMessage?
            do throws(NetlinkError) { message = try cursor.next(bytes) } catch { return false }
            guard let message else { return true }
            count += 1
            try body(message, bytes)
        }
    }

    private mutating func lost() -> Outcome {
        overruns += 1
        return .overrun
    }
}
