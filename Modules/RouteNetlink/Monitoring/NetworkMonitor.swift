public import Kernel
public import Netlink

/// The state of a network namespace, kept by notifications: subscribe, dump, merge, apply what comes.
///
/// It belongs to the thread that uses it, which blocks in ``next(until:or:)``; the kernel's buffer holds what comes meanwhile.
/// ``events(_:in:receiveBuffer:capacity:)`` is the same for tasks.
///
/// A dump may be torn by changes, and for routes, rules and neighbours the kernel does not say so. Here a dump is taken as the
/// whole truth only if no notification about its part came while it ran; until one is, what it lacks stays and the part is read again,
/// at a pace that leaves nine tenths of the time to the notifications. The same reading again follows a loss, and what the kernel does
/// not tell of (see `NetworkMonitor+Silence.swift`).
public struct NetworkMonitor: ~Copyable {
    /// What is kept, as far as the notifications that were read go.
    public private(set) var state = NetworkState()
    /// What has happened so far.
    public struct Statistics: Hashable, Sendable {
        /// Notifications that were read.
        public var notifications = 0
        /// Losses of notifications.
        public var overruns = 0
        /// Dumps that were asked for, one for each part.
        public var dumps = 0
        /// Dumps that notifications came in the way of, so that they count as torn.
        public var tornDumps = 0
        /// Differences that a dump showed, after the first, and no notification had told.
        public var silentChanges = 0
    }
    public internal(set) var statistics = Statistics()

    var reader: NotificationReader
    var connection: NetlinkConnection
    /// What events are told of.
    let parts: NetworkParts
    /// What is kept, for the sake of those parts.
    let kept: NetworkParts
    /// What is to be read anew, and from when on.
    var stale: NetworkParts
    var resyncTime = MonotonicTime(nanoseconds: 0)
    /// Parts of which a loss has still to be made good.
    var lost: NetworkParts
    /// The parts that notifications touched since this was last cleared.
    var touched: NetworkParts = []
    /// Whether there was ever a rule that goes to another, whose state depends on the others.
    var hasRuleTargets = false
    /// Events of which the caller has not been told; the first ones are behind `nextEvent`.
    private var events: [NetworkEvent] = []
    private var nextEvent = 0

    /// Over transports of the caller's: one that takes part in ``groups(of:)``, and one for requests.
    ///
    /// The first events are the objects that there are, as added ones, and `.resynchronized`.
    public init(
        _ parts: NetworkParts, notifications: any NetlinkTransport, requests: any NetlinkTransport
    ) {
        self.parts = parts
        kept = parts.withSources
        stale = kept
        lost = kept
        reader = NotificationReader(notifications)
        connection = NetlinkConnection(requests)
    }

    /// Opens the two sockets in a network namespace, the thread's unless another is named.
    ///
    /// - Parameter receiveBuffer: bytes for notifications that wait to be read. It takes CAP_NET_ADMIN to go past
    ///   net.core.rmem_max.
    public static func open(
        _ parts: NetworkParts = .all, in namespace: NetworkNamespace = .current,
        receiveBuffer: Int = NotificationReader.usualReceiveBuffer
    ) throws(NetlinkError) -> NetworkMonitor {
        NetworkMonitor(
            parts,
            notifications: try NotificationReader.socket(
                .route, groups: groups(of: parts), in: namespace, receiveBuffer: receiveBuffer),
            requests: try NetlinkSocket.open(.route, in: namespace))
    }

