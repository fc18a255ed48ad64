package import Init

/// What a task can wait for. A fact is posted once, by the task that makes it true, and stays true.
package enum Fact: String, CaseIterable, Codable, Sendable {
    case ueventsBound = "uevents bound"
    case driversLoaded = "drivers loaded"
    case linkPresent = "network link present"
    case carrier = "link with carrier"
    case address = "IPv4 address"
    /// By IPv4 or IPv6.
    case reachable = "network reachable"
    case platformKnown = "platform known"
    case metadataKnown = "metadata known"
    case hostnameSet = "host name set"
    case disksListed = "disks listed"
}

/// One condition of a task.
package struct Need: Hashable, Sendable {
    package let fact: Fact
    /// A hard need that cannot be met skips the task; a soft one lets it run once the answer is known, yes or no.
    package let isHard: Bool

    package static func hard(_ fact: Fact) -> Need { Need(fact: fact, isHard: true) }
    package static func soft(_ fact: Fact) -> Need { Need(fact: fact, isHard: false) }
}

/// A task as it is declared.
package struct TaskPlan: Sendable {
    package let name: TaskName
    package let needs: [Need]
    /// What it makes true; what it has not posted when it ends badly never will be.
    package let provides: [Fact]
    /// Of one attempt.
    package let deadline: Duration
    package let attempts: Int
    /// Runs on a thread of its own. May return what there is to say in one line.
    package let body: @Sendable (TaskContext) throws -> String

    package init(
        _ name: TaskName, needs: [Need] = [], provides: [Fact] = [], deadline: Duration, attempts: Int = 3,
        body: @escaping @Sendable (TaskContext) throws -> String
    ) {
        self.name = name
        self.needs = needs
        self.provides = provides
        self.deadline = deadline
        self.attempts = attempts
        self.body = body
    }
}

/// A task that has nothing to do here, and why: no failure.
package struct NothingToDo: Error {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
}
