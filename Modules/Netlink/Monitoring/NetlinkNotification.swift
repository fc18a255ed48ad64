internal import Kernel

/// What a multicast group sent, copied out of the socket's buffer.
public enum NetlinkNotification: Hashable, Sendable {
    /// One message: its header's type and flags, and its body without the header.
    case message(type: UInt16, flags: NetlinkFlags, body: [UInt8])
    /// Messages were lost before what follows. With `count` losses so far.
    case overrun(count: Int)
}

extension NetlinkNotification {
    /// The notifications of some groups of any netlink family, from a thread that the sequence owns.
    ///
    /// The thread and its socket end with the sequence: when its last copy goes, or the task that reads it is cancelled. While its
    /// consumer is slow, at most `capacity` notifications are held here and the rest in the socket; when that runs over too, an
    /// ``overrun(count:)`` says so.
    public static func stream(
        _ family: NetlinkSocket.Family, groups: [UInt32], in namespace: NetworkNamespace = .current,
        receiveBuffer: Int = NotificationReader.usualReceiveBuffer, capacity: Int = 1_024
    ) throws(NetlinkError) -> EventStream<NetlinkNotification> {
        let socket = try NotificationReader.socket(
            family, groups: groups, in: namespace, receiveBuffer: receiveBuffer)
        return try EventStream.start(capacity: capacity) { sink, wakeUp throws(NetlinkError) in
            var reader = NotificationReader(socket)
            while true {
                var batch: [NetlinkNotification] = []
                let outcome = try reader.next(until: Deadline(in: .seconds(60)), or: wakeUp) {
                    message, bytes throws(NetlinkError) in
                    var cursor = ByteCursor(at: message.body.lowerBound)
                    batch.append(
                        .message(
                            type: message.type, flags: message.flags,
                            body: cursor.take(message.body.count, of: bytes) ?? []))
                }
                switch outcome {
                case .messages, .timedOut: break
                case .overrun: batch.append(.overrun(count: reader.overruns))
                case .woken: return
                }
                for notification in batch {
                    guard sink.put(notification) else { return }
                }
            }
        }
    }
}