    /// The next event, nil when the deadline strikes or `wakeUp` is fired. A deadline that has passed takes what is there.
    ///
    /// A reading of the state that has begun is finished first, whatever the deadline says: that is the time of a dump. Throws what no
    /// reading anew makes good: the socket's own failure, a dump that cannot be understood.
    public mutating func next(
        until deadline: Deadline, or wakeUp: WakeUp? = nil
    ) throws(NetlinkError) -> NetworkEvent? {
        while true {
            if nextEvent < events.count {
                defer { nextEvent += 1 }
                return events[nextEvent]
            }
            events.removeAll(keepingCapacity: events.capacity <= 4_096)
            nextEvent = 0
            if wakeUp?.isFired == true { return nil }
            let due = Deadline(at: resyncTime)
            if !stale.isEmpty, due.hasPassed, !deadline.hasPassed {
                try resynchronize()
                continue
            }
            let outcome = try read(until: stale.isEmpty ? deadline : deadline.earlier(due), or: wakeUp)
            if outcome == .woken { return nil }
            if outcome == .timedOut, deadline.hasPassed, nextEvent == events.count { return nil }
        }
    }

    /// Reads what there is, so that ``state`` is the kernel's at the first time: returns at the first `.resynchronized`, whose events are
    /// dropped.
    public mutating func synchronize(until deadline: Deadline) throws(NetlinkError) {
        while !lost.isEmpty {
            if try next(until: deadline) == nil, !lost.isEmpty {
                throw NetlinkError(.timedOut, operation: "list", subject: "the network's state")
            }
        }
        dropEvents()
    }

    /// For who looks at ``state`` alone.
    mutating func dropEvents() {
        events = []
        nextEvent = 0
    }

    mutating func changeState<Value>(_ body: (inout NetworkState) -> Value) -> Value { body(&state) }

    // MARK: Notifications

    mutating func tell(_ event: NetworkEvent, of part: NetworkParts) {
        if parts.contains(part) || part.isEmpty { events.append(event) }
    }

    /// One datagram's worth.
    mutating func read(until deadline: Deadline, or wakeUp: WakeUp? = nil) throws(NetlinkError)
        -> NotificationReader.Outcome
    {
        // What the reader hands out is decoded here and applied below: it and we are parts of the same value.
        var arrived: [Notification] = []
        let outcome = try reader.next(until: deadline, or: wakeUp) { message, bytes throws(NetlinkError) in
            arrived.append(Notification(message, in: bytes))
        }
        statistics.notifications += arrived.count
        for notification in arrived { apply(notification) }
        if outcome == .overrun {
            statistics.overruns += 1
            stale.formUnion(kept)
            lost.formUnion(kept)
            touched.formUnion(kept)
            tell(.overrun(count: statistics.overruns), of: [])
        }
        return outcome
    }

    private mutating func apply(_ notification: Notification) {
        switch notification {
        case .link(let link, let isDeleted, let flags):
            apply(link, isDeleted, flags, \.linkTable) { $0.follow($1) }
        case .address(let address, let isDeleted, let flags):
            apply(address, isDeleted, flags, \.addressTable) { $0.follow($1) }
        case .route(let route, let isDeleted, let flags):
            apply(route, isDeleted, flags, \.routeTable) { _, _ in }
        case .rule(let rule, let isDeleted, let flags):
            apply(rule, isDeleted, flags, \.ruleTable) { $0.follow($1) }
        case .neighbor(let neighbor, let isDeleted, let flags):
            apply(neighbor, isDeleted, flags, \.neighborTable) { _, _ in }
        case .stale(let parts):
            touched.formUnion(parts)
            stale.formUnion(parts.intersection(kept))
        }
    }

    private mutating func apply<Object: MonitoredObject>(
        _ object: Object, _ isDeleted: Bool, _ flags: NetlinkFlags,
        _ table: WritableKeyPath<NetworkState, ObjectTable<Object>>,
        _ follow: (inout NetworkMonitor, NetworkChange<Object>) -> Void
    ) {
        guard kept.contains(Object.part) else { return }
        touched.formUnion(Object.part)
        let outcome = state[keyPath: table].apply(object, isDeleted: isDeleted, flags)
        if outcome.isUncertain { stale.formUnion(Object.part) }
        if let change = outcome.change { note(change, follow) }
    }

    mutating func note<Object: MonitoredObject>(
        _ change: NetworkChange<Object>, _ follow: (inout NetworkMonitor, NetworkChange<Object>) -> Void
    ) {
        tell(Object.event(change), of: Object.part)
        follow(&self, change)
    }
}
