package import Documents
internal import Glibc
package import Kernel
package import SystemPackage

/// One machine under QEMU's software emulation, with the simulated cloud that it meets.
///
/// A thread of its own starts QEMU and the metadata server in a network namespace, pumps their channels, and takes all of
/// it down: at the guest's end, at the deadline, on `stop`, and (by the children's death signal) when this process is killed.
package final class VirtualMachine: Sendable {
    package let instance: SampleInstance
    /// Changes as the machine runs.
    package let state = Monitor(MachineState())
    /// The host's ends of `configuration.ports`, in their order.
    private let portEnds: Monitor<[Int32]>
    private let stopping: Monitor<Bool>
    private let wake: Int32

    /// What the caller wants to see as it happens; called from the machine's thread.
    package struct Observer: Sendable {
        package var console: @Sendable (String) -> Void = { _ in }
        package var event: @Sendable (JSONValue) -> Void = { _ in }
        package var step: @Sendable (String) -> Void = { _ in }
        package init() {}
    }

    /// Starts the machine and returns; what fails later is in the outcome.
    ///
    /// `lastRun` is a directory for the logs that a run keeps; `interrupt` a descriptor that is readable when the run is to end.
    package init(
        _ configuration: MachineConfiguration, image: FilePath, parts: MachineParts, instance: SampleInstance? = nil,
        lastRun: FilePath? = nil, interrupt: Int32 = -1, observer: Observer = Observer()
    ) throws(MachineError) {
        let given = configuration.machine?.macs ?? []
        let instance =
            instance ?? (given.isEmpty ? SampleInstance(nics: configuration.nics.count) : SampleInstance(macs: given))
        var machine = configuration.machine ?? .sample(configuration.platform, instance)
        if let metadata = configuration.metadata { machine.service = .directory(metadata) }
        guard instance.macs.count >= configuration.nics.count else {
            throw MachineError(.usage, "an instance with fewer addresses than network cards", hint: nil)
        }
        let ports = Monitor<[Int32]>([])
        let stopping = Monitor(false)
        let kernel = try MachineParts.kernelTree(configuration.effectiveKernel, in: parts.cache)
        guard isReadable(image) else {
            throw MachineError(.missing, "no image at \(image)", hint: "make one with 'slipway image build'")
        }
        self.instance = instance
        portEnds = ports
        self.stopping = stopping
        do {
            // Sockets, not a pipe: a write to a runner that is gone must be no SIGPIPE.
            var pair = try DescriptorPair.sockets(type: Int32(SOCK_STREAM.rawValue))
            let reading = try pair.takeFirst().release()
            wake = try pair.takeSecond().release()
            let runner = MachineRunner(
                configuration: configuration, image: image, parts: parts, kernel: kernel, instance: instance,
                machine: machine, lastRun: lastRun, interrupt: interrupt, observer: observer, state: state,
                ports: ports,
                stopping: stopping, wake: reading)
            try WorkerThread.start { runner.run() }
        } catch {
            throw MachineError(.failed, "\(error)", hint: nil)
        }
    }

    deinit {
        stop()
        _ = close(wake)
        for port in portEnds.with({ $0 }) where port >= 0 { _ = close(port) }
    }

    /// Ends the run now; the outcome follows.
    package func stop() {
        stopping.with { $0 = true }
        // SAFETY: one byte of a one-element array.
        unsafe _ = send(wake, [UInt8(1)], 1, Int32(MSG_NOSIGNAL))
    }

    /// The host's end of a virtio-serial port; each is given out once.
    package func port(_ index: Int) -> OwnedDescriptor? {
        let end = portEnds.with { ends -> Int32 in
            guard ends.indices.contains(index) else { return -1 }
            defer { ends[index] = -1 }
            return ends[index]
        }
        return end < 0 ? nil : OwnedDescriptor(adopting: end)
    }

    /// The node's summary, once it has given one; nil when the run ended before, or the deadline struck.
    package func waitReady(until deadline: Deadline) -> JSONValue? {
        state.wait(until: deadline) { state -> JSONValue?? in
            if let summary = state.summary { return .some(summary) }
            return state.how == nil ? nil : .some(nil)
        } ?? nil
    }

    /// How the run ended. It always ends: it has a deadline of its own.
    package func wait() -> MachineOutcome {
        while true {
            let ended = state.wait(until: Deadline(in: .seconds(3_600))) { state in
                state.how.map { MachineOutcome(how: $0, state: state) }
            }
            if let ended { return ended }
        }
    }
}
