internal import Documents
internal import Glibc
internal import Init
internal import Kernel
internal import SystemPackage

/// Tells PID 1, the log, the harness and /run what the engine does.
final class NodeReporter: EngineObserver {
    private let descriptor: Int32
    private let port: ReportPort?
    private let record: Monitor<BootRecord>
    private let kernelLog = KernelLog()
    let start: Int

    init(orders: BringUp.Orders, words: CommandLineWords) {
        descriptor = orders.reportDescriptor
        let root = HostRoot.live
        let opening = BootRecord(
            kernel: root.textIfPresent("/proc/sys/kernel/osrelease") ?? "unknown",
            bootID: root.textIfPresent("/proc/sys/kernel/random/boot_id") ?? "unknown", at: .now(),
            lastEnd: orders.lastEnd, lastTasks: orders.lastTasks)
        start = opening.start
        opening.save()
        record = Monitor(opening)
        var problem: OSError?
        var opened: ReportPort?
        if let name = words["report"] {
            do { opened = try ReportPort(name) } catch { problem = error }
        }
        port = opened
        if let problem { log(.warning, "slipway.report: \(problem)") }
        port?.send([
            "event": "start", "at": .number(MonotonicTime.now().seconds), "restarts": JSONValue(orders.restarts),
            "reason": JSONValue(orders.lastEnd), "during": JSONValue(orders.lastTasks.tasks.map(\.name)),
        ])
    }

    func log(_ level: KernelLog.Level, _ text: String) { kernelLog.write(level, text) }

    /// False when PID 1 is gone.
    @discardableResult
    private func tell(_ message: ChildMessage) -> Bool {
        let bytes = message.bytes
        // SAFETY: the array's own count. A full socket is PID 1 busy: it hears the next one.
        let sent = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        return sent >= 0 || errno == EAGAIN || errno == EINTR
    }

    func started(_ task: TaskName, attempt: Int, at time: MonotonicTime) {
        port?.send([
            "event": "task", "task": .string(task.name), "state": "started", "attempt": JSONValue(attempt),
            "at": .number(time.seconds),
        ])
    }

    func ended(_ task: TaskName, attempt: Int, _ ending: Schedule.Ending, after: Duration, willRetry: Bool) {
        let (level, words): (KernelLog.Level, String) =
            switch ending {
            case .done(let note): (.notice, note)
            case .nothingToDo(let reason): (.notice, "skipped: \(reason)")
            case .failed(let error): (.error, "failed: \(error)")
            case .timedOut(let error): (.error, error)
            }
        let name = task.name + String(repeating: " ", count: max(0, 9 - task.name.utf8.count))
        let took = "\(Int(after.inSeconds * 1_000)) ms"
        log(level, "\(name) \(words) [\(took)]\(willRetry ? "; trying again (attempt \(attempt) failed)" : "")")
        port?.send([
            "event": "task", "task": .string(task.name), "state": "ended", "attempt": JSONValue(attempt),
            "outcome": .string(ending.word), "note": .string(words), "retries": .bool(willRetry),
            "at": .number(MonotonicTime.now().seconds),
        ])
    }

    func changed(_ records: [Timeline.TaskRecord]) {
        record.with { record in
            record.update(records)
            record.save()
        }
    }

    func fires(_ fault: Fault) {
        log(.warning, "fault \(fault.text) fires")
        tell(.faultFired(fault))
    }

    func beat(_ running: TaskSet) { tell(.heartbeat(running)) }

    /// Says that we live, at work on nothing; false when PID 1 is gone.
    func isHeard() -> Bool { tell(.heartbeat([])) }

    /// The boot's last words: the summary on the console, all of it on the report, then PID 1 may act.
    func finish(_ summary: NodeSummary?) {
        let isDegraded = summary?.isDegraded ?? true
        let timeline = record.with { record in
            record.finish(at: .now(), degraded: isDegraded)
            record.save()
            return record.timeline
        }
        for line in summary?.lines ?? [] { log(.notice, line) }
        if let port {
            if let value = try? JSONText.value(timeline) { port.send(["event": "timeline", "timeline": value]) }
            port.send(["event": "summary", "summary": summary?.document ?? ["outcome": "degraded"]])
            port.flush(until: Deadline(in: .seconds(5)))
        }
        tell(.ready(degraded: isDegraded))
    }
}
