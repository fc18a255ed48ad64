internal import BlockDevices
internal import DHCP
internal import Devices
internal import Init
internal import Kernel
internal import KernelModules
internal import Platform
internal import SystemPackage

/// What the tasks have found, for one another and for the summary.
struct NodeState: Sendable {
    var feed: UeventFeed?
    var modules: Coldplug.Report?
    var leases: [String: Lease] = [:]
    /// Links with an IPv6 address that a router gave.
    var routedLinks: Set<String> = []
    var verdict: PlatformVerdict?
    /// No more devices get drivers, for all that is known.
    var driversSettled = false
    var metadata: MetadataSnapshot?
    var hostname: String?
    /// Damaged partition tables are mended, and their partitions are there.
    var tablesAreRead = false
    var disks: [Disk] = []
    var summary: NodeSummary?
}

/// A node's tasks have this in common.
struct Node: Sendable {
    let root: HostRoot
    let state = Monitor(NodeState())
    let log: @Sendable (KernelLog.Level, String) -> Void
}

/// Aliases of the devices that appear, as uevents tell them.
final class UeventFeed: Sendable {
    private struct State: Sendable {
        var aliases: [String] = []
        /// Events were lost: only a walk of sysfs knows what is there.
        var hasOverrun = false
    }
    private let state = Monitor(State())

    init() {}

    /// Reads `source` on a thread of its own for as long as the process lives.
    func start(_ source: any UeventSource) throws(OSError) {
        let state = state
        try WorkerThread.start {
            while true {
                do throws(OSError) {
                    guard let event = try source.next(until: Deadline(in: .seconds(60))) else { continue }
                    guard event.action == "add", let alias = event.modalias else { continue }
                    state.with { $0.aliases.append(alias) }
                } catch {
                    guard error.errno == .noBufferSpace else { return }
                    state.with { $0.hasOverrun = true }
                }
            }
        }
    }

    /// What came since, waiting for the first until the deadline.
    func take(until deadline: Deadline) -> [String] {
        state.wait(until: deadline) { state -> [String]? in
            guard !state.aliases.isEmpty || state.hasOverrun else { return nil }
            defer { state = State() }
            return state.aliases
        } ?? []
    }
}
