/// How often the bring-up may be started anew: twice for one task, ten times a boot (then the failure policy).
package struct RestartBudget: Hashable, Sendable {
    package static let perTask = 2
    package static let perBoot = 10

    package private(set) var restarts = 0
    private var byTask: [TaskName: Int] = [:]

    package init() {}

    /// Takes one restart for a child that ended while it was at work on `suspects`; false when there is none left.
    ///
    /// A crash names its task. An end that names none is charged to a task only where that ran alone: of several any may be
    /// the one, and a task that runs beside three that fail must not use up its own. The boot's ten bound them all.
    package mutating func take(for suspects: TaskSet) -> Bool {
        guard restarts < Self.perBoot else { return false }
        if suspects.tasks.count == 1, let task = suspects.tasks.first {
            guard byTask[task, default: 0] < Self.perTask else { return false }
            byTask[task, default: 0] += 1
        }
        restarts += 1
        return true
    }
}
