internal import Documents
internal import Glibc
internal import Init
internal import Kernel
internal import SystemPackage

/// /run/slipway/boot.json: the timeline, kept through the bring-up's restarts.
struct BootRecord: Sendable {
    static let path: FilePath = "/run/slipway/boot.json"

    private(set) var timeline: Timeline
    /// The tasks of earlier starts of this boot; the present start's come behind them.
    private let earlier: [Timeline.TaskRecord]

    /// Takes up the record of this boot, if there is one, and notes how the one before ended.
    init(kernel: String, bootID: String, at time: MonotonicTime, lastEnd: String?, lastTasks: TaskSet) {
        let during = lastTasks.tasks.map(\.name)
        let start = Timeline.Start(at: time.seconds, reason: lastEnd, during: lastEnd == nil ? [] : during)
        let bytes = (try? HostRoot.live.contents(of: Self.path, limit: 8 << 20)) ?? []
        if lastEnd != nil, var old = try? JSONText.decode(Timeline.self, from: bytes), old.bootID == bootID {
            for task in old.tasks.indices {
                for attempt in old.tasks[task].attempts.indices where old.tasks[task].attempts[attempt].ended == nil {
                    old.tasks[task].attempts[attempt].ended = time.seconds
                    old.tasks[task].attempts[attempt].outcome =
                        during.contains(old.tasks[task].name) ? lastEnd : "ended with the bring-up"
                }
            }
            old.starts.append(start)
            old.readyAt = nil
            old.outcome = nil
            timeline = old
        } else {
            timeline = Timeline(kernel: kernel, bootID: bootID)
            timeline.starts = [start]
        }
        earlier = timeline.tasks
    }

    /// Which start of the boot this is; the first is 0.
    var start: Int { timeline.starts.count - 1 }

    /// Takes the present state of the tasks.
    mutating func update(_ records: [Timeline.TaskRecord]) {
        timeline.tasks = records.map { record in
            var merged = record
            merged.attempts = (earlier.first { $0.name == record.name }?.attempts ?? []) + record.attempts
            return merged
        }
    }

    mutating func finish(at time: MonotonicTime, degraded: Bool) {
        timeline.readyAt = time.seconds
        timeline.outcome = degraded ? "degraded" : "ready"
    }

    /// Whole or not at all: a restart may come at any instant.
    func save() {
        guard let text = try? JSONText.encode(timeline) else { return }
        unsafe _ = mkdir(Self.path.removingLastComponent().string, 0o755)
        let temporary = Self.path.string + ".new"
        guard let file = try? OwnedDescriptor.open(FilePath(temporary), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644),
            (try? file.writeAll(Array(text.utf8))) != nil
        else { return }
        unsafe _ = rename(temporary, Self.path.string)
    }
}
