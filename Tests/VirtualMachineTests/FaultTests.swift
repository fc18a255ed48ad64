import Documents
import Init
import Kernel
import Testing
import VirtualMachine

/// Each of the three ways to fail, at every task of the timeline, each boot ending in ready.
@Suite("Faults", .machines)
struct FaultTests {
    private static let tasks = TaskName.allCases.map(\.name)

    private func boot(_ faults: [String], _ words: [String] = []) async throws -> MachineOutcome {
        var configuration = MachineConfiguration()
        configuration.platform = .aws
        configuration.append = ["slipway.fault=\(faults.joined(separator: ","))"] + words
        configuration.timeout = .seconds(420)
        let plain = configuration
        let image = try await WorkerThread.run { try Lab.image(.cloud) }
        return try await Lab.withPlace {
            try VirtualMachine(plain, image: image, parts: try Lab.parts()).wait()
        }
    }

    /// What each start of the boot's timeline says of the one before: how it ended, and in which tasks.
    private func restarts(_ outcome: MachineOutcome) -> [(reason: String, tasks: [String])] {
        (outcome.state.timeline?["starts"]?.array ?? []).dropFirst().map { start in
            (start["reason"]?.string ?? "", (start["during"]?.array ?? []).compactMap(\.string))
        }
    }

    private func attempts(_ task: String, _ outcome: MachineOutcome) -> [String] {
        let record = (outcome.state.timeline?["tasks"]?.array ?? []).first { $0["name"]?.string == task }
        return (record?["attempts"]?.array ?? []).compactMap { $0["outcome"]?.string }
    }

    @Test("a crash in every task is logged with its task, and nine restarts later the node is ready")
    func crashes() async throws {
        let outcome = try await boot(Self.tasks.map { "crash:\($0)" })
        #expect(outcome.isGood, "\(NotReady(outcome: outcome))")
        let restarts = restarts(outcome)
        #expect(restarts.allSatisfy { $0.reason == "crashed by SIGILL" && $0.tasks.count == 1 })
        #expect(restarts.flatMap(\.tasks).sorted() == Self.tasks.sorted())
        for task in Self.tasks {
            #expect(outcome.state.console.contains { $0.contains("bring-up crashed by SIGILL in \(task)") })
            #expect(attempts(task, outcome).contains("crashed by SIGILL"))
            #expect(attempts(task, outcome).last == "done")
        }
    }

    @Test("a hang in every task meets its deadline, which is reported, and the next attempt is done")
    func hangs() async throws {
        let outcome = try await boot(Self.tasks.map { "hang:\($0)" }, ["slipway.deadline=all:6"])
        #expect(outcome.isGood, "\(NotReady(outcome: outcome))")
        #expect(restarts(outcome).isEmpty)
        for task in Self.tasks {
            #expect(attempts(task, outcome).contains("timed_out"), "\(task)")
            #expect(attempts(task, outcome).last == "done", "\(task)")
            let padded = task.padding9
            #expect(outcome.state.console.contains { $0.contains("\(padded) not done within 6 s") }, "\(task)")
        }
    }

    @Test(
        "a stop in every task is missed by PID 1, which kills and restarts the bring-up",
        arguments: [
            [TaskName.uevents, .modules, .links], [.lease, .platform, .metadata], [.hostname, .disks, .summary],
        ])
    func stops(tasks: [TaskName]) async throws {
        let outcome = try await boot(tasks.map { "stop:\($0.name)" })
        #expect(outcome.isGood, "\(NotReady(outcome: outcome))")
        let restarts = restarts(outcome)
        #expect(restarts.count == tasks.count)
        #expect(restarts.allSatisfy { $0.reason == "stopped answering" })
        for task in tasks {
            #expect(outcome.state.console.contains { $0.contains("fault stop:\(task.name) fires") })
            #expect(restarts.contains { $0.tasks.contains(task.name) }, "\(task.name)")
            #expect(attempts(task.name, outcome).last == "done", "\(task.name)")
        }
    }

    @Test("a task that crashes a third time has no restart left: a countdown that can be read, then a reboot")
    func budget() async throws {
        let outcome = try await boot(["crash:disks", "crash:disks", "crash:disks"])
        #expect(outcome.how == .ended(.reset))
        let console = outcome.state.console
        #expect(console.contains { $0.contains("no restart left for disks after 2 in this boot") })
        for second in 1...10 { #expect(console.contains { $0.contains("rebooting in \(second) s") }) }
    }
}

extension String {
    fileprivate var padding9: String { self + String(repeating: " ", count: max(0, 9 - utf8.count)) }
}
