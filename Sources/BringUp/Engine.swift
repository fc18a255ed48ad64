internal import CKernel
internal import Glibc
package import Init
package import Kernel

/// What the engine's surroundings see of it.
package protocol EngineObserver: Sendable {
    /// A task's attempt has started.
    func started(_ task: TaskName, attempt: Int, at time: MonotonicTime)
    /// An attempt has ended; `willRetry` says whether another follows.
    func ended(_ task: TaskName, attempt: Int, _ ending: Schedule.Ending, after: Duration, willRetry: Bool)
    /// The record has changed.
    func changed(_ records: [Timeline.TaskRecord])
    /// A fault is about to fire.
    func fires(_ fault: Fault)
    /// Each second, and at each change.
    func beat(_ running: TaskSet)
}

/// Runs a graph of tasks, each attempt on a thread of its own, until all have ended.
///
/// A thread whose attempt was given up is left behind: what hangs in the kernel cannot be called back, and must not hold up
/// the rest.
package final class Engine: Sendable {
    private struct State: Sendable {
        var schedule: Schedule
        var faults: [Fault]
        /// A fault that ends the process has fired: another one now would be spent and not seen.
        var isEnding = false
        var changes = 0
    }
    private let state: Monitor<State>
    private let observer: any EngineObserver

    package init(_ plans: [TaskPlan], start: Int = 0, faults: [Fault] = [], observer: any EngineObserver) {
        state = Monitor(State(schedule: Schedule(plans, start: start, at: .now()), faults: faults))
        self.observer = observer
    }

    package var schedule: Schedule { state.with { $0.schedule } }

    /// Returns when every task has ended. `turn` is called at least once a second from the calling thread.
    package func run(turn: () -> Void = {}) {
        var seen = -1
        var nextBeat = MonotonicTime.now()
        while true {
            let now = MonotonicTime.now()
            let (struck, starts) = state.with { state in
                let attempts = state.schedule.entries.mapValues(\.attempts.count)
                let struck = state.schedule.strike(at: now).map { ($0.task, attempts[$0.task] ?? 0, $0.message) }
                let starts = state.schedule.startable(at: now)
                if !struck.isEmpty || !starts.isEmpty { state.changes += 1 }
                return (struck, starts)
            }
            for (task, attempt, message) in struck { tellEnd(task, attempt, .timedOut(message)) }

            let (changes, running, records, finished, deadline) = state.with { state in
                (
                    state.changes, state.schedule.running, state.schedule.records, state.schedule.isFinished,
                    state.schedule.nextDeadline
                )
            }
            if changes != seen {
                observer.changed(records)
                nextBeat = now
            }
            if nextBeat <= now {
                observer.beat(running.reduce(into: []) { $0.insert(TaskSet($1)) })
                nextBeat = now.advanced(by: .seconds(1))
            }
            // Told before they run: a task that stops or kills the process at its first step is known by then.
            for (task, attempt) in starts { launch(task, attempt, at: now) }
            seen = changes
            if finished { return }
            turn()
            let wake = Deadline(at: deadline.map { min($0, nextBeat) } ?? nextBeat)
            _ = state.wait(until: wake) { $0.changes != changes ? true : nil }
        }
    }

    private func launch(_ task: TaskName, _ attempt: Int, at time: MonotonicTime) {
        guard let plan = state.with({ $0.schedule.entries[task]?.plan }) else { return }
        observer.started(task, attempt: attempt, at: time)
        let context = TaskContext(task: task, attempt: attempt, deadline: Deadline(in: plan.deadline), engine: self)
        do {
            try WorkerThread.start { [self] in
                sw_set_current_task(task.rawValue)
                fire(task)
                let ending: Schedule.Ending
                do {
                    ending = .done(try plan.body(context))
                } catch let nothing as NothingToDo {
                    ending = .nothingToDo(nothing.reason)
                } catch {
                    ending = .failed("\(error)")
                }
                finish(task, attempt, ending)
            }
        } catch {
            finish(task, attempt, .failed("\(error)"))
        }
    }

    private func finish(_ task: TaskName, _ attempt: Int, _ ending: Schedule.Ending) {
        let counted = state.with { state in
            state.changes += 1
            return state.schedule.end(task, attempt: attempt, ending, at: .now())
        }
        if counted { tellEnd(task, attempt, ending) }
    }

    private func tellEnd(_ task: TaskName, _ attempt: Int, _ ending: Schedule.Ending) {
        let (duration, willRetry) = state.with { state in
            let entry = state.schedule.entries[task]
            let record = entry?.attempts.dropFirst(attempt - 1).first
            let seconds = (record?.ended ?? 0) - (record?.started ?? 0)
            return (Duration.seconds(seconds), attempt < entry?.plan.attempts ?? 0)
        }
        let failed =
            switch ending {
            case .failed, .timedOut: true
            case .done, .nothingToDo: false
            }
        observer.ended(task, attempt: attempt, ending, after: duration, willRetry: failed && willRetry)
    }

    /// The failures that the command line asks for, each once a boot.
    private func fire(_ task: TaskName) {
        let fault = state.with { state -> Fault? in
            guard !state.isEnding, let index = state.faults.firstIndex(where: { $0.task == task }) else { return nil }
            state.isEnding = state.faults[index].kind != .hang
            return state.faults.remove(at: index)
        }
        guard let fault else { return }
        observer.fires(fault)
        switch fault.kind {
        case .crash: sw_trap()
        case .hang: while true { sleep(3_600) }
        case .stop: _ = kill(getpid(), SIGSTOP)
        }
    }

    fileprivate func post(_ fact: Fact, _ context: TaskContext) {
        state.with { state in
            state.changes += 1
            state.schedule.post(fact, by: context.task, attempt: context.attempt, at: .now())
        }
    }

    fileprivate func doing(_ text: String, _ context: TaskContext) {
        state.with { $0.schedule.doing(text, by: context.task, attempt: context.attempt) }
    }

    fileprivate func isCurrent(_ context: TaskContext) -> Bool {
        state.with { $0.schedule.isCurrent(context.task, context.attempt) }
    }
}

/// What a task's body has of its surroundings.
package struct TaskContext: Sendable {
    package let task: TaskName
    package let attempt: Int
    /// Of this attempt.
    package let deadline: Deadline
    private let engine: Engine

    fileprivate init(task: TaskName, attempt: Int, deadline: Deadline, engine: Engine) {
        self.task = task
        self.attempt = attempt
        self.deadline = deadline
        self.engine = engine
    }

    package func post(_ fact: Fact) { engine.post(fact, self) }
    /// Says what is waited for: it is in the error when the deadline strikes.
    package func doing(_ text: String) { engine.doing(text, self) }
    /// False once this attempt was given up: what it would still do is another's now.
    package var isCurrent: Bool { engine.isCurrent(self) }
    /// The timeline as it stands.
    package var records: [Timeline.TaskRecord] { engine.schedule.records }
    /// Whether the answer to a fact is known, yes or no.
    package func isSettled(_ fact: Fact) -> Bool { engine.schedule.facts[fact] != nil }
    package var failedTasks: [TaskName] { engine.schedule.failed }
}
