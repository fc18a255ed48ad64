public import Kernel
internal import SystemPackage

/// All disks at once: the slowest is as long as it takes.
public enum DiskSurvey {
    /// How long a disk is waited for that does not answer, where nobody says: the kernel's own patience with one (30 s a command) is sooner
    /// at its end.
    public static let patience: Duration = .seconds(60)

    /// Probes each of `disks` and its partitions on a thread of its own; what cannot be read, or does not answer, is told beside them.
    public static func probe(
        _ disks: [Disk], in nodes: DeviceNodes, until deadline: Deadline? = nil
    ) -> (disks: [Disk], problems: [OSError]) {
        guard nodes.areThere else { return (disks, []) }
        let answers = Monitor<(disks: [Int: Disk], problems: [OSError])>((disks: [:], problems: []))
        for (place, disk) in disks.enumerated() {
            let work: @Sendable () -> Void = {
                var probed = disk
                var problems: [OSError] = []
                probed.probe(nodes) { problems.append($0) }
                let (result, told) = (probed, problems)
                answers.with { state in
                    state.disks[place] = result
                    state.problems += told
                }
            }
            // Without a thread the caller does it.
            if (try? WorkerThread.start(work)) == nil { work() }
        }
        let count = disks.count
        _ = answers.wait(until: deadline ?? Deadline(in: patience)) { $0.disks.count >= count ? true : nil }
        let state = answers.with { $0 }
        let silent = disks.indices.filter { state.disks[$0] == nil }.map { place in
            OSError(operation: "probe", errno: .timedOut, subject: disks[place].path.string)
        }
        return (disks.indices.map { state.disks[$0] ?? disks[$0] }, state.problems + silent)
    }
}
