internal import DHCP
internal import Glibc
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

    /// Every wired link up; done when one has carrier and no driver is still to come.
    func raiseLinks(_ context: TaskContext) throws -> String {
        var route = try RouteConnection.open()
        // Polled: a link's carrier is no uevent. Monitors are the netlink module's next step.
        while !context.deadline.hasPassed {
            let links = try route.links(until: context.deadline)
            for link in links where !link.isUp && (link.isLoopback || link.type == .ethernet) {
                try route.setLink(link.index, up: true, until: context.deadline)
            }
            let wired = links.filter { $0.type == .ethernet && $0.kind == nil }
            let carrying = wired.filter { $0.isUp && $0.hasCarrier == true }
            if !carrying.isEmpty { context.post(.carrier) }
            if !carrying.isEmpty, wired.count == carrying.count, context.isSettled(.driversLoaded) {
                return carrying.map(\.name).joined(separator: ", ")
            }
            context.doing("no carrier on \(wired.filter { $0.hasCarrier != true }.map(\.name).joined(separator: ", "))")
            usleep(20_000)
        }
        let links = try route.links(until: Deadline(in: .seconds(1))).filter { $0.type == .ethernet && $0.kind == nil }
        let carrying = links.filter { $0.hasCarrier == true }
        // One cable of two is enough for a node: the other is told, not waited for.
        guard !carrying.isEmpty else {
            throw NetworkFailure(description: "no carrier on \(links.map(\.name).joined(separator: ", "))")
        }
        return carrying.map(\.name).joined(separator: ", ")
    }

    /// A lease on each link that has carrier, all at once; done when the first is in use and the rest had their chance.
    func acquireLeases(_ context: TaskContext) throws -> String {
        var route = try RouteConnection.open()
        let links = try route.links(until: context.deadline).filter {
            $0.type == .ethernet && $0.kind == nil && $0.hasCarrier == true
        }
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
