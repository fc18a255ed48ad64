internal import CKernel
internal import Glibc
internal import SystemPackage

/// A thread of its own for work that blocks: the cooperative pool's threads are few and must not.
public enum WorkerThread {
    /// Runs `body` on a new detached thread. Where the kernel gives none (EAGAIN), it throws.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(OSError) {
        let box = Box(body)
        let context = unsafe Unmanaged.passRetained(box)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe _ = pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
        var thread = pthread_t()
        // SAFETY: the context is retained above, and taken over by the thread or released below.
        let status = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            unsafe context.release()
            throw OSError(operation: "pthread_create", errno: .init(rawValue: status))
        }
    }

    /// Runs `body` on a thread of its own and answers with what it made of it.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs async work from a thread that may block (never one of the pool's), and waits for it.
    public static func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        Task.detached { outcome.set(await Result(catching: body)) }
        return try outcome.wait().get()
    }
}

private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: @Sendable () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
