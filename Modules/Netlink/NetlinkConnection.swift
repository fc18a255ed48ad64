internal import CKernel
public import Kernel
internal import SystemPackage

/// Requests and their answers over one transport, one at a time.
///
/// Only messages of the kernel's (port id 0) for our port id, with the sequence number of the request, are taken.
public struct NetlinkConnection: ~Copyable {
    /// What a dump gave.
    public struct Dump<Value> {
        public var value: Value
        /// Whether the kernel said of the last attempt that nothing changed meanwhile (no NLM_F_DUMP_INTR). IPv4 routes,
        /// rules and neighbours tear without being marked.
        public var isConsistent: Bool
    }

    let transport: any NetlinkTransport
    private var sequence: UInt32
    /// The datagram in the making, kept for its room.
    private var writer = MessageWriter()
    /// 32 KiB at least: the kernel sizes the pieces of a dump by what the receiver offers.
    var buffer = [UInt8](repeating: 0, count: 32_768)
    /// Names the attributes of the requests that the kernel refuses, by the message's type.
    package var schemas: @Sendable (UInt16) -> MessageSchema? = { _ in nil }
    /// A dump whose end was not seen. The kernel refuses the next (EBUSY) until it is read to its end.
    private var unfinishedDump: UInt32?

    private static let largestBuffer = 16 << 20
    private static let attempts = 8
    /// The kernel has the next piece of a dump queued before a receive returns (netlink_recvmsg), so this much silence is its end.
    private static var afterTruncation: Deadline { Deadline(in: .milliseconds(50)) }

    public init(_ transport: any NetlinkTransport) {
        self.transport = transport
        // Not 1: answers to a predecessor on the same port id would match.
        sequence = UInt32(truncatingIfNeeded: MonotonicTime.now().nanoseconds)
    }

    /// Opens a socket of `family` in a network namespace, the thread's unless another is named.
    public static func open(
        _ family: NetlinkSocket.Family, in namespace: NetworkNamespace = .current
    ) throws(NetlinkError) -> NetlinkConnection {
        NetlinkConnection(try NetlinkSocket.open(family, in: namespace))
    }

    /// Sends `request` and waits for the kernel's acknowledgement.
    public mutating func execute(_ request: NetlinkRequest, until deadline: Deadline) throws(NetlinkError) {
        var request = request
        request.flags.insert(.acknowledge)
        let number = try send(request, until: deadline)
        let outcome = try collect(request, number, until: deadline) { _, _ throws(NetlinkError) in }
        if !outcome.isDone { throw tooLarge(request) }
    }

    /// Sends `request` and answers with what `decode` makes of the one message that comes before the acknowledgement.
    public mutating func get<Value>(
        _ request: NetlinkRequest, until deadline: Deadline,
        _ decode: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Value
    ) throws(NetlinkError) -> Value {
        var request = request
        request.flags.insert(.acknowledge)
        for _ in 0..<Self.attempts {
            let number = try send(request, until: deadline)
            var value: Value?
            let outcome = try collect(request, number, until: deadline) { message, bytes throws(NetlinkError) in
                value = try decode(message, bytes)
            }
            if outcome.isTruncated { continue }
            if let value { return value }
            throw NetlinkError(.malformed(.noAnswer), operation: request.operation, subject: request.subject)
        }
        throw tooLarge(request)
    }

