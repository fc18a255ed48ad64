internal import CKernel
internal import Documents
internal import Glibc
package import Init
internal import Kernel
internal import SystemPackage

/// The bring-up as PID 1 starts it: it runs the graph, reports, and stays for what comes later.
package struct BringUp: Sendable {
    /// What PID 1 hands over.
    package struct Orders: Sendable {
        /// The socket to PID 1.
        package var reportDescriptor: Int32
        package var restarts = 0
        package var spentFaults: [Fault] = []
        package var lastEnd: String?
        package var lastTasks: TaskSet = []
        package init(reportDescriptor: Int32) { self.reportDescriptor = reportDescriptor }
    }

    private let orders: Orders
    package init(_ orders: Orders) { self.orders = orders }

    /// Ends only when PID 1 is gone.
    package func run() -> Int32 {
        _ = sw_report_crashes(orders.reportDescriptor)
        let words = CommandLineWords(of: .live)
        let reporter = NodeReporter(orders: orders, words: words)
        var faults: [Fault] = []
        if let list = words["fault"] {
            let (asked, unknown) = Fault.parse(list)
            faults = Fault.remaining(of: asked, spent: orders.spentFaults)
            for word in unknown { reporter.log(.warning, "slipway.fault: '\(word)' is no fault of a task") }
        }
        let node = Node(root: .live, log: reporter.log)
        let plans = Self.applying(words["deadline"], to: node.plans, log: reporter.log)
        Engine(plans, start: reporter.start, faults: faults, observer: reporter).run()
        let summary = node.state.with { $0.summary }
        if summary?.isDegraded == false { ReadyReport(node: node).start() }
        reporter.finish(summary)
        return stay(reporter)
    }

    /// `slipway.deadline=lease:60,all:5`: a slow machine's, or a test's, number of seconds for an attempt.
    static func applying(
        _ list: String?, to plans: [TaskPlan], log: (KernelLog.Level, String) -> Void
    ) -> [TaskPlan] {
        var seconds: [String: Double] = [:]
        for word in (list ?? "").split(separator: ",") {
            let parts = word.split(separator: ":").map(String.init)
            if parts.count == 2, let value = Double(parts[1]), value > 0, value < 86_400,
                parts[0] == "all" || TaskName(parts[0]) != nil
            {
                seconds[parts[0]] = value
            } else {
                log(.warning, "slipway.deadline: '\(word)' is not TASK:SECONDS")
            }
        }
        return plans.map { plan in
            guard let value = seconds[plan.name.name] ?? seconds["all"] else { return plan }
            return TaskPlan(
                plan.name, needs: plan.needs, provides: plan.provides, deadline: .seconds(value),
                attempts: plan.attempts, body: plan.body)
        }
    }

    /// After the boot PID 1 hears from us each second, until it is gone.
    private func stay(_ reporter: NodeReporter) -> Int32 {
        while reporter.isHeard() { sleep(1) }
        return 0
    }
}
