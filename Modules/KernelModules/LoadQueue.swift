public import Kernel

/// Loads modules in parallel, each after what it needs.
///
/// The one thread that resolves hands steps in; the workers do nothing but `load`.
public final class LoadQueue: Sendable {
    /// What became of one module.
    public struct Result: Hashable, Sendable {
        public let name: String
        /// nil when it is in.
        public let error: OSError?
        /// Of finit_module alone.
        public let duration: Duration
    }

    fileprivate enum Phase: Sendable {
        case waiting(ModuleIndex.Step)
        case loading
        case done
    }
    fileprivate struct State: Sendable {
        var phases: [String: Phase] = [:]
        var order: [String] = []
        var results: [Result] = []
        var isClosed = false
        var isIdle: Bool { order.isEmpty && !phases.values.contains { if case .loading = $0 { true } else { false } } }
    }
    private let state = Monitor(State())

    /// Starts `workers` threads.
    public init(_ loader: any ModuleLoader, workers: Int) throws(OSError) {
        for _ in 0..<max(1, workers) {
            let state = state
            try WorkerThread.start { Self.work(state, loader) }
        }
    }

    deinit { state.with { $0.isClosed = true } }

    /// Adds steps; a module that was handed in before is not loaded again.
    public func add(_ steps: [ModuleIndex.Step]) {
        state.with { state in
            for step in steps where state.phases[step.name] == nil {
                state.phases[step.name] = .waiting(step)
                state.order.append(step.name)
            }
        }
    }

    /// Waits until nothing is left to load; false when the deadline strikes first.
    public func drain(until deadline: Deadline) -> Bool {
        state.wait(until: deadline) { $0.isIdle ? true : nil } ?? false
    }

    /// Whether all that was handed in is done.
    public var isIdle: Bool { state.with { $0.isIdle } }

    /// Every module so far, in the order in which they were done.
    public var results: [Result] { state.with { $0.results } }

    /// The names in hand just now, for the message of a deadline.
    public var inHand: [String] {
        state.with { state in
            state.phases.compactMap { if case .loading = $0.value { $0.key } else { nil } }.sorted()
        }
    }

    private static func work(_ state: Monitor<State>, _ loader: any ModuleLoader) {
        // The wait's length is of no account: a worker that finds nothing asks again.
        while true {
            let next = state.wait(until: Deadline(in: .seconds(60))) { state -> ModuleIndex.Step?? in
                if state.isClosed { return .some(nil) }
                for (position, name) in state.order.enumerated() {
                    guard case .waiting(let step) = state.phases[name], step.needs.allSatisfy(state.isSettled) else {
                        continue
                    }
                    state.order.remove(at: position)
                    state.phases[name] = .loading
                    return .some(step)
                }
                return nil
            }
            guard let next else { continue }
            guard let step = next else { return }
            let start = MonotonicTime.now()
            var error: OSError?
            do throws(OSError) { try loader.load(step.path, options: step.options) } catch let failure {
                error = failure
            }
            let result = Result(name: step.name, error: error, duration: MonotonicTime.now().since(start))
            state.with { state in
                state.phases[step.name] = .done
                state.results.append(result)
            }
        }
    }
}

extension LoadQueue.State {
    /// Done (well or badly: the kernel then says what is missing) or never ours to load.
    fileprivate func isSettled(_ name: String) -> Bool {
        switch phases[name] {
        case .none, .done: true
        case .waiting, .loading: false
        }
    }
}