    /// Asks for all objects and folds their messages into `initial`.
    ///
    /// A dump that the kernel marks as torn, or whose pieces outgrew our buffer, starts again from `initial`, at most seven
    /// times; then the last whole one is the answer and says that it is not consistent.
    public mutating func dump<Value>(
        _ request: NetlinkRequest, until deadline: Deadline, into initial: Value,
        _ fold: (inout Value, NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> Dump<Value> {
        var request = request
        request.flags.insert(.dump)
        var torn: Value?
        for _ in 0..<Self.attempts {
            try finishDump(until: deadline)
            let number = try send(request, until: deadline)
            unfinishedDump = number
            var value = initial
            let outcome = try collect(request, number, until: deadline) { message, bytes throws(NetlinkError) in
                try fold(&value, message, bytes)
            }
            if outcome.isTruncated { continue }
            if !outcome.isInterrupted { return Dump(value: value, isConsistent: true) }
            torn = value
        }
        guard let torn else { throw tooLarge(request) }
        return Dump(value: torn, isConsistent: false)
    }

    /// Asks for all objects and gives each message to `body` as it comes, once: nothing is collected, and a dump that the kernel
    /// marks as torn is not read again. The answer is whether it was not.
    ///
    /// A message that outgrew the buffer is lost, which is an error; the buffer has grown then, and the next attempt has room.
    public mutating func visit(
        _ request: NetlinkRequest, until deadline: Deadline,
        _ body: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> Bool {
        var request = request
        request.flags.insert(.dump)
        try finishDump(until: deadline)
        let number = try send(request, until: deadline)
        unfinishedDump = number
        let outcome = try collect(request, number, until: deadline, body)
        if outcome.isTruncated { throw tooLarge(request) }
        return !outcome.isInterrupted
    }

    private func tooLarge(_ request: NetlinkRequest) -> NetlinkError {
        NetlinkError(
            .malformed(.datagramTooLarge(buffer.count)), operation: request.operation, subject: request.subject)
    }

    private mutating func send(_ request: NetlinkRequest, until deadline: Deadline) throws(NetlinkError) -> UInt32 {
        // Never sent too late: a change whose answer nobody waits for is a change that nobody knows of.
        if deadline.hasPassed {
            throw NetlinkError(.timedOut, operation: request.operation, subject: request.subject)
        }
        let number = takeSequence(1)
        writer.removeAll()
        try request.encode(into: &writer, sequence: number, port: transport.port)
        do throws(NetlinkError) {
            try transport.send(writer.bytes, until: deadline)
        } catch {
            throw error.named(by: request)
        }
        return number
    }

    /// The first of `count` numbers that follow each other. 0 is what the kernel's own notifications carry, and is left out.
    mutating func takeSequence(_ count: UInt32) -> UInt32 {
        let (last, overflows) = sequence.addingReportingOverflow(count)
        let first = overflows ? 1 : sequence + 1
        sequence = overflows ? count : last
        return first
    }

    private struct Outcome {
        var isInterrupted = false
        var isTruncated = false
        var isDone = false
        /// A dump whose end is still to come.
        var unfinishedDump: UInt32?
        /// The kernel's refusal, or the first defect that the visitor found; what follows is read to its end all the same.
        var error: NetlinkError? { didSet { hasFailed = error != nil } }
        private(set) var hasFailed = false

        init(unfinishedDump: UInt32?) { self.unfinishedDump = unfinishedDump }
    }

    /// Visits the answers until the request is acknowledged or the dump is done.
    ///
    /// Not generic: what a caller gathers is behind its closure, and a dump's messages cost no look-up of a type's metadata.
    private mutating func collect(
        _ request: NetlinkRequest, _ number: UInt32, until deadline: Deadline,
        _ visit: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) -> Outcome {
        var outcome = Outcome(unfinishedDump: unfinishedDump)
        let port = transport.port
        while true {
            do throws(NetlinkError) {
                let wait = outcome.isTruncated ? deadline.earlier(Self.afterTruncation) : deadline
                let count = try receive(until: wait, isTruncated: &outcome.isTruncated)
                // SAFETY: bytes have no padding, so all of them are set.
                let bytes = unsafe buffer.span.bytes.extracting(first: count)
                try Self.scan(bytes, for: request, schemas, number, port, &outcome, visit)
            } catch {
                // What was cut off may have held the end: then nothing more comes, and the request is made anew.
                if outcome.isTruncated, !deadline.hasPassed, error.isSilence {
                    unfinishedDump = nil
                    return outcome
                }
                // After a broken frame the rest of the datagram, which may have held the end, is lost.
                if case .malformed = error.kind { unfinishedDump = nil }
                throw error.named(by: request)
            }
            unfinishedDump = outcome.unfinishedDump
            guard outcome.isDone else { continue }
            if let error = outcome.error { throw error.named(by: request) }
            return outcome
        }
    }

    /// Goes through one datagram's messages; those of another request are passed over.
    private static func scan(
        _ bytes: borrowing RawSpan, for request: NetlinkRequest, _ schemas: (UInt16) -> MessageSchema?,
        _ number: UInt32, _ port: UInt32,
        _ outcome: inout Outcome, _ visit: (NetlinkMessage, borrowing RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var cursor = MessageCursor()
        while let message = try cursor.next(bytes) {
            guard message.port == port else { continue }
            let isEnd = message.type == UInt16(NLMSG_ERROR) || message.type == UInt16(NLMSG_DONE)
            if isEnd, message.sequence == outcome.unfinishedDump { outcome.unfinishedDump = nil }
            guard message.sequence == number else { continue }
            if message.flags.contains(.dumpInterrupted) { outcome.isInterrupted = true }
            switch Int32(message.type) {
            case NLMSG_ERROR, NLMSG_DONE:
                outcome.isDone = true
                let acknowledgement = try ExtendedAcknowledgement(message, in: bytes)
                if let error = acknowledgement.error(
                    operation: request.operation, subject: request.subject, body: request.body.bytes,
                    schema: schemas(request.type))
                {
                    outcome.error = error
                }
            case NLMSG_NOOP, NLMSG_OVERRUN: break
            default:
                if outcome.hasFailed { continue }
                do throws(NetlinkError) {
                    try visit(message, bytes)
                } catch {
                    outcome.error = error
                }
            }
        }
    }

    /// One datagram of the kernel's: its bytes in the buffer. One that did not fit is dropped but for the note of it.
    mutating func receive(until deadline: Deadline, isTruncated: inout Bool) throws(NetlinkError) -> Int {
        while true {
            // Asked here too: a sender that never pauses keeps the transport from ever waiting.
            if deadline.hasPassed { throw NetlinkError(.timedOut, operation: "receive") }
            let datagram = try transport.receive(into: &buffer, until: deadline)
            if datagram.byteCount > buffer.count {
                isTruncated = true
                guard datagram.byteCount <= Self.largestBuffer else {
                    throw NetlinkError(.malformed(.datagramTooLarge(datagram.byteCount)), operation: "receive")
                }
                buffer = [UInt8](repeating: 0, count: max(datagram.byteCount, buffer.count * 2))
            } else if datagram.sender == 0, datagram.byteCount > 0 {
                return datagram.byteCount
            }
        }
    }

    /// Reads a dump that was given up to its end, so that the kernel takes another.
    private mutating func finishDump(until deadline: Deadline) throws(NetlinkError) {
        guard let number = unfinishedDump else { return }
        let request = NetlinkRequest("finish dump", type: 0)
        // What the answers are for is gone: they are read and dropped.
        do throws(NetlinkError) {
            _ = try collect(request, number, until: deadline) { _, _ throws(NetlinkError) in }
        } catch  where error.kind == .refused {
            // That, too, was its end.
        }
    }
}

extension NetlinkError {
    /// Whether it says that nothing more comes.
    fileprivate var isSilence: Bool {
        switch kind {
        case .timedOut, .unrecorded: true
        default: false
        }
    }

    /// The same, with the request's words where it has none of its own.
    fileprivate func named(by request: NetlinkRequest) -> NetlinkError {
        if kind == .refused { return self }
        var error = self
        error.operation = request.operation
        error.subject = subject ?? request.subject
        return error
    }
}
