import BringUp
import Glibc
import Init
import Kernel
import Testing

/// Keeps what the engine tells.
private final class Log: EngineObserver {
    let lines = Monitor<[String]>([])
    func started(_ task: TaskName, attempt: Int, at time: MonotonicTime) { add("start \(task.name) \(attempt)") }
    func ended(_ task: TaskName, attempt: Int, _ ending: Schedule.Ending, after: Duration, willRetry: Bool) {
        add("end \(task.name) \(attempt) \(ending.word)\(willRetry ? " again" : "")")
    }
    func changed(_ records: [Timeline.TaskRecord]) {}
    func fires(_ fault: Fault) { add("fault \(fault.text)") }
    func beat(_ running: TaskSet) { add("beat") }
    private func add(_ line: String) { lines.with { $0.append(line) } }
    var told: [String] { lines.with { $0.filter { $0 != "beat" } } }
}

@Suite("Engine")
struct EngineTests {
    @Test("tasks run in parallel as their facts come, and the record says so")
    func graph() {
        let log = Log()
        let engine = Engine(
            [
                TaskPlan(.uevents, provides: [.ueventsBound], deadline: .seconds(5)) { context in
                    context.post(.ueventsBound)
                    return "bound"
                },
                TaskPlan(.modules, needs: [.hard(.ueventsBound)], provides: [.linkPresent], deadline: .seconds(5)) {
                    $0.post(.linkPresent)
                    return "3 modules"
                },
                TaskPlan(.links, needs: [.hard(.linkPresent)], deadline: .seconds(5)) { _ in "eth0" },
            ], observer: log)
        engine.run()
        #expect(engine.schedule.records.map(\.outcome) == ["done", "done", "done"])
        #expect(engine.schedule.records.map(\.note) == ["bound", "3 modules", "eth0"])
        #expect(log.lines.with { $0.contains("beat") })
    }

    @Test("a hang is struck by its deadline and tried again")
    func hang() {
        let log = Log()
        let engine = Engine(
            [TaskPlan(.lease, deadline: .milliseconds(200)) { _ in "leased" }],
            faults: [Fault(.hang, .lease)], observer: log)
        engine.run()
        #expect(
            log.told == [
                "start lease 1", "fault hang:lease", "end lease 1 timed_out again", "start lease 2", "end lease 2 done",
            ])
        #expect(engine.schedule.records[0].attempts[0].error == "not done within 0.2 s")
    }

    @Test("an error is tried again until the attempts are used up")
    func failure() {
        struct Broken: Error {}
        let log = Log()
        let engine = Engine(
            [TaskPlan(.disks, deadline: .seconds(5), attempts: 2) { _ in throw Broken() }], observer: log)
        engine.run()
        #expect(
            log.told == ["start disks 1", "end disks 1 failed again", "start disks 2", "end disks 2 failed"])
        #expect(engine.schedule.failed == [.disks])
    }

    /// What a task does that waits in the kernel: it must not miss the answer, whichever way it comes.
    @Test(
        "a wake-up fires when a fact is posted, when it never will be, and when it was settled before",
        arguments: ["posts", "ends without", "was there"])
    func wakeUpOfAFact(_ how: String) {
        struct Broken: Error {}
        let isAsked = Monitor(false)
        let log = Log()
        let engine = Engine(
            [
                TaskPlan(.modules, provides: [.driversLoaded], deadline: .seconds(20), attempts: 1) { context in
                    if how == "was there" {
                        context.post(.driversLoaded)
                    } else {
                        _ = isAsked.wait(until: Deadline(in: .seconds(10))) { $0 ? true : nil }
                        if how == "ends without" { throw Broken() }
                    }
                    context.post(.driversLoaded)
                    return ""
                },
                TaskPlan(
                    .links, needs: how == "was there" ? [.hard(.driversLoaded)] : [], deadline: .seconds(20),
                    attempts: 1
                ) { context in
                    let wakeUp = try context.wakeUp(whenSettled: .driversLoaded)
                    let before = wakeUp.isFired
                    isAsked.with { $0 = true }
                    var pipe = try DescriptorPair.pipe()
                    let silent = try pipe.takeFirst()
                    let writer = try pipe.takeSecond()
                    defer { _ = writer.rawValue }
                    let outcome = try wakeUp.wait(
                        for: silent.rawValue, Int16(POLLIN), until: Deadline(in: .seconds(15)))
                    return "\(before) \(outcome) \(context.isSettled(.driversLoaded))"
                },
            ], observer: log)
        engine.run()
        let expected = how == "was there" ? "true woken true" : "false woken true"
        #expect(engine.schedule.records.last?.note == expected)
    }

    @Test("a wake-up fires when its attempt is given up, so that the thread left behind can end")
    func wakeUpOfAnAttempt() {
        let ends = Monitor<[String]>([])
        let log = Log()
        let engine = Engine(
            [
                TaskPlan(.links, deadline: .milliseconds(300), attempts: 1) { context in
                    let wakeUp = try context.wakeUp(whenSettled: .driversLoaded)
                    var pipe = try DescriptorPair.pipe()
                    let silent = try pipe.takeFirst()
                    let writer = try pipe.takeSecond()
                    defer { _ = writer.rawValue }
                    let outcome = try wakeUp.wait(
                        for: silent.rawValue, Int16(POLLIN), until: Deadline(in: .seconds(30)))
                    ends.with { $0.append("\(outcome) \(context.isCurrent)") }
                    return ""
                }
            ], observer: log)
        engine.run()
        let end = ends.wait(until: Deadline(in: .seconds(20))) { $0.first }
        #expect(end == "woken false")
        #expect(log.told == ["start links 1", "end links 1 timed_out"])
    }
}
