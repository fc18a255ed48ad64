public import Kernel
internal import SystemPackage

/// Loads a driver for every device that asks for one, until nothing new asks.
///
/// No "settle": after finit_module has returned the devices of the module are there (ModuleLoader says why), so a walk of
/// sysfs when the queue is empty and that finds no new alias is the end.
public struct Coldplug {
    /// What was done.
    public struct Report: Hashable, Sendable {
        public var aliases = 0
        /// Aliases for which no module exists here: the hardware that stays without a driver, or has one built in.
        public var unmatched: [String] = []
        public var results: [LoadQueue.Result] = []
        /// Walks of sysfs.
        public var rounds = 0
    }

    private let workers: Int
    private let loader: any ModuleLoader

    public init(loader: any ModuleLoader, workers: Int) {
        self.loader = loader
        self.workers = workers
    }

    /// `walk` lists every alias in sysfs; `arrivals` waits for aliases of new devices at most until the deadline that
    /// it is given (uevents) and may answer none early. Throws what the index throws, and ETIMEDOUT with the modules in hand.
    public func run(
        index: borrowing ModuleIndex, until deadline: Deadline, walk: () -> [String],
        arrivals: (Deadline) -> [String], progress: (Report) -> Void = { _ in }
    ) throws(ModuleError) -> Report {
        let queue: LoadQueue
        do { queue = try LoadQueue(loader, workers: workers) } catch {
            throw ModuleError(operation: "coldplug", subject: "worker threads", errno: error.errno)
        }
        var report = Report()
        var seen: Set<String> = []
        func take(_ aliases: [String]) throws(ModuleError) {
            for alias in aliases where seen.insert(alias).inserted {
                let steps = try index.resolve(alias)
                report.aliases += 1
                if steps.isEmpty { report.unmatched.append(alias) }
                queue.add(steps)
            }
        }
        while true {
            let known = seen.count
            try take(walk())
            report.rounds += 1
            if seen.count == known, queue.isIdle { break }
            repeat {
                // Short waits: the queue falls idle without telling us through the uevents' channel.
                try take(arrivals(Deadline(in: .milliseconds(10)).earlier(deadline)))
                report.results = queue.results
                progress(report)
                if deadline.hasPassed {
                    let names = queue.inHand.joined(separator: ", ")
                    throw ModuleError(
                        operation: "coldplug", subject: names.isEmpty ? "devices" : names, errno: .timedOut)
                }
            } while !queue.isIdle
        }
        report.results = queue.results
        return report
    }
}
