public import Kernel

/// Carries datagrams to the kernel and back: a socket, or a recording that stands for one.
public protocol NetlinkTransport: Sendable {
    /// Our own port id, as the kernel gave it.
    var port: UInt32 { get }
    /// How much the socket holds for us before it loses messages (SO_RCVBUF), in bytes.
    var receiveBufferSize: Int { get }

    /// Sends one datagram to the kernel, or throws when `deadline` strikes first.
    func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError)

    /// Receives one datagram into the front of `buffer`, or throws when `deadline` strikes first.
    func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram

    /// The same, or nil as soon as `wakeUp` is fired. A deadline that has passed takes what is there and waits for nothing.
    func receive(
        into buffer: inout [UInt8], until deadline: Deadline, or wakeUp: WakeUp
    ) throws(NetlinkError) -> ReceivedDatagram?
}

extension NetlinkTransport {
    /// net.core.rmem_default, for what is no socket.
    public var receiveBufferSize: Int { 212_992 }

    /// For what has no descriptor to wait on: the wait is cut in pieces, with a look at `wakeUp` between them.
    public func receive(
        into buffer: inout [UInt8], until deadline: Deadline, or wakeUp: WakeUp
    ) throws(NetlinkError) -> ReceivedDatagram? {
        while !wakeUp.isFired {
            do throws(NetlinkError) {
                return try receive(into: &buffer, until: deadline.earlier(Deadline(in: .milliseconds(20))))
            } catch  where error.kind == .timedOut && !deadline.hasPassed {}
        }
        return nil
    }
}

/// What is known of a datagram beside its bytes.
public struct ReceivedDatagram: Hashable, Sendable {
    /// The true size, which is past the buffer's where it was too small (MSG_TRUNC).
    public let byteCount: Int
    /// The port id of the sender; 0 is the kernel.
    public let sender: UInt32

    public init(byteCount: Int, sender: UInt32) {
        self.byteCount = byteCount
        self.sender = sender
    }
}
