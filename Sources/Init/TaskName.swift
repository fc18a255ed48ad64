/// The tasks of the bring-up: one vocabulary for PID 1, the bring-up, the timeline and `slipway.fault=`.
///
/// PID 1 knows them by number alone, so that what it reads from its child needs no parser.
package enum TaskName: UInt8, CaseIterable, Sendable {
    case uevents
    case modules
    case links
    case lease
    case platform
    case metadata
    case hostname
    case disks
    case summary

    package init?(_ name: String) {
        guard let task = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = task
    }

    package var name: String { "\(self)" }
}

/// A set of tasks.
package struct TaskSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package init(_ task: TaskName) { rawValue = 1 << UInt32(task.rawValue) }

    /// In the order of the timeline.
    package var tasks: [TaskName] { TaskName.allCases.filter { contains(TaskSet($0)) } }
    package var description: String { isEmpty ? "no task" : tasks.map(\.name).joined(separator: ", ") }
}
