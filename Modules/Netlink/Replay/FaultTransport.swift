internal import CKernel
public import Kernel
internal import Synchronization
internal import SystemPackage

/// Something that goes wrong with what is received.
public struct NetlinkFault: Hashable, Sendable {
    public enum Effect: Hashable, Sendable {
        /// The receive before the datagram fails with ENOBUFS, once, as when the socket's buffer ran over; the datagram follows.
        case overrun
        /// The datagram is cut, and its true size is past the receiver's buffer, whatever that is.
        case truncation
        /// NLM_F_DUMP_INTR is set on that message of the datagram, from 0; on every message with nil.
        case dumpInterrupted(message: Int?)
        /// The datagram comes after the one that follows it, which is waited for.
        case swappedWithNext
        /// A copy of the datagram comes before it from the port id of somebody who is not the kernel.
        case foreignSender(UInt32)
        /// A copy of the datagram comes before it with the sequence numbers of the request before.
        case staleSequence
        case duplicated
        case dropped
    }

    /// Which of the datagrams that come from the transport behind, from 1.
    public let datagram: Int
    public let effect: Effect

    public init(_ effect: Effect, at datagram: Int) {
        self.effect = effect
        self.datagram = datagram
    }
}

/// A transport that carries as the one behind it does but for chosen faults: for tests of what stands above.
public final class FaultTransport: NetlinkTransport {
    private struct Arrival {
        var bytes: [UInt8]
        var byteCount: Int
        var sender: UInt32
    }
    private struct State {
        /// How many came from the transport behind.
        var count = 0
        /// Faults that struck, by their place in the list.
        var struck: Set<Int> = []
        var waiting: [Arrival] = []
    }

    private let transport: any NetlinkTransport
    private let faults: [NetlinkFault]
    private let state = Mutex(State())

    public init(before transport: any NetlinkTransport, _ faults: [NetlinkFault]) {
        self.transport = transport
        self.faults = faults
    }

    /// Whether every fault has struck: a test whose fault never came has tested nothing.
    public var isExhausted: Bool { state.withLock { $0.struck.count } == faults.count }

    public var port: UInt32 { transport.port }
    public var receiveBufferSize: Int { transport.receiveBufferSize }

    public func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        try transport.send(datagram, until: deadline)
    }

    public func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        while true {
            if let arrival = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) {
                return deliver(arrival, into: &buffer)
            }
            let number = state.withLock { $0.count + 1 }
            if strikes(number, .overrun) {
                throw NetlinkError(.overrun, operation: "recvfrom", subject: "netlink", errno: .noBufferSpace)
            }
            let arrival = try next(&buffer, until: deadline)
            let line = faulty(arrival, number, &buffer, until: deadline)
            state.withLock { $0.waiting += line }
        }
    }

    /// One datagram from behind; its bytes as far as `buffer` took them.
    private func next(_ buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> Arrival {
        let received = try transport.receive(into: &buffer, until: deadline)
        state.withLock { $0.count += 1 }
        return Arrival(
            bytes: Array(buffer.prefix(max(0, received.byteCount))), byteCount: received.byteCount,
            sender: received.sender)
    }

    /// What comes of datagram `number`, in order: nothing, it alone, or more.
    private func faulty(
        _ arrival: Arrival, _ number: Int, _ buffer: inout [UInt8], until deadline: Deadline
    ) -> [Arrival] {
        var arrival = arrival
        var before: [Arrival] = []
        var copies = 1
        var swaps = false
        for fault in faults where fault.datagram == number && strikes(number, fault.effect) {
            switch fault.effect {
            case .overrun: break
            case .truncation: arrival.byteCount = max(arrival.byteCount, buffer.count + 1)
            case .dumpInterrupted(let message): Self.interrupt(&arrival.bytes, message)
            case .swappedWithNext: swaps = true
            case .foreignSender(let port):
                var copy = arrival
                copy.sender = port
                before.append(copy)
            case .staleSequence:
                var copy = arrival
                Self.makeStale(&copy.bytes)
                before.append(copy)
            case .duplicated: copies += 1
            case .dropped: copies = 0
            }
        }
        let line = before + [Arrival](repeating: arrival, count: copies)
        guard swaps else { return line }
        // Where none follows, whoever receives next is told why.
        guard let following = try? next(&buffer, until: deadline) else { return line }
        return faulty(following, number + 1, &buffer, until: deadline) + line
    }

    private func strikes(_ number: Int, _ effect: NetlinkFault.Effect) -> Bool {
        state.withLock { state in
            var struckNow = false
            for (place, fault) in faults.enumerated() where fault.datagram == number && fault.effect == effect {
                if state.struck.insert(place).inserted { struckNow = true }
            }
            return struckNow
        }
    }

    private func deliver(_ arrival: Arrival, into buffer: inout [UInt8]) -> ReceivedDatagram {
        _ = buffer.take(arrival.bytes)
        return ReceivedDatagram(byteCount: arrival.byteCount, sender: arrival.sender)
    }

    private static func interrupt(_ bytes: inout [UInt8], _ chosen: Int?) {
        var cursor = MessageHeaderCursor()
        var number = 0
        // SAFETY: the span is of the array, which is not changed while it lives.
        while let header = unsafe cursor.next(bytes.span.bytes) {
            defer { number += 1 }
            guard chosen == nil || chosen == number else { continue }
            var field = ByteCursor(at: header.offset + 4)
            // SAFETY: as above.
            guard let typeAndFlags: UInt32 = unsafe field.load(bytes.span.bytes) else { return }
            // Two 16-bit fields: the flags are the second in memory.
            let flag = UInt32(NetlinkFlags.dumpInterrupted.rawValue)
            bytes.overwrite(
                at: header.offset + 4, with: typeAndFlags | (UInt32(1).littleEndian == 1 ? flag << 16 : flag))
        }
    }

    private static func makeStale(_ bytes: inout [UInt8]) {
        var cursor = MessageHeaderCursor()
        // SAFETY: the span is of the array, which is not changed while it lives.
        while let header = unsafe cursor.next(bytes.span.bytes) {
            bytes.overwrite(at: header.offset + 8, with: header.sequence &- 1)
        }
    }
}
