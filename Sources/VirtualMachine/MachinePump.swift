internal import Documents
internal import Glibc
internal import Kernel
internal import SystemPackage

/// Reads a machine's channels until it ends, one way or another.
struct MachinePump {
    let runner: MachineRunner
    let channels: Channels
    let qemu: Int32

    private enum Source: CaseIterable {
        case console
        case report
        case qmp
        case qemu
        case wake
        case interrupt
    }

    /// nil when QEMU ended without a word on the guest.
    func run() -> MachineOutcome.How? {
        var console = LineBuffer()
        var report = LineBuffer()
        var qmp = LineBuffer()
        var closed: Set<Source> = []
        let deadline = Deadline(in: runner.configuration.timeout)
        send(#"{"execute":"qmp_capabilities"}"#)
        // Seconds before the guest's driver looks. Their names are QEMUCommand's.
        for index in runner.configuration.unpluggedNICs.sorted() {
            send(#"{"execute":"set_link","arguments":{"name":"n\#(index)","up":false}}"#)
        }
        while true {
            let isKept = runner.configuration.keep && runner.state.with { $0.summary != nil }
            if !isKept, deadline.hasPassed { return .timedOut(runner.state.with { $0.doing }) }
            if runner.stopping.with({ $0 }) { return .interrupted }
            var entries = Source.allCases.map { source in
                pollfd(fd: closed.contains(source) ? -1 : descriptor(source), events: Int16(POLLIN), revents: 0)
            }
            let timeout = isKept ? 1_000 : deadline.pollTimeout
            // SAFETY: the array lives through the call, and its own count is passed.
            guard unsafe poll(&entries, nfds_t(entries.count), timeout) > 0 else { continue }
            var ended = false
            for (source, entry) in zip(Source.allCases, entries) where entry.revents != 0 {
                switch source {
                case .console:
                    guard let bytes = read(entry.fd) else {
                        closed.insert(source)
                        continue
                    }
                    for line in console.add(bytes) {
                        runner.state.with { $0.console.append(line) }
                        runner.observer.console(line)
                    }
                case .report:
                    guard let bytes = read(entry.fd) else {
                        closed.insert(source)
                        continue
                    }
                    for line in report.add(bytes) { take(report: line) }
                case .qmp:
                    guard let bytes = read(entry.fd) else {
                        closed.insert(source)
                        continue
                    }
                    for line in qmp.add(bytes) {
                        guard let message = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)) else {
                            continue
                        }
                        runner.state.with { $0.takeQMP(message) }
                    }
                case .qemu: ended = true
                case .wake, .interrupt: return .interrupted
                }
            }
            // What it said last is in the sockets still: read on until each has ended.
            if ended, closed.isSuperset(of: [.console, .report, .qmp]) {
                return runner.state.with { $0.ending }.map { .ended($0) }
            }
        }
    }

    private func descriptor(_ source: Source) -> Int32 {
        switch source {
        case .console: channels.console
        case .report: channels.report
        case .qmp: channels.qmp
        case .qemu: qemu
        case .wake: runner.wake
        case .interrupt: runner.interrupt
        }
    }

    private func take(report line: String) {
        guard let event = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)) else { return }
        runner.state.with { $0.take(event) }
        if event["task"] == "modules", event["state"] == "ended" { plugLateNICs() }
        runner.observer.event(event)
    }

    private func plugLateNICs() {
        for index in runner.configuration.lateNICs.sorted() {
            let device = runner.configuration.nics[index].device
            send(
                #"{"execute":"device_add","arguments":{"driver":"\#(device)","netdev":"n\#(index)","bus":"late\#(index)","#
                    + #""mac":"\#(runner.instance.macs[index])"}}"#)
        }
    }

    /// nil at the end of the channel.
    private func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let size = buffer.count
        // SAFETY: the buffer is as long as is said.
        let count = unsafe recv(descriptor, &buffer, size, Int32(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR ? [] : nil }
        return count == 0 ? nil : Array(buffer.prefix(count))
    }

    private func send(_ command: String) {
        let bytes = Array((command + "\n").utf8)
        // SAFETY: the array's own count. A machine that is gone is told by its pidfd.
        unsafe _ = Glibc.send(channels.qmp, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
