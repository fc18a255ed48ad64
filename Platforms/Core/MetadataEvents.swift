public import Documents
public import Kernel
internal import Network

/// What a platform told of a machine while it was watched.
public enum MetadataEvent: Hashable, Sendable {
    /// Which announcement.
    public enum Notice: String, Hashable, Sendable, CaseIterable {
        /// The machine is to be stopped or taken away: a spot instance's end, with its time.
        case termination
        /// It is likelier to be taken away than others.
        case rebalance
        /// The host is to be worked on.
        case maintenance
        /// It is being taken away now.
        case preempted

        /// The member of ``MetadataSnapshot/spot`` that has it.
        var keys: [String] {
            switch self {
            case .termination: ["action", "termination_time"]
            case .rebalance: ["rebalance"]
            case .maintenance: ["maintenance"]
            case .preempted: ["preempted"]
            }
        }

        /// The types of those of `spot.events` that announce it (Azure's Scheduled Events).
        var eventTypes: Set<String> {
            switch self {
            case .termination: ["Preempt", "Terminate"]
            case .maintenance: ["Freeze", "Reboot", "Redeploy"]
            case .rebalance, .preempted: []
            }
        }
    }

    /// The first: all that there is.
    case present(MetadataSnapshot)
    /// An announcement that is new, is another one, or is taken back (null).
    case notice(Notice, JSONValue)
    /// Interfaces, addresses or routes are others: the network that is asked for now.
    case network(MetadataSnapshot)
    /// Any other key of the document has another value; the keys' names.
    case changed([String], MetadataSnapshot)
    /// The service does not answer; the watch goes on.
    case unreachable(PlatformError)
    /// It answers again; what changed meanwhile follows.
    case reachable
}

/// The changes of a machine's metadata: first what there is, then what becomes of it. Ends at the deadline, or by its task's cancellation;
/// a refusal is thrown. The next change is waited for when it is asked for, so that a slow reader holds nothing up and piles nothing up.
public struct MetadataEvents: AsyncSequence, Sendable {
    private let source: any MetadataSource
    private let context: @Sendable (Deadline) -> MetadataContext
    private let deadline: Deadline

    /// `context` is made for each fetch, with that one's deadline.
    public init(
        of source: any MetadataSource, until deadline: Deadline,
        in context: @escaping @Sendable (Deadline) -> MetadataContext
    ) {
        self.source = source
        self.deadline = deadline
        self.context = context
    }

    public func makeAsyncIterator() -> Iterator { Iterator(source: source, context: context, deadline: deadline) }

    public struct Iterator: AsyncIteratorProtocol {
        let source: any MetadataSource
        let context: @Sendable (Deadline) -> MetadataContext
        let deadline: Deadline
        private var last: MetadataSnapshot?
        private var pending: [MetadataEvent] = []
        private var isUnreachable = false

        init(
            source: any MetadataSource, context: @escaping @Sendable (Deadline) -> MetadataContext, deadline: Deadline
        ) {
            self.source = source
            self.context = context
            self.deadline = deadline
        }

        /// One wait of a service's is no longer than this, so that a silent connection is noticed.
        private static let longestWait = Duration.seconds(90)

        public mutating func next() async throws(PlatformError) -> MetadataEvent? {
            while !Task.isCancelled {
                if !pending.isEmpty { return pending.removeFirst() }
                if deadline.hasPassed { return nil }
                guard let old = last else {
                    let asked = context(deadline)
                    defer { asked.guestInfo.close() }
                    let first = try await source.snapshot(in: asked)
                    last = first
                    return .present(first)
                }
                let limit = Deadline(in: Self.longestWait).earlier(deadline)
                do throws(PlatformError) {
                    let asked = context(limit)
                    defer { asked.guestInfo.close() }
                    let new = try await source.change(since: old, in: asked)
                    if isUnreachable { pending.append(.reachable) }
                    isUnreachable = false
                    guard let new else { continue }
                    last = new
                    pending += MetadataEvent.differences(from: old, to: new)
                } catch {
                    guard error.exit == .timedOut else { throw error }
                    // The end of the watch is no failure of the service's.
                    if deadline.hasPassed || Task.isCancelled { return nil }
                    guard !isUnreachable else { continue }
                    isUnreachable = true
                    return .unreachable(error)
                }
            }
            return nil
        }
    }
}

extension MetadataEvent {
    static func differences(from old: MetadataSnapshot, to new: MetadataSnapshot) -> [MetadataEvent] {
        var events: [MetadataEvent] = []
        for notice in Notice.allCases {
            let (before, after) = (notice.value(in: old.spot), notice.value(in: new.spot))
            if before != after { events.append(.notice(notice, after)) }
        }
        if old.network != new.network { events.append(.network(new)) }
        let (before, after) = (old.document().object ?? [:], new.document().object ?? [:])
        let keys = after.keys.filter { before[$0] != after[$0] && $0 != "spot" && $0 != "interfaces" }.sorted()
        if !keys.isEmpty { events.append(.changed(keys, new)) }
        return events
    }

    /// One line's document: `event` is `present`, the notice's name, `network`, `changed`, `unreachable` or `reachable`.
    public var document: JSONValue {
        switch self {
        case .present(let snapshot): ["event": "present", "metadata": snapshot.document()]
        case .notice(let notice, let value): ["event": .string(notice.rawValue), "value": value]
        case .network(let snapshot): ["event": "network", "network": snapshot.network.document]
        case .changed(let keys, let snapshot):
            ["event": "changed", "keys": JSONValue(keys), "metadata": snapshot.document()]
        case .unreachable(let error): ["event": "unreachable", "message": .string(error.message)]
        case .reachable: ["event": "reachable"]
        }
    }
}

extension MetadataEvent.Notice {
    /// One value, or those that there are by their keys; null for none.
    fileprivate func value(in spot: JSONValue) -> JSONValue {
        let events = (spot["events"]?.array ?? []).filter { eventTypes.contains($0["type"]?.string ?? "") }
        if !events.isEmpty { return events.count == 1 ? events[0] : .array(events) }
        let members = keys.compactMap { key in spot[key].map { (key, $0) } }.filter { $0.1 != .null && $0.1 != false }
        guard let first = members.first else { return nil }
        return members.count == 1 ? first.1 : .object(Dictionary(members) { first, _ in first })
    }
}
