internal import Init
internal import Kernel

extension Node {
    /// The boot as a graph. A deadline is of one attempt; three attempts are made.
    var plans: [TaskPlan] {
        [
            TaskPlan(.uevents, provides: [.ueventsBound], deadline: .seconds(5), body: bindUevents),
            TaskPlan(
                .modules, needs: [.hard(.ueventsBound)], provides: [.driversLoaded, .linkPresent],
                deadline: .seconds(60), body: loadModules),
            TaskPlan(
                .links, needs: [.soft(.linkPresent)], provides: [.carrier], deadline: .seconds(15), body: raiseLinks),
            TaskPlan(
                .lease, needs: [.hard(.carrier)], provides: [.address, .reachable], deadline: .seconds(30),
                body: acquireLeases),
            TaskPlan(.platform, provides: [.platformKnown], deadline: .seconds(30), body: detectPlatform),
            TaskPlan(
                .metadata, needs: [.hard(.platformKnown), .soft(.reachable)], provides: [.metadataKnown],
                deadline: .seconds(20), body: fetchMetadata),
            TaskPlan(
                .hostname, needs: [.soft(.metadataKnown)], provides: [.hostnameSet], deadline: .seconds(5),
                body: setHostname),
            TaskPlan(
                .disks, needs: [.soft(.driversLoaded)], provides: [.disksListed], deadline: .seconds(20),
                body: listDisks),
            TaskPlan(
                .summary,
                needs: [
                    .soft(.driversLoaded), .soft(.address), .soft(.platformKnown), .soft(.metadataKnown),
                    .soft(.hostnameSet), .soft(.disksListed),
                ], deadline: .seconds(5), body: summarize),
        ]
    }
}

/// The graph as it is declared, for people and programs that ask before a boot.
package enum BringUpPlan {
    package struct Entry: Encodable, Sendable {
        package let name: String
        package let needs: [String]
        /// Needs whose answer may be no.
        package let asks: [String]
        package let provides: [String]
        package let deadlineSeconds: Double
        package let attempts: Int

        private enum CodingKeys: String, CodingKey {
            case name, needs, asks, provides, attempts
            case deadlineSeconds = "deadline_seconds"
        }
    }

    package static var entries: [Entry] {
        Node(root: .live, log: { _, _ in }).plans.map { plan in
            Entry(
                name: plan.name.name, needs: plan.needs.filter(\.isHard).map(\.fact.rawValue),
                asks: plan.needs.filter { !$0.isHard }.map(\.fact.rawValue), provides: plan.provides.map(\.rawValue),
                deadlineSeconds: plan.deadline.inSeconds, attempts: plan.attempts)
        }
    }
}
