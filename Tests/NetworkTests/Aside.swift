import Kernel
import TestSupport

/// On a thread of its own: what blocks or computes for long would hold up the tests of all targets, which share two threads here.
func aside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        do throws(OSError) {
            try WorkerThread.start { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// Commands, one after the other.
func run(_ commands: [String]) async throws {
    try await aside { for command in commands { try run(command) } }
}
