import Kernel
import KernelModules
import SystemPackage

/// Loads nothing: keeps who began and who ended, and fails or waits where it is told to.
final class RecordingLoader: ModuleLoader {
    enum Event: Hashable, Sendable {
        case began(String)
        case ended(String)
    }

    struct State: Sendable {
        var events: [Event] = []
        var options: [String: String] = [:]
        var inFlight = 0
        var mostInFlight = 0
        /// Modules that do not return before `release`.
        var held: Set<String> = []
        var failures: [String: Errno] = [:]
    }

    let state: Monitor<State>

    init(holding held: Set<String> = [], failing failures: [String: Errno] = [:]) {
        state = Monitor(State(held: held, failures: failures))
    }

    /// The modules' names in the order in which their loads began.
    var began: [String] { state.with { $0.events.compactMap { if case .began(let name) = $0 { name } else { nil } } } }

    func release(_ names: String...) { state.with { $0.held.subtract(names) } }

    /// Whether all of `names` are being loaded at one time, before the deadline.
    func holdsAll(_ names: Set<String>) -> Bool {
        let reached: Bool? = state.wait(until: Deadline(in: .seconds(10))) { state in
            let open = names.allSatisfy { state.events.contains(.began($0)) && !state.events.contains(.ended($0)) }
            return open ? true : nil
        }
        return reached ?? false
    }

    func load(_ path: FilePath, options: String) throws(OSError) {
        let name = path.stem ?? ""
        state.with { state in
            state.events.append(.began(name))
            state.options[name] = options
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
        }
        _ = state.wait(until: Deadline(in: .seconds(30))) { $0.held.contains(name) ? nil : true }
        let failure = state.with { state -> Errno? in
            state.events.append(.ended(name))
            state.inFlight -= 1
            return state.failures[name]
        }
        if let failure { throw OSError(operation: "finit_module", errno: failure, subject: path.string) }
    }
}

extension ModuleIndex.Step {
    static func step(_ name: String, needs: [String] = [], options: String = "") -> ModuleIndex.Step {
        ModuleIndex.Step(name: name, path: FilePath("/m/\(name).ko"), options: options, needs: needs)
    }
}
