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
    /// The end of an attempt, to be told.
    fileprivate struct Ended: Sendable {
        let task: TaskName
        let attempt: Int
        let ending: Schedule.Ending
        let duration: Duration
        let willRetry: Bool
    }

    fileprivate struct State: Sendable {
        var schedule: Schedule
        var faults: [Fault]
        /// A fault that ends the process has fired: another one now would be spent and not seen.
        var isEnding = false
        var changes = 0
        var endings: [Ended] = []
        /// What running attempts wait for while they wait for something else too.
        var wakeUps: [PendingWakeUp] = []

        /// Keeps the end of a task's last attempt for the observer.
        mutating func note(_ task: TaskName, _ ending: Schedule.Ending) {
            guard let entry = schedule.entries[task], let last = entry.attempts.last else { return }
            let failed =
                switch ending {
                case .failed, .timedOut: true
                case .done, .nothingToDo: false
                }
            changes += 1
            endings.append(
                Ended(
                    task: task, attempt: entry.attempts.count, ending: ending,
                    duration: .seconds((last.ended ?? last.started) - last.started),
                    willRetry: failed && entry.attempts.count < entry.plan.attempts))
        }
    }

    /// An attempt's wish to be woken when the answer to a fact is known.
    fileprivate struct PendingWakeUp: Sendable {
        let fact: Fact
        let task: TaskName
        let attempt: Int
        let wakeUp: WakeUp

        /// Also once nobody waits for the attempt any more: its thread has no other reason to end.
        func isDue(in schedule: Schedule) -> Bool {
            schedule.facts[fact] != nil || !schedule.isCurrent(task, attempt)
        }
    }

    /// What one turn of the loop acts on, taken at one instant.
    private struct Step: Sendable {
        let changes: Int
        let running: [TaskName]
        let records: [Timeline.TaskRecord]
        let isFinished: Bool
        let deadline: MonotonicTime?
        let endings: [Ended]

        init(of state: State) {
            changes = state.changes
            running = state.schedule.running
            records = state.schedule.records
            isFinished = state.schedule.isFinished
            deadline = state.schedule.nextDeadline
            endings = state.endings
        }
    }

    private let state: Monitor<State>
    private let observer: any EngineObserver

    package init(_ plans: [TaskPlan], start: Int = 0, faults: [Fault] = [], observer: any EngineObserver) {
        state = Monitor(State(schedule: Schedule(plans, start: start, at: .now()), faults: faults))
        self.observer = observer
    }

    package var schedule: Schedule { state.with { $0.schedule } }

    /// Returns when every task has ended and the observer knows of it. The observer is called from this thread alone.
    package func run() {
        var seen = -1
        var nextBeat = MonotonicTime.now()
        while true {
            let now = MonotonicTime.now()
            let (starts, step) = change { state in
                for (task, message) in state.schedule.strike(at: now) {
                    state.note(task, .timedOut(message))
                }
                let starts = state.schedule.startable(at: now)
                if !starts.isEmpty { state.changes += 1 }
                defer { state.endings = [] }
                return (starts, Step(of: state))
            }
            for ended in step.endings {
                observer.ended(
                    ended.task, attempt: ended.attempt, ended.ending, after: ended.duration, willRetry: ended.willRetry)
            }
            if step.changes != seen {
                observer.changed(step.records)
                nextBeat = now
            }
            if nextBeat <= now {
                observer.beat(step.running.reduce(into: []) { $0.insert(TaskSet($1)) })
                nextBeat = now.advanced(by: .seconds(1))
            }
            // Told before they run: a task that stops or kills the process at its first step is known by then.
            for (task, attempt) in starts { launch(task, attempt, at: now) }
            seen = step.changes
            if step.isFinished { return }
            let wake = Deadline(at: step.deadline.map { min($0, nextBeat) } ?? nextBeat)
            _ = state.wait(until: wake) { $0.changes != seen ? true : nil }
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
        change { state in
            state.changes += 1
            if state.schedule.end(task, attempt: attempt, ending, at: .now()) { state.note(task, ending) }
        }
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
        change { state in
            state.changes += 1
            state.schedule.post(fact, by: context.task, attempt: context.attempt, at: .now())
        }
    }

    fileprivate func doing(_ text: String, _ context: TaskContext) {
        state.with { $0.schedule.doing(text, by: context.task, attempt: context.attempt) }
    }

    fileprivate func wakeUp(_ context: TaskContext, whenSettled fact: Fact) throws(OSError) -> WakeUp {
        let wakeUp = try WakeUp()
        change { state in
            state.wakeUps.append(
                PendingWakeUp(fact: fact, task: context.task, attempt: context.attempt, wakeUp: wakeUp))
        }
        return wakeUp
    }

    /// Changes what the schedule may answer differently for, and wakes who waits for that.
    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        state.with { state in
            let value = body(&state)
            for pending in state.wakeUps where pending.isDue(in: state.schedule) { pending.wakeUp.fire() }
            state.wakeUps.removeAll { $0.isDue(in: state.schedule) }
            return value
        }
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
    /// Fired when the answer to a fact is known, which may be now, and when this attempt is given up: for a thread that waits for the
    /// kernel meanwhile.
    package func wakeUp(whenSettled fact: Fact) throws(OSError) -> WakeUp { try engine.wakeUp(self, whenSettled: fact) }
    package var failedTasks: [TaskName] { engine.schedule.failed }
}
