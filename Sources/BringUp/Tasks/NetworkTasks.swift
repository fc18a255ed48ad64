internal import Init
internal import Kernel
internal import Netlink
internal import RouteNetlink
internal import SystemPackage

/// No network could be had, and on which links.
struct NetworkFailure: Error, CustomStringConvertible {
    let description: String
}

extension Node {
    /// Every wired link up; done when all of them have carrier and no driver is still to come, or some at the end of the time.
    func raiseLinks(_ context: TaskContext) throws -> String {
        // Before the engine strikes: one cable of two is enough for a node, and the other is told, not waited for.
        let deadline = Deadline(at: context.deadline.time.advanced(by: .milliseconds(-500)))
        var route = try RouteConnection.open()
        var monitor = try NetworkMonitor.open(.links)
        try monitor.synchronize(until: deadline)
        var driversSettled: WakeUp? = try context.wakeUp(whenSettled: .driversLoaded)
        var refused: [Int32: NetlinkError] = [:]
        while true {
            let links = monitor.state.links
            for link in links where !link.isUp && (link.isLoopback || link.type == .ethernet) {
                guard context.isCurrent, refused[link.index] == nil else { continue }
                do throws(NetlinkError) { try route.setLink(link.index, up: true, until: deadline) } catch {
                    // A link that went meanwhile is no refusal; the others do not suffer from one that its driver cannot raise.
                    guard error.cause != .notFound else { continue }
                    refused[link.index] = error
                    log(.warning, "link \(link.name): \(error)")
                }
            }
            let wired = links.filter(Self.isWired)
            let carrying = wired.filter { $0.isUp && $0.hasCarrier == true }
            if !carrying.isEmpty { context.post(.carrier) }
            // A card may come long after its bus was looked at; a machine without one is not to wait for it at length.
            if wired.isEmpty, deadline.hasPassed { throw NothingToDo("no network card has come") }
            let isComplete = wired.count == carrying.count && context.isSettled(.driversLoaded)
            if !carrying.isEmpty, isComplete || deadline.hasPassed { return Self.words(carrying, of: wired) }
            let dark = wired.filter { !$0.isUp || $0.hasCarrier != true }.map { link in
                refused[link.index].map { "\(link.name) (\($0))" } ?? link.name
            }
            let lack = wired.isEmpty ? "no network card yet" : "no carrier on \(dark.joined(separator: ", "))"
            if deadline.hasPassed || !context.isCurrent { throw NetworkFailure(description: lack) }
            context.doing(lack)
            // Whatever it is, the state is looked at anew; a second event that waits costs a look, not a wait.
            _ = try monitor.next(until: deadline, or: driversSettled)
            if driversSettled?.isFired == true { driversSettled = nil }
        }
    }

    /// A network card, not what a driver makes on top of one.
    static func isWired(_ link: Link) -> Bool { link.type == .ethernet && link.kind == nil }

    private static func words(_ carrying: [Link], of wired: [Link]) -> String {
        let names = carrying.map(\.name).joined(separator: ", ")
        let dark = wired.filter { link in !carrying.contains { $0.index == link.index } }.map(\.name)
        return dark.isEmpty ? names : "\(names); no carrier on \(dark.joined(separator: ", "))"
    }
}
