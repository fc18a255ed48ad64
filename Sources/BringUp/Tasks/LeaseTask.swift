internal import DHCP
internal import Init
internal import Kernel
internal import Netlink
internal import RouteNetlink
internal import SystemPackage

/// What gives a node addresses: servers of leases, and routers (RFC 4862), which the kernel heeds by itself.
private struct Arrivals: Sendable {
    var answers: [String: Result<Lease, DHCPError>] = [:]
    /// By link.
    var routed: [String: IPAddress] = [:]
}

extension Node {
    /// What is ours in the kernel's tables carries this number (netlink.md).
    private static let ours: UInt8 = 83
    /// With an IPv6 address at hand, a DHCPv4 server is waited for no longer than its first answers take: DISCOVER is repeated after 4 s
    /// (RFC 2131, 4.1), and is lost easily on a port that has just come up.
    private static let patience = Duration.seconds(10)

    /// A lease on each link that has carrier, all at once; done when the first is in use and the rest had their chance. Where routers
    /// alone give addresses, there is nothing to lease.
    func acquireLeases(_ context: TaskContext) throws -> String {
        var route = try RouteConnection.open()
        let links = try route.links(until: context.deadline).filter { Self.isWired($0) && $0.hasCarrier == true }
        let deadline = Deadline(at: context.deadline.time.advanced(by: .milliseconds(-500)))
        context.doing("no answer to DHCPDISCOVER on \(links.map(\.name).joined(separator: ", "))")
        let arrivals = Monitor(Arrivals())
        for link in links {
            guard let mac = link.macAddress else { continue }
            try WorkerThread.start {
                let answer: Result<Lease, DHCPError>
                do throws(DHCPError) {
                    answer = .success(
                        try DHCPv4Client.acquire(interfaceIndex: link.index, mac: mac, deadline: deadline))
                } catch { answer = .failure(error) }
                arrivals.with { $0.answers[link.name] = answer }
            }
        }
        try watchRouted(links, context, until: deadline) { routed in
            arrivals.with { $0.routed.merge(routed) { $1 } }
        }
        var used: [String] = []
        var grace = deadline
        var handled: Set<String> = []
        var isRouted = false
        while handled.count < links.count {
            let isTold = isRouted
            let arrived = arrivals.wait(until: grace) { arrivals -> (String, Result<Lease, DHCPError>)?? in
                if let answer = arrivals.answers.first(where: { !handled.contains($0.key) }) { return .some(answer) }
                return arrivals.routed.isEmpty || isTold ? nil : .some(nil)
            }
            guard let arrived else { break }
            guard let (name, answer) = arrived else {
                isRouted = true
                grace = grace.earlier(Deadline(in: Self.patience))
                continue
            }
            handled.insert(name)
            guard case .success(let lease) = answer, let link = links.first(where: { $0.name == name }) else {
                continue
            }
            guard context.isCurrent else { break }
            try apply(lease, to: link, &route, until: context.deadline)
            let leases = state.with { state in
                state.leases[name] = lease
                return state.leases
            }
            do throws(OSError) { try ResolverFile.write(leases) } catch {
                log(.warning, "names cannot be resolved: \(error)")
            }
            used.append("\(lease.address) on \(name) from \(lease.server)")
            context.post(.address)
            context.post(.reachable)
            grace = grace.earlier(Deadline(in: .seconds(2)))
        }
        if !used.isEmpty { return used.joined(separator: ", ") }
        let found = arrivals.with { $0 }
        let routed = found.routed.sorted { $0.key < $1.key }.map { "\($0.value) on \($0.key)" }
        guard routed.isEmpty else {
            throw NothingToDo("no DHCPv4 server answers; by router advertisement: \(routed.joined(separator: ", "))")
        }
        let words = found.answers.sorted { $0.key < $1.key }.map { name, answer in
            if case .failure(let error) = answer { "\(name): \(error)" } else { name }
        }
        throw NetworkFailure(description: words.isEmpty ? "no link with carrier" : words.joined(separator: "; "))
    }

    /// Tells of IPv6 addresses that reach beyond their link and are in use, until there is a lease or the attempt is given up.
    private func watchRouted(
        _ links: [Link], _ context: TaskContext, until deadline: Deadline,
        _ tell: @escaping @Sendable ([String: IPAddress]) -> Void
    ) throws {
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        let end = try context.wakeUp(whenSettled: .address)
        let known = state
        try WorkerThread.start { [log] in
            do {
                var monitor = try NetworkMonitor.open(.addresses)
                try monitor.synchronize(until: deadline)
                while true {
                    var routed: [String: IPAddress] = [:]
                    for address in monitor.state.addresses where Self.isRouted(address) {
                        if let name = names[address.linkIndex] { routed[name] = address.prefix.address }
                    }
                    if !routed.isEmpty {
                        let found = routed
                        known.with { $0.routedLinks.formUnion(found.keys) }
                        context.post(.reachable)
                        tell(found)
                    }
                    if try monitor.next(until: deadline, or: end) == nil { return }
                }
            } catch {
                log(.warning, "IPv6 addresses are not watched: \(error)")
            }
        }
    }

    private static func isRouted(_ address: InterfaceAddress) -> Bool {
        guard case .v6(let value) = address.prefix.address else { return false }
        return !value.isLinkLocal && !value.isLoopback
            && address.flags.isDisjoint(with: [.tentative, .duplicateDetected])
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
