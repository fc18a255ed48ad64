/// How often the bring-up may be started anew: twice for one task, ten times a boot (then the failure policy).
package struct RestartBudget: Hashable, Sendable {
    package static let perTask = 2
    package static let perBoot = 10

    package private(set) var restarts = 0
    private var byTask: [TaskName: Int] = [:]

    package init() {}

    /// Takes one restart for a child that ended while it was at work on `suspects`; false when there is none left.
    ///
    /// Where the crash names its task that one alone is charged; else each that ran, for any of them may be the one.
    package mutating func take(for suspects: TaskSet) -> Bool {
        let tasks = suspects.tasks
        guard restarts < Self.perBoot, tasks.allSatisfy({ byTask[$0, default: 0] < Self.perTask }) else { return false }
        restarts += 1
        for task in tasks { byTask[task, default: 0] += 1 }
        return true
    }
}
