internal import Kernel
public import Netlink

extension NetworkMonitor {
    /// RTNLGRP_* that a monitor of those parts listens to.
    public static func groups(of parts: NetworkParts) -> [UInt32] {
        let kept = parts.withSources
        var groups: [UInt32] = []
        if kept.contains(.links) { groups += Link.groups }
        if kept.contains(.addresses) { groups += InterfaceAddress.groups }
        if kept.contains(.routes) { groups += Route.groups }
        if kept.contains(.rules) { groups += Rule.groups }
        if kept.contains(.neighbors) { groups += Neighbor.groups }
        return groups
    }

    /// The events of a monitor that has a thread of its own.
    ///
    /// They begin with the objects that there are, as added ones, and `.resynchronized`. At most `capacity` of them wait for a slow
    /// consumer here, the rest as notifications in the socket; what is lost there is made good as after any loss. The thread and its
    /// descriptors end when the last copy of the sequence goes, or the task that reads it is cancelled.
    public static func events(
        _ parts: NetworkParts = .all, in namespace: NetworkNamespace = .current,
        receiveBuffer: Int = NotificationReader.usualReceiveBuffer, capacity: Int = 1_024
    ) throws(NetlinkError) -> EventStream<NetworkEvent> {
        let notifications = try NotificationReader.socket(
            .route, groups: groups(of: parts), in: namespace, receiveBuffer: receiveBuffer)
        let requests = try NetlinkSocket.open(.route, in: namespace)
        return try EventStream.start(capacity: capacity) { sink, wakeUp throws(NetlinkError) in
            var monitor = NetworkMonitor(parts, notifications: notifications, requests: requests)
            while true {
                if let event = try monitor.next(until: Deadline(in: .seconds(60)), or: wakeUp) {
                    if !sink.put(event) { return }
                } else if wakeUp.isFired {
                    return
                }
            }
        }
    }
}
