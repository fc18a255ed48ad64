import Kernel
import Netlink
import RouteNetlink
import Testing

/// A consumer that knows nothing but the events: at the end it has to have what the kernel has.
struct Mirror {
    var links: Set<Link> = []
    var addresses: Set<InterfaceAddress> = []
    var routes: Set<Route> = []
    var rules: Set<Rule> = []
    var neighbors: Set<Neighbor> = []
    var overruns = 0
    var events = 0
    var isSynchronized = false

    mutating func apply(_ event: NetworkEvent) {
        events += 1
        switch event {
        case .link(let change): Self.apply(change, to: &links)
        case .address(let change): Self.apply(change, to: &addresses)
        case .route(let change): Self.apply(change, to: &routes)
        case .rule(let change): Self.apply(change, to: &rules)
        case .neighbor(let change): Self.apply(change, to: &neighbors)
        case .overrun(let count):
            #expect(count == overruns + 1)
            overruns = count
            isSynchronized = false
        case .resynchronized: isSynchronized = true
        }
    }

    private static func apply<Object>(_ change: NetworkChange<Object>, to objects: inout Set<Object>) {
        if let old = change.old { #expect(objects.remove(old) != nil, "never told of: \(old)") }
        if let new = change.new { #expect(objects.insert(new).inserted, "added twice: \(new)") }
    }

    /// Whether the events led to this state.
    func isEqual(to state: NetworkState) -> Bool {
        links == Set(state.links) && addresses == Set(state.addresses) && routes == Set(state.routes)
            && rules == Set(state.rules) && neighbors == Set(state.neighbors)
    }

    /// Before its first event: what a monitor that has been read already told.
    init(_ state: NetworkState) {
        links = Set(state.links)
        addresses = Set(state.addresses)
        routes = Set(state.routes)
        rules = Set(state.rules)
        neighbors = Set(state.neighbors)
    }

    init() {}
}

extension NetworkMonitor {
    /// Reads on until the state is what ip says of those parts, for ten seconds at most.
    mutating func settle(
        _ mirror: inout Mirror, comment: Comment? = nil, _ parts: NetworkParts = .all
    ) throws {
        for event in try settled(parts, comment: comment) { mirror.apply(event) }
    }

    /// The same, with the events up to there and those of a short while after, which may be more than there should be.
    mutating func settled(_ parts: NetworkParts = .all, comment: Comment? = nil) throws -> [NetworkEvent] {
        let deadline = soon
        var events: [NetworkEvent] = []
        while true {
            events += try quiet(.milliseconds(50))
            let theirs = try KernelView(of: parts)
            let mine = KernelView(state).only(parts)
            if mine != theirs, !deadline.hasPassed { continue }
            #expect(mine == theirs, "\(mine.differences(from: theirs)) \(comment?.rawValue ?? "")")
            return events + (try quiet(.milliseconds(50)))
        }
    }

    /// The events until that holds, for ten seconds at most, and those of a short while after.
    mutating func events(until isDone: (borrowing NetworkMonitor) throws -> Bool) throws -> [NetworkEvent] {
        let deadline = soon
        var events = try quiet(.milliseconds(20))
        while try !isDone(self), !deadline.hasPassed { events += try quiet(.milliseconds(20)) }
        return events + (try quiet(.milliseconds(50)))
    }

    /// The events up to a pause of that length.
    mutating func quiet(_ pause: Duration = .milliseconds(300)) throws -> [NetworkEvent] {
        var events: [NetworkEvent] = []
        while let event = try next(until: Deadline(in: pause)) { events.append(event) }
        return events
    }
}
