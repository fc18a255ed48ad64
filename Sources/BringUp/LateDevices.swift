internal import Devices
internal import Init
internal import Kernel
internal import KernelModules

/// Drivers for the devices that come after all that were there had theirs: a network card of a cloud's bare metal, a disk that is plugged in.
struct LateDevices: Sendable {
    let feed: UeventFeed
    let log: @Sendable (KernelLog.Level, String) -> Void

    /// On a thread of its own, for as long as the process lives.
    func start() throws(OSError) {
        try WorkerThread.start {
            var index = try? ModuleIndex()
            while true {
                for alias in feed.take(until: Deadline(in: .seconds(60))) { load(alias, &index) }
            }
        }
    }

    private func load(_ alias: String, _ index: inout ModuleIndex?) {
        guard let steps = try? index?.resolve(alias), !steps.isEmpty else { return }
        for step in steps {
            do {
                try KernelModuleLoader().load(step.path, options: step.options)
                log(.info, "module \(step.name) for a device that came")
            } catch {
                log(.warning, "module \(step.name): \(error.reason)")
            }
        }
        // What is loaded now is asked anew by the next alias.
        index = try? ModuleIndex()
    }
}
