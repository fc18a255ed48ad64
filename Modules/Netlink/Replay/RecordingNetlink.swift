internal import CKernel
internal import Glibc
public import Kernel
internal import Synchronization

/// Netlink that answers as the source behind it does, and keeps every datagram of every transport that it opened.
public final class RecordingNetlink: NetlinkSource {
    private let source: any NetlinkSource
    private let log = CaptureLog()

    public init(before source: any NetlinkSource) { self.source = source }

    /// All that passed up to now; nil where no transport could be opened, or none was asked for.
    public var capture: NetlinkCapture? { log.isOpen ? log.capture : nil }

    public func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        let transport = try source.open(family)
        log.open()
        return RecordingTransport(before: transport, family, log)
    }

    /// Keeps what a transport of the caller's carries beside the others', in the order in which it passes: one that takes part in
    /// multicast groups, whose notifications ``ReplayNetlink/notifications(_:)`` plays.
    ///
    /// - Parameter family: of `transport`, which does not say it.
    public func keeping(_ transport: any NetlinkTransport, _ family: NetlinkSocket.Family) -> RecordingTransport {
        log.open()
        return RecordingTransport(before: transport, family, log)
    }
}

/// A transport that carries as the one behind it does, and keeps what passed, with the time.
///
/// What a foreign sender sent (any but the kernel) is passed on and not kept: a capture has no place for its name. A datagram that
/// the receiver's buffer cut is kept as far as it went, with its true size.
public final class RecordingTransport: NetlinkTransport {
    private let transport: any NetlinkTransport
    private let family: NetlinkSocket.Family
    private let log: CaptureLog

    /// - Parameter family: of `transport`, which does not say it.
    public convenience init(before transport: any NetlinkTransport, _ family: NetlinkSocket.Family) {
        self.init(before: transport, family, CaptureLog())
    }

    fileprivate init(before transport: any NetlinkTransport, _ family: NetlinkSocket.Family, _ log: CaptureLog) {
        self.transport = transport
        self.family = family
        self.log = log
    }

    /// All that passed up to now.
    public var capture: NetlinkCapture { log.capture }

    public var port: UInt32 { transport.port }
    public var receiveBufferSize: Int { transport.receiveBufferSize }

    public func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        // Kept before it is sent: another thread may receive its answer before this one is back.
        let position = log.append(.init(time: wallClock(), direction: .toKernel, family: family, bytes: datagram))
        do throws(NetlinkError) {
            try transport.send(datagram, until: deadline)
        } catch {
            log.remove(position)
            throw error
        }
    }

    public func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        let received = try transport.receive(into: &buffer, until: deadline)
        if received.sender == 0 {
            log.append(
                .init(
                    time: wallClock(), direction: .toUser, family: family,
                    bytes: Array(buffer.prefix(max(0, received.byteCount))), byteCount: received.byteCount))
        }
        return received
    }
}

/// What several transports keep together, in the order in which it passed.
private final class CaptureLog: Sendable {
    private struct State {
        var entries: [NetlinkCapture.Datagram?] = []
        var isOpen = false
    }
    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }
    var capture: NetlinkCapture { state.withLock { NetlinkCapture($0.entries.compactMap { $0 }) } }

    func open() { state.withLock { $0.isOpen = true } }

    @discardableResult
    func append(_ datagram: NetlinkCapture.Datagram) -> Int {
        state.withLock { state in
            state.entries.append(datagram)
            return state.entries.count - 1
        }
    }

    func remove(_ position: Int) { state.withLock { $0.entries[position] = nil } }
}

/// Nanoseconds since 1970, UTC.
private func wallClock() -> Int64 {
    var time = timespec()
    // CLOCK_REALTIME cannot fail on Linux.
    unsafe _ = clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
