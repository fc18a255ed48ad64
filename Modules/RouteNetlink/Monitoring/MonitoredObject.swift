internal import Kernel
internal import Netlink

/// What a monitor needs to know of one kind of rtnetlink's objects.
protocol MonitoredObject: Hashable, Sendable {
    /// What the kernel finds it by. Where several may share it (IPv4 routes to one destination), ``isSame(as:)`` tells them apart.
    associatedtype Slot: Hashable & Sendable

    static var part: NetworkParts { get }
    /// RTNLGRP_*.
    static var groups: [UInt32] { get }
    /// RTM_NEW*.
    static var newType: UInt16 { get }
    /// RTM_DEL*.
    static var deleteType: UInt16 { get }
    /// The dumps that give all of them, in the form that notifications have.
    static var dumps: [NetlinkRequest] { get }
    /// What a message of these types that is about something else is a hint at.
    static var hinted: NetworkParts { get }

    /// Nil for a message of these types that is about something else.
    static func decode(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) -> Self?
    static func event(_ change: NetworkChange<Self>) -> NetworkEvent

    var slot: Slot { get }
    /// Whether it counts: one that does not is as good as deleted.
    var isListed: Bool { get }
    /// Whether `other`, of the same slot, is this object in another state.
    func isSame(as other: Self) -> Bool
    /// Whether nothing has changed since `old` but what runs on by itself: counters, remaining lifetimes. `isTold` says that a notification
    /// brought it, so that there is news where anything differs that it would be sent for.
    func isUnchanged(since old: Self, isTold: Bool) -> Bool
    /// Puts a notified object among those of its slot.
    static func add(_ object: Self, _ flags: NetlinkFlags, to slot: inout [Self]) -> SlotOutcome<Self>
    /// Takes a deleted object out of its slot.
    static func remove(_ object: Self, from slot: inout [Self]) -> SlotOutcome<Self>
}

/// What a notification did to a slot.
struct SlotOutcome<Object: Hashable & Sendable> {
    var change: NetworkChange<Object>?
    /// The notification does not say which object it means, or names one that we do not have: only a dump tells.
    var isUncertain = false
}

extension MonitoredObject {
    static var hinted: NetworkParts { [] }
    var isListed: Bool { true }
    func isSame(as other: Self) -> Bool { true }
    func isUnchanged(since old: Self, isTold: Bool) -> Bool { self == old }

    static func add(_ object: Self, _ flags: NetlinkFlags, to slot: inout [Self]) -> SlotOutcome<Self> {
        guard let position = slot.firstIndex(where: { $0.isSame(as: object) }) else {
            slot.append(object)
            return SlotOutcome(change: .added(object))
        }
        return SlotOutcome(change: replace(position, of: &slot, by: object, isTold: true))
    }

    static func remove(_ object: Self, from slot: inout [Self]) -> SlotOutcome<Self> {
        guard let position = slot.firstIndex(where: { $0.isSame(as: object) }) else { return SlotOutcome() }
        return SlotOutcome(change: .removed(slot.remove(at: position)))
    }

    /// Nil where only what runs on by itself differs: then the older is kept, so that the state is what the events told.
    static func replace(
        _ position: Int, of slot: inout [Self], by object: Self, isTold: Bool
    ) -> NetworkChange<Self>? {
        let old = slot[position]
        if object.isUnchanged(since: old, isTold: isTold) { return nil }
        slot[position] = object
        return .changed(from: old, to: object)
    }
}
