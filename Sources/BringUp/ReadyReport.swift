internal import Init
internal import Kernel
internal import Platform
internal import Platforms

/// Tells a platform that waits for it that the node is ready. Nothing waits for the report, and it may take its time: the node's first
/// minutes are those in which a fabric is busy.
struct ReadyReport: Sendable {
    private static let patience = Duration.seconds(600)
    let node: Node

    /// On a thread of its own. A node that is degraded says nothing: the platform then says that it did not come up, which is so.
    func start() {
        guard let platform = node.state.with({ $0.verdict?.platform }), let source = Registry.platform(platform)?.source
        else { return }
        do {
            try WorkerThread.start { [node] in
                let context = MetadataContext.live(node.root, deadline: Deadline(in: Self.patience))
                do {
                    let isReported = try WorkerThread.blocking { try await source.reportReady(in: context) }
                    if isReported { node.log(.notice, "reported ready to \(platform)") }
                } catch {
                    node.log(.warning, "not reported ready: \(error)")
                }
            }
        } catch {
            node.log(.warning, "not reported ready: \(error)")
        }
    }
}
