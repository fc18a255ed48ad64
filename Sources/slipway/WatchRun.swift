import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

/// What every `watch` takes.
struct WatchOptions: ParsableArguments {
    @Flag(name: .long, help: "One JSON document a line.") var json = false
    @Option(help: ArgumentHelp("Seconds until it ends, with exit 0.", valueName: "seconds")) var timeout: Double?
    @Flag(name: .customLong("no-initial"), help: "Only what changes, without what there is.") var noInitial = false

    func validate() throws {
        guard let timeout else { return }
        guard timeout > 0, timeout <= 31_536_000 else {
            throw ValidationError("--timeout is a number of seconds up to 31536000.")
        }
    }
}

/// The names of one moment, kept by the events; a link that has gone keeps its name for what goes after it.
struct WatchNames {
    private(set) var directory: LinkDirectory
    private(set) var names: RouteNames
    private(set) var addresses: [Int32: [InterfaceAddress]]
    private var links: [Int32: Link]
    private var gone: Set<Int32> = []
    /// Counts the changes of links.
    private(set) var version = 0

    init(_ state: NetworkState, _ host: HostRoot) {
        links = Dictionary(state.links.map { ($0.index, $0) }) { first, _ in first }
        addresses = Dictionary(grouping: state.addresses, by: \.linkIndex)
        directory = LinkDirectory(state.links)
        names = RouteNames(of: host, links: links.mapValues(\.name))
    }

    func link(_ index: Int32) -> Link? { links[index] }

    /// Whether the link is one of that name, alternative name or number.
    func isNamed(_ index: Int32, _ word: String) -> Bool { directory.index(of: word) == index || "\(index)" == word }

    mutating func follow(_ change: NetworkChange<Link>) {
        let link = change.object
        version += 1
        if let new = change.new {
            links = links.filter { !(gone.contains($0.key) && $0.value.name == new.name) }
            gone.remove(new.index)
            links[new.index] = new
        } else {
            gone.insert(link.index)
            addresses[link.index] = nil
        }
        directory = LinkDirectory(links.values.sorted { $0.index < $1.index })
        names.links = links.mapValues(\.name)
    }

    mutating func follow(_ change: NetworkChange<InterfaceAddress>) {
        let index = change.object.linkIndex
        if let old = change.old { addresses[index]?.removeAll { $0 == old } }
        if let new = change.new { addresses[index, default: []].append(new) }
    }

    /// A route through an object is printed with what the object has: asked for where it is new, or the route has changed.
    mutating func follow(_ change: NetworkChange<Route>) {
        let id = change.object.nexthopID
        guard id != 0, names.nexthops[id] == nil || change.old != nil else { return }
        readNexthops()
    }

    mutating func readNexthops() {
        do throws(NetlinkError) {
            var route = try RouteConnection.open()
            for nexthop in try route.nexthops(until: Deadline(in: .seconds(10))) {
                names.nexthops[nexthop.id] = nexthop
            }
        } catch {
            // A kernel without such objects, or that does not answer, leaves the route's own words.
        }
    }
}

/// What a verb watches: which objects, and how they are told.
struct WatchedKind<Object: Hashable & Sendable> {
    let noun: String
    let parts: NetworkParts
    /// Those that there are, in the order in which they are listed.
    let present: (NetworkState) -> [Object]
    /// The change that an event is; nil for one about something else.
    let change: (NetworkEvent) -> NetworkChange<Object>?
    let isWanted: (Object, WatchNames) -> Bool
    /// The object that `list --json` prints.
    let document: (Object, WatchNames) -> JSONValue
    /// The same in a line for people.
    let line: (JSONValue) -> String
}

/// Runs a `watch`: writes what there is, then what changes, until the time is over, a signal comes or nobody reads any more.
struct WatchRun<Object: Hashable & Sendable>: ~Copyable {
    private let kind: WatchedKind<Object>
    private let options: WatchOptions
    private let writer: EventWriter
    /// Nil is never.
    private let deadline: Deadline?

    init(_ kind: WatchedKind<Object>, _ options: WatchOptions) {
        self.kind = kind
        self.options = options
        deadline = options.timeout.map { Deadline(in: .seconds($0)) }
        writer = EventWriter(until: deadline)
    }

    func run() throws {
        do throws(NetlinkError) {
            try watch()
        } catch {
            throw CommandFailure(error, "\(kind.noun) watch")
        }
        exit(writer.isInterrupted ? CommandFailure.Exit.interrupted.rawValue : 0)
    }

    private func watch() throws(NetlinkError) {
        var monitor = try NetworkMonitor.open(kind.parts)
        try monitor.synchronize(until: Deadline(in: .seconds(30)))
        var names = WatchNames(monitor.state, .live)
        if kind.parts.contains(.routes) { names.readNexthops() }
        if !options.noInitial {
            for object in kind.present(monitor.state) where kind.isWanted(object, names) {
                guard tell("present", kind.document(object, names)) else { return }
            }
        }
        // From here on every change is told, with or without what there was.
        guard tell("resynchronized", [:]) else { return }
        while true {
            let event = try monitor.next(until: deadline ?? Deadline(in: .seconds(3_600)), or: writer.wakeUp)
            guard let event else {
                if writer.wakeUp.isFired || deadline?.hasPassed == true { return }
                continue
            }
            guard tell(event, &names) else { return }
        }
    }

    /// False when the watch is over.
    private func tell(_ event: NetworkEvent, _ names: inout WatchNames) -> Bool {
        // As it was before the event, for what has gone with its link.
        let before = names
        switch event {
        case .link(let change): names.follow(change)
        case .address(let change): names.follow(change)
        case .route(let change): names.follow(change)
        case .rule, .neighbor: break
        case .overrun(let count): return tell("overrun", ["count": JSONValue(count)])
        case .resynchronized: return tell("resynchronized", [:])
        }
        guard let change = kind.change(event) else { return true }
        let wasWanted = change.old.map { kind.isWanted($0, before) } ?? false
        guard wasWanted || kind.isWanted(change.object, names) else { return true }
        let document = kind.document(change.object, names)
        switch change {
        case .added: return tell("added", document)
        case .removed: return tell("removed", kind.document(change.object, before))
        case .changed(let old, _):
            // What is printed nowhere is no news here: the flags of router solicitation, say.
            return kind.document(old, names) == document || tell("changed", document)
        }
    }

    private func tell(_ event: String, _ document: JSONValue) -> Bool {
        if options.json {
            var members = document.object ?? [:]
            members["event"] = .string(event)
            guard let text = try? JSONText.encode(JSONValue.object(members), as: .line) else { return true }
            return writer.write(text)
        }
        switch event {
        case "present": return writer.write(kind.line(document))
        case "added": return writer.write("Added \(kind.line(document))")
        case "changed": return writer.write("Changed \(kind.line(document))")
        case "removed": return writer.write("Deleted \(kind.line(document))")
        case "overrun": return writer.write("Overrun: changes were lost; what they were follows")
        default: return true
        }
    }
}
