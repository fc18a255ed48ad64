package import Init
package import Kernel

/// Which task may run when: a value with no thread and no clock of its own, so that every order of events can be tried.
package struct Schedule: Sendable {
    package enum FactState: Hashable, Sendable {
        case posted(at: MonotonicTime)
        /// The task that would have made it true has ended without.
        case unavailable(at: MonotonicTime)

        var time: MonotonicTime {
            switch self {
            case .posted(let time), .unavailable(let time): time
            }
        }
        var isPosted: Bool { if case .posted = self { true } else { false } }
    }

    package enum Phase: Hashable, Sendable {
        case waiting
        case running(attempt: Int, deadline: MonotonicTime)
        case ended(Outcome)
    }

    package enum Outcome: String, Sendable {
        case done
        case failed
        case skipped
    }

    package enum Ending: Hashable, Sendable {
        case done(String)
        case nothingToDo(String)
        case failed(String)
        case timedOut(String)
    }

    package struct Entry: Sendable {
        package let plan: TaskPlan
        package var phase = Phase.waiting
        package var attempts: [Timeline.Attempt] = []
        package var note: String?
        /// What it says that it is doing, for the message of its deadline.
        package var doing: String?
    }

    package private(set) var facts: [Fact: FactState] = [:]
    package private(set) var entries: [TaskName: Entry] = [:]
    private let order: [TaskName]
    private let began: MonotonicTime
    private let start: Int

    /// `start` counts the bring-up's starts in this boot.
    package init(_ plans: [TaskPlan], start: Int = 0, at time: MonotonicTime) {
        order = plans.map(\.name)
        for plan in plans { entries[plan.name] = Entry(plan: plan) }
        began = time
        self.start = start
    }

    /// Every task has ended.
    package var isFinished: Bool { entries.values.allSatisfy { if case .ended = $0.phase { true } else { false } } }
    package var running: [TaskName] { order.filter { if case .running = entries[$0]?.phase { true } else { false } } }
    package var failed: [TaskName] { order.filter { entries[$0]?.phase == .ended(.failed) } }

    /// When the next running task's time is up.
    package var nextDeadline: MonotonicTime? {
        entries.values.compactMap { if case .running(_, let deadline) = $0.phase { deadline } else { nil } }.min()
    }

    /// Starts what can be started, and settles what never can; answers with the attempts to run.
    package mutating func startable(at now: MonotonicTime) -> [(task: TaskName, attempt: Int)] {
        var result: [(TaskName, Int)] = []
        var changed = true
        while changed {
            changed = false
            for task in order {
                guard let entry = entries[task], entry.phase == .waiting else { continue }
                let states = entry.plan.needs.map { (need: $0, state: facts[$0.fact]) }
                if let missing = states.first(where: { $0.need.isHard && $0.state.map { !$0.isPosted } ?? false }) {
                    finish(task, .skipped, note: "no \(missing.need.fact.rawValue)", at: now)
                    changed = true
                } else if states.allSatisfy({ $0.state != nil }) {
                    result.append((task, begin(task, at: now)))
                }
            }
        }
        return result
    }

    private mutating func begin(_ task: TaskName, at now: MonotonicTime) -> Int {
        guard var entry = entries[task] else { return 0 }
        let attempt = entry.attempts.count + 1
        entry.attempts.append(Timeline.Attempt(start: start, started: now.seconds))
        entry.phase = .running(attempt: attempt, deadline: now.advanced(by: entry.plan.deadline))
        entry.doing = nil
        entries[task] = entry
        return attempt
    }

    /// A task makes a fact true. One that a thread posts after its attempt was given up counts for nothing.
    package mutating func post(_ fact: Fact, by task: TaskName, attempt: Int, at now: MonotonicTime) {
        guard isCurrent(task, attempt), facts[fact]?.isPosted != true else { return }
        facts[fact] = .posted(at: now)
    }

    /// What the task is at just now.
    package mutating func doing(_ text: String, by task: TaskName, attempt: Int) {
        if isCurrent(task, attempt) { entries[task]?.doing = text }
    }

    package func isCurrent(_ task: TaskName, _ attempt: Int) -> Bool {
        if case .running(attempt, _) = entries[task]?.phase { true } else { false }
    }

    /// An attempt has ended. False when it had been given up before.
    @discardableResult
    package mutating func end(_ task: TaskName, attempt: Int, _ ending: Ending, at now: MonotonicTime) -> Bool {
        guard isCurrent(task, attempt), let last = entries[task]?.attempts.indices.last else { return false }
        entries[task]?.attempts[last].ended = now.seconds
        entries[task]?.attempts[last].outcome = ending.word
        switch ending {
        case .done(let note):
            finish(task, .done, note: note, at: now)
        case .nothingToDo(let reason):
            finish(task, .skipped, note: reason, at: now)
        case .failed(let error), .timedOut(let error):
            entries[task]?.attempts[last].error = error
            if attempt < entries[task]?.plan.attempts ?? 0 {
                entries[task]?.phase = .waiting
            } else {
                finish(task, .failed, note: error, at: now)
            }
        }
        return true
    }

    /// Gives up the attempts whose time is up.
    package mutating func strike(at now: MonotonicTime) -> [(task: TaskName, message: String)] {
        var struck: [(TaskName, String)] = []
        for task in order {
            guard let entry = entries[task], case .running(let attempt, let deadline) = entry.phase, deadline <= now
            else {
                continue
            }
            let limit = "not done within \(Self.text(entry.plan.deadline))"
            let message = entry.doing.map { "\(limit): \($0)" } ?? limit
            end(task, attempt: attempt, .timedOut(message), at: now)
            struck.append((task, message))
        }
        return struck
    }

    private mutating func finish(_ task: TaskName, _ outcome: Outcome, note: String, at now: MonotonicTime) {
        entries[task]?.phase = .ended(outcome)
        entries[task]?.note = note.isEmpty ? nil : note
        for fact in entries[task]?.plan.provides ?? [] where facts[fact] == nil { facts[fact] = .unavailable(at: now) }
    }

    /// The tasks as the timeline keeps them.
    package var records: [Timeline.TaskRecord] {
        order.compactMap { task in
            guard let entry = entries[task] else { return nil }
            let waits = entry.plan.needs.map { need in
                let state = facts[need.fact]
                return Timeline.Wait(
                    waitedFor: need.fact.rawValue, from: began.seconds,
                    until: state.map { max($0.time, began).seconds }, unavailable: state.map { !$0.isPosted } ?? false)
            }
            var record = Timeline.TaskRecord(name: task.name, waits: waits, attempts: entry.attempts, note: entry.note)
            if case .ended(let outcome) = entry.phase { record.outcome = outcome.rawValue }
            return record
        }
    }

    static func text(_ duration: Duration) -> String {
        let tenths = Int((duration.inSeconds * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Schedule.Ending {
    package var word: String {
        switch self {
        case .done: "done"
        case .nothingToDo: "skipped"
        case .failed: "failed"
        case .timedOut: "timed_out"
        }
    }
}
