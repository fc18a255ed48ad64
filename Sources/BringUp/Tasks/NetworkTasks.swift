internal import DHCP
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
    /// What is ours in the kernel's tables carries this number (netlink.md).
    private static let ours: UInt8 = 83

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
            let isComplete = wired.count == carrying.count && context.isSettled(.driversLoaded)
            if !carrying.isEmpty, isComplete || deadline.hasPassed { return Self.words(carrying, of: wired) }
            let dark = wired.filter { !$0.isUp || $0.hasCarrier != true }.map { link in
                refused[link.index].map { "\(link.name) (\($0))" } ?? link.name
            }
            let lack = "no carrier on \(dark.joined(separator: ", "))"
            if deadline.hasPassed || !context.isCurrent { throw NetworkFailure(description: lack) }
            context.doing(lack)
            // Whatever it is, the state is looked at anew; a second event that waits costs a look, not a wait.
            _ = try monitor.next(until: deadline, or: driversSettled)
            if driversSettled?.isFired == true { driversSettled = nil }
        }
    }

    /// A network card, not what a driver makes on top of one.
    private static func isWired(_ link: Link) -> Bool { link.type == .ethernet && link.kind == nil }

    private static func words(_ carrying: [Link], of wired: [Link]) -> String {
        let names = carrying.map(\.name).joined(separator: ", ")
        let dark = wired.filter { link in !carrying.contains { $0.index == link.index } }.map(\.name)
        return dark.isEmpty ? names : "\(names); no carrier on \(dark.joined(separator: ", "))"
    }

    /// A lease on each link that has carrier, all at once; done when the first is in use and the rest had their chance.
    func acquireLeases(_ context: TaskContext) throws -> String {
        var route = try RouteConnection.open()
        let links = try route.links(until: context.deadline).filter { Self.isWired($0) && $0.hasCarrier == true }
        let deadline = Deadline(at: context.deadline.time.advanced(by: .milliseconds(-500)))
        context.doing("no answer to DHCPDISCOVER on \(links.map(\.name).joined(separator: ", "))")
        let answers = Monitor<[String: Result<Lease, DHCPError>]>([:])
        for link in links {
            guard let mac = link.macAddress else { continue }
            try WorkerThread.start {
                let answer: Result<Lease, DHCPError>
                do throws(DHCPError) {
                    answer = .success(
                        try DHCPv4Client.acquire(interfaceIndex: link.index, mac: mac, deadline: deadline))
                } catch { answer = .failure(error) }
                answers.with { $0[link.name] = answer }
            }
        }
        var used: [String] = []
        var grace = deadline
        var handled: Set<String> = []
        while handled.count < links.count {
            let next = answers.wait(until: grace) { answers in answers.first { !handled.contains($0.key) } }
            guard let (name, answer) = next else { break }
            handled.insert(name)
            guard case .success(let lease) = answer, let link = links.first(where: { $0.name == name }) else {
                continue
            }
            guard context.isCurrent else { break }
            try apply(lease, to: link, &route, until: context.deadline)
            state.with { $0.leases[name] = lease }
            used.append("\(lease.address) on \(name) from \(lease.server)")
            context.post(.address)
            grace = grace.earlier(Deadline(in: .seconds(2)))
        }
        guard !used.isEmpty else {
            let words = answers.with { $0 }.map { name, answer in
                if case .failure(let error) = answer { "\(name): \(error)" } else { name }
            }
            throw NetworkFailure(description: words.isEmpty ? "no link with carrier" : words.joined(separator: "; "))
        }
        return used.joined(separator: ", ")
    }

    /// The address with the lease's lifetime, so that a dead init does not leave it for ever; then the routes.
    private func apply(
        _ lease: Lease, to link: Link, _ route: inout RouteConnection, until deadline: Deadline
    ) throws {
        try route.addAddress(
            InterfaceAddress(
                linkIndex: link.index, prefix: lease.address, broadcast: lease.broadcast,
                validLifetime: lease.duration, preferredLifetime: lease.duration, protocol: Self.ours),
            mode: .replace, until: deadline)
        for wanted in lease.routes {
            try route.addRoute(
                Route(
                    to: wanted.destination, gateway: wanted.gateway.map { .v4($0) }, linkIndex: link.index,
                    isOnLink: lease.needsOnLinkFlag(wanted), preferredSource: lease.address.address,
                    metric: 1_024 + UInt32(clamping: link.index), protocol: RouteProtocol(rawValue: Self.ours)),
                mode: .replace, until: deadline)
        }
    }
}
