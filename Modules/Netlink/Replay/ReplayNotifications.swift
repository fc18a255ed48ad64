internal import Glibc
public import Kernel
internal import Synchronization

/// What a multicast group sent while a capture was made.
struct RecordedNotification: Sendable {
    let family: NetlinkSocket.Family
    let bytes: [UInt8]
    /// The true size, which is past the bytes' where the recorded receiver's buffer was too small.
    let byteCount: Int
    /// How many requests of the family had been sent.
    let requestsBefore: Int
}

/// A transport that plays recorded notifications: see ``ReplayNetlink/notifications(_:)``, which makes it.
public final class ReplayNotifications: NetlinkTransport {
    private let recording: ReplayNetlink
    private let family: NetlinkSocket.Family
    private let notifications: [RecordedNotification]
    private let next = Mutex(0)
    public let port: UInt32 = 0

    init(_ recording: ReplayNetlink, _ family: NetlinkSocket.Family, _ notifications: [RecordedNotification]) {
        self.recording = recording
        self.family = family
        self.notifications = notifications
    }

    /// How many datagrams there are.
    public var count: Int { notifications.count }
    /// Whether all were received.
    public var isAtEnd: Bool { next.withLock { $0 >= notifications.count } }

    /// Throws: it has nobody to answer.
    public func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        throw recording.missing("a request on a transport of notifications")
    }

    /// The next notification. Where there is none, or it is not its time, waits for the deadline as a socket would.
    public func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        let reached = recording.reached(family)
        let notification = next.withLock { next -> RecordedNotification? in
            guard next < notifications.count else { return nil }
            // Whoever waits asks nothing meanwhile, so that its time would never come.
            if notifications[next].requestsBefore > reached, deadline.hasPassed { return nil }
            defer { next += 1 }
            return notifications[next]
        }
        if let notification {
            recording.reach(notification.requestsBefore, family)
            _ = buffer.take(notification.bytes)
            return ReceivedDatagram(byteCount: notification.byteCount, sender: 0)
        }
        while !deadline.hasPassed {
            // No entries: a sleep, with the deadline's own rounding.
            _ = poll(nil, 0, deadline.pollTimeout)
        }
        throw NetlinkError(.timedOut, operation: "receive", subject: "notifications")
    }
}
