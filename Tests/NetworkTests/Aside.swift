import Kernel
import TestSupport

/// Commands, one after the other, on a thread of their own: what blocks would hold up the tests of all targets, which share the pool's.
func run(_ commands: [String]) async throws {
    try await WorkerThread.run { for command in commands { try run(command) } }
}
