import BringUp
import Init
import Kernel
import Testing

private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }
private func plan(_ name: TaskName, _ needs: [Need] = [], gives: [Fact] = [], attempts: Int = 2) -> TaskPlan {
    TaskPlan(name, needs: needs, provides: gives, deadline: .seconds(10), attempts: attempts) { _ in "" }
}

@Suite("Schedule")
struct ScheduleTests {
    @Test("a task starts when its needs are met, and not before")
    func needs() {
        var schedule = Schedule(
            [plan(.links, gives: [.carrier]), plan(.lease, [.hard(.carrier)]), plan(.platform)], at: time(1))
        #expect(schedule.startable(at: time(1)).map(\.task) == [.links, .platform])
        #expect(schedule.startable(at: time(2)).isEmpty)
        schedule.post(.carrier, by: .links, attempt: 1, at: time(3))
        #expect(schedule.startable(at: time(3)).map(\.task) == [.lease])
        #expect(schedule.running == [.links, .lease, .platform])
        let wait = schedule.records[1].waits.first
        #expect(wait?.waitedFor == "link with carrier" && wait?.from == 1 && wait?.until == 3)
    }

    @Test("what a failed task would have given skips who needs it and frees who only asks")
    func unavailable() {
        var schedule = Schedule(
            [
                plan(.lease, gives: [.address], attempts: 1),
                plan(.metadata, [.hard(.address)], gives: [.metadataKnown]),
                plan(.hostname, [.soft(.metadataKnown)]),
            ], at: time(0))
        #expect(schedule.startable(at: time(0)).map(\.task) == [.lease])
        schedule.end(.lease, attempt: 1, .failed("no answer"), at: time(4))
        #expect(schedule.startable(at: time(4)).map(\.task) == [.hostname])
        #expect(schedule.entries[.metadata]?.phase == .ended(.skipped))
        #expect(schedule.entries[.metadata]?.note == "no IPv4 address")
        #expect(schedule.failed == [.lease])
        #expect(!schedule.isFinished)
        schedule.end(.hostname, attempt: 1, .done(""), at: time(5))
        #expect(schedule.isFinished)
    }

    @Test("a deadline gives the attempt up, says what it was at, and the next attempt runs")
    func deadline() {
        var schedule = Schedule([plan(.lease)], at: time(0))
        #expect(schedule.startable(at: time(0)).map(\.attempt) == [1])
        schedule.doing("waiting for an offer on eth0", by: .lease, attempt: 1)
        #expect(schedule.strike(at: time(9)).isEmpty)
        #expect(schedule.strike(at: time(10)).map(\.message) == ["not done within 10 s: waiting for an offer on eth0"])
        #expect(schedule.startable(at: time(10)).map(\.attempt) == [2])
        // What the abandoned thread still does counts for nothing.
        schedule.post(.address, by: .lease, attempt: 1, at: time(11))
        #expect(schedule.facts[.address] == nil)
        let counted = schedule.end(.lease, attempt: 1, .done("late"), at: time(11))
        #expect(!counted)
        #expect(schedule.strike(at: time(20)).count == 1)
        #expect(schedule.startable(at: time(20)).isEmpty)
        #expect(schedule.failed == [.lease])
        #expect(schedule.records[0].attempts.map(\.outcome) == ["timed_out", "timed_out"])
    }

    @Test("a task that has nothing to do is skipped and is no failure")
    func nothing() {
        var schedule = Schedule([plan(.metadata, gives: [.metadataKnown])], at: time(0))
        _ = schedule.startable(at: time(0))
        schedule.end(.metadata, attempt: 1, .nothingToDo("metal has no service"), at: time(1))
        #expect(schedule.isFinished && schedule.failed.isEmpty)
        #expect(schedule.records[0].outcome == "skipped" && schedule.records[0].note == "metal has no service")
    }
}
