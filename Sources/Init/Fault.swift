/// A failure on demand: `slipway.fault=crash:modules,hang:lease`. Each word fires once a boot.
package struct Fault: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Sendable {
        /// A trap in the task.
        case crash
        /// The task never ends: its deadline strikes inside the child.
        case hang
        /// The whole child stops (SIGSTOP): PID 1 misses its heartbeat.
        case stop
    }
    package let kind: Kind
    package let task: TaskName

    package init(_ kind: Kind, _ task: TaskName) {
        self.kind = kind
        self.task = task
    }

    package var text: String { "\(kind):\(task.name)" }

    /// What is left of `asked` when `spent` have fired; the same fault may be asked for more than once.
    package static func remaining(of asked: [Fault], spent: [Fault]) -> [Fault] {
        var rest = asked
        for fault in spent { if let index = rest.firstIndex(of: fault) { rest.remove(at: index) } }
        return rest
    }

    /// The faults of a comma-separated list; words that name none are left out, and counted.
    package static func parse(_ list: String) -> (faults: [Fault], unknown: [String]) {
        var faults: [Fault] = []
        var unknown: [String] = []
        for word in list.split(separator: ",") {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let kind = Kind.allCases.first { "\($0)" == parts[0] }
            if parts.count == 2, let kind, let task = TaskName(String(parts[1])) {
                faults.append(Fault(kind, task))
            } else {
                unknown.append(String(word))
            }
        }
        return (faults, unknown)
    }
}
