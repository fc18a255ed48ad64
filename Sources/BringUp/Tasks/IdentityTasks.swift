internal import DHCP
internal import Glibc
internal import Kernel
internal import Platform
internal import Platforms
internal import SystemPackage

extension Node {
    /// Who the platform says that this node is.
    func fetchMetadata(_ context: TaskContext) throws -> String {
        guard let platform = state.with({ $0.verdict?.platform }) else { throw NothingToDo("no platform is known") }
        guard let source = Registry.platform(platform)?.source else {
            throw NothingToDo("\(platform) has no metadata service that this build knows")
        }
        if !context.isSettled(.address) {
            // IPv6 is here first as a rule; many services have IPv4 alone, and a lease is moments away.
            context.doing("waiting for a lease beside IPv6")
            let settled = try context.wakeUp(whenSettled: .address)
            _ = try WakeUp().wait(for: settled, until: Deadline(in: .seconds(2)))
        }
        // A volume may stand on a partition that the kernel did not find; a disk that hangs is not waited for.
        context.doing("waiting for partition tables")
        _ = state.wait(until: Deadline(in: .seconds(5))) { $0.tablesAreRead ? true : nil }
        let isLeaseKnown = context.isSettled(.address)
        context.doing("asking \(platform)'s metadata service")
        let asked = metadataContext(context)
        defer { asked.guestInfo.close() }
        let snapshot: MetadataSnapshot
        do {
            snapshot = try WorkerThread.blocking {
                try await source.snapshot(in: asked)
            }
        } catch let error as PlatformError where error.kind == .noMetadata && isLeaseKnown {
            // Bare metal of which nobody says anything is no failure.
            throw NothingToDo(error.description)
        }
        state.with { $0.metadata = snapshot }
        context.post(.metadataKnown)
        return "\(snapshot.instanceID ?? "no instance id") in \(snapshot.zone ?? "no zone")"
    }

    private func metadataContext(_ context: TaskContext) -> MetadataContext {
        // Shorter than the task's, so that the source's own error, which names the request, comes first.
        let deadline = Deadline(at: context.deadline.time.advanced(by: .milliseconds(-500)))
        var asked = MetadataContext.live(root, deadline: deadline)
        asked.settling = .seconds(5)
        let (leases, routed) = state.with { ($0.leases, $0.routedLinks) }
        let links = root.machineLinks().map(\.name).filter { leases[$0] != nil || routed.contains($0) }
        asked.dhcpServers = links.compactMap { leases[$0].map { .v4($0.server) } }
        // One way needs no choice, and the routing table knows more of it than its name.
        if links.count > 1 { asked.links = links }
        return asked
    }

    /// The platform's name for the node, else the lease's.
    func setHostname(_ context: TaskContext) throws -> String {
        let (metadata, lease) = state.with { ($0.metadata?.hostName, $0.leases.values.compactMap(\.hostName).first) }
        guard let name = metadata ?? lease else { throw NothingToDo("neither metadata nor a lease names this node") }
        guard Self.isHostName(name) else {
            throw OSError(operation: "sethostname", errno: .invalidArgument, subject: name)
        }
        // SAFETY: a C string and its own length; the kernel copies.
        try systemCall("sethostname", on: name) { unsafe sethostname(name, name.utf8.count) }
        state.with { $0.hostname = name }
        context.post(.hostnameSet)
        return "\(name), from \(metadata == nil ? "the lease" : "metadata")"
    }

    /// RFC 1123's letters, within the kernel's 64 bytes (__NEW_UTS_LEN).
    static func isHostName(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
        return !name.isEmpty && name.utf8.count <= 64
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != 0x2d && label.last != 0x2d
                    && label.allSatisfy {
                        $0 == 0x2d || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39)
                    }
            }
    }
}
