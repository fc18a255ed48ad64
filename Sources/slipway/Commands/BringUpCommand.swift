import ArgumentParser
import BringUp
import Documents
import Glibc
import Init

struct BringUpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bring-up", abstract: "What PID 1 starts; by hand only with --plan.")
    @Flag(help: "Print the tasks, what each needs and its deadline, and do nothing.") var plan = false
    @Option(help: .hidden) var reportDescriptor: Int32?
    @Option(help: .hidden) var restarts = 0
    @Option(help: .hidden) var spentFaults = ""
    @Option(help: .hidden) var lastEnd: String?
    @Option(help: .hidden) var lastTasks: UInt32 = 0
    @OptionGroup var output: OutputOptions

    func run() throws {
        if plan { return try printPlan() }
        guard let reportDescriptor, getppid() == 1 else {
            throw CommandFailure(
                .refused, "bring-up", message: "this is started by PID 1 of a node, with a descriptor to report to",
                hint: "see the tasks with 'slipway bring-up --plan', or boot a node with 'make run'")
        }
        var orders = BringUp.Orders(reportDescriptor: reportDescriptor)
        orders.restarts = restarts
        orders.spentFaults = Fault.parse(spentFaults).faults
        orders.lastEnd = lastEnd
        orders.lastTasks = TaskSet(rawValue: lastTasks)
        Glibc.exit(BringUp(orders).run())
    }

    private func printPlan() throws {
        if output.json { return Terminal.answer(try JSONText.encode(BringUpPlan.entries)) }
        var table = Table("TASK", "NEEDS", "ASKS", "PROVIDES", "DEADLINE", "ATTEMPTS")
        for entry in BringUpPlan.entries {
            table.add(
                entry.name, entry.needs.joined(separator: ", "), entry.asks.joined(separator: ", "),
                entry.provides.joined(separator: ", "), "\(entry.deadlineSeconds.tenths) s", "\(entry.attempts)")
        }
        Terminal.answer(table.text)
    }
}

struct BringDownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bring-down", abstract: "What PID 1 runs last: swap off, unmount.", shouldDisplay: false)

    func run() throws {
        guard getppid() == 1 else {
            throw CommandFailure(
                .refused, "bring-down", message: "this unmounts everything, and is PID 1's alone",
                hint: "send SIGUSR2 to PID 1 of a node to power it off")
        }
        Glibc.exit(BringDown.run())
    }
}
