internal import BlockDevices
internal import Devices
internal import Glibc
internal import Init
internal import Kernel
internal import KernelModules
internal import Platform
internal import Platforms
internal import Provisioning
internal import SystemPackage

extension Node {
    /// Before anything is loaded: what appears from here on is told.
    func bindUevents(_ context: TaskContext) throws -> String {
        let feed = UeventFeed()
        try feed.start(UeventSocket())
        state.with { $0.feed = feed }
        context.post(.ueventsBound)
        return "bound"
    }

    /// A driver for each device that asks for one, until nothing new asks.
    func loadModules(_ context: TaskContext) throws -> String {
        defer {
            postLinks(context)
            state.with { $0.driversSettled = true }
        }
        let index: ModuleIndex
        do { index = try ModuleIndex() } catch {
            // A kernel with everything built in needs no tree.
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw NothingToDo("no modules in this image")
        }
        let feed = state.with { $0.feed }
        let workers = min(8, max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) * 2))
        let report = try Coldplug(loader: KernelModuleLoader(), workers: workers).run(
            index: index, until: context.deadline,
            walk: { DeviceTree.requests(in: root).map(\.alias) },
            arrivals: { feed?.take(until: $0) ?? [] },
            progress: { report in
                context.doing("\(report.results.count) modules loaded, \(report.aliases) devices asked")
                postLinks(context)
            })
        state.with { $0.modules = report }
        for result in report.results {
            // A CPU's alias matches drivers that its model lacks the feature for.
            guard let error = result.error, error.errno != .operationNotSupportedByDevice else { continue }
            log(.warning, "module \(result.name): \(error.reason)")
        }
        if let feed { try LateDevices(feed: feed, log: log).start() }
        context.post(.driversLoaded)
        let loaded = report.results.count { $0.error == nil }
        return "\(loaded) modules for \(report.aliases) devices in \(report.rounds) rounds"
    }

    private func postLinks(_ context: TaskContext) {
        let hasLink = root.entriesIfPresent(of: "/sys/class/net").contains { name in
            root.linkName(of: FilePath("/sys/class/net").appending(name).appending("device")) != nil
        }
        if hasLink { context.post(.linkPresent) }
    }

    func detectPlatform(_ context: TaskContext) throws -> String {
        var verdict = try Registry.detector.verdict(reading: root)
        // A drive, a port or a firmware's item shows once its driver is there; a provider's own mark waits for nothing.
        let limit = Deadline(at: context.deadline.time.advanced(by: .seconds(-2)))
        while verdict.score == 0, !limit.hasPassed, !state.with({ $0.driversSettled }) {
            context.doing("waiting for drivers of drives")
            _ = state.wait(until: Deadline(in: .milliseconds(200)).earlier(limit)) { $0.driversSettled ? true : nil }
            verdict = try Registry.detector.verdict(reading: root)
        }
        let found = verdict
        state.with { $0.verdict = found }
        context.post(.platformKnown)
        let why = verdict.signals.filter { $0.platform == verdict.platform }.map { "\($0.source) is \($0.value)" }
        return why.isEmpty ? verdict.platform.rawValue : "\(verdict.platform): \(why.joined(separator: ", "))"
    }

    /// Tables of which one copy is damaged are made whole, and partitions that the kernel did not find are added: all disks at once, and
    /// one that hangs holds up only itself. The disks as they are then.
    private func mendTables(of disks: [Disk], _ context: TaskContext) -> [Disk] {
        guard root.isLive else { return disks }
        context.doing("reading the partition tables of \(disks.map(\.name).joined(separator: ", "))")
        let limit = Deadline(at: context.deadline.time.advanced(by: .seconds(-5)))
        let answers = Monitor<[Int: TableMending]>([:])
        var started = 0
        for (position, disk) in disks.enumerated() where disk.holdsTables {
            let thread: Void? = try? WorkerThread.start { [root] in
                let answer = TableMending(of: disk.path, in: root, backups: "/run/slipway", until: limit)
                answers.with { $0[position] = answer }
            }
            if thread != nil { started += 1 }
        }
        let all = started
        _ = answers.wait(until: limit) { $0.count >= all ? true : nil }
        for (_, answer) in answers.with({ $0 }).sorted(by: { $0.key < $1.key }) {
            for note in answer.notes { log(.warning, "disk \(note)") }
            for problem in answer.problems { log(.warning, "disk \(problem)") }
        }
        return Disk.all(in: root)
    }

    /// Every disk, and what libblkid finds on it, in parallel.
    func listDisks(_ context: TaskContext) throws -> String {
        let disks = mendTables(of: Disk.all(in: root), context)
        state.with { $0.tablesAreRead = true }
        context.doing("probing \(disks.map(\.name).joined(separator: ", "))")
        let (probed, problems) = DiskSurvey.probe(disks, in: DeviceNodes(of: root), until: context.deadline)
        for problem in problems { log(.warning, "disk \(problem)") }
        if let late = problems.first(where: { $0.errno == .timedOut }) { throw late }
        state.with { $0.disks = probed }
        context.post(.disksListed)
        return probed.isEmpty ? "none" : probed.map(\.name).joined(separator: ", ")
    }
}
