internal import Documents
internal import Glibc
internal import Kernel
internal import SystemPackage

/// The thread of one machine: it must outlive the children, whose death signal is bound to it.
struct MachineRunner: Sendable {
    let configuration: MachineConfiguration
    let image: FilePath
    let parts: MachineParts
    let kernel: MachineParts.KernelTree
    let instance: SampleInstance
    let machine: SimulatedMachine
    let lastRun: FilePath?
    let interrupt: Int32
    let observer: VirtualMachine.Observer
    let state: Monitor<MachineState>
    let ports: Monitor<[Int32]>
    let stopping: Monitor<Bool>
    /// Readable when `stopping` was set; ours to close.
    let wake: Int32

    func run() {
        defer { _ = close(wake) }
        let how: MachineOutcome.How
        do {
            how = try work()
        } catch let error as MachineError {
            how = .qemuFailed(error.description)
        } catch {
            how = .qemuFailed("\(error)")
        }
        state.with { $0.how = how }
    }

    private func work() throws -> MachineOutcome.How {
        let directory = try WorkDirectory(below: parts.cache.appending("runs"))
        defer { directory.remove() }
        let service = try ServiceFiles(of: machine.service, in: directory.path)
        try MetadataNetwork.enter(service.authorities)
        let server = try service.arguments.map { try startServer(directory, $0, service.authorities) }
        let channels = try Channels(portCount: configuration.ports.count)
        let qemu = try startQEMU(directory, channels)
        let hostEnds = try channels.takePorts()
        ports.with { $0 = hostEnds }
        var errors = try channels.takeErrors()
        let pump = MachinePump(runner: self, channels: channels, qemu: qemu.pidfd.rawValue)
        let how = pump.run()
        try? qemu.send(signal: SIGKILL)
        _ = try? qemu.wait(until: Deadline(in: .seconds(10)))
        if let server {
            try? server.send(signal: SIGTERM)
            if (try? server.wait(until: Deadline(in: .seconds(3)))) == nil { try? server.send(signal: SIGKILL) }
            _ = try? server.wait(until: Deadline(in: .seconds(3)))
        }
        keepLogs(directory)
        if how == nil {
            let words = String(decoding: errors.drain(), as: UTF8.self).split(separator: "\n").joined(separator: "; ")
            return .qemuFailed(words.isEmpty ? "it ended without a word" : words)
        }
        return how ?? .interrupted
    }

    // MARK: - Children

    private func startServer(_ directory: WorkDirectory, _ source: [String], _ authorities: [String]) throws
        -> ChildProcess
    {
        var pipe = try DescriptorPair.pipe()
        let reading = try pipe.takeFirst()
        let writing = try pipe.takeSecond()
        var options = ChildProcess.Options()
        options.descriptors = [-1, writing.rawValue, 2]
        options.deathSignal = SIGKILL
        options.newSession = true
        let arguments =
            ["slipway-metadata-server", "--log", directory.path.appending("server.log").string] + source
            + authorities.flatMap { ["--listen", $0] }
        let child = try ChildProcess.spawn(parts.server, arguments, options)
        _ = consume writing
        guard waitReadable(reading.rawValue, Deadline(in: .seconds(10))),
            try !reading.readOnce(limit: 4_096).isEmpty
        else {
            try? child.send(signal: SIGKILL)
            _ = try? child.wait(until: Deadline(in: .seconds(3)))
            throw MachineError(.failed, "the metadata server did not start", hint: "its reason is above")
        }
        return child
    }

    private func startQEMU(_ directory: WorkDirectory, _ channels: Channels) throws -> ChildProcess {
        var disks: [FilePath] = []
        for (index, disk) in configuration.disks.enumerated() {
            switch disk.backing {
            case .image(let path):
                guard isReadable(path) else {
                    throw MachineError(.missing, "no disk image at \(path)", hint: nil)
                }
                disks.append(path)
            case .size(let size):
                let path = directory.path.appending("disk\(index).img")
                let file = try OwnedDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
                try systemCall("ftruncate", on: path.string) { ftruncate(file.rawValue, off_t(clamping: size)) }
                disks.append(path)
            }
        }
        var variables: FilePath?
        if configuration.firmware == .uefi {
            guard isReadable(QEMUCommand.firmwareCode) else {
                throw MachineError(
                    .missing, "no UEFI firmware at \(QEMUCommand.firmwareCode)", hint: "run 'make setup' (package ovmf)"
                )
            }
            let copy = directory.path.appending("vars.fd")
            try writeFile(copy, try LiveFiles().contents(of: QEMUCommand.firmwareTemplate, limit: 16 << 20))
            variables = copy
        }
        let items = try machine.firmwareItems.sorted { $0.key < $1.key }.enumerated().map { index, item in
            let file = directory.path.appending("item\(index)")
            try writeFile(file, item.value)
            return (name: item.key, file: file)
        }
        let volumes = try machine.volumes.enumerated().map { index, volume in
            try volume.image(directory.path.appending("volume\(index)"))
        }
        let command = QEMUCommand(
            configuration: configuration, kernel: kernel.image, initramfs: image, diskFiles: disks, instance: instance,
            machine: machine, volumeFiles: volumes, firmwareItems: items, firmwareVariables: variables)
        var options = ChildProcess.Options()
        options.descriptors = channels.guestDescriptors
        options.deathSignal = SIGKILL
        options.newSession = true
        let child = try ChildProcess.spawn(parts.qemu, command.arguments, options)
        channels.closeGuestEnds()
        return child
    }

    // MARK: - What is kept

    private func keepLogs(_ directory: WorkDirectory) {
        guard let lastRun else { return }
        let state = state.with { $0 }
        let lines = { (lines: [String]) in Array((lines.joined(separator: "\n") + "\n").utf8) }
        removeTree(lastRun)
        try? writeFile(lastRun.appending("console.log"), lines(state.console))
        try? writeFile(
            lastRun.appending("report.jsonl"), lines(state.events.compactMap { try? JSONText.encode($0, as: .line) }))
        if let timeline = state.timeline, let text = try? JSONText.encode(timeline) {
            try? writeFile(lastRun.appending("boot.json"), Array((text + "\n").utf8))
        }
        if let log = try? LiveFiles().contents(of: directory.path.appending("server.log"), limit: 64 << 20) {
            try? writeFile(lastRun.appending("server.log"), log)
        }
    }
}

/// Whether `descriptor` became readable (or ended) before the deadline.
func waitReadable(_ descriptor: Int32, _ deadline: Deadline) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    repeat {
        // SAFETY: one entry, which lives through the call.
        if unsafe poll(&entry, 1, deadline.pollTimeout) > 0 { return true }
    } while !deadline.hasPassed
    return false
}
