internal import BlockDevices
internal import DHCP
internal import Documents
internal import Init
internal import Kernel
internal import KernelModules
internal import Platform
internal import RouteNetlink

/// What a node says of itself when it is up.
struct NodeSummary: Sendable {
    let document: JSONValue
    let lines: [String]
    let isDegraded: Bool
}

extension Node {
    /// The node's answer: platform and why, instance, links, disks, modules, time.
    func summarize(_ context: TaskContext) throws -> String {
        let node = state.with { $0 }
        let ready = MonotonicTime.now()
        let failed = context.failedTasks.map(\.name)
        var route = try RouteConnection.open()
        let links = try route.links(until: context.deadline).filter { !$0.isLoopback }
        let addresses = try route.addresses(until: context.deadline)
        let linkDocuments = links.map { link -> JSONValue in
            let own = addresses.filter { $0.linkIndex == link.index }.map { address -> JSONValue in
                let lease = node.leases[link.name].flatMap { $0.address == address.prefix ? $0 : nil }
                let origin = lease.map { "DHCP from \($0.server)" } ?? "the kernel"
                return ["address": .string("\(address.prefix)"), "source": .string(origin)]
            }
            return [
                "name": .string(link.name), "mac": JSONValue(link.macAddress.map { "\($0)" }),
                // By flags: the operational state follows the carrier up to a second late (linkwatch).
                "state": .string(!link.isUp ? "down" : link.hasCarrier == true ? "up" : "no carrier"),
                "addresses": .array(own),
            ]
        }
        let results = node.modules?.results ?? []
        let document: JSONValue = [
            "outcome": .string(failed.isEmpty ? "ready" : "degraded"), "failed": JSONValue(failed),
            "ready_at": .number(ready.seconds), "hostname": JSONValue(node.hostname),
            "platform": try node.verdict.map { try JSONText.value($0) } ?? .null,
            "metadata": node.metadata?.document() ?? .null, "links": .array(linkDocuments),
            "disks": .array(node.disks.map(\.document)),
            "modules": [
                "loaded": JSONValue(results.filter { $0.error == nil }.map(\.name).sorted()),
                "failed": JSONValue(results.filter { $0.error != nil }.map(\.name).sorted()),
            ],
        ]
        let lines = Self.lines(of: document, ready: ready, node.verdict)
        state.with { $0.summary = NodeSummary(document: document, lines: lines, isDegraded: !failed.isEmpty) }
        return failed.isEmpty ? "ready" : "degraded: \(failed.joined(separator: ", "))"
    }

    /// For the console.
    private static func lines(of document: JSONValue, ready: MonotonicTime, _ verdict: PlatformVerdict?) -> [String] {
        let instance = document["metadata"]?["instance_id"]?.string ?? "none"
        let links = (document["links"]?.array ?? []).map { link in
            let addresses = (link["addresses"]?.array ?? []).map {
                "\($0["address"]?.string ?? "") (\($0["source"]?.string ?? ""))"
            }
            return
                "\(link["name"]?.string ?? ""): \(addresses.isEmpty ? "no address" : addresses.joined(separator: ", "))"
        }
        let disks = (document["disks"]?.array ?? []).map { disk in
            let type = disk["signatures"]?.array?.first?["type"]?.string ?? disk["partition_table"]?.string
            return "\(disk["name"]?.string ?? "") \(disk["size_bytes"]?.integer ?? 0) bytes, \(type ?? "nothing on it")"
        }
        let why = verdict.map { verdict in
            verdict.signals.filter { $0.platform == verdict.platform }.map { "\($0.source) is \($0.value)" }
        }
        return [
            "platform  \(verdict?.platform.rawValue ?? "unknown")\(why.map { $0.isEmpty ? "" : " (\($0.joined(separator: ", ")))" } ?? "")",
            "instance  \(instance), host name \(document["hostname"]?.string ?? "none")",
            "links     \(links.isEmpty ? "none" : links.joined(separator: "; "))",
            "disks     \(disks.isEmpty ? "none" : disks.joined(separator: "; "))",
            "modules   \(document["modules"]?["loaded"]?.array?.count ?? 0) loaded",
            "\(document["outcome"]?.string ?? "")     \(Int(ready.seconds * 1_000)) ms after the kernel's start",
        ]
    }
}
