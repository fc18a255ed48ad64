internal import CKernel
internal import Glibc

/// State behind a lock that threads can wait on, each wait with a deadline.
@safe
public final class Monitor<State>: @unchecked Sendable {
    // A POSIX condition variable, for Synchronization's Mutex has none. The state is touched under the lock alone, which
    // is what makes the class Sendable.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    public init(_ state: State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Reads or changes the state, and wakes every waiter.
    public func with<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(condition)
            unsafe pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Waits until `body` answers something, asking again after each change; nil when the deadline strikes first.
    public func wait<Value>(until deadline: Deadline, for body: (inout State) -> Value?) -> Value? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe _ = pthread_mutex_unlock(mutex) }
        while true {
            if let value = body(&state) { return value }
            if deadline.hasPassed { return nil }
            let nanoseconds = deadline.time.nanoseconds
            var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
            unsafe _ = pthread_cond_timedwait(condition, mutex, &time)
        }
    }
}

/// A value that one thread sets and another waits for.
final class Outcome<Value: Sendable>: Sendable {
    private let monitor = Monitor<Result<Value, any Error>?>(nil)
    func set(_ value: Result<Value, any Error>) { monitor.with { $0 = value } }
    func wait() -> Result<Value, any Error> {
        while true {
            if let value = monitor.wait(until: Deadline(in: .seconds(3600)), for: { $0 }) { return value }
        }
    }
}
